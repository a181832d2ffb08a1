"""Divers' own emergency contacts in the portal: see, add, change, order, remove."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from ..tools.online_form import clean
from .dive_certification_portal_send import FormErrors

#: what may be typed, in characters
NAME, RELATIONSHIP, PHONE = 80, 60, 40
#: a number with fewer digits reaches nobody
FEWEST_DIGITS = 5
#: of one diver
MOST = 8
#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1


class DiveEmergencyContact(models.Model):
    """Portal users have no right to these rows: whose they are is asked here."""

    _inherit = "dive.emergency.contact"

    @api.model
    def _dive_portal_contacts(self, divers):
        """Return the contacts of these divers as superuser, in their order."""
        # sudo: of those for whom the user acts
        return self.sudo().search([("partner_id", "in", divers.ids)])

    @api.model
    def _dive_portal_contact(self, contact_id, divers):
        """Return one of them, or none: whether there is such a one does not show."""
        if contact_id > LARGEST_ID:
            return self.sudo().browse()  # as above
        return self._dive_portal_contacts(divers).filtered(
            lambda one: one.id == contact_id
        )

    @api.model
    def _dive_portal_save(self, diver, typed, contact=None):
        """Add a contact, or change one; the same once more changes nothing.

        :param diver: as superuser
        :param dict typed: name, relationship, phone, phone_2
        :param contact: the one to change, as superuser
        :raise FormErrors: what is wrong
        """
        values = self._dive_portal_values(typed)
        self._dive_portal_hold(diver)
        others = self._dive_portal_contacts(diver)
        if contact:
            # what the diver says counts from now on, also of somebody whom we know
            contact.write({"contact_id": False, **values})
            contact._dive_portal_note("changed")
            return contact
        for other in others:
            phone = other._dive_international(values["phone"])
            if other.name == values["name"] and other.phone == phone:
                return other  # a double tap
        if len(others) >= MOST:
            raise FormErrors(
                {
                    "": self.env._(
                        "%(number)s contacts are enough: change one of them instead.",
                        number=MOST,
                    )
                }
            )
        last = max(others.mapped("sequence"), default=0)
        values |= {"partner_id": diver.id, "sequence": last + 10}
        # sudo: as in _dive_portal_contacts
        contact = self.sudo().create(values)
        contact._dive_portal_note("added")
        return contact

    @api.model
    def _dive_portal_values(self, typed):
        """Return what was typed as values of a contact.

        :raise FormErrors: what is missing, or cannot be
        """
        _ = self.env._
        errors = {}
        values = {
            "name": clean(typed.get("name"), NAME),
            "relationship": clean(typed.get("relationship"), RELATIONSHIP) or False,
            "phone": clean(typed.get("phone"), PHONE),
            "phone_2": clean(typed.get("phone_2"), PHONE) or False,
        }
        if not any(char.isalnum() for char in values["name"]):
            errors["name"] = _("Please enter the name.")
        for name in ("phone", "phone_2"):
            digits = sum(char.isdigit() for char in values[name] or "")
            if digits < FEWEST_DIGITS and (values[name] or name == "phone"):
                errors[name] = _("Please enter a phone number that we can call.")
        if errors:
            raise FormErrors(errors)
        return values

    @api.model
    def _dive_portal_hold(self, diver):
        """Let one at a time change the contacts of a diver.

        Of two at once PostgreSQL lets the first through, and Odoo runs the second
        again, which then sees what the first has done.
        """
        self.env.cr.execute(
            SQL("UPDATE res_partner SET active = active WHERE id = %s", diver.id)
        )

    def _dive_portal_up(self):
        """Be called before the one that is above now."""
        self.ensure_one()
        self._dive_portal_hold(self.partner_id)
        contacts = self._dive_portal_contacts(self.partner_id)
        place = contacts.ids.index(self.id)
        if not place:
            return
        order = contacts.ids
        order[place - 1 : place + 1] = [self.id, order[place - 1]]
        for number, contact in enumerate(contacts.browse(order), start=1):
            contact.sequence = 10 * number

    def _dive_portal_remove(self):
        """Remove a contact."""
        self.ensure_one()
        self._dive_portal_note("removed")
        self.unlink()

    def _dive_portal_note(self, what):
        """Note on the customer what has changed: a call may depend on it."""
        self.ensure_one()
        _ = self.env._
        who = f"{self.name}, {self.phone}"
        words = {
            "added": _("Emergency contact added in the portal: %(who)s", who=who),
            "changed": _("Emergency contact changed in the portal: %(who)s", who=who),
            "removed": _("Emergency contact removed in the portal: %(who)s", who=who),
        }
        self.partner_id._message_log(body=Markup("%s") % words[what])
