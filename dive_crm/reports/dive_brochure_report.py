"""Letters that go with brochures: one page each, for an envelope with a window."""

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

REPORT = "dive_crm.report_dive_brochure"
#: report by the envelopes that a country uses
LETTERS = {
    "din": "dive_crm.action_report_dive_brochure",
    "us": "dive_crm.action_report_dive_brochure_us",
}
#: where paper is Letter, and windows are those of a No. 10 envelope
US_ENVELOPES = ("US", "CA", "MX", "PH", "CL", "CO", "VE", "PR")
#: above this many millimetres of the sheet nothing is printed, and what is measured in
#: the letter begins there
MARGIN = 10
#: left and top of the window in millimetres of the sheet (DIN 5008 B; No. 10)
WINDOWS = {"din": (25, 50), "us": (24, 54)}


class DiveBrochureRequest(models.Model):
    _inherit = "dive.brochure.request"

    @api.model
    def _dive_print(self, letters):
        """Return the action that downloads these letters as one PDF."""
        letters.check_access("read")
        kind = letters.company_id[:1]._dive_envelope()
        return self.env.ref(LETTERS[kind]).report_action(letters, config=False)

    def _dive_letters(self):
        """Return what stands on each letter, in the customer's language.

        Called as superuser; whether the user may print it was asked before.
        """
        installed = dict(self.env["res.lang"].get_installed())
        letters = []
        for template, some in self.grouped("brochure_id").items():
            template = template.mail_template_id
            bodies = template._render_field("body_html", some.ids, compute_lang=True)
            subjects = template._render_field("subject", some.ids, compute_lang=True)
            for request in some:
                to = request.recipient_id
                lang = to.lang if to.lang in installed else self.env.lang or "en_US"
                kind = request.company_id._dive_envelope()
                left, top = WINDOWS[kind]
                letters.append(
                    {
                        "request": request.with_context(lang=lang),
                        "company": request.company_id.with_context(lang=lang),
                        "from": self._dive_sender_line(request.company_id),
                        "to": to.with_context(lang=lang),
                        "lang": lang,
                        "rtl": self.env["res.lang"]._get_data(code=lang).direction
                        == "rtl",
                        "left": left,
                        "top": top - MARGIN,
                        "today": request.company_id._dive_today(),
                        "subject": subjects[request.id],
                        "body": Markup(bodies[request.id]),
                    }
                )
        order = {id_: place for place, id_ in enumerate(self.ids)}
        return sorted(letters, key=lambda letter: order[letter["request"].id])

    @api.model
    def _dive_sender_line(self, company):
        """Return the company's address in one line."""
        address = company.partner_id._display_address(without_company=True)
        return " · ".join(filter(None, map(str.strip, address.split("\n"))))


class ResCompany(models.Model):
    _inherit = "res.company"

    def _dive_envelope(self):
        """Return which envelopes are used where the company is."""
        return "us" if self.country_id.code in US_ENVELOPES else "din"


class DiveBrochureReport(models.AbstractModel):
    _name = f"report.{REPORT}"
    _description = "Letters that go with brochures"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return a letter for each request.

        The report is open to the web by itself: it asks for the right to read them.

        :raise UserError: there is none
        """
        requests = self.env["dive.brochure.request"].browse(docids or ()).exists()
        if not requests:
            raise UserError(self.env._("These letters do not exist any more."))
        requests._dive_check_desk()
        requests.check_access("read")
        # sudo: the letter reads what the desk need not, and goes to the customer
        return {"docs": requests, "letters": requests.sudo()._dive_letters()}
