"""What divers say of themselves and of their wards: sizes, gear, dives, wishes."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.dive_certification_portal_send import FormErrors
from .portal_diving import PAGE, PortalDiving
from .portal_medical import LARGEST_ID

START = "/my/profile"


class PortalProfile(PortalDiving):
    @http.route(START, methods=["GET"], **PAGE)
    def dive_profile(self, diver=None, said="", **_kw):
        """Show the profile of the user, or of a ward."""
        divers = self._dive_divers()
        chosen = self._dive_chosen(divers, diver)
        return self._dive_profile_page(divers, chosen, said=said)

    @http.route(f"{START}/<int:diver_id>", methods=["POST"], **PAGE)
    def dive_profile_save(self, diver_id, **post):
        """Keep what was typed, or show the form again with what is wrong with it."""
        if diver_id > LARGEST_ID:
            raise NotFound()
        divers = self._dive_divers()
        chosen = self._dive_chosen(divers, diver_id)
        try:
            asked = chosen._dive_profile_save(post)
        except FormErrors as wrong:
            return self._dive_profile_page(divers, chosen, post, wrong.errors)
        said = "asked" if asked else "saved"
        return request.redirect(f"{START}?diver={chosen.id}&said={said}")

    def _dive_profile_page(self, divers, diver, form=None, errors=None, said=""):
        shown = diver._dive_profile_form()
        typed = {name: form[name] for name in shown if name in (form or {})}
        selections = {
            name: diver._fields[name]._description_selection(request.env)
            for name in ("dive_comfort", "dive_channel")
        }
        return self._dive_render(
            "portal_my_profile",
            "dive_profile",
            422 if errors else 200,
            divers=divers,
            diver=diver,
            form=shown | typed,
            errors=errors or {},
            said=said,
            sizes=diver._dive_profile_sizes(),
            selections=selections,
            asked=diver._dive_profile_asked(),
            today=request.env.company._dive_today(),
        )


class PortalAccount(CustomerPortal):
    """Odoo's own page of name and address: a card stays in the name it is in."""

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        name = (address_values.get("name") or "").strip()
        if (
            partner_sudo
            and name
            and name != (partner_sudo.name or "").strip()
            and partner_sudo._dive_name_is_on_cards()
        ):
            invalid.add("name")
            messages.append(
                request.env._(
                    "Your diving certifications are in this name: ask us to change it,"
                    " under Diving › Profile."
                )
            )
        return invalid, missing, messages
