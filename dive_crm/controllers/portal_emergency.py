"""Whom we call if something happens: a diver's own contacts, and wards'."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..models.dive_certification_portal_send import FormErrors
from ..models.dive_emergency_contact_portal import MOST
from .portal_diving import PAGE, PortalDiving

START = "/my/emergency"
FIELDS = ("name", "relationship", "phone", "phone_2")


class PortalEmergency(PortalDiving):
    def _dive_contacts(self):
        return request.env["dive.emergency.contact"]

    def _dive_contact(self, contact_id):
        contact = self._dive_contacts()._dive_portal_contact(
            contact_id, self._dive_divers()
        )
        if not contact:
            raise NotFound()
        return contact

    @http.route(START, methods=["GET"], **PAGE)
    def dive_emergency(self, said="", **_kw):
        """List the contacts of each diver, in the order in which they are called."""
        divers = self._dive_divers()
        contacts = self._dive_contacts()._dive_portal_contacts(divers)
        by_diver = contacts.grouped("partner_id")
        return self._dive_render(
            "portal_my_emergency",
            "dive_emergency",
            divers=[(diver, by_diver.get(diver, ())) for diver in divers],
            said=said,
            most=MOST,
        )

    @http.route(f"{START}/new", methods=["GET"], **PAGE)
    def dive_emergency_new(self, diver=None, **_kw):
        """Show an empty form."""
        return self._dive_contact_form(self._dive_chosen(self._dive_divers(), diver))

    @http.route(f"{START}/new", methods=["POST"], **PAGE)
    def dive_emergency_add(self, diver=None, **post):
        """Add a contact; show the form again with what is wrong with it."""
        chosen = self._dive_chosen(self._dive_divers(), diver)
        try:
            self._dive_contacts()._dive_portal_save(chosen, post)
        except FormErrors as wrong:
            return self._dive_contact_form(chosen, None, post, wrong.errors)
        return request.redirect(f"{START}?said=saved")

    @http.route(f"{START}/<int:contact_id>", methods=["GET"], **PAGE)
    def dive_emergency_contact(self, contact_id, **_kw):
        """Show a contact in the form."""
        contact = self._dive_contact(contact_id)
        return self._dive_contact_form(contact.partner_id, contact)

    @http.route(f"{START}/<int:contact_id>", methods=["POST"], **PAGE)
    def dive_emergency_change(self, contact_id, **post):
        """Change a contact; show the form again with what is wrong with it."""
        contact = self._dive_contact(contact_id)
        diver = contact.partner_id
        try:
            self._dive_contacts()._dive_portal_save(diver, post, contact)
        except FormErrors as wrong:
            return self._dive_contact_form(diver, contact, post, wrong.errors)
        return request.redirect(f"{START}?said=saved")

    @http.route(f"{START}/<int:contact_id>/up", methods=["POST"], **PAGE)
    def dive_emergency_up(self, contact_id, **_kw):
        """Have somebody called earlier."""
        self._dive_contact(contact_id)._dive_portal_up()
        return request.redirect(START)

    @http.route(f"{START}/<int:contact_id>/remove", methods=["POST"], **PAGE)
    def dive_emergency_remove(self, contact_id, **_kw):
        """Remove a contact."""
        self._dive_contact(contact_id)._dive_portal_remove()
        return request.redirect(f"{START}?said=removed")

    def _dive_contact_form(self, diver, contact=None, form=None, errors=None):
        shown = {name: (contact and contact[name]) or "" for name in FIELDS}
        typed = {name: (form or {}).get(name) for name in FIELDS}
        form = shown | {name: text for name, text in typed.items() if text is not None}
        return self._dive_render(
            "portal_emergency_contact",
            "dive_emergency",
            422 if errors else 200,
            diver=diver,
            contact=contact,
            action=f"{START}/{contact.id if contact else 'new'}",
            form=form,
            errors=errors or {},
            several=len(self._dive_divers()) > 1,
            for_whom=request.env._("If something happens to %(name)s", name=diver.name),
        )
