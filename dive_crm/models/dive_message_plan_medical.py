"""The plan of what is written about medical forms, and papers that are missing."""

from odoo import api, fields, models

from .dive_message_plan import AT, BEFORE, Event

ENDS, ENDED, PAPER = "medical_ends", "medical_ended", "medical_paper"
#: Days with which a company begins.
STANDARD_DAYS = {ENDS: (30,), PAPER: (7, 3, 1)}


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[
            (ENDS, "Before a medical form ends"),
            (ENDED, "A medical form has ended"),
            (PAPER, "Before a trip for which a paper is missing"),
        ],
        ondelete=dict.fromkeys((ENDS, ENDED, PAPER), "cascade"),
    )
    about = fields.Selection(selection_add=[("medical", "Medical forms")])

    @api.model
    def _dive_events(self):
        names = {ENDS: "medical_form_ends", PAPER: "medical_paper"}
        moments = {ENDS: BEFORE, ENDED: AT, PAPER: BEFORE}
        return super()._dive_events() | {
            event: Event(
                "medical",
                moment,
                "diver",
                "dive.medical.alert",
                "dive.medical.alert",
                f"dive_crm.mail_template_{names.get(event, names[ENDS])}",
                f"dive_crm.sms_template_{names.get(event, names[ENDS])}",
            )
            for event, moment in moments.items()
        }

    def _dive_example(self):
        if self.about != "medical":
            return super()._dive_example()
        kind = {ENDS: "before", ENDED: "ended", PAPER: "paper"}[self.event]
        alerts, here = self.env["dive.medical.alert"], self._dive_example_domain()
        if told := alerts.search([("kind", "=", kind), *here], limit=1):
            return told
        form = self.env["dive.medical.form"].search(
            [("state", "=", "submitted"), *here], order="id desc", limit=1
        )
        if not form:
            return alerts
        return alerts.create(
            {
                "form_id": form.id,
                "company_id": form.company_id.id,
                "kind": kind,
                "days": self.interval,
                "about_date": form.valid_until or form.company_id._dive_today(),
                "recipient_id": form.partner_id.dive_statement_recipient_id.id,
            }
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [
            *super()._dive_standard_plans(),
            {"event": ENDED, "interval": 0},
            *(
                {"event": event, "interval": number}
                for event, days in STANDARD_DAYS.items()
                for number in days
            ),
        ]
