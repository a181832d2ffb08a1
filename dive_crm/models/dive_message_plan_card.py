"""The plan of what is written about prepaid cards."""

from odoo import api, fields, models

from .dive_message_plan import AT, BEFORE, Event

ENDS, ENDED, LOW = "card_ends", "card_ended", "card_low"
SOLD = "card_sold"
STANDARD_DAYS = (30, 7)
#: Of the whole, what is little.
STANDARD_PERCENT = 10


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[
            (SOLD, "A prepaid card begins to work: with the card as PDF"),
            (ENDS, "Before a prepaid card ends"),
            (ENDED, "A prepaid card has expired"),
            (LOW, "Little is left on a prepaid card"),
        ],
        ondelete=dict.fromkeys((SOLD, ENDS, ENDED, LOW), "cascade"),
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
        return (
            super()._dive_events()
            | {
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
            | {
                SOLD: Event(
                    "card",
                    AT,
                    "holder",
                    "dive.discount.card.alert",
                    "dive.discount.card",
                    "dive_crm.mail_template_card",
                    "",
                )
            }
        )

    def _dive_example(self):
        if self.event == SOLD:
            return self.env["dive.discount.card"].search(
                [("state", "=", "active"), *self._dive_example_domain()],
                order="id desc",
                limit=1,
            )
        if self.about != "card":
            return super()._dive_example()
        kind = {ENDS: "before", ENDED: "ended", LOW: "low"}[self.event]
        alerts, here = self.env["dive.discount.card.alert"], self._dive_example_domain()
        if told := alerts.search([("kind", "=", kind), *here], limit=1):
            return told
        card = self.env["dive.discount.card"].search(
            [("expiry_date", "!=", False), *here], order="id desc", limit=1
        )
        if not card:
            return alerts
        return alerts.create(
            {
                "card_id": card.id,
                "company_id": card.company_id.id,
                "partner_id": card.partner_id.id,
                "kind": kind,
                "days": self.interval,
                "about_date": card.expiry_date,
                "amount": card.balance or card.whole,
                "recipient_id": card.partner_id.dive_statement_recipient_id.id,
            }
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [
            *super()._dive_standard_plans(),
            {"event": SOLD, "interval": 0, "channel": "email"},
            *({"event": ENDS, "interval": days} for days in STANDARD_DAYS),
            {"event": ENDED, "interval": 0},
            {"event": LOW, "interval": 0},
        ]
