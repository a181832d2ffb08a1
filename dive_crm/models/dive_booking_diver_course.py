"""How a course ended for one diver: written once, taken back as a whole."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .dive_trip_course import TOOK_PART


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _dive_claim_result(self, result):
        """Note how the course ended for these divers, for none of whom it is known.

        One conditional UPDATE: of two people who close a course at the same moment the
        second one waits, finds a result, and is refused.
        """
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE dive_booking_diver SET course_result = %s"
                " WHERE id IN %s AND course_result IS NULL AND state IN %s"
                " RETURNING id",
                result,
                tuple(self.ids),
                TOOK_PART,
            )
        )
        if left := self._dive_not_changed():
            raise UserError(
                self.env._(
                    "There is a result already, or no part was taken in the course:"
                    " %(divers)s. Somebody else may have been faster: reload the"
                    " page.",
                    divers=", ".join(left.partner_id.mapped("name")),
                )
            )

    def _dive_release_result(self):
        """Forget how the course ended for these divers, once."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE dive_booking_diver SET course_result = NULL"
                " WHERE id IN %s AND course_result IS NOT NULL RETURNING id",
                tuple(self.ids),
            )
        )
        if left := self._dive_not_changed():
            raise UserError(
                self.env._(
                    "There is no result to take back: %(divers)s. Somebody else may"
                    " have been faster: reload the page.",
                    divers=", ".join(left.partner_id.mapped("name")),
                )
            )

    def _dive_not_changed(self):
        """Return those whose row the UPDATE just made has not changed."""
        changed = {row[0] for row in self.env.cr.fetchall()}
        self.invalidate_recordset(["course_result"], flush=False)
        self.trip_id.invalidate_recordset(
            ["course_can_close", "course_can_take_back"], flush=False
        )
        return self.filtered(lambda seat: seat.id not in changed)

    def action_take_back_result(self):
        """Take back how the course ended for these divers, and the cards it issued.

        A card to which nothing has happened since is removed; one that was checked,
        renewed, edited or written about stays, archived, with a note.
        """
        trips = self.trip_id
        trips._dive_check_may_close()
        if not self.filtered("course_result"):
            raise UserError(self.env._("There is no result to take back."))
        self._dive_release_result()
        # sudo: front desk and instructors delete no cards, except these of their own
        cards = self.env["dive.certification"].sudo()
        cards.search([("booking_diver_id", "in", self.ids)])._dive_take_back()
        for trip in trips:
            divers = (self & trip.seat_ids).partner_id
            # sudo: a note on the trip, from whoever may close it
            trip.sudo()._message_log(
                body=self.env._(
                    "Result of the course taken back: %(divers)s.",
                    divers=", ".join(divers.mapped("name")),
                )
            )
        return True

    # ------------------------------------------------------------------
    # What a result forbids
    # ------------------------------------------------------------------

    def _dive_check_no_result(self):
        for seat in self.filtered("course_result"):
            raise UserError(
                self.env._(
                    "The course has a result for %(diver)s: take that back first.",
                    diver=seat.partner_id.name,
                )
            )

    def _step(self, states, target):
        if target in ("no_show", "cancelled"):
            self._dive_check_no_result()
        return super()._step(states, target)

    def _check_new_diver(self, partner_id):
        self.filtered(
            lambda seat: seat.partner_id.id != partner_id
        )._dive_check_no_result()
        return super()._check_new_diver(partner_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_result(self):
        if not self._dive_is_unlocked():
            self._dive_check_no_result()


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    trip_kind = fields.Selection(related="trip_id.kind")

    def action_cancel(self):
        self.diver_ids._dive_check_no_result()
        return super().action_cancel()
