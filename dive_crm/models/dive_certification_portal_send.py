"""What divers send in the portal: new cards, and better pictures of those sent."""

import re
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.card_number import number_key, tidy_number
from .dive_certification_portal import LARGEST_ID

#: Cards that one person may have sent in a day and nobody has checked yet.
DAILY_LIMIT = 20
MAX_WORDS = 200
OTHER = "other"


class FormErrors(Exception):
    """What is wrong with a form: field → what to tell; ``""`` for the whole."""

    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    form_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    # A form is sent twice by impatient thumbs: the second one finds the first.
    _sent_once = models.UniqueIndex(
        "(create_uid, form_key) WHERE form_key IS NOT NULL",
        lambda env, diag: env._("This card was sent already."),
    )

    @api.model
    def _dive_portal_send(self, diver, form, pictures):
        """Record a card that the user sends.

        :param diver: one of :meth:`_dive_portal_divers`
        :param form: what was typed: field → text
        :param pictures: ``front`` and ``back`` → bytes, as far as chosen
        :return: the card, and whether it was there before; no card if the same form
            is being sent a second time at this moment
        :raise FormErrors:
        """
        form_key = (form.get("form_key") or "")[:64]
        if form_key and (sent := self._dive_portal_sent(form_key)):
            return sent, False
        vals = self._dive_portal_vals(form, diver)
        if not vals.get("number") and not pictures:
            text = self.env._("Give the number of the card, or a picture of it.")
            raise FormErrors({"number": text})
        if vals["level_id"] == self._dive_unlisted_level().id:
            # Two levels in a diver's own words may bear one number, and would be
            # taken for one card.
            vals = self._dive_portal_in_words(vals, diver)
        else:
            known = self._dive_portal_known(diver, vals)
            known = known or self._dive_portal_refused(diver, vals)
            if known._dive_portal_sent_anew(vals, pictures):
                return known, False
            if known:
                known._dive_portal_note_renewal(vals)
                return known, True
        self._dive_portal_check_limit()
        vals |= {
            "partner_id": diver.id,
            "source": "portal",
            "form_key": form_key or False,
        }
        try:
            with self.env.cr.savepoint():
                # Portal users write nothing by themselves; whose card this may be was
                # looked at above. They do not follow what staff note about it.
                card = self.sudo().with_context(mail_create_nosubscribe=True)
                card = card._dive_portal_attempt(lambda: card.create(vals), pictures)
        except UniqueViolation:
            return self.browse(), False
        card._dive_portal_tell_staff()
        return card.with_env(self.env), False

    def _dive_portal_correct(self, form, pictures):
        """Change what the user corrects on a card that nobody has verified.

        One that was rejected goes on not counting until staff have looked again; the
        ledger keeps what was said of it before.

        :param form: ``number``, ``issue_date``, ``expiry_date`` → text
        :param pictures: ``front`` and ``back`` → bytes, as far as chosen
        :raise FormErrors:
        """
        self.ensure_one()
        if not self._dive_portal_is_open():
            text = self.env._("This card has been checked and is as it should be.")
            raise FormErrors({"": text})
        # see _dive_portal_send; the card is one of the user's own
        card = self.sudo()
        vals = card._dive_portal_dates(form, card.partner_id)
        vals["number"] = self._dive_portal_number(form)
        vals = {
            name: value
            for name, value in vals.items()
            if (card[name] or False) != (value or False)
        }
        if not vals and not pictures:
            text = self.env._(
                "Nothing was changed yet: correct the number or the date, or choose a"
                " picture."
            )
            raise FormErrors({"": text})
        card._dive_portal_change(vals, pictures)

    def _dive_portal_sent_anew(self, vals, pictures):
        """Take what is sent as a new card for a correction, if this one was rejected.

        Or else a rejection would be escaped by sending the card once more.

        :return: whether it is one: there is something new about the card
        """
        card = self.sudo()  # see _dive_portal_send; it is one of the user's own
        if card.verification != "rejected":
            return False
        # what is left out now may stand as it was
        names = ("number", "issue_date", "expiry_date")
        new = {name: vals[name] for name in names if vals.get(name)}
        new = {name: value for name, value in new.items() if card[name] != value}
        if card.active and not new and not pictures:
            return False
        card._dive_portal_change(new | {"active": True}, pictures)
        return True

    def _dive_portal_change(self, vals, pictures):
        """Write on a card, as superuser, and have staff look at it.

        :raise FormErrors:
        """
        self._dive_portal_check_number_free(vals)

        def change():
            self.write(vals)
            return self

        checks = self.check_ids
        with self.env.cr.savepoint():
            self._dive_portal_attempt(change, pictures)
            self._dive_portal_reopen(pictures, noted=self.check_ids != checks)
        self._dive_portal_tell_staff()

    def _dive_portal_attempt(self, action, pictures):
        """Do ``action``, which gives a card, and store its pictures.

        :raise FormErrors: all at once, so that nobody corrects one by one
        """
        try:
            card = action()
        except (UserError, ValidationError) as error:
            raise FormErrors({"": str(error)}) from error
        errors = {}
        for slot, content in pictures.items():
            if not content:
                errors[slot] = self.env._("This file is empty. Choose it again.")
                continue
            try:
                card._dive_sealed_put(slot, content)
            except UserError as error:
                errors[slot] = str(error)
        if errors:
            raise FormErrors(errors)
        return card

    def _dive_portal_reopen(self, pictures, noted):
        """Have a rejected card looked at again, whatever the diver corrected.

        :param noted: whether the card has noted a change by itself
        """
        if self.verification != "rejected":
            return
        if pictures:
            reason = self.env._("The diver sent a new picture")
        elif not noted:
            reason = self.env._("The diver corrected the card")
        else:
            return
        checks = self.env["dive.certification.check"]._dive_unlocked()
        checks.create(self._dive_change_vals(reason))

    # ------------------------------------------------------------------
    # What is there already
    # ------------------------------------------------------------------

    @api.model
    def _dive_portal_sent(self, form_key):
        """Return the card that the user has made with this form."""
        # portal users may not read the key
        card = self.sudo().search(
            [("form_key", "=", form_key), ("create_uid", "=", self.env.uid)]
        )
        return self._dive_portal_card(card.id) if card else self.browse()

    @api.model
    def _dive_portal_known(self, diver, vals):
        """Return this diver's card of that level and number, if it is there.

        Without a number: one that the diver sent and nobody has looked at yet. The
        number on somebody else's card is nothing that a diver is told about.
        """
        domain = [
            ("partner_id", "=", diver.id),
            ("level_id", "=", vals["level_id"]),
        ]
        if key := number_key(vals.get("number")):
            domain.append(("number_key", "=", key))
        else:
            domain += [("source", "=", "portal"), ("verification", "=", "unverified")]
        return self._dive_portal_search(domain)[:1]

    @api.model
    def _dive_portal_refused(self, diver, vals):
        """Return the diver's newest card of that level that was rejected, if any.

        One that staff have put into the archive since is one as well.
        """
        cards = self.with_context(active_test=False)
        card = cards._dive_portal_search(
            [
                ("partner_id", "=", diver.id),
                ("level_id", "=", vals["level_id"]),
                ("verification", "=", "rejected"),
            ]
        )
        return card.sorted("id", reverse=True)[:1].with_env(self.env)

    def _dive_portal_check_number_free(self, vals):
        key = number_key(vals.get("number"))
        if key and key != self.number_key:
            twin = self.search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("level_id", "=", self.level_id.id),
                    ("number_key", "=", key),
                    ("id", "!=", self.id),
                ],
                limit=1,
            )
            if twin:
                text = self.env._("There is another card with this number already.")
                raise FormErrors({"number": text})

    @api.model
    def _dive_portal_check_limit(self):
        """Refuse to be flooded."""
        # all cards that this user has sent, whoever's and archived or not
        cards = self.sudo().with_context(active_test=False)
        since = fields.Datetime.now() - timedelta(days=1)
        sent = cards.search_count(
            [
                ("create_uid", "=", self.env.uid),
                ("source", "=", "portal"),
                ("verification", "=", "unverified"),
                ("create_date", ">=", since),
            ]
        )
        if sent >= DAILY_LIMIT:
            text = self.env._(
                "You have sent %(count)s cards since yesterday that we have yet to"
                " look at. Please send the next ones tomorrow, or write to us.",
                count=sent,
            )
            raise FormErrors({"": text})

    # ------------------------------------------------------------------
    # What was typed
    # ------------------------------------------------------------------

    @api.model
    def _dive_portal_vals(self, form, diver):
        """Return the values of a new card.

        :raise FormErrors: with all that is wrong
        """
        errors, vals = {}, {}
        for read in (
            self._dive_portal_level,
            lambda form: {"number": self._dive_portal_number(form)},
            lambda form: self._dive_portal_dates(form, diver),
        ):
            try:
                vals |= read(form)
            except FormErrors as found:
                errors |= found.errors
        if errors:
            raise FormErrors(errors)
        return vals

    @api.model
    def _dive_portal_in_words(self, vals, diver):
        """Return ``vals`` with a number that is taken moved into the words."""
        taken = self._dive_portal_search(
            [
                ("partner_id", "=", diver.id),
                ("level_id", "=", vals["level_id"]),
                ("number_key", "=", number_key(vals["number"]) or False),
            ]
        )
        if not vals["number"] or not taken:
            return vals
        return vals | {
            "number": False,
            "level_text": f"{vals['level_text']} · {vals['number']}",
        }

    @api.model
    def _dive_portal_level(self, form):
        """Return the level that was chosen, or stand-in and words."""
        chosen, words = form.get("level_id") or "", self._dive_words(form, "level_text")
        unlisted = self._dive_unlisted_level()
        if re.fullmatch(r"[0-9]{1,10}", chosen) and int(chosen) <= LARGEST_ID:
            levels = self.env["dive.certification.level"]
            level = levels.search([("id", "=", int(chosen))])
            if level and level != unlisted:
                return {"level_id": level.id}
        if unlisted and words:
            return {"level_id": unlisted.id, "level_text": words[:MAX_WORDS]}
        if unlisted and chosen == OTHER:
            text = self.env._("Write which level it is, and of which agency.")
            raise FormErrors({"level_text": text})
        text = self.env._("Choose the level that stands on the card.")
        raise FormErrors({"level_id": text})

    @api.model
    def _dive_words(self, form, name):
        return " ".join((form.get(name) or "").replace("\0", " ").split())

    @api.model
    def _dive_portal_number(self, form):
        number = tidy_number(self._dive_words(form, "number"))
        try:
            self._check_number_length(number)
        except ValidationError:
            text = self.env._("This is too long for the number of a card.")
            raise FormErrors({"number": text}) from None
        return number

    @api.model
    def _dive_portal_dates(self, form, diver):
        """Return the dates of a card.

        :param diver: whose card it is, as superuser
        """
        errors, dates = {}, {}
        for name in ("issue_date", "expiry_date"):
            try:
                dates[name] = fields.Date.to_date(self._dive_words(form, name) or False)
            except ValueError:
                errors[name] = self.env._("This is not a date: write it as 2024-05-31.")
        issued, ends = dates.get("issue_date"), dates.get("expiry_date")
        today = self.env.company._dive_today()
        if issued and diver.birthdate_date and issued <= diver.birthdate_date:
            errors["issue_date"] = self.env._(
                "%(diver)s was not born yet: check the year.", diver=diver.name
            )
        for name, days in (
            ("issue_date", (issued, None)),
            ("expiry_date", (issued, ends)),
        ):
            try:
                self._check_card_dates(*days, today)
                self._check_end(days[1], today)
            except ValidationError as error:
                errors.setdefault(name, str(error))
                break
        if errors:
            raise FormErrors(errors)
        # An end that is left out is one that the level's rules fill in.
        return dates if ends else {"issue_date": issued}
