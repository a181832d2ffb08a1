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
        """Odoo books the discount on the account of a line: not on prepaid cards'.

        Lines that cards take off a document come to what they pay as they are.
        """
        result = super()._compute_epd_needed()
        ours = self.filtered(lambda line: line.dive_card_id or line.dive_card_use_id)
        ours.epd_needed = False
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
    # Terms that lower the tax from the first ("mixed")
    # ------------------------------------------------------------------

    def _dive_early_share(self):
        """Return which part of the tax of this document is left out from the first."""
        terms = self.invoice_payment_term_id
        mixed = terms.early_pay_discount_computation == "mixed"
        return terms.discount_percentage / 100 if terms.early_discount and mixed else 0

    def _dive_early_off(self):
        """Return by how much these terms lower what is to be paid from the first."""
        if not self._dive_early_share():
            return 0.0
        lines = self._dive_lines_without_cards()
        full = sum(lines.mapped("price_total"))
        return max(self.currency_id.round(full - self._dive_total_without_cards()), 0.0)

    def _dive_line_totals(self):
        """Return line → what is to be paid for it, before cards take something off.

        Lines with taxes bear what early payment takes off the tax, each its part.
        """
        lines = self._dive_lines_without_cards()
        totals = {line.id: line.price_total for line in lines}
        taxes = {
            line.id: line.price_total - line.price_subtotal
            for line in lines
            if not line.dive_card_id
        }
        whole = sum(taxes.values())
        if not self._dive_early_share() or self.currency_id.is_zero(whole):
            return totals
        off = self._dive_total_without_cards() - sum(totals.values())
        before = done = 0.0
        for number, tax in taxes.items():
            before += tax
            part = self.currency_id.round(off * before / whole) - done
            totals[number] += part
            done += part
        return totals

    def _dive_before_early(self, lines, amount):
        """Return what an amount to be paid of lines comes to at their full tax."""
        totals = self._dive_line_totals() if self._dive_early_share() else {}
        paid = sum(totals.get(line.id, 0.0) for line in lines)
        if not paid:
            return amount
        full = sum(lines.mapped("price_total"))
        return self.currency_id.round(amount * full / paid)

    def _dive_less_early_tax(self, base_lines, amount):
        """Lower the tax of what cards take off as that of the lines it is taken off.

        So both cancel out, tax included.

        :param amount: what the lines then come to, to the cent
        """
        share = self._dive_early_share()
        taxes = [
            (line, taxes)
            for line in base_lines
            if share
            for key, taxes in (line["manual_tax_amounts"] or {}).items()
            if self.env["account.tax"].browse(int(key)).amount_type != "fixed"
        ]
        if not taxes:
            return base_lines
        rounded, booked = self.currency_id.round, self.company_currency_id.round
        for _line, tax in taxes:
            tax["tax_amount_currency"] = rounded(
                tax["tax_amount_currency"] * (1 - share)
            )
            tax["tax_amount"] = booked(tax["tax_amount"] * (1 - share))
        total = 0.0
        for line in base_lines:
            details = line["tax_details"]
            total += details["total_excluded_currency"]
            total += details["delta_total_excluded_currency"]
            total += sum(
                tax["tax_amount_currency"]
                for tax in (line["manual_tax_amounts"] or {}).values()
                if tax
            )
        line, largest = max(
            taxes, key=lambda found: abs(found[1]["tax_amount_currency"])
        )
        rest = rounded(-amount - total)
        largest["tax_amount_currency"] = rounded(largest["tax_amount_currency"] + rest)
        largest["tax_amount"] = booked(
            largest["tax_amount"] + rest / (line["rate"] or 1)
        )
        return base_lines

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
