from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.phone_validation.tools import phone_validation

from ..tools.phone_reason import impossible_reason


class ResPartner(models.Model):
    """A dive customer's phone can be dialled from anywhere (rule P6)."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            dict(vals, phone=self._dive_phone_from(vals))
            if vals.get("phone") and self._dive_is_customer_in(vals)
            else vals
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        if not vals.get("phone") and not vals.get("dive_customer"):
            return super().write(vals)
        if vals.get("phone") and len(self) == 1:
            if vals.get("dive_customer", self.dive_customer):
                vals = dict(vals, phone=self._dive_phone_from(vals))
            return super().write(vals)
        result = super().write(vals)
        for partner in self.filtered(lambda p: p.dive_customer and p.phone):
            phone = partner._dive_phone_from({"phone": partner.phone})
            if phone != partner.phone:
                super(ResPartner, partner).write({"phone": phone})
        return result

    def _dive_phone_from(self, vals):
        """Return the phone in ``vals`` in international form.

        :raise ValidationError: the number cannot exist; says why
        """
        country = self.env["res.country"].browse(vals.get("country_id") or [])
        if not country:
            country = self.country_id or self._dive_phone_country()
        return self._dive_phone_international(vals["phone"], country)

    def _dive_phone_country(self):
        """Return the country whose national numbers are meant where none is said."""
        return (self.company_id or self.env.company).country_id

    @api.model
    def _dive_phone_international(self, number, country):
        """Return ``number`` as it is dialled from anywhere: ``+44 7911 123456``.

        :param str number: in national form of ``country``, or international with ``+``
            or ``00``
        :param country: a ``res.country``, may be empty
        :raise ValidationError: the number cannot exist; says why
        """
        said = number.strip()
        if said.startswith("00"):
            said = "+" + said[2:]
        if said.startswith("+"):
            # "+44 (0)7911…": the trunk prefix is shown and not dialled.
            said = said.replace("(0)", "")
        try:
            return phone_validation.phone_format(
                said, country.code, country.phone_code, force_format="INTERNATIONAL"
            )
        except UserError as error:
            raise ValidationError(
                self._dive_phone_reason(number, said, country)
            ) from error

    @api.model
    def _dive_phone_reason(self, number, said, country):
        """Return why ``number`` cannot exist, in the words of somebody at a desk."""
        reason = impossible_reason(said, country.code)
        if reason == "no_number":
            return self.env._("“%(number)s” is not a phone number.", number=number)
        if reason == "country":
            return self.env._(
                "“%(number)s” begins with a country code that does not exist, or the "
                "country is missing.",
                number=number,
            )
        if reason == "short":
            return self.env._("“%(number)s” has too few digits.", number=number)
        if reason == "long":
            return self.env._("“%(number)s” has too many digits.", number=number)
        return self.env._(
            "“%(number)s” is not a number that exists in %(country)s or abroad.",
            number=number,
            country=country.name or "-",
        )
