"""A card on paper: what stands on it, with the code that is scanned."""

import unicodedata

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.qr_code import qr_code

REPORT = "dive_crm.report_dive_card"
#: so many letters of names of services have room on the paper
MOST_LETTERS = 260


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def action_print_card(self):
        """Return the action that downloads these cards as PDF.

        :raise UserError: one of them was never sold
        """
        self._dive_check_paper()
        report = self.env.ref("dive_crm.action_report_dive_card")
        return report.report_action(self, config=False)

    def _dive_check_paper(self):
        """Raise unless these cards may be put on paper by the user."""
        self.check_access("read")
        for card in self:
            if card.state == "draft":
                raise UserError(
                    self.env._(
                        "%(card)s was not sold yet: sell it first, then print it.",
                        card=card.display_name,
                    )
                )

    def _dive_told_lang(self):
        """Return the language of who gets the card: the holder, or the guardian."""
        self.ensure_one()
        # sudo: a guardian may be a contact of another company
        holder = self.partner_id.sudo()
        lang = holder.dive_statement_recipient_id.lang or holder.lang
        installed = dict(self.env["res.lang"].get_installed())
        return lang if lang in installed else self.env.lang or "en_US"

    def _dive_paper(self, with_code=True):
        """Return what stands on the paper, in the language of who gets it.

        Called as superuser; whether the user may see it was asked before.

        :param bool with_code: put on the paper what lets anybody use the card
        :rtype: dict
        """
        self.ensure_one()
        lang = self._dive_told_lang()
        card = self.with_context(lang=lang)
        state, _colour = card._dive_told_state()
        return {
            "card": card,
            "lang": lang,
            "rtl": self.env["res.lang"]._get_data(code=lang).direction == "rtl",
            "company": card.company_id,
            "good_for": card._dive_told_whole(),
            "balance": card._dive_in_words(card.balance),
            "left_on": card.env._(
                "Left on %(date)s",
                date=format_date(card.env, card.company_id._dive_today()),
            ),
            "until": card._dive_told_until(),
            "state": "" if card.state == "active" else state,
            "services": card._dive_paper_services(),
            "rules": card._dive_paper_rules(with_code),
            "conditions": card.company_id.dive_card_conditions or "",
            "code": card._dive_code_picture() if with_code else "",
            # to be typed where nothing scans; the others are found by their number
            "code_text": card.code if with_code and card.who == "anyone" else "",
        }

    def _dive_paper_services(self):
        """Return the names that have room, each with the direction of its letters."""
        names = self._dive_told_services()
        room, shown = MOST_LETTERS, []
        for name in names:
            room -= len(name)
            if shown and room < 0:
                more = len(names) - len(shown)
                shown.append(self.env._("and %(count)s more", count=more))
                break
            shown.append(name)
        return [{"name": name, "dir": _direction(name)} for name in shown]

    def _dive_paper_rules(self, with_code=True):
        """Return how the card is used, in sentences.

        :param bool with_code: its code stands beside them
        """
        _ = self.env._
        cap = self.who == "family" and self.family_cap
        rules = [
            {
                "holder": _("For the holder only."),
                "family": _("For the holder and the family."),
                "anyone": _("Whoever has this code can use the card: keep it safe.")
                if with_code
                else _(
                    "Whoever has the code on the PDF of this card can use it: keep it"
                    " safe."
                ),
            }[self.who],
            self._dive_paper_takes(),
        ]
        if cap:
            rules.insert(
                1,
                _(
                    "Each other member of the family: at most %(amount)s.",
                    amount=self._dive_in_words(cap),
                ),
            )
        # what is over has nothing left that could
        if self.expiry_date and self.state in ("unpaid", "active", "used"):
            rules.append(
                _(
                    "What is left after %(date)s expires.",
                    date=format_date(self.env, self.expiry_date),
                )
            )
        return rules

    def _dive_paper_takes(self):
        """Return what one use takes, in a sentence."""
        if self.unit == "money":
            return self.env._("Each use takes the price of the service.")
        if any(weight != 1 for weight in (self.weights or {}).values()):
            return self.env._(
                "Each use takes one visit, or as many as stand beside the service."
            )
        return self.env._("Each use takes one visit.")

    def _dive_code_picture(self):
        """Return the code to scan as an address that holds the picture itself.

        Not an address of the server's: the code would stand in its log.
        """
        return f"data:image/png;base64,{qr_code(self.code)}"


def _direction(text):
    """Return from where a text is read: its first letter says so."""
    kinds = map(unicodedata.bidirectional, text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"
