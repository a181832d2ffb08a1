"""What a place costs its payer: by the pricelist, until somebody sets a price."""

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models

from ..tools.seats import SEAT_SOLD

#: Under this key of its cursor a form that is being written collects the places whose
#: prices it has written. Not in the context: each new one costs some milliseconds.
LATER = "dive_prices_later"


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    price_list = fields.Monetary(
        "List price",
        groups="base.group_user",
        compute="_compute_price_list",
        store=True,
        precompute=True,
        help="Price of this place by the payer's pricelist, for as many divers as the"
        " payer pays for in the booking; without a pricelist that of the product. Once"
        " confirmed, it stays when others join or leave.",
    )
    # For what the list price was asked last: as long as that is the same it stays, so
    # that a price once told does not follow changes of the lists.
    price_key = fields.Char(
        compute="_compute_price_list",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
    )
    price_by_hand = fields.Boolean(
        "Changed by hand",
        copy=False,
        groups="base.group_user",
        help="This price was entered, and stays when the list price changes.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("trip_id", "payer_id", "booking_id.diver_ids.payer_id")
    def _compute_price_list(self):
        todo = []
        for seat in self:
            if seat._dive_is_billed():
                continue
            key = seat._dive_price_key()
            if seat.price_key != key:
                todo.append((seat, seat.trip_id, seat.trip_id.product_id))
        pricelists = self._dive_pricelists(todo)
        todo = [one for one in todo if not one[0]._dive_keeps_price(pricelists)]
        for seat, *_rest in todo:
            seat.price_key = seat._dive_price_key()
        for (seat, *_rest), price in zip(todo, self._dive_prices(todo), strict=True):
            seat.price_list = price

    @api.depends("price_list", "price_by_hand")
    def _compute_price_unit(self):
        for seat in self:
            if not seat._dive_is_billed() and not seat.price_by_hand:
                seat.price_unit = seat.price_list

    @api.onchange("price_unit")
    def _onchange_price_unit(self):
        self.price_by_hand = self._dive_is_by_hand()

    def _dive_is_by_hand(self):
        currency = self.currency_id or self.env.company.currency_id
        return bool(currency.compare_amounts(self.price_unit, self.price_list))

    # ------------------------------------------------------------------
    # List prices
    # ------------------------------------------------------------------

    def _dive_price_number(self):
        """Return for how many divers the payer pays in this booking."""
        self.ensure_one()
        payer, mine = self._dive_payer(), self._origin or self
        number = 1
        for other in self.booking_id.diver_ids:
            if other in (self, mine) or other.state == "cancelled":
                continue
            number += other._dive_payer()._origin == payer._origin
        return number

    def _dive_price_key(self, number=None):
        """Return for what a price is asked.

        :param number: of divers, where it is known already
        """
        self.ensure_one()
        payer = self._dive_payer()._origin
        number = number or self._dive_price_number()
        return f"{self.trip_id._origin.id}/{payer.id}/{number}"

    def _dive_keeps_price(self, pricelists):
        """Say whether only the number of divers is new, and the price stays as it is.

        No list asks for the number, or the place is confirmed: what was promised is
        what is owed. See ``DiveBooking.action_ask_prices``.

        :param dict pricelists: see :meth:`_dive_pricelists`
        """
        self.ensure_one()
        before = (self.price_key or "").rpartition("/")[0]
        if before != self._dive_price_key().rpartition("/")[0]:
            return False
        company = self.trip_id.company_id or self.env.company
        payer = self._dive_payer()._origin
        return self.state in SEAT_SOLD or not pricelists.get((company, payer))

    def _dive_price_on(self, trip):
        """Price of a place of this diver on a trip, which may be another one."""
        self.ensure_one()
        if self.price_by_hand:
            return self.price_unit
        return self._dive_prices([(self, trip, trip.product_id)])[0]

    @api.model
    def _dive_prices(self, wanted):
        """Return the list prices of products, in the currency of the trip's company.

        Payers who share a pricelist are asked for at once.

        :param wanted: triples of a place, its trip (maybe another) and the product
        """
        pricelists = self._dive_pricelists(wanted)
        prices = {}
        result = []
        for seat, trip, product in wanted:
            company = trip.company_id or self.env.company
            if not product:
                result.append(0.0)
                continue
            pricelist = pricelists.get((company, seat._dive_payer()._origin))
            number = seat._dive_price_number() if pricelist else 1
            key = (company, pricelist, product, number, trip.date_start)
            if key not in prices:
                prices[key] = self._dive_price_of(*key)
            result.append(prices[key])
        return result

    @api.model
    def _dive_pricelists(self, wanted):
        """Return (company, payer) → the payer's pricelist there, maybe none."""
        if not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return {}
        payers = defaultdict(lambda: self.env["res.partner"].sudo())
        for seat, trip, _product in wanted:
            company = trip.company_id or self.env.company
            # sudo: which pricelist a customer has is the house's
            payers[company] |= seat._dive_payer()._origin.sudo()
        return {
            (company, payer.with_env(self.env)): payer.property_product_pricelist
            for company, partners in payers.items()
            for payer in partners.with_company(company)
        }

    @api.model
    def _dive_price_of(self, company, pricelist, product, number, moment):
        product = product.with_company(company)
        if pricelist:
            # sudo: prices are the house's
            price = pricelist.sudo()._get_product_price(
                product.sudo(), number, date=moment
            )
            return pricelist.currency_id._convert(
                price, company.currency_id, company, moment
            )
        return product.currency_id._convert(
            product.lst_price,
            company.currency_id,
            company,
            fields.Date.context_today(self),
        )

    # ------------------------------------------------------------------
    # Create, write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        seats = super().create([self._dive_price_vals(vals) for vals in vals_list])
        # while each was made it did not know of the others
        seats.booking_id.filtered(
            lambda booking: len(booking.diver_ids) > 1
        ).diver_ids.modified(["payer_id"])
        self._dive_mark_prices(
            seat
            for seat, vals in zip(seats, vals_list, strict=True)
            if "price_unit" in vals
        )
        return seats

    def write(self, vals):
        active = self.filtered(lambda seat: seat.state != "cancelled")
        if vals.get("state") in SEAT_SOLD:
            # what is still to be computed is that of a draft: from now on it stays
            self._recompute_recordset(["price_list"])
        result = super().write(self._dive_price_vals(vals))
        if "state" in vals and any(
            (seat in active) != (seat.state != "cancelled") for seat in self
        ):
            # of the others the number has changed
            self.booking_id.diver_ids.modified(["payer_id"])
        if "price_unit" in vals:
            self._dive_mark_prices(self)
        return result

    @api.model
    def _dive_price_vals(self, vals):
        """Keep a price that is given until it is known whether it is the list's."""
        if "price_unit" in vals:
            return {**vals, "price_by_hand": True}
        return vals

    def _dive_check_guarded(self, vals):
        # of a price that is given it is found out here, whatever a form says of it
        if "price_unit" in vals:
            vals = {name: vals[name] for name in vals.keys() - {"price_by_hand"}}
        return super()._dive_check_guarded(vals)

    @api.model
    def _dive_mark_prices(self, seats):
        """Mark which of these prices are not the list's.

        While a whole form is being written the number of divers is not yet what it
        will be: the booking marks them in the end.
        """
        later = self.env.cr.cache.get(LATER)
        if later is not None:
            later.update(seat.id for seat in seats)
            return
        for seat in seats:
            by_hand = seat._dive_is_by_hand()
            if seat.price_by_hand != by_hand:
                seat._dive_unlocked().price_by_hand = by_hand


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    @api.model_create_multi
    def create(self, vals_list):
        with self._dive_whole_form():
            return super().create(vals_list)

    def write(self, vals):
        if "diver_ids" not in vals:
            return super().write(vals)
        with self._dive_whole_form():
            return super().write(vals)

    @contextmanager
    def _dive_whole_form(self):
        """Mark in the end which prices of a form are not the list's."""
        cache = self.env.cr.cache
        if LATER in cache:  # a form within a form: the outer one marks them
            yield
            return
        seat_ids = cache[LATER] = set()
        try:
            yield
        finally:
            cache.pop(LATER, None)
        seats = self.env["dive.booking.diver"]
        seats._dive_mark_prices(seats.browse(sorted(seat_ids)))
