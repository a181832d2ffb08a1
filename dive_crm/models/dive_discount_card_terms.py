"""A new card and its type: what has changed before it is sold."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a card has taken over from its type
TERMS = (
    "company_id",
    "currency_id",
    "unit",
    "value",
    "price",
    "treatment",
    "who",
    "family_cap",
    "weights",
    "whole",
    "service_ids",
)


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    outdated = fields.Boolean(
        compute="_compute_outdated",
        help="The type has changed since the card was made.",
    )

    unconfirmed = fields.Boolean(
        compute="_compute_unconfirmed",
        help="It is to be sold, and no accountant has said how the sale is taxed.",
    )

    @api.depends("state", "type_id.treatment_user_id")
    def _compute_unconfirmed(self):
        for card in self:
            kind = card.type_id
            new = card.state == "draft" and bool(kind)
            card.unconfirmed = new and not kind.treatment_user_id

    @api.depends(*TERMS, "state", "type_id.write_date", "type_id.weight_ids.weight")
    def _compute_outdated(self):
        for card in self:
            terms = card._dive_terms_of_type() if card.state == "draft" else {}
            now = card._dive_saved_terms() if terms else {}
            card.outdated = any(now[name] != terms[name] for name in terms)

    def _dive_terms_of_type(self):
        """Return what the type says now, by the names of this card's fields."""
        self.ensure_one()
        return self.new({"type_id": self.type_id.id})._dive_saved_terms()

    def _dive_saved_terms(self):
        """Return the terms of this card, with records as saved, also in a form."""
        self.ensure_one()
        return {
            name: self[name]._origin
            if isinstance(self[name], models.BaseModel)
            else self[name]
            for name in TERMS
        }

    def action_take_terms(self):
        """Take over what the types of these new cards say now."""
        self.check_access("write")
        for card in self.filtered(lambda card: card.state == "draft"):
            card._dive_unlocked()._compute_from_type()
        return True

    def _dive_check_terms(self):
        """Refuse to sell what the customer was not told, or what makes no sense.

        :raise UserError: the type has changed, or its price or its taxes do not fit
        """
        self.ensure_one()
        kind = self.type_id
        if reason := kind._dive_why_not_priced():
            raise UserError(reason)
        kind._dive_check_treatment(kind.treatment)
        if self.outdated:
            raise UserError(
                self.env._(
                    "“%(type)s” has changed since this card was made: it costs"
                    " %(price)s now, and is worth %(value)s. Take over the new terms,"
                    " tell the customer, and sell it then.",
                    type=kind.name,
                    price=kind.currency_id.format(kind.price),
                    value=kind.currency_id.format(kind.value),
                )
            )
