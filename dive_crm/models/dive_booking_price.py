"""Prices of confirmed places: they stay, until the desk asks the lists again."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.seats import SEAT_SOLD

#: how many places the hint names
SHOWN = 8


class DiveBooking(models.Model):
    """What was confirmed to a payer is what the payer owes.

    More or fewer divers in the group may mean another price by the payer's pricelist:
    the place that comes gets it, those confirmed before keep theirs. Here it is said,
    and asked again by a button.
    """

    _inherit = "dive.booking"

    price_hint = fields.Char(
        "Prices that the number of divers would change",
        compute="_compute_price_hint",
        compute_sudo=True,
        groups="dive_crm.group_front_desk",
    )

    @api.depends(
        "diver_ids.price_key",
        "diver_ids.price_unit",
        "diver_ids.state",
        "diver_ids.invoice_state",
        "diver_ids.payer_id",
        "diver_ids.price_by_hand",
    )
    def _compute_price_hint(self):
        for booking in self:
            booking.price_hint = "; ".join(
                booking._dive_price_change(seat, price)
                for seat, price in list(booking._dive_prices_anew().items())[:SHOWN]
            )

    def _dive_price_change(self, seat, price):
        return self.env._(
            "%(diver)s: %(new)s instead of %(old)s",
            diver=seat.partner_id.name,
            new=self._dive_amount(price),
            old=self._dive_amount(seat.price_unit),
        )

    def _dive_prices_anew(self):
        """Return which confirmed places, not invoiced, would cost otherwise, and what.

        :return: {place: price by the list, for as many divers as there are now}
        """
        self.ensure_one()
        todo = [
            (seat, seat.trip_id, seat.trip_id.product_id)
            for seats in self._dive_payers().values()
            for seat in seats
            if seat.state in SEAT_SOLD
            and not seat._dive_is_billed()
            and not seat.price_by_hand
            and seat.price_key != seat._dive_price_key(len(seats))
        ]
        seats = self.env["dive.booking.diver"]
        # without a pricelist no price asks for the number
        lists = {
            payer
            for (_c, payer), found in seats._dive_pricelists(todo).items()
            if found
        }
        todo = [one for one in todo if one[0]._dive_payer()._origin in lists]
        prices = zip(todo, seats._dive_prices(todo), strict=True)
        return {
            seat: price
            for (seat, *_rest), price in prices
            if self.currency_id.compare_amounts(seat.price_unit, price)
        }

    def action_ask_prices(self):
        """Give confirmed places, not invoiced yet, what the lists say by now.

        :raise UserError: nothing would change
        """
        self.ensure_one()
        self.check_access("write")
        found = self._dive_prices_anew()
        if not found:
            raise UserError(self.env._("The prices are those of the lists already."))
        lines = [self._dive_price_change(seat, price) for seat, price in found.items()]
        for seat, price in found.items():
            seat._dive_unlocked().write(
                {"price_key": seat._dive_price_key(), "price_list": price}
            )
        title = self.env._("Prices asked again, for the number of divers there are now")
        self._message_log(
            body=Markup("%s<br/>%s") % (title, Markup("<br/>").join(lines))
        )
        return True
