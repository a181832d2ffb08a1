"""What staff look at before a trip: who may dive as what, and is it so."""

from collections import defaultdict

from odoo import api, fields, models

from .res_partner import STAFF_GROUPS
from .res_partner_certification import LADDER

#: Places whose divers do not come.
ABSENT = ("cancelled", "no_show")


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    card_check_count = fields.Integer(
        "Cards to check",
        compute="_compute_card_check_count",
        groups=STAFF_GROUPS,
        help="Cards of this trip's divers that nobody has verified, or that have"
        " expired by its day.",
    )

    @api.depends("seat_ids.state", "seat_ids.partner_id", "date_start")
    def _compute_card_check_count(self):
        cards = self._dive_cards_to_check()
        for trip in self:
            trip.card_check_count = len(cards[trip._origin])

    def _dive_cards_to_check(self):
        """Return the cards of each trip's divers that want a look before it.

        :return: trip → ``dive.certification`` records
        :rtype: dict
        """
        empty = self.env["dive.certification"]
        divers = defaultdict(set)
        seats = self.env["dive.booking.diver"].search(
            [("trip_id", "in", self.ids), ("state", "not in", ABSENT)]
        )
        for seat in seats:
            divers[seat.trip_id].add(seat.partner_id.id)
        cards = empty.search(
            [
                ("partner_id", "in", seats.partner_id.ids),
                "|",
                ("verification", "!=", "verified"),
                ("expiry_date", "!=", False),
            ]
        )
        found = defaultdict(lambda: empty)
        for trip, partner_ids in divers.items():
            day = trip._dive_day()
            found[trip] = cards.filtered(
                lambda card, day=day, partner_ids=partner_ids: (
                    card.partner_id.id in partner_ids
                    and (
                        card.verification != "verified"
                        or (card.expiry_date and card.expiry_date < day)
                    )
                )
            )
        return found

    def action_view_cards_to_check(self):
        """Open the cards of this trip's divers that want a look before it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_certification"
        )
        action["name"] = action["display_name"] = self.env._(
            "Cards to check: %(trip)s", trip=self.display_name
        )
        action["domain"] = [("id", "in", self._dive_cards_to_check()[self].ids)]
        action["context"] = {}
        return action


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    diver_level_id = fields.Many2one(
        "dive.certification.level",
        "Level",
        compute="_compute_diver_level_id",
        groups=STAFF_GROUPS,
        help="The diver's highest level on the day of the trip.",
    )
    diver_level = fields.Char(
        "Short level", compute="_compute_diver_level_id", groups=STAFF_GROUPS
    )
    card_state = fields.Selection(
        [
            ("none", "No card"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
            ("unverified", "Not checked"),
            ("verified", "Verified"),
        ],
        "Card",
        compute="_compute_diver_level_id",
        groups=STAFF_GROUPS,
    )

    @api.depends("partner_id", "trip_id.date_start")
    def _compute_diver_level_id(self):
        cards = self.env["dive.certification"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("level_id.category", "in", LADDER),
            ]
        )
        periods = cards._dive_periods()
        by_diver = cards.grouped("partner_id")
        days = {
            trip: trip._dive_day() if trip.date_start else None for trip in self.trip_id
        }
        for seat in self:
            mine = by_diver.get(seat.partner_id._origin, cards.browse())
            day = days.get(seat.trip_id)
            best = mine._dive_valid_on(day, periods)._dive_highest()
            seat.diver_level_id = best.level_id
            seat.diver_level = best.level_id.short_name
            seat.card_state = best.verification or mine._dive_why_none(day)


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_highest(self):
        """Return the card of the highest level; of several, a verified, then a new one.

        As ``ResPartner._dive_levels_sql`` orders them.
        """
        return self.sorted(
            lambda card: (
                card.rank,
                card.verification == "verified",
                card.issue_date or fields.Date.to_date("1900-01-01"),
                card.id,
            )
        )[-1:]

    def _dive_why_none(self, date=None):
        """Say why none of a diver's cards counts.

        :param date: cards issued later say nothing, such as that of the course itself
        """
        cards = self.filtered(
            lambda card: not date or not card.issue_date or card.issue_date <= date
        )
        if cards.filtered(lambda card: card.verification != "rejected"):
            return "expired"
        return "rejected" if cards else "none"
