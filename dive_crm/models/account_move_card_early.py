"""Cards beside payment terms that take something off for early payment.

A card is sold at its price: its own invoice grants no such discount, since the account
of prepaid cards, the tax and what the card is good for would not follow it.
"""

from odoo import models
from odoo.exceptions import UserError

#: the context's key with the part that is left of what a customer pays early
LEFT = "dive_left_early"


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _compute_epd_needed(self):
        """Odoo books the discount on the account of a line: not on prepaid cards'."""
        result = super()._compute_epd_needed()
        self.filtered("dive_card_id").epd_needed = False
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_invoice_payment_term_id(self):
        """A payer's terms are those of the sale of a card, but for early payment."""
        result = super()._compute_invoice_payment_term_id()
        for move in self:
            early = move.invoice_payment_term_id.early_discount
            if early and move.invoice_line_ids.dive_card_id:
                move.invoice_payment_term_id = False
        return result

    def _post(self, soft=True):
        self._dive_check_early_terms()
        return super()._post(soft)

    def _dive_check_early_terms(self):
        """Refuse to sell a card for less than its price to who pays early."""
        for move in self:
            terms = move.invoice_payment_term_id
            cards = move._dive_sold_cards()
            if cards and terms.early_discount:
                raise UserError(
                    self.env._(
                        "The sale of %(card)s cannot be posted: “%(terms)s” takes"
                        " something off for early payment, and a card is sold at its"
                        " price. Choose payment terms without a discount.",
                        card=cards[:1].display_name,
                        terms=terms.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # What goes off when the rest is paid early
    # ------------------------------------------------------------------

    def _get_invoice_counterpart_amls_for_early_payment_discount_per_payment_term_line(
        self,
    ):
        terms = self.invoice_payment_term_id
        if terms.early_pay_discount_computation == "included":
            self = self.with_context(**{LEFT: 1 - terms.discount_percentage / 100})
        parent = super()
        return parent._get_invoice_counterpart_amls_for_early_payment_discount_per_payment_term_line()  # noqa: E501

    def _prepare_product_base_line_for_taxes_computation(self, product_line):
        """What a card covers bears its part of the discount, as what it is taken off.

        Odoo lowers the price of each line then, and not what is kept with our lines:
        the tax would go down by that of the whole invoice.
        """
        values = super()._prepare_product_base_line_for_taxes_computation(product_line)
        left = self.env.context.get(LEFT)
        if not left or not product_line.dive_card_use_id:
            return values
        currencies = (("_currency", self.currency_id), ("", self.company_currency_id))
        for suffix, currency in currencies:
            name = f"manual_total_excluded{suffix}"
            if values[name] is not None:
                values[name] = currency.round(values[name] * left)
            for amounts in (values["manual_tax_amounts"] or {}).values():
                for part in ("base_amount", "tax_amount"):
                    if f"{part}{suffix}" in amounts:
                        amounts[f"{part}{suffix}"] = currency.round(
                            amounts[f"{part}{suffix}"] * left
                        )
        return values


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _dive_no_early_terms(self, payer):
        """Return what leaves out a payer's terms if they grant a discount."""
        terms = payer.with_company(self.company_id).property_payment_term_id
        return {"invoice_payment_term_id": False} if terms.early_discount else {}
