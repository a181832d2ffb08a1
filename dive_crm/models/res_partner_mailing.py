"""Mailings to customers reach those who have agreed, and nobody else."""

from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    # ------------------------------------------------------------------
    # Who is left out of a mailing
    # ------------------------------------------------------------------

    @api.model
    def _mailing_get_opt_out_list(self, mailing):
        """Return the addresses of customers who have not agreed to news by e-mail.

        Contacts who are no customers are other apps': a mailing reaches them as ever.
        """
        customers = self._dive_of_mailing(mailing)
        left = customers._dive_not_agreed("email")
        # what is for a minor goes to the guardian
        people = left | left.union(*(one._dive_recipients() for one in left))
        agreed = people._dive_agreed("email")
        return set(filter(None, people.mapped("email_normalized"))) - set(
            agreed.mapped("email_normalized")
        )

    @api.model
    def _mailing_get_opt_out_list_sms(self, mailing):
        """Return the numbers of customers who have not agreed to news by SMS.

        Asked by Odoo's mailings by SMS, where they are installed.
        """
        return self._dive_of_mailing(mailing)._dive_not_agreed("sms").ids

    @api.model
    def _dive_of_mailing(self, mailing):
        """Return the customers whom a mailing is for, as superuser."""
        # sudo: that somebody is left out is what the mailing is told
        return self.sudo().search(
            Domain(mailing._parse_mailing_domain()) & Domain("dive_customer", "=", True)
        )

    def _dive_not_agreed(self, channel):
        """Return those of these who get no news: a minor's are the guardian's."""
        recipients = {one: one._dive_recipients() for one in self}
        agreed = set(self.union(*recipients.values())._dive_agreed(channel).ids)
        return self.filtered(lambda one: not agreed.issuperset(recipients[one].ids))

    # ------------------------------------------------------------------
    # Answers, and the lists that follow them
    # ------------------------------------------------------------------

    @api.model
    def _dive_answer_at(self, channel, address, purpose, given, source, name=""):
        """Write down what somebody answered who reads what comes to an address.

        :return: whether it is new
        """
        people = self._dive_at_address(channel, address)
        if people:
            return bool(people._dive_answer(purpose, given, source))
        return self._dive_note_stranger(
            purpose.wording_id, given, channel, address, source, name
        )

    @api.model
    def _dive_note_stranger(self, wording, given, channel, address, source, name=""):
        ledger, purpose = self.env["dive.consent"], wording.purpose_id
        stands = ledger._dive_answers_at({address}, purpose)
        if not wording or stands.get((address, purpose.id)) is given:
            return False
        ledger._dive_note_address(wording, given, address, name, source)
        if channel == "email":
            self._dive_follow_answer(purpose, {address}, given)
        return True

    @api.model
    def _dive_take_back_at(self, channel, address, purpose, source):
        """Withdraw a consent where it was given, in the words to which it was."""
        people = self._dive_at_address(channel, address)
        if not people:
            self._dive_note_stranger(
                purpose.wording_id, False, channel, address, source
            )
        for state in people.dive_consent_state_ids:
            if state.given and state.purpose_id == purpose:
                state.partner_id._dive_answer(
                    purpose, False, source, wording=state.wording_id
                )

    def _dive_note_answers(self, wording, given, source, date, detail):
        """Let the lists of a purpose, and Odoo's list of refusals, follow."""
        result = super()._dive_note_answers(wording, given, source, date, detail)
        if wording.purpose_id.channel == "email":
            emails = set(filter(None, self.mapped("email_normalized")))
            self._dive_follow_answer(wording.purpose_id, emails, given)
        return result

    @api.model
    def _dive_follow_answer(self, purpose, emails, given):
        # sudo: who answers has no right to mailings
        subscriptions = (
            self.env["mailing.subscription"]
            .sudo()
            .search(
                [
                    ("list_id.dive_purpose_id", "=", purpose.id),
                    ("contact_id.email_normalized", "in", list(emails)),
                    ("opt_out", "=", given),
                ]
            )
        )
        subscriptions.with_context(dive_answered=True).opt_out = not given
        if not given:
            return
        # sudo: as above
        refused = self.env["mail.blacklist"].sudo()
        for email in refused.search([("email", "in", list(emails))]).mapped("email"):
            message = self.env._("Has agreed to news and offers again.")
            refused._remove(email, message=message)

    # ------------------------------------------------------------------
    # The page of a link, for who is no customer
    # ------------------------------------------------------------------

    @api.model
    def _dive_link_rows(self, channel, address):
        """Add the newsletters that somebody gets who is no customer."""
        rows = super()._dive_link_rows(channel, address)
        if rows or channel != "email":
            return rows
        # sudo: the signature of the link is the right
        subscriptions = (
            self.env["mailing.subscription"]
            .sudo()
            .search(
                [
                    ("contact_id.email_normalized", "=", address),
                    ("list_id.dive_purpose_id.wording_ids", "!=", False),
                ]
            )
        )
        return [
            {
                "purpose": purpose,
                "given": any(not one.opt_out for one in some),
            }
            for purpose, some in subscriptions.grouped(
                lambda one: one.list_id.dive_purpose_id
            ).items()
        ]

    @api.model
    def _dive_stop_all(self, channel, address):
        """Let who is no customer leave all newsletters, too."""
        result = super()._dive_stop_all(channel, address)
        if not self._dive_at_address(channel, address):
            for row in self._dive_link_rows(channel, address):
                if row["given"]:
                    self._dive_answer_at(
                        channel, address, row["purpose"], False, "link"
                    )
        return result
