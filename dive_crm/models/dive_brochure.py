"""Brochures that customers ask for, and the letter that goes with each."""

from odoo import fields, models


class DiveBrochure(models.Model):
    _name = "dive.brochure"
    _description = "Brochure"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    mail_template_id = fields.Many2one(
        "mail.template",
        "Letter",
        required=True,
        domain="[('model', '=', 'dive.brochure.request')]",
        default=lambda self: self.env.ref(
            "dive_crm.mail_template_brochure", raise_if_not_found=False
        ),
        help="Printed on paper, or sent as e-mail; in the language of the customer.",
    )
    pdf = fields.Binary(
        "PDF",
        attachment=True,
        help="Goes with the e-mail, for those who want no paper.",
    )
    pdf_name = fields.Char()
