"""What those who book on-line are asked to agree to, and what became of it."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime


class DiveConsentPurpose(models.Model):
    _inherit = "dive.consent.purpose"

    @api.model
    def _dive_asked_online(self, company, newcomer=False):
        """Return what is asked with a booking.

        :param company: whose trip it is
        :param bool newcomer: of whom the e-mail address alone will be shown to be
            theirs: nothing may go to a number that they only typed
        """
        asked = self._dive_asked(company).filtered("online")
        return asked.filtered(lambda one: not newcomer or one.channel != "sms")

    def _dive_shown(self, wording_ids):
        """Return which of these wordings ask for these purposes, with their words.

        Also words that others have replaced since the page was opened.

        :rtype: list[list]
        """
        ours = Domain("purpose_id", "in", self.ids)
        shown = self.wording_ids.search(ours & Domain("id", "in", list(wording_ids)))
        return [
            [wording.id, wording.text]
            for wording in shown.sorted(lambda one: self.ids.index(one.purpose_id.id))
        ]


class DiveOnlineRequest(models.Model):
    _inherit = "dive.online.request"

    #: [[wording's number, the words as they were shown]]: counts from the link on
    agreed = fields.Json()

    def _dive_note_agreed(self, owner):
        """Write down what was ticked, as far as the link shows that it is theirs.

        :param owner: an ``Owner``
        :return: notes for the desk, on what it has to ask for itself
        """
        self.ensure_one()
        company = self.company_id
        purposes = self.env["dive.consent.purpose"]
        asked = purposes._dive_asked_online(company, newcomer=True)
        notes = []
        for wording_id, words in self.agreed or []:
            wording = asked.wording_ids.filtered(lambda one, i=wording_id: one.id == i)
            shown = wording.with_context(lang=self.lang or self.env.lang)
            if not wording:
                continue  # no longer asked for
            if shown.text == words and self._dive_is_theirs(wording.purpose_id, owner):
                owner.partner.with_context(lang=shown.env.lang)._dive_answer(
                    wording.purpose_id,
                    True,
                    "booking",
                    wording=wording,
                    detail=self._dive_agreed_detail(),
                )
                continue
            notes.append(
                self.env._(
                    "Ticked, but not written down, since it is not sure whom it"
                    " concerns, or which words: “%(purpose)s”. Please ask.",
                    purpose=wording.purpose_id.with_env(owner.partner.env).name,
                )
            )
        return notes

    def _dive_is_theirs(self, purpose, owner):
        """Say whether who opened the link may agree to this.

        Who reads what comes to an address may agree to get news there, whatever name
        they typed. Everything else concerns a person.
        """
        partner = owner.partner
        if purpose.channel:
            return partner.email_normalized == self.email and not partner.dive_is_minor
        return owner.sure

    def _dive_agreed_detail(self):
        return self.env._(
            "Ticked on %(when)s with the booking of “%(trip)s”; the link that was sent"
            " to %(email)s was opened.",
            when=format_datetime(
                self.env, self.create_date, tz="UTC", dt_format="yyyy-MM-dd HH:mm 'UTC'"
            ),
            trip=self.trip_id._dive_name(),
            email=self.email,
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_asked_online(self, company):
        """Return what somebody with a login is asked: what they have not answered.

        :param company: whose trip it is
        """
        asked = self.env["dive.consent.purpose"]._dive_asked_online(company)
        answered = self.dive_consent_state_ids.wording_id
        return asked.filtered(lambda one: one.wording_id not in answered)

    def _dive_agree_online(self, wording_ids, company):
        """Write down what somebody with a login ticked for themselves.

        What is not ticked is not answered.
        """
        asked = self._dive_asked_online(company)
        for wording_id, _words in asked._dive_shown(wording_ids):
            wording = asked.wording_ids.browse(wording_id)
            self._dive_answer(wording.purpose_id, True, "booking", wording=wording)
