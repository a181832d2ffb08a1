"""The front desk's day: which trips go, who comes, and what is missing."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ..tools.day_words import day_format
from ..tools.fitness import light
from ..tools.recurrence import moment
from ..tools.seats import SEAT_COMING, SEAT_HELD

#: divers of these places are shown: who comes, came, or asked to
SHOWN = ("requested", "offered", "booked", "checked_in", "no_show", "done")
#: of the light, these are said; what is told by the way stands in the booking
SAID = ("block", "warn")
#: payment states of a booking that the desk has something to do about, and how it looks
TO_PAY = {
    "to_invoice": "warning",
    "draft": "warning",
    "invoiced": "danger",
    "partial": "danger",
}


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    @api.model
    @api.readonly
    def dive_today(self, day=None):
        """Return what the front desk wants to know of a day, for the “Today” screen.

        The number of queries does not depend on how many divers come.

        :param day: a date; today where the company is if not given
        :rtype: dict
        """
        company = self.env.company
        today = company._dive_today()
        try:
            day = fields.Date.to_date(day) or today
        except ValueError:
            day = today  # what somebody typed into the address
        trips = self._dive_on(day)
        seats = trips.seat_ids.filtered(lambda seat: seat.state in SHOWN)
        looked = seats._dive_looked_at()._dive_findings()
        missing = self._dive_gear_of(seats)
        unprepared = self._dive_unprepared(seats)
        may_write = self.env["dive.booking.diver"].has_access("write")
        by_trip = seats.sorted(
            lambda seat: (seat.partner_id.name or "", seat.id)
        ).grouped("trip_id")
        title = format_date(self.env, day, date_format=day_format(self.env, full=True))
        return {
            "day": fields.Date.to_string(day),
            "today": fields.Date.to_string(today),
            "title": title,
            "may_write": may_write,
            "trips": [
                trip._dive_today_card(
                    [
                        seat._dive_today_row(
                            looked.get(seat), missing.get(seat.id, []), may_write
                        )
                        for seat in by_trip.get(trip, seats.browse())
                    ],
                    trip in unprepared,
                )
                for trip in trips
            ],
        }

    @api.model
    def _dive_on(self, day):
        """Return the trips of the current company that take place on a day."""
        zone = self.env.company._dive_zone()
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("open", "done")),
                ("date_start", "<", moment(day + timedelta(days=1), 0, zone)),
                "|",
                ("date_end", ">", moment(day, 0, zone)),
                ("date_start", ">=", moment(day, 0, zone)),
            ]
        )

    @api.model
    def _dive_gear_of(self, seats):
        """Return what gear is missing, in words: {seat id: [words]}."""
        words = defaultdict(list)
        if not self.env["dive.gear"].has_access("read"):
            return words
        for gear in self.env["dive.gear"].search(
            [("seat_id", "in", seats.ids), ("state", "=", "missing")]
        ):
            if gear.seat_state in SEAT_COMING:
                words[gear.seat_id.id].append(f"{gear._dive_words()}: {gear.hint}")
        return words

    @api.model
    def _dive_unprepared(self, seats):
        """Return the trips of these places for which gear is still to be prepared."""
        if not self.env["dive.gear"].has_access("write"):
            return self.browse()
        trips = seats.filtered(
            lambda seat: seat.state in SEAT_COMING and not seat.gear_prepared
        ).trip_id.filtered(lambda trip: trip.state == "open")
        # of one company, trips of a kind lend the same
        lent = {
            kind: bool(mine[0]._dive_gear_kinds())
            for kind, mine in trips.grouped("type_id").items()
        }
        return trips.filtered(lambda trip: lent[trip.type_id])

    def _dive_today_card(self, rows, unprepared):
        """Return what stands in the head of a trip, with the rows of its divers."""
        self.ensure_one()
        states = [row["state"] for row in rows]
        return {
            "id": self.id,
            "name": self.name,
            "from": self._dive_clock(self.date_start),
            "to": self._dive_clock(self.date_end),
            "color": self.color,
            "boat": self.boat_id.name or "",
            "sites": self.site_ids.mapped("name"),
            "guides": self.guide_ids.mapped("name"),
            "overlap": self.overlap_text or "",
            "done": self.state == "done",
            "bookable": not self._dive_why_not_bookable(),
            "free": max(self.seats_free, 0),
            "limit": self.seats_limit,
            "waiting": self.wait_count,
            "unprepared": unprepared,
            "coming": sum(state in (*SEAT_COMING, "done") for state in states),
            "here": sum(row["here"] for row in rows),
            "may_check_in": any(
                row["may_check_in"] and row["state"] == "booked" for row in rows
            ),
            "rows": rows,
        }

    def _dive_clock(self, instant):
        """Return the time of day of an instant; with the weekday on long trips."""
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        pattern = "HH:mm"
        if self.date_end - self.date_start >= timedelta(days=1):
            pattern = "EEE HH:mm"
        return format_datetime(self.env, instant, tz=zone, dt_format=pattern)

    def action_check_in_all(self):
        """Check in all booked divers of these trips, except those who may not come.

        :return: a note of how many, and of who was left out and why
        :rtype: dict
        """
        seats = self.seat_ids.filtered(lambda seat: seat.state == "booked")
        early = seats.filtered(lambda seat: not seat.check_in_open)
        if not seats or early:
            raise UserError(
                self.env._("Nobody is to be checked in: reload the page.")
                if not seats
                else self.env._("Divers are checked in from the day before their trip.")
            )
        found = seats._dive_findings()
        fit = seats.filtered(lambda seat: light(found.get(seat, [])) != "red")
        fit.action_check_in()
        left = [
            f"{seat.partner_id.name}: "
            + " ".join(finding.text for finding in found[seat] if finding.blocks)
            for seat in seats - fit
        ]
        return {
            "type": "warning" if left else "success",
            "title": self.env._("%(count)s checked in", count=len(fit)),
            "message": "\n".join(left),
        }


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _dive_today_row(self, findings, gear, may_write):
        """Return what stands in the row of a diver on the “Today” screen.

        :param findings: what speaks against the diver; None if nobody asks any more
        :param gear: what gear is missing, in words
        """
        self.ensure_one()
        payment = self._dive_payment()
        payer = self._dive_payer()
        words = dict(
            self.booking_id._fields["invoice_state"]._description_selection(self.env)
        )
        held = self.state in SEAT_HELD
        seen = self.state == "booked" and self._dive_seen_on_roll()
        return {
            "id": self.id,
            "name": self.partner_id.name,
            "booking": self.booking_id.name,
            "booking_id": self.booking_id.id,
            "payer": "" if payer == self.partner_id else payer.name,
            "note": self.note or "",
            "state": self.state,
            # who was tapped on the boat is there, although the desk saw nobody
            "here": seen or self.state in ("checked_in", "done"),
            "state_name": self._dive_roll_name() if seen else self._dive_state_name(),
            "light": light(findings) if findings is not None else "",
            "findings": [
                {"text": finding.text, "blocks": finding.blocks}
                for finding in findings or ()
                if finding.severity in SAID and not finding.anyway
            ],
            "payment": words[payment]
            if may_write and held and payment in TO_PAY
            else "",
            "payment_look": TO_PAY.get(payment, ""),
            "gear": gear,
            "may_check_in": may_write
            and not seen
            and self.check_in_open
            and self.state in ("booked", "no_show"),
            "may_no_show": may_write
            and not seen
            and self.check_in_open
            and self.state in ("booked", "checked_in", "done"),
            "may_undo": may_write and self.state in ("checked_in", "no_show"),
        }
