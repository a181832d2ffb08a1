"""The sale of a prepaid card on an invoice."""

from odoo import fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Each line on the account of prepaid cards says of which card it is: the account
    # is checked against the cards line by line.
    dive_card_id = fields.Many2one(
        "dive.discount.card",
        "Card",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
    )

    # What is owed is added up per card from the first; few lines on the account are
    # without a card, and the second finds them among all others.
    _dive_card_idx = models.Index(
        "(dive_card_id) INCLUDE (account_id, parent_state, date, balance)"
        " WHERE dive_card_id IS NOT NULL"
    )
    _dive_no_card_idx = models.Index("(account_id) WHERE dive_card_id IS NULL")

    def _copy_data_extend_business_fields(self, values):
        result = super()._copy_data_extend_business_fields(values)
        values["dive_card_id"] = self.dive_card_id.id
        return result

    def copy_data(self, default=None):
        """What a card sells or pays is not done once more with a copy.

        A credit note copies it: Odoo asks for business fields then.
        """
        vals_list = super().copy_data(default=default)
        if self.env.context.get("include_business_fields"):
            return vals_list
        return [
            {} if line.dive_card_id or line.dive_card_use_id else vals
            for line, vals in zip(self, vals_list, strict=True)
        ]

    def unlink(self):
        """A sale whose line is deleted from its draft has not taken place."""
        cards = self.filtered(lambda line: line.display_type == "product").dive_card_id
        result = super().unlink()
        cards._dive_sale_undone()
        return result

    def _get_computed_taxes(self):
        """A card is taxed as its type said when it was sold, not as its product."""
        if self.dive_card_id and self.display_type == "product":
            if self.move_id.is_invoice(include_receipts=True):
                return self.dive_card_id._dive_sale_taxes()
            return self.env["account.tax"]
        return super()._get_computed_taxes()

    def _compute_account_id(self):
        """What a card was sold for is owed to its holder: it is no income."""
        sold = self.filtered(
            lambda line: (
                line.dive_card_id
                and line.display_type == "product"
                and line.move_id.is_invoice(include_receipts=True)
            )
        )
        for line in sold:
            line.account_id = line.company_id._dive_card_account()
        return super(AccountMoveLine, self - sold)._compute_account_id()


class AccountMove(models.Model):
    _inherit = "account.move"

    def _prepare_product_base_line_for_taxes_computation(self, product_line):
        """A tax without an account of its own is income of the services, not a debt.

        Odoo books such a tax on the account of its line: here, that of prepaid cards.
        """
        values = super()._prepare_product_base_line_for_taxes_computation(product_line)
        if card := product_line.dive_card_id:
            values["account_id"] = card._dive_income_account(self)
        return values

    def copy_data(self, default=None):
        """An invoice that is made anew after a credit note is paid and sold anew."""
        vals_list = super().copy_data(default)
        for move, vals in zip(self, vals_list, strict=True):
            if vals.get("move_type", move.move_type) == "out_invoice":
                vals["line_ids"] = [
                    command
                    for command in vals.get("line_ids", [])
                    if not (
                        command[2].get("dive_card_id")
                        or command[2].get("dive_card_use_id")
                    )
                ]
        return vals_list

    def _dive_sold_cards(self):
        """Return the cards that these invoices sell."""
        sales = self.filtered(lambda move: move.move_type == "out_invoice")
        return sales.invoice_line_ids.dive_card_id

    def _post(self, soft=True):
        self._dive_check_sold_cards()
        posted = super()._post(soft)
        posted._dive_sold_cards()._dive_sale_posted()
        return posted

    def _dive_check_sold_cards(self):
        """Refuse to post a sale that the card or the books would not agree with."""
        for line in self._dive_sold_cards_lines():
            card = line.dive_card_id
            problem = False
            if not card:
                problem = self.env._("a line sells a card, and says of none which")
            elif card.state != "unpaid":
                problem = self.env._("the card is sold already")
            elif line.account_id != card.company_id._dive_card_account():
                problem = self.env._(
                    "its account is %(account)s, not the one of prepaid cards",
                    account=line.account_id.display_name,
                )
            elif card.treatment == "multi" and line.tax_ids:
                problem = self.env._("it has a tax, and each use will be taxed")
            elif line.tax_ids != card._dive_sale_taxes():
                problem = self.env._(
                    "its taxes are not those of the services that it is good for"
                )
            elif line.currency_id.compare_amounts(line.price_total, card.price):
                problem = self.env._(
                    "its total is %(total)s, and the card costs %(price)s",
                    total=line.currency_id.format(line.price_total),
                    price=card.currency_id.format(card.price),
                )
            elif line.currency_id != card.currency_id:
                problem = self.env._(
                    "the card is sold in %(currency)s", currency=card.currency_id.name
                )
            if problem:
                raise UserError(
                    self.env._(
                        "The sale of %(card)s cannot be posted: %(problem)s. Delete the"
                        " invoice and sell the card again.",
                        card=card.display_name or line.name,
                        problem=problem,
                    )
                )

    def _dive_sold_cards_lines(self):
        sales = self.filtered(lambda move: move.move_type == "out_invoice")
        product = self.env.ref("dive_crm.product_prepaid_card", False)
        return sales.invoice_line_ids.filtered(
            lambda line: line.dive_card_id or (product and line.product_id == product)
        )

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        # sudo: a payment activates the card, whoever registers it
        self.sudo()._dive_sold_cards()._dive_activate()
        return result

    def button_cancel(self):
        cards = self._dive_sold_cards()
        result = super().button_cancel()
        cards._dive_sale_undone()
        return result

    def unlink(self):
        cards = self._dive_sold_cards()
        result = super().unlink()
        cards._dive_sale_undone()
        return result
