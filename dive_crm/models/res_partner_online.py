"""Whose e-mail address it is that a newcomer has shown to be theirs."""

from typing import NamedTuple

from markupsafe import Markup

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools.text_fold import fold
from .res_partner_unique import Claim


class Owner(NamedTuple):
    """Who books, and what the desk should know of it."""

    partner: models.Model
    #: whether this is them for certain
    sure: bool
    notes: list

    def note(self):
        """Return the notes as a message."""
        return Markup("<br/>").join(self.notes)


class ResPartner(models.Model):
    """What is on record stays as it is; what was entered otherwise is noted."""

    _inherit = "res.partner"

    def _dive_online_owner(self, request):
        """Return who books by a request whose e-mail is shown to be theirs.

        The one customer who has the address; else a new one. Companies, staff, archived
        customers and contacts of another name share addresses with others: they are
        named to the desk, and never taken.

        :param request: a ``dive.online.request``
        :rtype: Owner
        """
        partners = self.with_context(active_test=False)
        found = partners.search([("email_normalized", "=", request.email)])
        companies = request.company_id.parent_ids or request.company_id
        people = found.filtered(
            lambda one: (
                one.active
                and not one.is_company
                and (not one.company_id or one.company_id in companies)
                and not any(not user.share for user in one.user_ids)
            )
        )
        known = people.filtered("dive_customer")
        if not known:
            known = people.filtered(lambda one: is_same_name(one.name, request.name))
        if len(known) == 1:
            differences, sure = known._dive_online_differences(request)
            return Owner(known, sure, [*self._dive_entered(request), *differences])
        # whom another company has on record is not for this desk to know
        here = found.filtered(
            lambda one: not one.company_id or one.company_id in companies
        )
        return self._dive_online_newcomer(request, found, here)

    def _dive_entered(self, request):
        """Return what was entered, one fact a line."""
        _ = self.env._
        born = format_date(self.env, request.birthdate_date)
        lines = [
            _("Booked without a login; the e-mail address is shown to be theirs."),
            _("Name: %(name)s", name=request.name),
            _("E-mail: %(email)s", email=request.email),
            _("Phone: %(phone)s", phone=request.phone or "-"),
            _("Date of birth: %(date)s", date=born),
        ]
        if request.experience:
            lines.append(_("Experience: %(words)s", words=request.experience))
        return lines

    def _dive_online_differences(self, request):
        """Return what was entered otherwise than it is on record, and if it is them."""
        self.ensure_one()
        _ = self.env._
        born = self.birthdate_date
        other_name = not is_same_name(self.name, request.name)
        other_day = bool(born) and born != request.birthdate_date
        lines = []
        if other_name:
            lines.append(_("On record the name is %(name)s.", name=self.name))
        if other_day or not born:
            lines.append(
                _(
                    "On record the date of birth is %(date)s.",
                    date=format_date(self.env, born) if born else "-",
                )
            )
        if request.phone and _digits(self.phone) != _digits(request.phone):
            lines.append(
                _("On record the phone is %(phone)s.", phone=self.phone or "-")
            )
        if lines:
            lines.append(_("Nothing of what is on record was changed."))
        sure = not (other_name or other_day or self.dive_is_minor)
        return lines, sure

    def _dive_online_newcomer(self, request, found, here):
        """Make a customer of a newcomer; name those who have the address as well."""
        values = {
            "name": request.name,
            "phone": request.phone,
            "birthdate_date": request.birthdate_date,
            "dive_customer": True,
            "company_id": self._dive_online_space(request),
            "lang": request.lang,
        }
        notes = self._dive_entered(request)
        for other in here:
            notes.append(
                self.env._("This e-mail is also that of %(name)s.", name=other.name)
                if other.active
                else self.env._(
                    "This e-mail is also that of %(name)s, who is archived.",
                    name=other.name,
                )
            )
        if values["company_id"] is not None:
            values["email"] = request.email
        else:
            # a company, or somebody of the staff, is a customer with this address
            values["company_id"] = False
            notes.append(
                self.env._(
                    "Two customers cannot share an e-mail address, so this one has none"
                    " on record yet."
                )
            )
        partner = self.create(values)
        return Owner(partner, not found, notes)

    def _dive_online_space(self, request):
        """Return the company in which no other customer has the address.

        :return: False for all companies, an id for one; None if it is taken in both
        """
        for company_id in (False, request.company_id.id):
            claim = Claim(request.email, company_id, request.name)
            taken = self._dive_find_owner("email_normalized", [claim], archived=False)
            if not taken:
                return company_id
        return None

    def _dive_online_phone(self, number, company):
        """Return a phone as it is dialled from anywhere; "" if it cannot exist."""
        try:
            return self._dive_phone_international(number, company.country_id)
        except ValidationError:
            return ""


def is_same_name(one, other):
    """Say whether two names are the same, in whatever order and accents."""
    return sorted(fold(one or "").split()) == sorted(fold(other or "").split())


def _digits(phone):
    return "".join(filter(str.isdigit, phone or ""))
