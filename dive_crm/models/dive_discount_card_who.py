"""Who may use a card: its holder, the family, or whoever shows its code."""

from hmac import compare_digest

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_booking import STAFF


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    member_ids = fields.Many2many(
        "res.partner",
        "dive_discount_card_member_rel",
        "card_id",
        "partner_id",
        "Family",
        compute="_compute_member_ids",
        store=True,
        readonly=False,
        groups=STAFF,
        help="Who else may use the card. Proposed: the holder's wards and guardian.",
    )

    @api.depends("who", "partner_id")
    def _compute_member_ids(self):
        """Propose the family of a new card; the desk adds those it does not know."""
        for card in self:
            holder = card.partner_id
            if card.who != "family":
                card.member_ids = False
            elif not card.member_ids:
                card.member_ids = holder.dive_ward_ids | holder.dive_guardian_id

    def _dive_check_user(self, partner, amount, code=None):
        """Raise a UserError unless this customer may use so much of this card.

        :param partner: who is to pay what the card pays
        :param amount: how much of the card
        :param code: what the customer has shown
        """
        self.ensure_one()
        if reason := self._dive_why_not_by(partner, code):
            self._dive_say(reason)
        self._dive_check_family_cap(partner, amount)

    def _dive_why_not_by(self, partner, code=None):
        """Say why this customer may not use this card; empty if they may."""
        self.ensure_one()
        family = self.member_ids if self.who == "family" else self.env["res.partner"]
        people = self.partner_id | family
        if partner.commercial_partner_id in people.commercial_partner_id:
            return ""
        if self.who == "anyone":
            # sudo: the code is compared and not shown
            shown, known = (code or "").strip(), self.sudo().code or ""
            if known and compare_digest(shown.encode(), known.encode()):
                return ""
            return self.env._(
                "%(partner)s can use it with its code: scan it, or type it.",
                partner=partner.display_name,
            )
        names = ", ".join(people.mapped("display_name"))
        return self.env._(
            "it is used by %(names)s, and not by %(partner)s.",
            names=names,
            partner=partner.display_name,
        )

    def _dive_check_family_cap(self, partner, amount):
        self.ensure_one()
        holder = self.partner_id.commercial_partner_id
        member = partner.commercial_partner_id
        if self.who != "family" or not self.family_cap or member == holder:
            return
        used = self._dive_used_by(member)
        if self._dive_compare(used + amount, self.family_cap) > 0:
            raise UserError(
                self.env._(
                    "%(card)s: %(partner)s may use %(left)s more of it, of %(cap)s in"
                    " all.",
                    card=self.display_name,
                    partner=partner.display_name,
                    left=self._dive_in_words(max(self.family_cap - used, 0)),
                    cap=self._dive_in_words(self.family_cap),
                )
            )

    def _dive_used_by(self, partner):
        """Return how much of this card a customer has used, less what came back."""
        # sudo: what others have used counts, whoever asks
        uses = self.env["dive.discount.card.use"].sudo()
        rows = uses.search(
            [
                ("card_id", "=", self.id),
                ("state", "!=", "released"),
                ("move_id.commercial_partner_id", "=", partner.id),
            ]
        )
        return sum(-row.amount if row.returns_id else row.amount for row in rows)

    def _dive_compare(self, one, other):
        """Compare two amounts as the card counts: below 0, 0, or above 0."""
        self.ensure_one()
        if self.unit == "money":
            return self.currency_id.compare_amounts(one, other)
        difference = round(one - other, 3)
        return (difference > 0) - (difference < 0)
