"""The roll call of a trip: who is in the water, and when they have to be back."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .dive_booking_diver import CHECK_IN_BEFORE
from .dive_head_count import MOST_HEADS
from .dive_trip_emergency import ABOARD

PLACES = ("ashore", "out", "in")
#: a phone that was without a connection for longer than that is out of date
OLDEST_TAP = timedelta(hours=24)
#: one request brings no more than that
MOST_ACTIONS = 500
#: at most so much later than it was, by one press
MOST_LATER = timedelta(hours=4)


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    dive_minutes = fields.Integer(
        "Minutes under water",
        default=60,
        help="After so many minutes the roll call shows divers as overdue.",
    )
    back_by = fields.Datetime(
        "Back by",
        readonly=True,
        copy=False,
        help="Set when the first diver goes into the water.",
    )
    roll_out_count = fields.Integer("In the water", compute="_compute_roll")
    roll_overdue = fields.Boolean("Overdue", compute="_compute_roll")
    roll_may = fields.Boolean(compute="_compute_roll_may")

    _dive_minutes_range = models.Constraint(
        "CHECK (dive_minutes >= 5 AND dive_minutes <= 600)",
        "A dive takes from 5 to 600 minutes.",
    )

    @api.depends("seat_ids.roll_call", "back_by")
    def _compute_roll(self):
        now = fields.Datetime.now()
        begun = self.filtered("back_by")  # set when the first goes into the water
        counts = dict(
            self.env["dive.booking.diver"]._read_group(
                [("trip_id", "in", begun.ids), ("roll_call", "=", "out")],
                ["trip_id"],
                ["__count"],
            )
        )
        for trip in self:
            trip.roll_out_count = counts.get(trip._origin, 0)
            trip.roll_overdue = bool(
                trip.roll_out_count and trip.back_by and trip.back_by < now
            )

    @api.depends("guide_ids", "kind", "state")
    @api.depends_context("uid")
    def _compute_roll_may(self):
        for trip in self:
            trip.roll_may = (
                trip.kind != "service"
                and trip.state in ("open", "done")
                and trip._dive_may_close()
            )

    # ------------------------------------------------------------------
    # Who and when
    # ------------------------------------------------------------------

    def _dive_check_may_roll(self):
        """Raise an AccessError unless the user may call the roll of these trips."""
        self.check_access("read")
        for trip in self:
            if not trip._dive_may_close():
                raise AccessError(
                    self.env._(
                        "The roll of “%(trip)s” is called by its own guides or by the"
                        " front desk.",
                        trip=trip.display_name,
                    )
                )

    def _dive_roll_closed(self):
        """Return why nobody can be tapped now, or False."""
        self.ensure_one()
        if self.state != "open":
            states = dict(self._fields["state"]._description_selection(self.env))
            return self.env._(
                "The trip is “%(state)s”: the roll call is closed.",
                state=states[self.state],
            )
        if self.date_start > fields.Datetime.now() + CHECK_IN_BEFORE:
            return self.env._("The roll call opens the day before the trip.")
        return False

    def _dive_roll_seats(self):
        """Return the places of those who come along, group by group."""
        seats = self.seat_ids.filtered(lambda seat: seat.state in ABOARD)
        return seats.sorted(
            lambda seat: (
                not seat.buddy_group,
                len(seat.buddy_group or ""),
                seat.buddy_group or "",
                seat.partner_id.name or "",
                seat.id,
            )
        )

    # ------------------------------------------------------------------
    # What phones ask and send
    # ------------------------------------------------------------------

    def action_roll_call(self):
        """Open the roll call, made for a phone."""
        self.ensure_one()
        self._dive_check_may_roll()
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/trip/{self.id}/rollcall",
            "target": "self",
        }

    def roll_call_state(self):
        """Return where everybody is, as a phone shows it; times in UTC."""
        self.ensure_one()
        self._dive_check_may_roll()
        seats = self._dive_roll_seats()
        who = self.env["dive.roll.entry"].sudo()._dive_last_by_seat(self)
        counts = self.env["dive.head.count"].sudo()._dive_of(self)
        iso = fields.Datetime.to_string
        return {
            "now": iso(fields.Datetime.now()),
            "back_by": iso(self.back_by) or False,
            "closed": self._dive_roll_closed(),
            "divers": [
                {
                    "id": seat.id,
                    "name": seat.partner_id.name or "",
                    "group": seat.buddy_group or "",
                    "level": seat.diver_level or "",
                    "minor": bool(seat.is_minor),
                    "state": seat.roll_call or "ashore",
                    "before": seat.roll_before or "ashore",
                    "out_at": iso(seat.out_at) or False,
                    "back_at": iso(seat.back_at) or False,
                    "by": who.get(seat.id, ""),
                }
                for seat in seats
            ],
            "counts": [
                {
                    "kind": count.kind,
                    "number": count.number,
                    "expected": count.expected,
                    "name": count.counted_by,
                    "at": iso(count.date),
                }
                for count in counts
            ],
            "counts_missing": self._dive_counts_missing() or "",
        }

    def roll_call_send(self, actions):
        """Take what was tapped on a phone, in its order, and return where all are.

        What came before (by its key) is not done again. An action has ``key``,
        ``type`` (tap, later, count, buddy, pair) and ``age``, the milliseconds since
        it was tapped.

        :param list actions: dicts
        :return: ``roll_call_state()`` with ``results``: {key: message, empty if done}
        """
        self.ensure_one()
        self._dive_check_may_roll()
        actions = actions if isinstance(actions, list) else []
        actions = [
            action
            for action in actions[:MOST_ACTIONS]
            if isinstance(action, dict) and isinstance(action.get("key"), str)
        ]
        results = {}
        known = self._dive_roll_keys([action["key"] for action in actions])
        for action in actions:
            key = action["key"]
            if key in known:
                results[key] = ""
                continue
            results[key] = self._dive_roll_do(action)
            known.add(key)
        return {**self.roll_call_state(), "results": results}

    @api.model
    def _dive_roll_handlers(self):
        return {
            "tap": self._dive_roll_tap,
            "later": self._dive_roll_later,
            "count": self._dive_roll_count,
            "buddy": self._dive_roll_buddy,
            "pair": self._dive_roll_pair,
        }

    def _dive_roll_do(self, action):
        """Do what one action says; return why not, or an empty text."""
        do = self._dive_roll_handlers().get(action.get("type"))
        if not do or not 8 <= len(action["key"]) <= 64:
            return self.env._("This was not understood: reload the page.")
        if closed := self._dive_roll_closed():
            return closed
        try:
            return do(action, self._dive_roll_moment(action)) or ""
        except (ValueError, TypeError, OverflowError):
            return self.env._("This was not understood: reload the page.")

    def _dive_roll_keys(self, keys):
        """Return which of these keys have arrived before."""
        known = set()
        for model in ("dive.roll.entry", "dive.head.count"):
            # sudo: whether it is there; who may was asked by the caller
            rows = self.env[model].sudo()
            found = rows.search([("trip_id", "=", self.id), ("key", "in", keys)])
            known |= set(found.mapped("key"))
        return known

    @api.model
    def _dive_roll_moment(self, action):
        """Return when something was tapped, whatever the phone's clock says."""
        age = timedelta(milliseconds=max(float(action.get("age") or 0), 0))
        moment = fields.Datetime.now() - min(age, OLDEST_TAP)
        return moment.replace(microsecond=0)

    def _dive_roll_seat(self, action):
        seat_id = int(action.get("seat") or 0)
        return self._dive_roll_seats().filtered(lambda seat: seat.id == seat_id)

    # ------------------------------------------------------------------
    # Taps
    # ------------------------------------------------------------------

    def _dive_roll_tap(self, action, moment):
        seat = self._dive_roll_seat(action)
        before, after = action.get("from"), action.get("to")
        undo = bool(action.get("undo"))
        if before not in PLACES or after not in PLACES or before == after:
            raise ValueError(action)
        if not seat:
            return self.env._("This diver is not on the trip any more.")
        if not seat._dive_claim_roll(before, after, moment, undo):
            if (seat.roll_call or "ashore") == after:
                return ""  # somebody else has tapped the same
            return self._dive_roll_overtaken(seat)
        self._dive_roll_note(seat, action, moment)
        if after == "out" and not undo:
            self._dive_roll_start(seat, moment)
        return ""

    def _dive_roll_overtaken(self, seat):
        # sudo: who has tapped is shown to whoever calls the roll
        who = self.env["dive.roll.entry"].sudo()._dive_last_by_seat(self)
        states = dict(seat._fields["roll_call"]._description_selection(self.env))
        return self.env._(
            "%(diver)s: not taken. Meanwhile “%(state)s”, by %(user)s.",
            diver=seat.partner_id.name,
            state=states[seat.roll_call or "ashore"],
            user=who.get(seat.id, "?"),
        )

    def _dive_roll_note(self, seat, action, moment):
        # sudo: the right was asked at the start; nobody adds such rows by hand
        self.env["dive.roll.entry"].sudo()._dive_adding().create(
            {
                "key": action["key"],
                "date": moment,
                "arrived": fields.Datetime.now(),
                "trip_id": self.id,
                "company_id": self.company_id.id,
                "seat_id": seat.id,
                "state_from": action["from"],
                "state_to": action["to"],
                "undo": bool(action.get("undo")),
                "user_id": self.env.uid,
                "user_name": self.env.user.name,
            }
        )

    def _dive_roll_start(self, seat, moment):
        """Say when divers have to be back, if this is the first in the water."""
        self._dive_roll_update(
            SQL(
                "UPDATE dive_trip SET back_by = %s"
                " WHERE id = %s AND NOT EXISTS (SELECT 1 FROM dive_booking_diver"
                "  WHERE trip_id = %s AND roll_call = 'out' AND id != %s)"
                " RETURNING id",
                moment + timedelta(minutes=self.dive_minutes),
                self.id,
                self.id,
                seat.id,
            )
        )

    def _dive_roll_update(self, query):
        self.flush_recordset()
        self.env.cr.execute(query)
        done = bool(self.env.cr.fetchone())
        self.invalidate_recordset(["back_by", "roll_overdue"], flush=False)
        return done

    def _dive_roll_later(self, action, _moment):
        """Have divers back later: from one time to another, so that once is once."""
        before = fields.Datetime.to_datetime(action.get("from"))
        after = fields.Datetime.to_datetime(action.get("to"))
        if not before or not after or not before < after <= before + MOST_LATER:
            raise ValueError(action)
        done = self._dive_roll_update(
            SQL(
                "UPDATE dive_trip SET back_by = %s WHERE id = %s AND back_by = %s"
                " RETURNING id",
                after,
                self.id,
                before,
            )
        )
        if done:
            minutes = int((after - before).total_seconds() // 60)
            # sudo: a note on the trip, from whoever may call its roll
            self.sudo()._message_log(
                body=self.env._(
                    "Roll call: divers may be back %(minutes)s minutes later.",
                    minutes=minutes,
                ),
                author_id=self.env.user.partner_id.id,
            )
        if done or self.back_by == after:
            return ""
        return self.env._("Somebody else has changed the time: look at it again.")

    # ------------------------------------------------------------------
    # Heads and buddies
    # ------------------------------------------------------------------

    def _dive_roll_count(self, action, moment):
        kind, number = action.get("kind"), int(action.get("number"))
        name = " ".join(str(action.get("name") or "").split())[:80]
        if kind not in ("out", "back") or not 0 <= number <= MOST_HEADS:
            raise ValueError(action)
        if len(name) < 2:
            return self.env._("Enter the name of who has counted.")
        # sudo: the right was asked at the start; nobody adds such rows by hand
        self.env["dive.head.count"].sudo()._dive_adding().create(
            {
                "key": action["key"],
                "date": moment,
                "trip_id": self.id,
                "company_id": self.company_id.id,
                "kind": kind,
                "number": number,
                "expected": len(self._dive_roll_seats()),
                "counted_by": name,
                "user_id": self.env.uid,
                "user_name": self.env.user.name,
            }
        )
        return ""

    def _dive_roll_buddy(self, action, _moment):
        seat = self._dive_roll_seat(action)
        if not seat:
            return self.env._("This diver is not on the trip any more.")
        try:
            # sudo: a guide says who dives with whom, and may change nothing else
            with self.env.cr.savepoint():
                seat.sudo().buddy_group = str(action.get("group") or "")[:2] or False
        except UserError as error:  # a ValidationError is one
            return str(error)
        return ""

    def _dive_roll_pair(self, _action, _moment):
        left = self._dive_roll_seats()._dive_pair_up()
        if left:
            return self.env._(
                "Left over, with no adult or nobody to dive with: %(divers)s.",
                divers=", ".join(left.partner_id.mapped("name")),
            )
        return ""
