from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DiveEmergencyContact(models.Model):
    _name = "dive.emergency.contact"
    _description = "Emergency contact of a diver"
    _order = "partner_id, sequence, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Diver", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    contact_id = fields.Many2one(
        "res.partner",
        string="Known contact",
        index="btree_not_null",
        ondelete="set null",
        help="Somebody who is already here: name and phone are then theirs.",
    )
    name = fields.Char(
        required=True,
        compute="_compute_from_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    relationship = fields.Char(help="Husband, mother, friend…")
    phone = fields.Char(
        required=True,
        compute="_compute_from_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    phone_2 = fields.Char(string="Second phone")
    company_id = fields.Many2one(related="partner_id.company_id")

    @api.depends("contact_id.name", "contact_id.phone")
    def _compute_from_contact(self):
        for line in self:
            if line.contact_id:
                line.name = line.contact_id.name
                line.phone = line.contact_id.phone or line.phone

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for line in self:
            if line.contact_id == line.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be their own emergency contact.",
                        name=line.partner_id.display_name,
                    )
                )

    @api.onchange("phone")
    def _onchange_phone(self):
        self.phone = self._dive_international(self.phone)

    @api.onchange("phone_2")
    def _onchange_phone_2(self):
        self.phone_2 = self._dive_international(self.phone_2)

    @api.model_create_multi
    def create(self, vals_list):
        contacts = super().create(vals_list)
        contacts._dive_format_phones()
        return contacts

    def write(self, vals):
        result = super().write(vals)
        if "phone" in vals or "phone_2" in vals:
            self._dive_format_phones()
        return result

    def _dive_format_phones(self):
        """Store numbers so that they can be dialled; keep what is no number.

        In an emergency a half-known number is worth more than none, so nothing is
        refused here.
        """
        for contact in self:
            for name in ("phone", "phone_2"):
                formatted = contact._dive_international(contact[name])
                if formatted != contact[name]:
                    contact[name] = formatted

    def _dive_international(self, number):
        """Return ``number`` in international form, or as it is if it is no number."""
        if not number:
            return number
        partner = self.partner_id
        country = partner.country_id or partner.company_id.country_id
        country = country or self.env.company.country_id
        return (
            partner._phone_format(
                number=number, country=country, force_format="INTERNATIONAL"
            )
            or number
        )
