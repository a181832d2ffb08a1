"""What a card cannot say, and what is worth a second look."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.card_number import MAX_LENGTH, fits, number_key

#: Nobody was certified before there was a regulator to dive with.
FIRST_DAY = date(1940, 1, 1)
#: An end later than that is a slip, or another way to write “never”.
MOST_YEARS = 100


class DiveCertification(models.Model):
    """Only the impossible is refused; the unlikely is pointed out on the form.

    A minimum age is of the second kind: agencies issue junior cards under the name of
    the same level, rules have changed over the years, and the card in the diver's hand
    is a fact whatever the catalogue says.
    """

    _inherit = "dive.certification"

    hint = fields.Text(
        compute="_compute_hint", help="What is unusual about this card, if anything."
    )

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    @api.model
    def _check_before_create(self, vals_list):
        today = self.env.company._dive_today()
        for vals in vals_list:
            self._check_card_dates(
                vals.get("issue_date"), vals.get("expiry_date"), today
            )
            self._check_end(vals.get("expiry_date"), today)
            self._check_number_length(vals.get("number"))
        self.browse()._check_same_card(
            [
                (
                    vals.get("partner_id", self.env.context.get("default_partner_id")),
                    vals.get("level_id", self.env.context.get("default_level_id")),
                    number_key(vals.get("number")),
                )
                for vals in vals_list
                if vals.get("active", True)
            ]
        )

    def _check_before_write(self, vals):
        if "number" in vals:
            self._check_number_length(vals["number"])
        if vals.keys() & {"issue_date", "expiry_date"}:
            today = self.env.company._dive_today()
            for card in self:
                if "expiry_date" in vals:
                    expires = vals["expiry_date"]
                    card._check_new_end(fields.Date.to_date(expires), today)
                elif not card.renewed and not card._dive_end_typed():
                    expires = None  # follows from the new issue date
                else:
                    expires = card.expiry_date
                issued = vals.get("issue_date", card.issue_date)
                self._check_card_dates(issued, expires, today)
        if vals.keys() & {"partner_id", "level_id", "number", "active"}:
            kept = self.filtered(lambda card: vals.get("active", card.active))
            kept._check_same_card(
                [
                    (
                        vals.get("partner_id", card.partner_id.id),
                        vals.get("level_id", card.level_id.id),
                        number_key(vals.get("number", card.number)),
                    )
                    for card in kept
                ]
            )

    @api.model
    def _check_card_dates(self, issued, expires, today):
        """Refuse dates that no card can bear.

        :param today: the company's day
        """
        issued = fields.Date.to_date(issued)
        expires = fields.Date.to_date(expires)
        if issued and issued > today:
            raise ValidationError(
                self.env._(
                    "The card cannot be issued in the future (%(date)s): correct the"
                    " date.",
                    date=fields.Date.to_string(issued),
                )
            )
        if issued and issued < FIRST_DAY:
            raise ValidationError(
                self.env._(
                    "The card cannot be from %(date)s: check the year.",
                    date=fields.Date.to_string(issued),
                )
            )
        if issued and expires and expires < issued:
            raise ValidationError(
                self.env._(
                    "The card would expire (%(expires)s) before it was issued"
                    " (%(issued)s): correct one of the two dates.",
                    expires=fields.Date.to_string(expires),
                    issued=fields.Date.to_string(issued),
                )
            )

    @api.model
    def _check_end(self, expires, today):
        """Refuse an end that nobody lives to see."""
        expires = fields.Date.to_date(expires)
        if expires and expires > self._dive_last_end(today):
            raise ValidationError(
                self.env._(
                    "The card cannot end on %(date)s: check the year. If the card never"
                    " ends, leave the end empty.",
                    date=fields.Date.to_string(expires),
                )
            )

    @api.model
    def _dive_last_end(self, today):
        """Return the latest day on which a card may end."""
        return fields.Date.add(today, years=MOST_YEARS)

    def _check_new_end(self, expires, today):
        """Refuse an end that cannot be, and any for a card whose end was renewed."""
        if self._dive_is_unlocked() or expires == self.expiry_date:
            return
        self._check_end(expires, today)
        if self.renewed:
            raise UserError(
                self.env._(
                    "“%(card)s” was renewed until %(date)s. Take that renewal back, or"
                    " renew the card again.",
                    card=self.display_name,
                    date=fields.Date.to_string(self.expiry_date),
                )
            )

    @api.model
    def _check_number_length(self, number):
        if number and len(number) > MAX_LENGTH:
            raise ValidationError(
                self.env._(
                    "A card number has at most %(max)s characters, this text has"
                    " %(count)s. Put what does not belong to the number into the"
                    " notes.",
                    max=MAX_LENGTH,
                    count=len(number),
                )
            )

    def _check_same_card(self, wanted):
        """Refuse a card that the diver has already, naming it.

        :param wanted: (partner id, level id, number key) that ``self`` is about to
            have; ``self`` is not compared with itself
        """
        wanted = [triple for triple in wanted if all(triple)]
        if not wanted:
            return
        partners, levels, keys = zip(*wanted, strict=True)
        others = self.search(
            [
                ("partner_id", "in", partners),
                ("level_id", "in", levels),
                ("number_key", "in", keys),
                ("id", "not in", self.ids),
            ]
        )
        known = {
            (card.partner_id.id, card.level_id.id, card.number_key): card
            for card in others
        }
        seen = set()
        for triple in wanted:
            if card := known.get(triple):
                raise ValidationError(card._same_card_text())
            if triple in seen:
                raise ValidationError(
                    self.env._(
                        "The same card of %(diver)s stands here twice: remove one of"
                        " the two.",
                        diver=self.env["res.partner"].browse(triple[0]).name,
                    )
                )
            seen.add(triple)

    def _same_card_text(self):
        self.ensure_one()
        return self.env._(
            "%(diver)s has this card already: %(level)s, number %(number)s, issued"
            " %(date)s. Renew or correct that one.",
            diver=self.partner_id.name,
            level=self.level_id.display_name,
            number=self.number,
            date=fields.Date.to_string(self.issue_date) or self.env._("at some time"),
        )

    @api.constrains("issue_date", "partner_id")
    def _check_issued_after_birth(self):
        for card in self:
            # The date of birth may stand with a customer of another company.
            born = card.partner_id.sudo().birthdate_date
            if born and card.issue_date and card.issue_date <= born:
                raise ValidationError(
                    self.env._(
                        "%(diver)s was born on %(born)s, so no card can be issued on"
                        " %(date)s: correct one of the two dates.",
                        diver=card.partner_id.name,
                        born=fields.Date.to_string(born),
                        date=fields.Date.to_string(card.issue_date),
                    )
                )

    @api.constrains("level_id")
    def _check_level_active(self):
        for card in self:
            level = card.level_id
            if not level.agency_id.active:
                raise ValidationError(
                    self.env._(
                        "%(agency)s is archived, so no new card of “%(level)s” is"
                        " recorded. A manager can unarchive the agency under"
                        " Configuration, or choose another level.",
                        agency=level.agency_id.name,
                        level=level.display_name,
                    )
                )
            if not level.active:
                raise ValidationError(
                    self.env._(
                        "“%(level)s” is archived. Choose the level that replaced it,"
                        " or ask a manager to unarchive it under Configuration.",
                        level=level.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if self._dive_is_unlocked():
            return
        # sudo: renewals and bookings count that another company's user does not see
        for card in self.sudo():
            if card.check_ids or card.renewal_ids or card.booking_diver_id:
                raise UserError(
                    self.env._(
                        "“%(card)s” stays on record: it was checked, renewed or issued"
                        " by a course. Archive it instead.",
                        card=card.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Pointed out
    # ------------------------------------------------------------------

    @api.depends("partner_id", "level_id", "number", "issue_date", "active")
    @api.depends_context("lang")
    def _compute_hint(self):
        twins = self._dive_twins()
        for card in self:
            hints = [
                card._hint_number(),
                card._hint_age(),
                card._hint_same_level(twins),
                card._hint_other_diver(twins),
            ]
            card.hint = "\n".join(filter(None, hints)) or False

    def _dive_twins(self):
        """Return cards with a level and diver, or a number and agency, of ``self``."""
        cards = self.filtered("level_id")
        if not cards:
            return self.browse()
        number = Domain("number_key", "in", list({c.number_key for c in cards} - {""}))
        number &= Domain("agency_id", "in", cards.level_id.agency_id.ids)
        level = Domain("partner_id", "in", cards.partner_id.ids)
        level &= Domain("level_id", "in", cards.level_id.ids)
        # Numbers are an agency's, whichever company's customer bears them; who may
        # not see that customer is told that there is one, and not who.
        return self.sudo().search(number | level)

    def _hint_number(self):
        agency = self.level_id.agency_id
        if fits(agency.number_pattern, self.number):
            return None
        if not agency.number_hint:
            return self.env._(
                "Numbers of %(agency)s usually look different: compare with the card.",
                agency=agency.name,
            )
        return self.env._(
            "Numbers of %(agency)s usually look different (%(hint)s): compare with the"
            " card.",
            agency=agency.name,
            hint=agency.number_hint,
        )

    def _hint_age(self):
        born, issued = self.partner_id.birthdate_date, self.issue_date
        if not born or not issued:
            return None
        age = relativedelta(issued, born).years
        if age >= (self.level_id.min_age or 0):
            return None
        return self.env._(
            "%(diver)s was %(age)s on that day; this level is for %(min)s and older. Is"
            " it a junior card? Are both dates right?",
            diver=self.partner_id.name,
            age=age,
            min=self.level_id.min_age,
        )

    def _hint_same_level(self, twins):
        same = twins.filtered(
            lambda card: (
                card.partner_id == self.partner_id._origin
                and card.level_id == self.level_id._origin
                and card != self._origin
            )
        )[:1]
        if not same or not self.partner_id:
            return None
        return self.env._(
            "%(diver)s has a card of this level already (number %(number)s). To prolong"
            " it, renew that one.",
            diver=self.partner_id.name,
            number=same.number or "-",
        )

    def _hint_other_diver(self, twins):
        others = twins.filtered(
            lambda card: (
                self.number_key
                and card.number_key == self.number_key
                and card.agency_id == self.level_id.agency_id._origin
                and card.partner_id != self.partner_id._origin
                and card != self._origin
            )
        )
        if not others:
            return None
        seen = self.browse(others.ids)._filtered_access("read").partner_id
        return self.env._(
            "%(agency)s %(number)s stands on the card of %(diver)s too. The same"
            " person twice, or a slip of the pen?",
            agency=self.level_id.agency_id.name,
            number=self.number,
            diver=", ".join(seen.mapped("display_name"))
            or self.env._("a customer of another company"),
        )
