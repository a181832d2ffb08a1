"""What ties a trip to the series that it comes from."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.recurrence import hours_at, hours_between
from .dive_trip_recurrence import SHARED, WEEKDAYS

#: by these a trip differs from its series
FOLLOWED = (*SHARED, "date_start", "date_end")
#: how many trips a message names before it says "n more"
TRIPS_SHOWN = 8


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    recurrence_id = fields.Many2one(
        "dive.trip.recurrence",
        "Recurring trip",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    recurrence_day = fields.Date("Day in the series", readonly=True, copy=False)
    recurrence_exception = fields.Boolean(
        "Differs from its series",
        readonly=True,
        copy=False,
        help="Changed by hand: changes of the series leave this trip alone.",
    )

    _one_per_day = models.UniqueIndex(
        "(recurrence_id, recurrence_day) WHERE recurrence_id IS NOT NULL",
        lambda env, diag: env._("This series has a trip on that day already."),
    )

    # ------------------------------------------------------------------
    # Changed by hand
    # ------------------------------------------------------------------

    def write(self, vals):
        if self._dive_is_unlocked() or not vals.keys() & set(FOLLOWED):
            return super().write(vals)
        followers = self.filtered(
            lambda trip: trip.recurrence_id and not trip.recurrence_exception
        )
        before = {trip: trip._dive_followed() for trip in followers}
        result = super().write(vals)
        followers.filtered(
            lambda trip: trip._dive_followed() != before[trip]
        )._dive_mark_exception()
        return result

    def _dive_followed(self):
        self.ensure_one()
        return [self[name] for name in FOLLOWED]

    def _dive_mark_exception(self):
        for trip in self:
            trip._dive_unlocked().write({"recurrence_exception": True})
            trip._message_log(
                body=self.env._(
                    "Changed by hand: changes of its series leave this trip alone now."
                )
            )

    # ------------------------------------------------------------------
    # What a series may do with its trips
    # ------------------------------------------------------------------

    def _dive_part_bare(self):
        """Part trips in those that may go without a word and those that may not.

        :return: (trips that nobody has done anything with, the others)
        """
        # sudo: bookings and activities count, whoever may see them
        trips = self.sudo()
        asked = trips._dive_asked()
        bare = trips.filtered(
            lambda trip: (
                not trip.recurrence_exception
                and trip not in asked
                and trip.state in ("draft", "open")
                and not trip.booking_ids
                and not trip.note
                and not trip.activity_ids
                and not trip.message_attachment_count
                and "comment" not in trip.message_ids.mapped("message_type")
            )
        )
        return self & self.browse(bare.ids), self - self.browse(bare.ids)

    def _dive_asked(self):
        """Return those of these to which somebody was invited, or wants to come."""
        mine = [("trip_id", "in", self.ids)]
        # a link that nobody opened in time asks for nothing any more
        open_links = [*mine, ("expires_at", ">", fields.Datetime.now())]
        invited = self.env["dive.trip.invitation"]._read_group(mine, ["trip_id"])
        asking = self.env["dive.online.request"]._read_group(open_links, ["trip_id"])
        return self.browse().union(*(trip for [trip] in (*invited, *asking)))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        """Who was invited, or waits with a link, finds the trip; the mark stays."""
        # sudo: that somebody was asked counts, whoever may see whom
        asked = self.sudo()._dive_asked()
        if asked:
            raise UserError(
                self.env._(
                    "People were invited to “%(trip)s”, or want to book it on-line:"
                    " cancel it, or archive it. It cannot be deleted.",
                    trip=asked[0].display_name,
                )
            )
        # sudo: see above; a link that nobody opened in time is swept soon anyway
        lapsed = self.env["dive.online.request"].sudo()
        lapsed.search([("trip_id", "in", self.ids)]).unlink()

    def _dive_take_out(self):
        """Remove trips with which nothing was done; see :meth:`_dive_part_bare`."""
        # sudo: the desk deletes no trips, except these, which the series made
        self.sudo()._dive_unlocked().unlink()

    def _dive_lines(self):
        """Name these trips, each with its divers, cut after a few."""
        lines = []
        for trip in self[:TRIPS_SHOWN]:
            name = f"{trip._dive_when()} · {trip.name}"
            # sudo: how many are booked is the trip's
            number = trip.sudo().seats_taken
            waiting = trip.sudo().wait_count
            values = {"trip": name, "number": number or waiting}
            if number:
                name = self.env._("%(trip)s (%(number)s divers)", **values)
            elif waiting:
                name = self.env._("%(trip)s (%(number)s waiting)", **values)
            lines.append(name)
        if len(self) > TRIPS_SHOWN:
            more = len(self) - TRIPS_SHOWN
            lines.append(self.env._("%(count)s more", count=more))
        return lines

    def unlink(self):
        days = [
            {
                "recurrence_id": trip.recurrence_id.id,
                "date_from": trip.recurrence_day,
                "date_to": trip.recurrence_day,
                "name": self.env._("Deleted by hand"),
            }
            for trip in self
            if trip.recurrence_id.state == "running" and not self._dive_is_unlocked()
        ]
        result = super().unlink()
        # otherwise the next run would make them again
        self.env["dive.trip.recurrence.skip"].create(days)
        return result

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_series(self):
        """Open the series from which this trip comes."""
        self.ensure_one()
        return self.recurrence_id._dive_open()

    def action_repeat(self):
        """Begin a series of trips like this one; the series is a draft, to look at."""
        self.ensure_one()
        self.check_access("write")
        if self.recurrence_id:
            raise UserError(
                self.env._("“%s” belongs to a series already.", self.display_name)
            )
        day = self._dive_day()
        series = self.env["dive.trip.recurrence"].create(
            {
                **self._dive_shared_values(),
                "company_id": self.company_id.id,
                "time": hours_at(self.date_start, self.company_id._dive_zone()),
                "duration": hours_between(self.date_start, self.date_end),
                "date_from": day,
                WEEKDAYS[day.weekday()]: True,
            }
        )
        self._dive_unlocked().write({"recurrence_id": series.id, "recurrence_day": day})
        return series._dive_open()

    def _dive_shared_values(self):
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in SHARED
        }

    def action_change_later(self):
        """Prepare a change of this trip and all later ones of its series."""
        self.ensure_one()
        return self.recurrence_id._dive_change_from(self.recurrence_day, self)

    def action_back_to_series(self):
        """Give this trip what its series says again."""
        self.check_access("write")
        for trip in self.filtered("recurrence_exception"):
            series = trip.recurrence_id
            values = series._dive_trip_values(trip.recurrence_day)
            trip._dive_unlocked().write({**values, "recurrence_exception": False})
        return True
