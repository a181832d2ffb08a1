"""Where a diver is: ashore, in the water, back on board."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .dive_trip_emergency import ABOARD

ROLL_FIELDS = ("roll_call", "roll_before", "out_at", "back_at")


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    roll_before = fields.Selection(
        [("ashore", "Ashore"), ("out", "In the water"), ("in", "Back on board")],
        "Was before",
        readonly=True,
        copy=False,
    )
    out_at = fields.Datetime("Down", readonly=True, copy=False)
    back_at = fields.Datetime("Up", readonly=True, copy=False)

    _roll_out = models.Index("(trip_id) WHERE roll_call = 'out'")

    def _dive_claim_roll(self, before, after, moment, undo=False):
        """Put a diver where a tap says, if the diver is where the tapper saw them.

        One conditional UPDATE: of two phones the second one is told, and a tap that
        was sent late overwrites nothing newer. Taking back a tap keeps the time of
        going down, so that nobody gets more time by it.

        :return: whether it was so
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE dive_booking_diver SET roll_call = %(after)s,"
                " roll_before = %(before)s,"
                " out_at = CASE WHEN %(after)s = 'out' AND NOT %(undo)s"
                "   THEN %(moment)s ELSE out_at END,"
                " back_at = CASE WHEN %(after)s = 'out' THEN NULL"
                "   WHEN %(before)s = 'out' THEN %(moment)s ELSE back_at END"
                " WHERE id = %(id)s AND state IN %(aboard)s"
                " AND COALESCE(roll_call, 'ashore') = %(before)s"
                " RETURNING id",
                before=before,
                after=after,
                moment=moment,
                undo=undo,
                id=self.id,
                aboard=ABOARD,
            )
        )
        claimed = bool(self.env.cr.fetchone())
        self.invalidate_recordset(ROLL_FIELDS, flush=False)
        return claimed

    # ------------------------------------------------------------------
    # What cannot happen to somebody in the water
    # ------------------------------------------------------------------

    def _dive_check_not_out(self):
        out = self.filtered(lambda seat: seat.roll_call == "out")
        if out:
            raise UserError(
                self.env._(
                    "In the water, as the roll call says: %(divers)s. First tap them"
                    " back on board there.",
                    divers=", ".join(out.partner_id.mapped("name")),
                )
            )

    def _set_state(self, state):
        if state in ("cancelled", "no_show", "requested", "waitlisted", "offered"):
            self._dive_check_not_out()
        return super()._set_state(state)

    def write(self, vals):
        if "booking_id" not in vals and "partner_id" not in vals:
            return super().write(vals)
        moved = self.filtered(
            lambda seat: (
                vals.get("booking_id", seat.booking_id.id) != seat.booking_id.id
                or vals.get("partner_id", seat.partner_id.id) != seat.partner_id.id
            )
        )
        moved._dive_check_not_out()
        trips = {seat: seat.trip_id for seat in moved}
        result = super().write(vals)
        gone = moved.filtered(lambda seat: seat.trip_id != trips[seat])
        if gone:
            gone._dive_forget_roll()
        return result

    def _dive_forget_roll(self):
        """Begin anew on another trip."""
        self._dive_unlocked().write(dict.fromkeys(ROLL_FIELDS, False))

    def unlink(self):
        if not self._dive_is_unlocked():
            self._dive_check_not_out()
        return super().unlink()

    def _dive_seen_on_roll(self):
        """Return whether the roll call has seen this diver, now or before.

        Who was tapped by mistake, which was taken back, it has not seen.
        """
        self.ensure_one()
        return self.roll_call in ("out", "in") or self.roll_before == "in"

    def _dive_roll_name(self):
        """Return in words where the roll call saw this diver last."""
        self.ensure_one()
        places = dict(self._fields["roll_call"]._description_selection(self.env))
        return places[self.roll_call or "ashore"]

    def _dive_minutes_seen(self):
        """Return how long the last dive took, as the roll call saw it; else 0."""
        self.ensure_one()
        if not self.out_at or not self.back_at or self.back_at < self.out_at:
            return 0
        return round((self.back_at - self.out_at).total_seconds() / 60)
