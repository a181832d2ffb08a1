"""The plan of what is written about prepaid cards."""

from odoo import api, fields, models

from .dive_message_plan import AT, BEFORE, Event

ENDS, ENDED, LOW = "card_ends", "card_ended", "card_low"
STANDARD_DAYS = (30, 7)
#: Of the whole, what is little.
STANDARD_PERCENT = 10


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[
            (ENDS, "Before a prepaid card ends"),
            (ENDED, "A prepaid card has expired"),
            (LOW, "Little is left on a prepaid card"),
        ],
        ondelete=dict.fromkeys((ENDS, ENDED, LOW), "cascade"),
    )
    about = fields.Selection(selection_add=[("card", "Prepaid cards")])
    percent = fields.Float(
        "Below (%)",
        digits=(5, 2),
        default=STANDARD_PERCENT,
        aggregator=None,
        help="So much of the whole is little.",
    )

    _percent_range = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)",
        "What counts as little on a card is more than 0 and at most 100 %.",
    )

    @api.model
    def _dive_events(self):
        names = {LOW: "card_low"}
        moments = {ENDS: BEFORE, ENDED: AT, LOW: AT}
        return super()._dive_events() | {
            event: Event(
                "card",
                moment,
                "holder",
                "dive.discount.card.alert",
                "dive.discount.card.alert",
                f"dive_crm.mail_template_{names.get(event, 'card_ends')}",
                f"dive_crm.sms_template_{names.get(event, 'card_ends')}",
            )
            for event, moment in moments.items()
        }


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [
            *super()._dive_standard_plans(),
            *({"event": ENDS, "interval": days} for days in STANDARD_DAYS),
            {"event": ENDED, "interval": 0},
            {"event": LOW, "interval": 0},
        ]
