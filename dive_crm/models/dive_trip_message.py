"""What is written to divers about a kind of trip, and when."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

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


class DiveTripMessage(models.Model):
    """A line of the schedule of a kind of trip; its trips follow it as it is now."""

    _name = "dive.trip.message"
    _description = "Message about trips"
    _order = "type_id, sequence, id"
    _rec_name = "event"

    type_id = fields.Many2one(
        "dive.trip.type", "Kind of trip", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="type_id.company_id")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    event = fields.Selection(
        [
            ("confirmed", "When booked"),
            ("before_start", "Before the trip"),
            ("changed", "When the trip changes"),
            ("cancelled", "When a place is cancelled"),
            ("feedback", "After the trip: ask how it was"),
            ("after_end", "After the trip: thank you"),
        ],
        "When",
        required=True,
        default="before_start",
    )
    interval = fields.Integer(
        default=1, aggregator=None, help="So long before or after the trip."
    )
    unit = fields.Selection(
        [("hours", "Hours"), ("days", "Days")], default="days", required=True
    )
    who = fields.Selection(
        [("payer", "Payer"), ("diver", "Each diver")], "To", compute="_compute_who"
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "E-mail",
        domain=[("model", "=", "dive.booking.notice")],
        ondelete="set null",
        help="Empty: the standard one.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        "SMS",
        domain=[("model", "=", "dive.booking.notice")],
        ondelete="set null",
        help="Empty: the standard one.",
    )
    since = fields.Datetime(
        "Counts from",
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        copy=False,
        help="Nothing is written about what was due before.",
    )

    _interval_range = models.Constraint(
        "CHECK (interval >= 0 AND interval <= 1000)",
        "So many hours or days are a number from 0 to 1000.",
    )

    @api.constrains("mail_template_id", "sms_template_id")
    def _check_templates(self):
        """A template of another model would be filled in with another's records."""
        for message in self:
            for template in (message.mail_template_id, message.sms_template_id):
                if template and template.model != "dive.booking.notice":
                    raise ValidationError(
                        self.env._(
                            "“%(template)s” is no template about bookings: choose one"
                            " that applies to “Message about a booking”.",
                            template=template.name,
                        )
                    )

    @api.depends("event")
    def _compute_who(self):
        for message in self:
            message.who = "payer" if message.event in TO_PAYER else "diver"

    def write(self, vals):
        """What was due while a message was off, or another one, is not made up for."""
        anew = self.filtered(
            lambda message: (
                (vals.get("active") and not message.active)
                or vals.get("event", message.event) != message.event
                or vals.get("type_id", message.type_id.id) != message.type_id.id
            )
        )
        result = super().write(vals)
        if anew:
            super(DiveTripMessage, anew).write({"since": fields.Datetime.now()})
        return result


class DiveTripType(models.Model):
    _inherit = "dive.trip.type"

    message_line_ids = fields.One2many(
        "dive.trip.message",
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
        lines = self.env["dive.trip.message"].sudo().with_context(active_test=False)
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
