"""How often one customer may use an offer, and what the invoice says of its code."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

#: what holds uses
HOLDERS = ("dive.booking", "dive.discount.card")


class DiveCampaignOffer(models.Model):
    _inherit = "dive.campaign.offer"

    uses_per_customer = fields.Integer(
        "Uses per customer",
        default=0,
        aggregator=None,
        tracking=True,
        help="The customer is the payer of a booking, and the holder of a card."
        " 0: as often as wished.",
    )

    _uses_per_customer_range = models.Constraint(
        "CHECK (uses_per_customer >= 0)",
        "A customer uses an offer so many times, or 0 times: as often as wished.",
    )

    @api.constrains("uses_per_customer")
    def _check_uses_per_customer(self):
        # the constraint speaks only at flush, and not of which offer
        for offer in self:
            if offer.uses_per_customer < 0:
                raise ValidationError(
                    self.env._(
                        "“%(offer)s”: enter how often a customer may use it, or 0 for"
                        " as often as wished.",
                        offer=offer.display_name,
                    )
                )

    def _dive_uses_of(self, customer):
        """Return how many uses of this offer a customer holds."""
        # sudo: also those that this user does not see
        return sum(
            self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search_count(
                [("offer_used_id", "=", self.id), ("partner_id", "=", customer.id)]
            )
            for model in HOLDERS
        )

    def _dive_why_used_up_by(self, customer):
        """Say that a customer has used it as often as one may; empty if not."""
        self.ensure_one()
        offer = self.sudo()  # sudo: as in _dive_why_not
        most = offer.uses_per_customer
        if not most or not customer or offer._dive_uses_of(customer) < most:
            return ""
        return self._dive_words("customer", offer.code)

    def _dive_check_customer(self, customer):
        """Refuse the use that a customer has just taken, if it is one too many.

        Each use writes the offer's row, and so does this: two at one moment wait for
        each other, and the second begins anew with the use of the first in its count.

        :raise UserError: the message says why
        """
        self.ensure_one()
        offer = self.sudo()  # sudo: as in _dive_why_not
        if not offer.uses_per_customer:
            return
        offer._dive_count(SQL("uses"), SQL("TRUE"))
        if offer._dive_uses_of(customer) > offer.uses_per_customer:
            raise UserError(self._dive_words("customer", offer.code))

    def _dive_line_words(self, reader):
        """Return what an invoice line says of the code, in the reader's language."""
        offer = self.sudo()  # sudo: whoever reads the line has given the code
        env = self.with_context(lang=reader.lang or self.env.lang).env
        return env._("Code %(code)s", code=offer.code)
