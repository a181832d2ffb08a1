"""The one plan of what is written to divers by itself: when, to whom, which words."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: How a message lies to its event: at once, or so long before or after.
AT, BEFORE, AFTER = "at", "before", "after"


class Event(NamedTuple):
    """What a room says about one of its events."""

    about: str  # a key of ``about``
    moment: str  # AT, BEFORE or AFTER
    who: str  # a key of ``who``
    marks: str  # the model of the marks that somebody was told
    model: str  # what templates are filled in with
    mail: str  # external name of the standard template
    sms: str


class DiveMessagePlan(models.Model):
    """A row of the plan; what is sent follows it as it is now.

    The rooms add their events: see :meth:`_dive_events`.
    """

    _name = "dive.message.plan"
    _description = "Automatic message"
    _order = "about, sequence, interval desc, id"
    _rec_name = "event"

    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: of all companies.",
    )
    event = fields.Selection(
        [],
        "When",
        required=True,
        help="In the diver's quiet hours, a confirmation still goes at once; a change"
        " or cancellation waits for the morning if the trip starts more than 24 hours"
        " after that, an offer if at least 4 hours are left to answer it, and all"
        " others wait.",
    )
    about = fields.Selection([], compute="_compute_about", store=True, precompute=True)
    moment = fields.Selection(
        [(AT, "At once"), (BEFORE, "Before"), (AFTER, "After")],
        compute="_compute_event",
    )
    who = fields.Selection(
        [("payer", "Payer"), ("diver", "Each diver"), ("holder", "Holder")],
        "To",
        compute="_compute_event",
        help="Of minors, the guardian.",
    )
    template_model = fields.Char(compute="_compute_event")
    interval = fields.Integer(
        default=1, aggregator=None, help="So long before or after."
    )
    unit = fields.Selection(
        [("hours", "Hours"), ("days", "Days")], default="days", required=True
    )
    channel = fields.Selection(
        [
            ("preferred", "As they prefer"),
            ("email", "E-mail only"),
            ("sms", "SMS only"),
        ],
        required=True,
        default="preferred",
        help="Who prefers to be called, or letters, is not written to in any case.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "E-mail",
        domain="[('model', '=', template_model)]",
        ondelete="set null",
        help="Empty: the standard one.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        "SMS",
        domain="[('model', '=', template_model)]",
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

    @api.model
    def _dive_events(self):
        """Return the events of all rooms: key → :class:`Event`; a hook."""
        return {}

    @api.depends("event")
    def _compute_about(self):
        events = self._dive_events()
        for plan in self:
            plan.about = events[plan.event].about if plan.event else False

    @api.depends("event")
    def _compute_event(self):
        events = self._dive_events()
        for plan in self:
            event = events.get(plan.event)
            plan.moment = event.moment if event else False
            plan.who = event.who if event else False
            plan.template_model = event.model if event else False

    @api.depends("event")
    def _compute_display_name(self):
        labels = dict(self._fields["event"]._description_selection(self.env))
        for plan in self:
            plan.display_name = labels.get(plan.event, "")

    @api.constrains("event", "mail_template_id", "sms_template_id")
    def _check_templates(self):
        """A template of another model would be filled in with another's records."""
        for plan in self:
            for template in (plan.mail_template_id, plan.sms_template_id):
                if template and template.model != plan.template_model:
                    # sudo: the name of a model, for those who may not read models
                    model = self.env["ir.model"].sudo()._get(plan.template_model)
                    raise ValidationError(
                        self.env._(
                            "“%(template)s” is no template of this message: choose one"
                            " that applies to “%(model)s”.",
                            template=template.name,
                            model=model.name,
                        )
                    )

    def write(self, vals):
        """What was due while a message was off, or another one, is not made up for."""
        anew = self.filtered(lambda plan: plan._dive_counts_anew(vals))
        result = super().write(vals)
        if anew:
            super(DiveMessagePlan, anew).write({"since": fields.Datetime.now()})
        return result

    @api.model
    def _dive_companies(self, *events):
        """Return the companies that plan anything about these events, in their order.

        :rtype: res.company
        """
        # sudo: the run is nobody
        plans = self.sudo().search([("event", "in", events)])
        return plans.company_id.filtered("active").sorted("id").with_env(self.env)

    def _dive_counts_anew(self, vals):
        """Say whether these values make another message of this one: a hook."""
        return (vals.get("active") and not self.active) or (
            vals.get("event", self.event) != self.event
        )
