"""What is written to divers about a kind of trip, and when."""

from odoo import api, fields, models

from .dive_message_plan import AFTER, AT, BEFORE, Event

#: What a new kind of trip begins with: event, interval, unit.
STANDARD = (
    ("confirmed", 0, "hours"),
    ("before_start", 1, "days"),
    ("changed", 0, "hours"),
    ("cancelled", 0, "hours"),
    ("feedback", 4, "hours"),
    ("after_end", 1, "days"),
)
#: event → kind of ``dive.booking.notice``
KINDS = {
    "confirmed": "confirmed",
    "before_start": "reminder",
    "changed": "changed",
    "cancelled": "booking_cancelled",
    "after_end": "follow_up",
    "feedback": "feedback",
}
#: Who is told of these pays; of the others, who dives.
TO_PAYER = ("confirmed", "changed", "cancelled")


#: event → how it lies to the trip, end of the names of its templates
EVENTS = {
    "confirmed": (AT, "booking_confirmed"),
    "before_start": (BEFORE, "trip_reminder"),
    "changed": (AT, "trip_changed"),
    "cancelled": (AT, "booking_cancelled"),
    "feedback": (AFTER, "trip_feedback"),
    "after_end": (AFTER, "trip_follow_up"),
}


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"
    _order = "about, type_id, sequence, interval desc, id"

    type_id = fields.Many2one(
        "dive.trip.type", "Kind of trip", index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    event = fields.Selection(
        selection_add=[
            ("confirmed", "When booked"),
            ("before_start", "Before the trip"),
            ("changed", "When the trip changes"),
            ("cancelled", "When a place is cancelled"),
            ("feedback", "After the trip: ask how it was"),
            ("after_end", "After the trip: thank you"),
        ],
        ondelete=dict.fromkeys(EVENTS, "cascade"),
    )
    about = fields.Selection(selection_add=[("trip", "Trips")])
    needs_type = fields.Boolean(compute="_compute_needs_type")

    _type_of_trip = models.Constraint(
        "CHECK (event NOT IN ('confirmed', 'before_start', 'changed', 'cancelled',"
        " 'feedback', 'after_end') OR type_id IS NOT NULL)",
        "Which kind of trip is this message about?",
    )

    @api.model
    def _dive_events(self):
        return super()._dive_events() | {
            event: Event(
                "trip",
                moment,
                "payer" if event in TO_PAYER else "diver",
                "dive.booking.notice",
                "dive.booking.notice",
                f"dive_crm.mail_template_{name}",
                f"dive_crm.sms_template_{name}",
            )
            for event, (moment, name) in EVENTS.items()
        }

    @api.depends("event")
    def _compute_needs_type(self):
        for plan in self:
            plan.needs_type = plan.event in EVENTS

    @api.depends("type_id.company_id")
    def _compute_company_id(self):
        """A kind of trip is of one company, or of all."""
        for plan in self:
            if plan.type_id:
                plan.company_id = plan.type_id.company_id
            elif not plan.company_id:
                plan.company_id = self.env.company

    def _dive_example(self):
        if self.event not in EVENTS:
            return super()._dive_example()
        return self._dive_example_notice(KINDS[self.event])

    def _dive_example_notice(self, kind):
        """Return the last message of a kind, or one about some booking."""
        notices, here = self.env["dive.booking.notice"], self._dive_example_domain()
        if told := notices.search([("kind", "=", kind), *here], limit=1):
            return told
        bookings = self.env["dive.booking"].search(
            [("state", "!=", "draft"), *here], order="id desc", limit=20
        )
        booking = bookings.filtered(
            lambda booking: booking.trip_id.type_id == self.type_id
        )[:1]
        booking = booking or bookings[:1]
        if not booking:
            return notices
        seats = booking._active_seats() or booking.diver_ids
        notice = notices.create(
            {
                "booking_id": booking.id,
                "trip_id": booking.trip_id.id,
                "kind": kind,
                "seat_ids": [(6, 0, seats.ids)],
                "recipient_id": booking.partner_id.id,
                "channel": "email",
            }
        )
        notice._dive_before_writing()
        return notice

    def _dive_counts_anew(self, vals):
        return super()._dive_counts_anew(vals) or (
            vals.get("type_id", self.type_id.id) != self.type_id.id
        )


class DiveTripType(models.Model):
    _inherit = "dive.trip.type"

    message_line_ids = fields.One2many(
        "dive.message.plan",
        "type_id",
        "Messages",
        context={"active_test": False},
        copy=False,
    )
    # not for kinds of trip from before there were messages, until they have some
    messages_made = fields.Boolean(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        types._dive_add_messages()
        return types

    @api.model
    def _dive_add_missing_messages(self):
        """Give kinds of trip their messages that are from before there were any."""
        types = self.with_context(active_test=False)
        types.search([("messages_made", "=", False)])._dive_add_messages()

    def _dive_add_messages(self):
        """Give kinds of trip that have no messages those one begins with."""
        # sudo: whoever may add a kind of trip adds what belongs to it
        types = self.sudo()
        lines = self.env["dive.message.plan"].sudo().with_context(active_test=False)
        have = lines.search([("type_id", "in", types.ids)]).type_id
        lines.create(
            [
                {
                    "type_id": kind.id,
                    "event": event,
                    "interval": interval,
                    "unit": unit,
                    "sequence": (number + 1) * 10,
                }
                for kind in types - have
                for number, (event, interval, unit) in enumerate(STANDARD)
            ]
        )
        types.messages_made = True


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    messages_off = fields.Boolean(
        "No automatic messages",
        copy=False,
        help="Nothing that the kind of trip plans is written about this trip. That it"
        " is called off is told all the same, and so are offers of places.",
    )
    messages_since = fields.Datetime(readonly=True, copy=False)

    def write(self, vals):
        anew = self.browse()
        if vals.get("messages_off") is False:
            anew = self.filtered("messages_off")
        result = super().write(vals)
        if anew:
            # what was due meanwhile is not made up for
            now = fields.Datetime.now()
            anew._dive_unlocked().write({"messages_since": now})
        return result
