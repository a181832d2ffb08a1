"""Questions and consents on the diver's page."""

from odoo import api, models

from ..tools.portal_home import Section
from .dive_ticket import OPEN


class DivePortalHome(models.AbstractModel):
    _inherit = "dive.portal.home"

    @api.model
    def _dive_to_count(self, people):
        tickets = self.env["dive.ticket"]
        return super()._dive_to_count(people) | {
            "tickets": (tickets._name, tickets._dive_portal_domain(people) & OPEN)
        }

    @api.model
    def _dive_sections(self, me, people, coming):
        """Add what was asked us, and what one agrees to."""
        sections = super()._dive_sections(me, people, coming)
        sections.append(self._dive_section_tickets())
        if consents := self._dive_section_consents(me, people):
            sections.append(consents)
        return sections

    @api.model
    def _dive_section_tickets(self):
        _ = self.env._
        return Section(
            70,
            "tickets",
            _("Questions"),
            "fa-comments-o",
            "/my/tickets",
            str(self._dive_count("tickets") or ""),
            _("Ask us something, and read our answers"),
        )

    @api.model
    def _dive_section_consents(self, me, people):
        """Return the section, if there is anything to answer to."""
        _ = self.env._
        asked = people._dive_consent_people(me)
        if not any(asked.values()):
            return None
        answered = set(
            people.dive_consent_state_ids.mapped(
                lambda state: (state.partner_id, state.purpose_id)
            )
        )
        left = sum(
            (person, purpose) not in answered
            for person, purposes in asked.items()
            for purpose in purposes
        )
        text = _("News, offers, pictures: yes or no")
        if left:
            text = _("Not answered yet: %(count)s", count=left)
        return Section(
            105,
            "consents",
            _("What I agree to"),
            "fa-check-square-o",
            "/my/consents",
            "",
            text,
        )
