"""A trip that changes: from what its divers know to what it is now."""

from datetime import timedelta

from odoo import fields, models

#: What divers are told when it changes.
FACTS = {"date_start", "date_end", "boat_id", "site_ids"}
#: Several changes within this time are told of at once.
SETTLE = timedelta(minutes=10)


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    changed_on = fields.Datetime(
        readonly=True, copy=False, help="The last change that divers are told of."
    )
    change_from = fields.Json(
        readonly=True, copy=False, help="What they know of the trip until then."
    )

    def _dive_facts(self):
        """Return what divers are told of this trip, as it can be kept."""
        self.ensure_one()
        return {
            "start": fields.Datetime.to_string(self.date_start),
            "end": fields.Datetime.to_string(self.date_end),
            "boat": self.boat_id.id,
            "sites": sorted(self.site_ids.ids),
        }

    def write(self, vals):
        if not FACTS & vals.keys():
            return super().write(vals)
        now = fields.Datetime.now()
        before = {
            trip: trip._dive_facts()
            for trip in self
            if trip.state == "open" and trip.seats_taken and trip.date_end > now
        }
        result = super().write(vals)
        for trip, facts in before.items():
            trip._dive_note_change(facts)
        return result

    def _dive_note_change(self, before):
        """Have those told who are booked, when nobody changes it any more.

        :param dict before: facts
        """
        after = self._dive_facts()
        if after == before:
            return
        # what nobody has read yet is written anew; before it is asked who knows what
        self.env["dive.booking.notice"]._dive_retract_of_facts(self)
        known = before if self._dive_change_told() else self.change_from
        now = fields.Datetime.now()
        if after == known:
            # as it was: nobody needs to know
            self._dive_unlocked().write({"changed_on": False, "change_from": False})
            return
        self._dive_unlocked().write({"changed_on": now, "change_from": known})
        self.env["dive.booking.notice"]._dive_run_soon(now + SETTLE)

    def _dive_change_told(self):
        """Say whether those who are booked know of the last change."""
        if not self.changed_on:
            return True
        # sudo: whoever may change a trip need not read what was written about it
        notices = self.env["dive.booking.notice"].sudo()
        return bool(
            notices.search_count(
                [
                    ("trip_id", "=", self.id),
                    ("kind", "=", "changed"),
                    ("about", "=", self.changed_on),
                ],
                limit=1,
            )
        )
