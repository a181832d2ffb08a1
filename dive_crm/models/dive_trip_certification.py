"""What staff look at before a trip: who may dive as what, and is it so."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import STAFF_GROUPS

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
            trip.card_check_count = len(cards.get(trip._origin.id, ()))

    def _dive_cards_to_check(self):
        """Return the cards of each trip's divers that want a look before it.

        :return: trip id → card ids
        :rtype: dict
        """
        trips = self._origin
        if not trips:
            return {}
        cards = self.env["dive.certification"]
        cards.flush_model(["expiry_date", "partner_id", "verification", "active"])
        self.env["dive.booking.diver"].flush_model(["trip_id", "partner_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT trip.id, array_agg(DISTINCT card.id)
                     FROM (VALUES %(days)s) trip (id, day)
                     JOIN dive_booking_diver seat ON seat.trip_id = trip.id
                     JOIN dive_certification card ON card.partner_id = seat.partner_id
                    WHERE seat.state NOT IN %(absent)s
                      AND (card.verification IS DISTINCT FROM 'verified'
                           OR card.expiry_date < trip.day)
                      AND card.id IN %(cards)s
                 GROUP BY trip.id""",
                days=SQL(", ").join(
                    SQL("(%s, %s::date)", trip.id, trip._dive_day()) for trip in trips
                ),
                absent=ABSENT,
                cards=cards._search([]).subselect(),
            )
        )
        return dict(rows)

    def action_view_cards_to_check(self):
        """Open the cards of this trip's divers that want a look before it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_certification"
        )
        action["name"] = action["display_name"] = self.env._(
            "Cards to check: %(trip)s", trip=self.display_name
        )
        action["domain"] = [("id", "in", self._dive_cards_to_check().get(self.id, []))]
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
        days = self._dive_days()
        held = self.env["res.partner"]._dive_held_on(days.values())
        self._dive_set_levels(days, held)

    def _dive_days(self):
        """Return who is asked about which day, by seat: (partner id, day)."""
        today = self.env.company._dive_today()
        # sudo: the day of the trip, for whoever sees a place on it
        # a place in a form that is being filled in has its trip from the booking
        trips = {seat: seat.trip_id or seat.booking_id.trip_id for seat in self.sudo()}
        days = {
            trip: trip._dive_day() if trip.date_start else today
            for trip in set(trips.values())
        }
        return {
            seat: (seat.partner_id._origin.id, days[trip])
            for seat, trip in trips.items()
        }

    def _dive_set_levels(self, days, held):
        """Write for each seat what the diver's cards say of the day of its trip.

        :param days: what :meth:`_dive_days` says
        :param held: what ``_dive_held_on`` says of these days
        """
        seats = defaultdict(list)
        for seat in self:
            of_day = held[days[seat]]
            seats[of_day.best.level_id, of_day.best_state].append(seat.id)
        for (level, state), ids in seats.items():
            alike = self.browse(ids)
            alike.diver_level_id = level
            alike.diver_level = level.short_name
            alike.card_state = state


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_highest(self):
        """Return the card of the highest level; of several, a verified, then a new one.

        As ``ResPartner._dive_levels_sql`` orders them.
        """
        if len(self) <= 1:
            return self
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
