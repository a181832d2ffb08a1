from collections import Counter

import phonenumbers

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# How many of the latest customers tell which countries a centre uses most.
_LATEST = 200
# Longer than any number; what is longer is not worth the parser's time.
_MAX_LENGTH = 64
# The place in the list of a country that is not among the most used.
_UNUSED = 999
# They share the British numbering plan down to single blocks of mobile numbers
# (07911 1 is Guernsey's): nobody who enters one means to choose an island.
_BRITISH_ISLANDS = ("GG", "IM", "JE")


class ResPartner(models.Model):
    """What the phone field with a country selector asks while somebody types (P6).

    Neither method tells anything about a person: any user may call them.
    """

    _inherit = "res.partner"

    @api.model
    @api.readonly
    def dive_phone_check(self, number, country_code=None):
        """Say whether a number can exist, and how it is stored.

        :param str number: as typed: national, or international with ``+`` or ``00``
        :param str country_code: two letters of the country whose national numbers are
            meant; without it the company's
        :return: dict with ``ok``, ``international`` (``+44 7911 123456``, else empty),
            ``country`` (two letters, ``""`` where a number has none, as +800; the one
            asked for where several share the number's block),
            ``reason`` (why it cannot exist; what saving it would say), ``example`` (a
            national number of that country). No number is a good number.
        """
        country = self._dive_phone_country_of(country_code)
        answer = {
            "ok": True,
            "international": "",
            "country": country.code or "",
            "reason": "",
            "example": self._dive_phone_example(country.code),
        }
        number = str(number or "").strip()
        if not number:
            return answer
        try:
            if len(number) > _MAX_LENGTH:
                raise ValidationError(
                    self.env._("This is too long for a phone number.")
                )
            international = self._dive_phone_international(number, country)
        except ValidationError as error:
            return dict(answer, ok=False, reason=error.args[0])
        region = self._dive_region(international, country.code)
        return dict(answer, international=international, country=region)

    @api.model
    @api.readonly
    def dive_phone_countries(self):
        """Return the countries to choose from, in the order of their names.

        :return: list of dicts with ``id``, ``code``, ``name``, ``phone_code`` (as
            people know it: ``1242``), ``calling_code`` (what stands before national
            numbers: ``1``), ``main`` (the first of those that share a calling code),
            ``image_url``, ``rank`` (0 the company's, then the most used, 999 the rest)
        """
        ranks = self._dive_phone_ranks()
        fields = ["code", "name", "phone_code", "image_url"]
        countries = self.env["res.country"].search_read(
            [("phone_code", ">", 0)], fields
        )
        for country in countries:
            code = country["code"]
            known = phonenumbers.country_code_for_region(code)
            country["phone_code"] = str(country["phone_code"])
            country["calling_code"] = str(known or country["phone_code"])
            country["main"] = phonenumbers.region_code_for_country_code(known) == code
            country["rank"] = ranks.get(code, _UNUSED)
        return countries

    def _dive_phone_country_of(self, country_code):
        """Return the ``res.country`` of two letters, else the company's."""
        country = self.env["res.country"]
        if country_code:
            code = str(country_code).upper()
            country = country.search([("code", "=", code)], limit=1)
        return country or self.env.company.country_id

    def _dive_phone_ranks(self):
        """Return ``{code: place}``: the company's country, then those of the phones of
        the latest customers, the most frequent first."""
        latest = self.env["res.partner"].search_fetch(
            Domain("dive_customer", "=", True) & Domain("phone_sanitized", "!=", False),
            ["phone_sanitized"],
            order="id DESC",
            limit=_LATEST,
        )
        regions = Counter(map(self._dive_region, latest.mapped("phone_sanitized")))
        codes = [
            self.env.company.country_id.code,
            *(c for c, _n in regions.most_common()),
        ]
        codes = list(dict.fromkeys(filter(None, codes)))
        # Without a country of the company, place 0 stays empty: nothing is assumed.
        start = 0 if self.env.company.country_id else 1
        return {code: place for place, code in enumerate(codes, start)}

    @api.model
    def _dive_region(self, international, asked=None):
        """Return the two letters of an international number's country, or ``""``.

        :param str asked: the country to return if the number may be one of its own
        """
        try:
            number = phonenumbers.parse(international)
        except phonenumbers.NumberParseException:
            return ""
        if asked and phonenumbers.is_valid_number_for_region(number, asked):
            return asked
        region = phonenumbers.region_code_for_number(number)
        if region in _BRITISH_ISLANDS:
            return "GB"
        # "001": numbers of no country, as +800 and +870.
        return region if region and region.isalpha() else ""

    @api.model
    def _dive_phone_example(self, country_code):
        """Return a mobile number of a country as it is said there, or ``""``."""
        kind = phonenumbers.PhoneNumberType.MOBILE
        number = country_code and phonenumbers.example_number_for_type(
            country_code, kind
        )
        if not number:
            return ""
        return phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.NATIONAL
        )
