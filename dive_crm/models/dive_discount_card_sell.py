"""From a card to the invoice of its sale, and until it works."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .dive_booking_invoice import ACCOUNTING, SETTLED
from .dive_guarded_mixin import unlocked

#: the context's key with which who sells stays where the card is
STAY = "dive_stay_on_card"


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    sale_move_id = fields.Many2one(
        "account.move",
        "Invoice",
        compute="_compute_sale_move_id",
        compute_sudo=True,
        groups=ACCOUNTING,
    )

    @api.depends("sale_line_ids.move_id")
    def _compute_sale_move_id(self):
        for card in self:
            card.sale_move_id = card._dive_sale_move()

    def _dive_sale_move(self):
        """Return the invoice of the sale, if there is one that counts."""
        self.ensure_one()
        moves = self.sale_line_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )
        return moves[:1]

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_sell(self):
        """Make the invoices of these new cards; a card works once its own is paid.

        Or once it is posted, where the company says so: then it is posted here. May be
        called again, and by two people at once: each card is sold once.

        :return: an action that shows the invoices; none with ``dive_stay_on_card`` in
            the context, as the card's own form has it: its next step is on the card
        :raise AccessError: for who may not invoice
        :raise UserError: an archived type, a price that makes no sense
        """
        self._dive_check_may_sell()
        for card in self.filtered(lambda card: card.state == "draft"):
            card._dive_sell()
        # sudo: only to find them; the action opens them with the user's own rights
        moves = self.env["account.move"].browse(self.sudo().sale_move_id.ids)
        if not moves:
            raise UserError(self.env._("There is no invoice of this sale."))
        if self.env.context.get(STAY):
            return True
        return self.env["dive.booking"]._action_open_moves(moves)

    def action_pay(self):
        """Post the invoice of the sale if it is a draft, and ask for the payment."""
        self.ensure_one()
        self._dive_check_may_sell()
        if self.state == "draft":
            self.action_sell()
        # sudo: only to find it
        move = self.env["account.move"].browse(self.sudo().sale_move_id.id)
        if move.state == "draft":
            move.action_post()
        if move.payment_state in SETTLED:
            raise UserError(
                self.env._("%(card)s is paid already.", card=self.display_name)
            )
        return move.action_register_payment()

    def action_view_sale(self):
        """Open the invoice of the sale, and credit notes for it."""
        self.check_access("read")
        # sudo: only to find them
        moves = self.sudo().sale_line_ids.move_id
        return self.env["dive.booking"]._action_open_moves(
            self.env["account.move"].browse(moves.ids)
        )

    def _dive_check_may_sell(self):
        self.check_access("write")
        if not (
            self.env.su or self.env.user.has_group("account.group_account_invoice")
        ):
            raise AccessError(
                self.env._("Cards are sold by the front desk and by accountants.")
            )

    # ------------------------------------------------------------------
    # The sale
    # ------------------------------------------------------------------

    def _dive_sell(self):
        self.ensure_one()
        kind = self.type_id
        if not kind.active:
            raise UserError(
                self.env._(
                    "“%(type)s” is archived and sold no more: choose another type.",
                    type=kind.name,
                )
            )
        self._dive_check_terms()
        today = self.company_id._dive_today()
        expiry = kind._dive_expiry(today)
        if expiry < today:
            raise UserError(
                self.env._(
                    "“%(type)s” was valid until %(date)s: sell another type.",
                    type=kind.name,
                    date=fields.Date.to_string(expiry),
                )
            )
        if not self._dive_claim("draft", "unpaid"):
            return
        self._dive_unlocked().write({"sold_on": today, "expiry_date": expiry})
        move = (
            unlocked(self.env["account.move"])
            .with_company(self.company_id)
            .create(self._dive_prepare_sale())
        )
        if self.company_id.dive_card_activation == "sold":
            move.action_post()

    def _dive_claim(self, before, after):
        """Change the state by one conditional UPDATE; tell whether it was us."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            "UPDATE dive_discount_card SET state = %s WHERE id = %s AND state = %s"
            " RETURNING id",
            [after, self.id, before],
        )
        done = bool(self.env.cr.fetchone())
        self.invalidate_recordset(["state"], flush=False)
        return done

    def _dive_prepare_sale(self):
        """Return the values of the invoice of the sale."""
        self.ensure_one()
        payer = self.partner_id
        return {
            "move_type": "out_invoice",
            "partner_id": payer.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "invoice_line_ids": [Command.create(self._dive_prepare_sale_line())],
            **self._dive_no_early_terms(payer),
        }

    def _dive_prepare_sale_line(self, total=None, taxes=None):
        """Return the line of the sale: its total is the price, to the cent.

        :param total: another amount, taxes included: what is refunded of the price
        :param taxes: those of the sale, when it is refunded
        """
        self.ensure_one()
        # the holder reads it, so it is in the holder's language
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        kind = self.type_id.with_env(env)
        return {
            "dive_card_id": self.id,
            "product_id": self.env.ref("dive_crm.product_prepaid_card").id,
            "name": env._(
                "%(type)s, card %(number)s", type=kind.name, number=self.name
            ),
            "account_id": self.company_id._dive_card_account().id,
            **self._dive_exact_line(
                self._dive_sale_taxes() if taxes is None else taxes,
                self.price if total is None else total,
            ),
        }

    def _dive_exact_line(self, taxes, total):
        """Return price and taxes of a line whose total is given, to the cent.

        Also where prices are without taxes: Odoo's own tax engine finds the price
        before taxes, and keeps what it has rounded with the line.

        :param total: taxes included, in the card's currency
        """
        engine = self.env["account.tax"].with_company(self.company_id)
        line = engine._prepare_base_line_for_taxes_computation(
            None,
            price_unit=total,
            quantity=1.0,
            tax_ids=taxes,
            currency_id=self.currency_id,
            partner_id=self.partner_id,
            rate=1.0,
        )
        engine._add_tax_details_in_base_lines([line], self.company_id)
        engine._round_base_lines_tax_details([line], self.company_id)
        (line,) = engine._reduce_base_lines_to_target_amount(
            [line], self.company_id, "fixed", total, computation_key="dive_card"
        )
        line = self._dive_clean_line(engine, line)
        engine._fix_base_lines_tax_details_on_manual_tax_amounts(
            [line], self.company_id
        )
        return {
            "quantity": 1,
            "price_unit": line["price_unit"],
            "tax_ids": [Command.set(taxes.ids)],
            "extra_tax_data": engine._export_base_line_extra_tax_data(line),
        }

    def _dive_clean_line(self, engine, line):
        """Return the line with a price that reads well, if it comes to the same.

        Before taxes a price has as many decimals as lead back to the total: the
        customer reads 417.39, not 417.391304, where that does as well. Not in a foreign
        currency: there a part of its smallest unit may count in the books.
        """
        if self.currency_id != self.company_currency_id:
            return line
        clean = engine._prepare_base_line_for_taxes_computation(
            line, price_unit=self.currency_id.round(line["price_unit"])
        )
        engine._add_tax_details_in_base_lines([clean], self.company_id)
        engine._round_base_lines_tax_details([clean], self.company_id)
        same = self._dive_line_amounts(clean) == self._dive_line_amounts(line)
        return clean if same else line

    def _dive_line_amounts(self, line):
        """Return the amounts of a line as they are booked: before taxes, each tax."""
        details, rounded = line["tax_details"], self.currency_id.round
        return [
            rounded(
                details["total_excluded_currency"]
                + details["delta_total_excluded_currency"]
            ),
            *(rounded(tax["tax_amount_currency"]) for tax in details["taxes_data"]),
        ]

    def _dive_sale_taxes(self):
        """Return with which taxes the card is sold: none where its uses are taxed."""
        self.ensure_one()
        if self.treatment != "single":
            return self.env["account.tax"]
        company = self.company_id
        services = self.service_ids.with_company(company)
        return services[:1].taxes_id._filter_taxes_by_company(company)

    def _dive_income_account(self, move):
        """Return the income account of what this card pays for.

        :param move: the invoice on which it is sold
        """
        self.ensure_one()
        position = move.fiscal_position_id
        service = self.service_ids[:1].with_company(self.company_id)
        accounts = service.product_tmpl_id.get_product_accounts(fiscal_pos=position)
        return accounts.get("income") or move.journal_id.default_account_id

    # ------------------------------------------------------------------
    # Until it works
    # ------------------------------------------------------------------

    def _dive_sale_posted(self):
        """Note what the sale has booked; activate cards that work at once."""
        for card in self:
            lines = card.sale_line_ids.filtered(
                lambda line: (
                    line.move_id.move_type == "out_invoice"
                    and line.parent_state == "posted"
                )
            )
            card._dive_unlocked().write({"booked": -sum(lines.mapped("balance"))})
            paid = card._dive_sale_move().payment_state in SETTLED
            if paid or card.company_id.dive_card_activation == "sold":
                card._dive_activate()

    def _dive_activate(self):
        """Let these cards be used; once, whoever says so how often."""
        for card in self:
            if card._dive_claim("unpaid", "active"):
                card._dive_move(
                    "sale", amount=card.whole, source=card._dive_sale_move()
                )

    def _dive_sale_undone(self):
        """A card whose invoice went away before it worked is new again."""
        for card in self.exists():
            if not card._dive_sale_move() and card._dive_claim("unpaid", "draft"):
                card._dive_unlocked().write(
                    {"sold_on": False, "expiry_date": False, "booked": 0}
                )
