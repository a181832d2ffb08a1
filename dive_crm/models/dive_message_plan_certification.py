"""The plan of what is written about certifications that end."""

from odoo import api, fields, models

from .dive_message_plan import BEFORE, Event

ENDS = "certification_ends"
#: Days before the end on which a company begins to tell.
STANDARD_DAYS = (60, 30, 7, 0)


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[(ENDS, "Before a certification ends")],
        ondelete={ENDS: "cascade"},
    )
    about = fields.Selection(selection_add=[("certification", "Certifications")])

    @api.model
    def _dive_events(self):
        return super()._dive_events() | {
            ENDS: Event(
                "certification",
                BEFORE,
                "diver",
                "dive.certification.alert",
                "dive.certification",
                "dive_crm.mail_template_certification_alert",
                "dive_crm.sms_template_certification_alert",
            )
        }

    def _dive_example(self):
        if self.event != ENDS:
            return super()._dive_example()
        cards = self.env["dive.certification"]
        domain = [
            ("expiry_date", "!=", False),
            ("partner_id.company_id", "in", [False, *self.env.companies.ids]),
        ]
        ahead = [("expiry_date", ">=", self.env.company._dive_today())]
        # what somebody would read next, or last
        return cards.search(
            domain + ahead, order="expiry_date, id", limit=1
        ) or cards.search(domain, order="expiry_date desc, id", limit=1)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [
            *super()._dive_standard_plans(),
            *({"event": ENDS, "interval": days} for days in STANDARD_DAYS),
        ]
