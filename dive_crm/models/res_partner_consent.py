"""What a customer has agreed to: asked in one click, shown, searched."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from .res_partner import STAFF_GROUPS


class Answer(NamedTuple):
    """A row to be written, as both tables have it."""

    partner_id: int
    purpose_id: int
    wording_id: int
    given: bool
    date: object
    source: str


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_consent_state_ids = fields.One2many(
        "dive.consent.state",
        "partner_id",
        "Consents",
        readonly=True,
        copy=False,
        groups=STAFF_GROUPS,
    )
    # {purpose's number: yes or no}, on its way from a form: kept in the ledger
    dive_consent_answers = fields.Json(
        "Answers",
        compute="_compute_dive_consent_answers",
        inverse="_inverse_dive_consent_answers",
        exportable=False,
        groups=STAFF_GROUPS,
    )

    def _compute_dive_consent_answers(self):
        self.dive_consent_answers = False

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _dive_answer(
        self, purpose, given, source, wording=None, date=None, detail=None
    ):
        """Write down what these people answered, unless it is what stands already.

        The row that stands is changed by one statement, so that of two answers at once
        one waits for the other; the ledger has both.

        :param purpose: dive.consent.purpose
        :param bool given: whether they agree
        :param str source: a key of ``SOURCES``
        :param wording: which words they answered to; those of today
        :param date: when, if not now
        :return: those for whom it is new
        """
        wording = wording or purpose.wording_id
        if not wording:
            raise UserError(
                self.env._(
                    "“%(purpose)s” has no words to ask in yet: a manager enters them.",
                    purpose=purpose.name,
                )
            )
        date = date or fields.Datetime.now()
        changed = self.browse()
        for partner in self:
            row = Answer(partner.id, purpose.id, wording.id, bool(given), date, source)
            if partner._dive_set_state(row):
                changed |= partner
        changed._dive_note_answers(wording, given, source, date, detail)
        self.invalidate_recordset(["dive_consent_state_ids"], flush=False)
        return changed

    def _dive_set_state(self, row):
        self.env["dive.consent.state"].flush_model()
        found = self.env.execute_query(
            SQL(
                "INSERT INTO dive_consent_state AS state (%(columns)s)"
                " VALUES (%(values)s)"
                " ON CONFLICT (partner_id, purpose_id) DO UPDATE"
                " SET given = EXCLUDED.given, wording_id = EXCLUDED.wording_id,"
                " date = EXCLUDED.date, source = EXCLUDED.source"
                " WHERE state.given IS DISTINCT FROM EXCLUDED.given"
                " OR state.wording_id != EXCLUDED.wording_id"
                " RETURNING id",
                columns=SQL(", ").join(SQL.identifier(name) for name in Answer._fields),
                values=SQL(", ").join(SQL("%s", value) for value in row),
            )
        )
        self.env["dive.consent.state"].invalidate_model(flush=False)
        return bool(found)

    def _dive_note_answers(self, wording, given, source, date, detail):
        """Add rows to the ledger."""
        purpose = wording.purpose_id
        # sudo: nobody adds such rows by hand; who may ask is the caller's to know
        ledger = self.env["dive.consent"].sudo()._dive_adding()
        ledger.create(
            [
                {
                    "partner_id": partner.id,
                    "partner_name": partner.name,
                    "address": partner._dive_consent_address(purpose),
                    "company_id": partner.company_id.id,
                    "purpose_id": purpose.id,
                    "wording_id": wording.id,
                    "wording": partner._dive_asked_words(wording, source),
                    "given": bool(given),
                    "date": date,
                    "user_id": self.env.uid,
                    "user_name": self.env.user.name,
                    "source": source,
                    "detail": detail,
                }
                for partner in self
            ]
        )

    def _dive_asked_words(self, wording, source):
        """Return the words in the language of the page, or of who was asked."""
        own = source not in ("portal", "link", "booking", "newsletter") and self.lang
        return wording.with_context(lang=own or self.env.lang).text

    def _dive_consent_address(self, purpose):
        return {
            "email": self.email_normalized,
            "sms": self.phone_sanitized,
        }.get(purpose.channel) or False

    def _dive_agreed(self, channel):
        """Return those of these who may get news and offers by a channel.

        Also no minor: for them the guardian decides, and is written to.

        :param str channel: "email" or "sms"
        """
        # sudo: that somebody is left out is said to who writes
        states = self.env["dive.consent.state"].sudo()
        company = self.env.company.id
        groups = states._read_group(
            [
                ("partner_id", "in", self.ids),
                ("given", "=", True),
                ("purpose_id.channel", "=", channel),
                ("purpose_id.active", "=", True),
                ("purpose_id.company_id", "in", [False, company]),
            ],
            ["partner_id"],
        )
        return self.browse(partner.id for (partner,) in groups)

    # ------------------------------------------------------------------
    # At the desk
    # ------------------------------------------------------------------

    @api.readonly
    def dive_consents(self):
        """Return for a form what this customer is asked for, and what they answered.

        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        states = {state.purpose_id: state for state in self.dive_consent_state_ids}
        me = self.with_context(lang=self.env.lang)
        asked = self.env["dive.consent.purpose"]._dive_asked(self.company_id)
        return [me._dive_consent_item(one, states.get(one)) for one in asked]

    @api.model
    @api.readonly
    def dive_consents_of_new(self, lang=False, company_id=False):
        """Return for a form what somebody is asked for who is not a customer yet.

        :param str lang: the language that was chosen for them
        :param int company_id: whose customer they become; False: of all companies
        :rtype: list[dict]
        """
        self.check_access("create")
        self._dive_check_asks()
        installed = dict(self.env["res.lang"].get_installed())
        nobody = self.new({"lang": lang if lang in installed else False})
        company = self.env.companies.filtered(lambda one: one.id == company_id)
        asked = self.env["dive.consent.purpose"]._dive_asked(company)
        return [nobody._dive_consent_item(one, None) for one in asked]

    def _inverse_dive_consent_answers(self):
        """Write down what was clicked in the form in which a customer was entered."""
        purposes = self.env["dive.consent.purpose"]
        for partner in self.filtered("dive_consent_answers"):
            shown = purposes._dive_asked()
            # birth and company may have been entered after the click
            asked = purposes._dive_asked(partner.company_id).filtered(
                lambda one, minor=partner.dive_is_minor: not (minor and one.channel)
            )
            gone = (shown - asked).ids
            for purpose_id, given in _read_answers(partner).items():
                if purpose_id not in gone:
                    partner.action_dive_answer(purpose_id, given)

    def _dive_check_asks(self):
        if not self.env.user.has_groups(STAFF_GROUPS):
            raise AccessError(self.env._("The staff of the dive centre ask for this."))

    def _dive_consent_item(self, purpose, state):
        purpose = purpose.with_env(self.env)
        guardian = self.dive_is_minor and purpose.channel
        return {
            "id": purpose.id,
            "name": purpose.name,
            "words": purpose.wording_id._dive_mark(),
            # read out to the customer, in their language
            "wording": purpose.wording_id.with_context(
                lang=self.lang or self.env.lang
            ).text,
            "answer": ("yes" if state.given else "no") if state else "",
            "when": self._dive_consent_when(state) if state else "",
            "older": bool(state and state.wording_id != purpose.wording_id),
            "guardian": bool(guardian),
            "channel": purpose.channel,
        }

    def _dive_consent_when(self, state):
        labels = dict(state._fields["source"]._description_selection(self.env))
        return f"{format_date(self.env, state.date)}, {labels[state.source]}"

    def action_dive_answer(self, purpose_id, given, words=None):
        """Write down what a customer has answered at the desk.

        :param int purpose_id: what was asked
        :param bool given: whether they agree
        :param str words: the mark of those that were on the screen
        :return: see :meth:`dive_consents`
        """
        self.ensure_one()
        self.check_access("write")
        self._dive_check_asks()
        asked = self.env["dive.consent.purpose"]._dive_asked(self.company_id)
        purpose = asked.filtered(lambda one: one.id == purpose_id)
        if not purpose:
            raise UserError(
                self.env._("This is not asked for any more: reload the page.")
            )
        if self.dive_is_minor and purpose.channel:
            raise UserError(
                self.env._(
                    "%(name)s is under age: messages go to the guardian, who is asked.",
                    name=self.name,
                )
            )
        if given and purpose._dive_says_else(words):
            raise UserError(
                self.env._("The words have changed: reload the page, and ask again.")
            )
        # sudo: nobody writes such rows by hand
        self.sudo()._dive_answer(purpose, bool(given), "desk")
        return self.dive_consents()

    def action_dive_consent_log(self):
        """List all that this customer has ever answered."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_consent"
        )
        return {**action, "domain": [("partner_id", "=", self.id)], "context": {}}


def _read_answers(partner):
    """Return what a form sends: purpose's number → yes or no."""
    answers = partner.dive_consent_answers
    whole = isinstance(answers, dict) and all(
        key.isascii() and key.isdigit() and isinstance(given, bool)
        for key, given in answers.items()
    )
    if not whole:
        raise UserError(partner.env._("Answer each with yes or no."))
    return {int(key): given for key, given in answers.items()}
