"""A trip at another time: what is lent for it goes along, or it is said who has it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .dive_equipment_loan import LENT
from .dive_trip_gear import SHOWN


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    @api.onchange("date_start", "date_end")
    def _onchange_dates_gear(self):
        """Tell before saving which items somebody else has at the new time."""
        trip = self._origin
        if not trip or not self.date_start or not self.date_end:
            return None
        conflicts = trip._dive_gear_conflicts(self.date_start, self.date_end)
        if not conflicts:
            return None
        return {
            "warning": {
                "title": self.env._("Gear is lent twice at that time"),
                "message": trip._dive_conflict_words(conflicts),
            }
        }

    def write(self, vals):
        result = super().write(vals)
        if {"date_start", "date_end"} & vals.keys():
            self._dive_gear_follow()
        return result

    def _dive_gear_loans(self):
        # sudo: who may move a trip moves what is lent for it
        return (
            self.env["dive.equipment.loan"]
            .sudo()
            .search([("trip_id", "in", self.ids), ("state", "in", LENT)])
        )

    def _dive_gear_follow(self):
        """Give the loans the time of their trips.

        :raise UserError: an item is somebody else's then; the message says whose
        """
        if not self._dive_gear_loans():
            return
        self.flush_recordset(["date_start", "date_end"])
        conflicts = self._dive_gear_conflicts()
        if conflicts:
            raise UserError(self._dive_conflict_words(conflicts))
        for trip in self:
            trip._dive_gear_loans()._dive_unlocked().write(
                {"date_from": trip.date_start, "date_to": trip._dive_gear_end()}
            )
            # later than the other loans, should one of them be in the way no more
            self.env.flush_all()

    def _dive_gear_conflicts(self, start=None, end=None):
        """Return pairs of loans that would be at one time, of this trip and of another.

        :param start, end: the time to be; of the trip as it is now if not given
        :rtype: list of (dive.equipment.loan, dive.equipment.loan)
        """
        loans = self._dive_gear_loans()
        if not loans:
            return []
        Loan = loans.browse()
        Loan.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                WITH lent AS (
                    SELECT l.id, l.equipment_id, l.id IN %(mine)s AS mine,
                           CASE WHEN l.id IN %(mine)s
                                THEN COALESCE(%(start)s::timestamp, t.date_start)
                                ELSE l.date_from END AS date_from,
                           CASE WHEN l.id IN %(mine)s
                                THEN GREATEST(
                                    COALESCE(%(end)s::timestamp, t.date_end),
                                    COALESCE(%(start)s::timestamp, t.date_start)
                                    + interval '1 minute')
                                ELSE l.date_to END AS date_to
                      FROM dive_equipment_loan l
                 LEFT JOIN dive_trip t ON t.id = l.trip_id
                     WHERE l.state IN %(lent)s AND l.equipment_id IN %(items)s)
                SELECT a.id, b.id FROM lent a
                  JOIN lent b ON b.equipment_id = a.equipment_id AND b.id != a.id
                 WHERE a.mine AND (NOT b.mine OR a.id < b.id)
                   AND a.date_from < b.date_to AND b.date_from < a.date_to
                 ORDER BY a.id, b.id
                """,
                mine=tuple(loans.ids),
                start=start,
                end=end,
                lent=LENT,
                items=tuple(loans.equipment_id.ids),
            )
        )
        return [(Loan.browse(mine), Loan.browse(other)) for mine, other in found]

    def _dive_conflict_words(self, conflicts):
        lines = [
            self.env._(
                "%(item)s: %(mine)s, and %(other)s",
                item=mine.equipment_id.display_name,
                mine=mine.partner_id.name,
                other=other._dive_who(),
            )
            for mine, other in conflicts[:SHOWN]
        ]
        if len(conflicts) > SHOWN:
            lines.append(
                self.env._("… and %(count)s more", count=len(conflicts) - SHOWN)
            )
        return self.env._(
            "At that time these items are lent to others:\n%(lines)s\nPress “Free"
            " reserved gear” in the menu with the cog of “%(trip)s”, move the trip, and"
            " prepare its gear again.",
            lines="\n".join(lines),
            trip=self[:1].display_name,
        )
