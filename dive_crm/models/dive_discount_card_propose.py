"""Which cards a customer can pay with, and how much of each."""

from odoo import api, models
from odoo.fields import Domain

from ..tools.card_bill import Offer, pays, room

#: how a payer could pay with a card, as forms ask it
OFFERS = [
    ("own", "With a card of their own"),
    ("idle", "Not with their own, which pay nothing here"),
    ("code", "With the code of a card"),
]
#: cards that do not work yet, and can be made to
WAITING = ("draft", "unpaid")


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    @api.model
    def _dive_domain_of(self, partners, company):
        """Find cards that these customers use without showing a code."""
        people = partners.commercial_partner_id.ids
        return Domain("company_id", "=", company.id) & (
            Domain("partner_id.commercial_partner_id", "in", people)
            | Domain("who", "=", "family")
            & Domain("member_ids.commercial_partner_id", "in", people)
        )

    @api.model
    def _dive_cards_of(self, partner, company):
        """Return cards that a customer can use, the first to expire first."""
        cards = self.search(
            self._dive_domain_of(partner, company) & Domain("state", "=", "active"),
            order="expiry_date, id",
        )
        return cards.filtered(lambda card: not card._dive_why_not_usable())

    @api.model
    def _dive_offer_to(self, partners, document):
        """Say whether customers have a card, or could show the code of another's.

        :param document: a booking or an invoice, of which a card is to pay something
        :return: a key of ``OFFERS``, or False
        """
        company = document.company_id
        found = {
            partner: cards
            for partner in partners
            if (cards := self._dive_cards_of(partner, company))
        }
        if any(cards._dive_pay_any(one, document) for one, cards in found.items()):
            return "own"
        if found:
            return "idle"
        anyone = Domain("state", "=", "active") & Domain("who", "=", "anyone")
        here = Domain("company_id", "=", company.id)
        return "code" if self.search_count(here & anyone, limit=1) else False

    def _dive_pay_any(self, partner, document):
        """Say whether one of these cards pays anything that a customer owes there."""
        bills, limits = document._dive_card_bills(partner), self._dive_limits(partner)
        currency = document.currency_id
        return any(card._dive_most(bills, limits[card.id], currency) for card in self)

    @api.model
    def _dive_waiting_of(self, partners, company):
        """Return a card of these customers that is not paid or not sold yet, if any."""
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", WAITING)
            & Domain(
                "partner_id.commercial_partner_id",
                "in",
                partners.commercial_partner_id.ids,
            ),
            # first what only the payment is missing of
            order="state desc, id desc",
            limit=1,
        )

    def _dive_waiting_words(self):
        """Say why this card cannot be used yet, for who looks for it; may be empty."""
        if not self:
            return ""
        words = {"number": self.name, "holder": self.partner_id.name}
        if self.state == "draft":
            return self.env._("Card %(number)s of %(holder)s is not sold yet.", **words)
        return self.env._("Card %(number)s of %(holder)s is not paid yet.", **words)

    @api.model
    def _dive_find_shown(self, text, company):
        """Return the card whose number or code was typed or scanned, and the code.

        :return: a card or none, and what was shown if it is the code
        """
        text = (text or "").strip()
        here = Domain("company_id", "=", company.id)
        numbers = Domain("name", "in", [text, text.upper()])
        if not text or (card := self.search(here & numbers, limit=1)):
            return (card if text else self.browse()), ""
        # sudo: who has the code may know which card it is; accountants do not read it
        found = self.sudo().search(here & Domain("code", "=", text), limit=1)
        return self.browse(found.ids), text

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def _dive_offer(self):
        """Return what this card is good for."""
        self.ensure_one()
        weights = None
        if self.unit == "visits":
            weights = {int(key): value for key, value in (self.weights or {}).items()}
        return Offer(frozenset(self.service_ids.ids), weights)

    def _dive_limits(self, partner):
        """Return how much a customer may use of each of these cards: number → amount.

        What is left on it; of a family's card no more than what the cap leaves.
        """
        member = partner.commercial_partner_id
        capped = self.filtered(
            lambda card: (
                card.who == "family"
                and card.family_cap
                and card.partner_id.commercial_partner_id != member
            )
        )
        used = dict.fromkeys(capped.ids, 0.0)
        if capped:
            # sudo: what others have used counts, whoever asks
            uses = self.env["dive.discount.card.use"].sudo()
            for use in uses.search(
                [
                    ("card_id", "in", capped.ids),
                    ("state", "!=", "released"),
                    ("move_id.commercial_partner_id", "=", member.id),
                ]
            ):
                used[use.card_id.id] += -use.amount if use.returns_id else use.amount
        return {
            card.id: max(
                min(card.balance, card.family_cap - used[card.id])
                if card in capped
                else card.balance,
                0.0,
            )
            for card in self
        }

    def _dive_most(self, bills, limit, currency):
        """Return how much of this card bills would take; none if it does not pay.

        :param list bills: what is left to pay, see ``tools/card_bill.py``
        :param limit: how much of the card there is for who pays
        :param currency: of the bills
        """
        self.ensure_one()
        if self.currency_id != currency:
            return 0.0
        offer = self._dive_offer()
        amount = min(room(bills, offer), limit)
        if self.unit == "money" or not amount:
            return amount
        # a visit that has cost more than the service is no payment
        loss = self._dive_taken(amount)["consumed"] - pays(bills, offer, amount)
        return 0.0 if currency.compare_amounts(loss, currency.rounding) > 0 else amount
