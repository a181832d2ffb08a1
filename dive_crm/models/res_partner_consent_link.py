"""Answers of divers themselves: in the portal, and by a signed link in a message."""

from urllib.parse import urlencode

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import consteq, hmac

START = "/dive/consents"
SCOPE = "dive_crm-consent"
CHANNELS = {"email": "email_normalized", "sms": "phone_sanitized"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    @api.model
    def _dive_consent_query(self, channel, address):
        """Return what signs a link: whoever reads the message there may answer.

        It is the address that is signed, not a customer: a link goes on working when
        two customers are merged, and no longer when the address has changed hands.
        """
        signature = self._dive_consent_signature(channel, address)
        return urlencode({"c": channel, "a": address, "s": signature})

    @api.model
    def _dive_consent_signature(self, channel, address):
        # sudo: the database's own secret. Half of it is enough, and fits into an SMS.
        return hmac(self.env(su=True), SCOPE, (channel, address))[:32]

    @api.model
    def _dive_consent_link(self, channel, address, path=""):
        """Return the address of a page on which news can be stopped."""
        query = self._dive_consent_query(channel, address)
        return f"{self.get_base_url()}{START}{path}?{query}"

    @api.model
    def _dive_of_consent_link(self, channel, address, signature):
        """Say whether a link is one of ours, whole and unchanged."""
        if channel not in CHANNELS or not address or not signature:
            return False
        expected = self._dive_consent_signature(channel, address)
        return signature.isascii() and consteq(expected, signature)

    @api.model
    def _dive_at_address(self, channel, address):
        """Return the customers who are written to at an address, as superuser.

        Also those who were customers once, if they have ever been asked.
        """
        # sudo: the signature of the link is the right
        partners = self.sudo().with_context(active_test=False)
        ours = Domain("dive_customer", "=", True) | Domain(
            "dive_consent_state_ids", "!=", False
        )
        return partners.search(Domain(CHANNELS[channel], "=", address) & ours)

    @api.model
    def _dive_link_rows(self, channel, address):
        """Return for the page of a link what can be answered there."""
        partners = self._dive_at_address(channel, address)
        if not partners:
            return []
        asked = self.env["dive.consent.purpose"]._dive_asked(partners.company_id)
        return [
            {
                "purpose": purpose,
                "given": bool(
                    partners.dive_consent_state_ids.filtered(
                        lambda state, one=purpose: state.purpose_id == one
                    ).filtered("given")
                ),
            }
            for purpose in asked.filtered(lambda one: one.channel == channel)
        ]

    @api.model
    def _dive_stop_all(self, channel, address):
        """Withdraw everything that allows to write to an address."""
        partners = self._dive_at_address(channel, address)
        given = partners.dive_consent_state_ids.filtered(
            lambda state: state.given and state.channel == channel
        )
        for state in given:
            # they take back what they agreed to, in those words
            state.partner_id._dive_answer(
                state.purpose_id, False, "link", wording=state.wording_id
            )

    # ------------------------------------------------------------------
    # The portal
    # ------------------------------------------------------------------

    def _dive_consent_people(self, me=None):
        """Return for the portal who is asked for what: person → purposes.

        Of wards only what concerns them: messages go to the guardian.

        :param me: whose page it is; the user's
        """
        asked = self.env["dive.consent.purpose"]._dive_asked()
        me = me or self.env.user.partner_id
        found = {}
        for person in self:
            own = asked.filtered(
                lambda one, person=person: (
                    not one.company_id
                    or not person.company_id
                    or one.company_id == person.company_id
                )
            )
            if person != me or person.dive_is_minor:
                own = own.filtered(lambda one: not one.channel)
            found[person] = own
        return found

    def _dive_portal_consents(self):
        """Return rows of the page: each person with what they are asked for."""
        rows = []
        for person, purposes in self._dive_consent_people().items():
            states = {
                state.purpose_id: state for state in person.dive_consent_state_ids
            }
            rows.append(
                {
                    "person": person,
                    "items": [
                        {"purpose": purpose, "state": states.get(purpose)}
                        for purpose in purposes
                    ],
                }
            )
        return [row for row in rows if row["items"]]
