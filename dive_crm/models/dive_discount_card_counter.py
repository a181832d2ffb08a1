"""Using a card over the counter: no booking, no invoice yet."""

from odoo import Command, models
from odoo.exceptions import UserError


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _dive_use_at_counter(self, amount, key=None):
        """Invoice what is sold over the counter, and pay it with this card.

        :return: the movement
        """
        self.ensure_one()
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "invoice_origin": self.name,
                    "invoice_line_ids": [
                        Command.create(self._dive_prepare_counter_line(amount))
                    ],
                }
            )
        )
        entry = self._dive_use_on(move, amount, key)
        move.action_post()
        return entry

    def _dive_prepare_counter_line(self, amount):
        """Return the line of what is sold: a service of the card, or anything."""
        self.ensure_one()
        product = self.service_ids[:1] or self.env.ref("dive_crm.product_counter_sale")
        if self.unit == "visits" and self.service_ids:
            weight = (self.weights or {}).get(str(product.id), 1.0)
            quantity = round(amount / weight, 2)
            if self._dive_compare(quantity * weight, amount):
                raise UserError(
                    self.env._(
                        "%(service)s takes %(visits)s of %(card)s: enter a multiple.",
                        service=product.display_name,
                        visits=self._dive_in_words(weight),
                        card=self.display_name,
                    )
                )
            return {"product_id": product.id, "quantity": quantity}
        company = self.company_id
        # sudo: which taxes a customer pays is Odoo's to find, whoever sells
        position = (
            self.env["account.fiscal.position"]
            .sudo()
            .with_company(company)
            ._get_fiscal_position(self.partner_id)
        )
        taxes = product.with_company(company).taxes_id
        taxes = position.map_tax(taxes._filter_taxes_by_company(company))
        visits = self.unit == "visits"
        line = self._dive_exact_line(
            taxes, self.value / self.whole if visits else amount
        )
        if visits:
            line.update(quantity=amount, extra_tax_data=False)
        name = product.with_context(lang=self.partner_id.lang or self.env.lang)
        return {"product_id": product.id, "name": name.display_name, **line}
