"""Who somebody is, on the diver's page: family, contacts, profile."""

from odoo import api, models

from ..tools.portal_home import Section


class DivePortalHome(models.AbstractModel):
    _inherit = "dive.portal.home"

    @api.model
    def _dive_sections(self, me, people, coming):
        """Add emergency contacts, family, profile, and Odoo's own account page."""
        _ = self.env._
        sections = super()._dive_sections(me, people, coming)
        divers = people.filtered("dive_customer")
        if divers:
            sections.append(self._dive_section_emergency(divers))
        if len(people) > 1 or me.dive_guardian_id:
            sections.append(self._dive_section_family(me, people))
        if divers:
            sections.append(
                Section(
                    110,
                    "profile",
                    _("Profile"),
                    "fa-user",
                    "/my/profile",
                    "",
                    _("Sizes, experience, wishes"),
                )
            )
        sections.append(
            Section(
                120,
                "account",
                _("Contact details"),
                "fa-address-card-o",
                "/my/account",
                "",
                _("Name, address, e-mail, phone"),
            )
        )
        return sections

    @api.model
    def _dive_section_emergency(self, divers):
        _ = self.env._
        found = dict(
            self.env["dive.emergency.contact"]._read_group(
                [("partner_id", "in", divers.ids)], ["partner_id"], ["__count"]
            )
        )
        number = sum(found.values())
        without = divers.filtered(lambda one: one not in found)
        text = _("Whom we call if something happens")
        if without and len(divers) > 1:
            names = ", ".join(without.mapped("name"))
            text = _("Nobody yet for %(names)s", names=names)
        elif without:
            text = _("Nobody yet: tell us whom to call")
        return Section(
            90,
            "emergency",
            _("Emergency contacts"),
            "fa-phone",
            "/my/emergency",
            str(number or ""),
            text,
            bool(without),
        )

    @api.model
    def _dive_section_family(self, me, people):
        _ = self.env._
        wards = people - me
        text = (
            _("You decide for %(names)s", names=", ".join(wards.mapped("name")))
            if wards
            else _("%(name)s decides for you", name=me.dive_guardian_id.name)
        )
        return Section(
            100,
            "family",
            _("Family"),
            "fa-users",
            "/my/family",
            str(len(wards) or ""),
            text,
        )
