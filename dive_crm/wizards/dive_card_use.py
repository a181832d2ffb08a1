"""Use card: what the front desk clicks to pay with prepaid cards."""

import secrets

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.card_bill import room, spread

#: how many cards that cannot be used now are named, with the reason
NAMED = 3


class DiveCardUseDialog(models.TransientModel):
    """The cards a customer can pay with, and how much of each.

    What is proposed takes nothing and makes no invoice: closing the dialog leaves no
    trace. Confirming it twice does what confirming it once does.
    """

    _name = "dive.card.use"
    _description = "Pay with cards"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("booking_id", "move_id", "payer_id")

    # by which a request that comes again is known
    token = fields.Char(
        required=True, readonly=True, default=lambda self: secrets.token_hex(12)
    )
    booking_id = fields.Many2one("dive.booking", readonly=True, ondelete="cascade")
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, ondelete="cascade"
    )
    payer_id = fields.Many2one("res.partner", "For", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_company_id")
    line_ids = fields.One2many("dive.card.use.line", "dialog_id", "Cards")
    has_money = fields.Boolean(compute="_compute_has_money")
    has_visits = fields.Boolean(compute="_compute_has_money")
    has_others = fields.Boolean(compute="_compute_has_money")
    idle = fields.Boolean(
        compute="_compute_idle", help="None of the cards pays anything here."
    )
    code = fields.Char("Card number or code", help="Type it, or scan the card.")
    code_hint = fields.Char()
    others_text = fields.Text(compute="_compute_others_text")
    owed = fields.Monetary("To pay", compute="_compute_owed")
    covered = fields.Monetary("Paid with cards", compute="_compute_covered")
    rest = fields.Monetary("Left to pay", compute="_compute_covered")
    to_post = fields.Boolean(compute="_compute_covered")
    post_invoice = fields.Boolean(
        "Post the invoice at once",
        default=True,
        help="The cards pay all of it: nothing is left to be done.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("booking_id", "move_id")
    def _compute_company_id(self):
        for dialog in self:
            document = dialog.move_id or dialog.booking_id
            dialog.company_id = document.company_id
            dialog.currency_id = document.currency_id

    @api.depends("line_ids.card_id")
    def _compute_has_money(self):
        for dialog in self:
            units = dialog.line_ids.mapped("unit")
            dialog.has_money = "money" in units
            dialog.has_visits = "visits" in units
            dialog.has_others = bool(dialog.line_ids.holder_id - dialog.payer_id)

    @api.depends("line_ids.proposed", "line_ids.pays")
    def _compute_idle(self):
        for dialog in self:
            lines = dialog.line_ids
            dialog.idle = lines and not any(
                line.proposed or line.pays for line in lines
            )

    @api.depends("payer_id", "booking_id", "move_id")
    def _compute_owed(self):
        for dialog in self:
            dialog.owed = sum(bill.left for bill in dialog._dive_bills())

    @api.depends("owed", "line_ids.pays")
    def _compute_covered(self):
        for dialog in self:
            dialog.covered = sum(dialog.line_ids.mapped("pays"))
            dialog.rest = dialog.owed - dialog.covered
            all_of_it = dialog.currency_id.is_zero(dialog.rest) and dialog.covered
            dialog.to_post = bool(dialog.booking_id and all_of_it)

    @api.depends("payer_id", "booking_id", "move_id")
    def _compute_others_text(self):
        """Name cards that cannot be used, with the reason: the customer may ask."""
        for dialog in self:
            cards = self.env["dive.discount.card"]
            found = cards.search(
                cards._dive_domain_of(dialog.payer_id, dialog.company_id)
                & Domain("state", "in", ("unpaid", "active", "expired")),
                order="expiry_date desc, id desc",
                limit=20,
            )
            reasons = [(card, card._dive_why_not_usable()) for card in found]
            dialog.others_text = "\n".join(
                [
                    f"{card.display_name}: {reason}"
                    for card, reason in reasons
                    if reason
                ][:NAMED]
            )

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _dive_open(self, payer, **document):
        """Return an action that opens the dialog, filled in.

        :param payer: whose invoice it is
        :param document: ``booking_id`` or ``move_id``
        """
        dialog = self.create({"payer_id": payer.id, **document})
        cards = self.env["dive.discount.card"]._dive_cards_of(payer, dialog.company_id)
        bills, limits = dialog._dive_bills(), cards._dive_limits(payer)
        values = []
        for card in cards:
            amount = card._dive_most(bills, limits[card.id], dialog.currency_id)
            spread(bills, card._dive_offer(), amount)
            values.append(dialog.line_ids._dive_prepare(card, amount))
        dialog.line_ids = [Command.create(line) for line in values]
        dialog._dive_show()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use card"),
            "res_model": self._name,
            # saved: what is confirmed twice is known by it
            "res_id": dialog.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _dive_bills(self):
        """Return what the payer owes here, as cards see it."""
        self.ensure_one()
        document = self.move_id or self.booking_id
        return document._dive_card_bills(self.payer_id) if document else []

    def _dive_propose(self):
        """Propose how much of each card, one after the other; keep what was changed."""
        self.ensure_one()
        bills = self._dive_bills()
        limits = self.line_ids.card_id._dive_limits(self.payer_id)
        kept = self.line_ids.filtered(lambda line: line._dive_is_changed())
        for line in kept:
            line._dive_take(bills)
        for line in self.line_ids - kept:
            line._dive_set(line._dive_most(bills, limits))
            line._dive_take(bills)
        self._dive_show()

    def _dive_show(self):
        """Show what each card pays, and what is to be known about it."""
        bills = self._dive_bills()
        limits = self.line_ids.card_id._dive_limits(self.payer_id)
        for line in self.line_ids:
            hint = line._dive_hint(bills, limits)
            line.update({"hint": hint, "pays": line._dive_take(bills)})

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        self._dive_propose()

    @api.onchange("code")
    def _onchange_code(self):
        """Add the card whose number or code was typed or scanned."""
        text, self.code_hint = self.code, False
        if not text:
            return
        cards = self.env["dive.discount.card"]
        card, code = cards._dive_find_shown(text, self.company_id)
        self.code_hint = self._dive_why_not_added(card, text, code)
        if not self.code_hint:
            self.code = False
            self.line_ids += self.line_ids.new({"card_id": card.id, "code": code})
            self._dive_propose()

    def _dive_why_not_added(self, card, text, code):
        """Say why a card that was shown is not used here; empty if it is."""
        if not card:
            return self.env._(
                "No card has the number or code “%(text)s”: check it, or scan it"
                " again.",
                text=text.strip(),
            )
        if card in self.line_ids.card_id._origin:
            return self.env._("%(card)s is in the list.", card=card.display_name)
        reason = card._dive_why_not_usable()
        reason = reason or card._dive_why_not_by(self.payer_id, code)
        return reason and f"{card.display_name}: {reason}"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def action_use(self):
        """Pay with these cards; what was done already is not done again.

        :raise AccessError: for who may not invoice
        :raise UserError: whatever speaks against it; nothing has changed then
        """
        self.ensure_one()
        cards = self.env["dive.discount.card"]
        cards._dive_check_may_use()
        cards._dive_stand_in_line()
        if not self._dive_is_done():
            self._dive_use_cards()
        return {"type": "ir.actions.act_window_close"}

    def _dive_is_done(self):
        return bool(
            self.env["dive.discount.card.entry"].search_count(
                [
                    ("card_id", "in", self.line_ids.card_id.ids),
                    ("key", "=like", f"{self.token}/%"),
                ],
                limit=1,
            )
        )

    def _dive_use_cards(self):
        lines = self.line_ids.filtered(lambda line: line._dive_amount())
        if not lines:
            raise UserError(self.env._("Enter how much of which card is used."))
        moves = self._dive_invoices()
        bills = [move._dive_card_bill() for move in moves]
        for line in lines:
            for bill, part in line._dive_parts(bills):
                line.card_id.redeem(
                    part,
                    invoice=bill.invoice,
                    key=f"{self.token}/{bill.invoice}",
                    code=line.code,
                )
        if self.booking_id and self.post_invoice:
            self._dive_post(moves)

    def _dive_post(self, moves):
        """Post drafts if cards have paid all of them."""
        if not any(
            move.currency_id.compare_amounts(move._dive_left_in_all(), 0) > 0
            for move in moves
        ):
            moves.filtered(lambda move: move.state == "draft").action_post()

    def _dive_invoices(self):
        """Return the invoices that are paid; those of a booking are made if needed."""
        if self.move_id:
            return self.move_id
        booking, payer = self.booking_id, self.payer_id
        booking._check_may_invoice()
        booking._create_invoices(payer)
        booking.invalidate_recordset(["invoice_ids"])
        moves = booking._dive_moves_for_cards(payer)
        if not moves:
            raise UserError(
                self.env._("%(payer)s owes nothing in this booking.", payer=payer.name)
            )
        return moves


class DiveCardUseLine(models.TransientModel):
    """How much of one card is used."""

    _name = "dive.card.use.line"
    _description = "Card to pay with"
    _inherit = ["dive.dialog.mixin", "dive.number.mixin"]
    _dive_about = ("card_id",)
    _dive_numbers = {"money": False, "visits": False}

    dialog_id = fields.Many2one("dive.card.use", required=True, ondelete="cascade")
    # with the rights of who asks, here and below: any number can be put in
    card_id = fields.Many2one("dive.discount.card", required=True, readonly=True)
    holder_id = fields.Many2one(related="card_id.partner_id", related_sudo=False)
    unit = fields.Selection(related="card_id.unit", related_sudo=False)
    expiry_date = fields.Date(related="card_id.expiry_date", related_sudo=False)
    # the card's own: it may count in another than the invoice's
    currency_id = fields.Many2one(related="card_id.currency_id", related_sudo=False)
    code = fields.Char()
    left_text = fields.Char("Left on it", compute="_compute_left_text")
    services_text = fields.Char("Good for", compute="_compute_left_text")
    proposed = fields.Float(digits=(16, 3))
    money = fields.Monetary("Use")
    visits = fields.Float(digits=(16, 3))
    # not computed: what a form is to show anew must differ from what it was sent
    pays = fields.Monetary(readonly=True)
    hint = fields.Char("To know", readonly=True)

    @api.depends("card_id")
    def _compute_left_text(self):
        for line in self:
            card = line.card_id
            line.left_text = card and card._dive_in_words(card.balance)
            names = ", ".join(card.service_ids.mapped("name"))
            line.services_text = names or self.env._("Everything")

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def _dive_amount(self):
        """Return how much of the card is used, as it counts."""
        self.ensure_one()
        return self.visits if self.unit == "visits" else self.money

    def _dive_set(self, amount):
        """Propose so much of the card."""
        self.ensure_one()
        self.update(self._dive_prepare(self.card_id, amount))

    @api.model
    def _dive_prepare(self, card, amount):
        """Return the values of a line that proposes so much of a card."""
        name = "visits" if card.unit == "visits" else "money"
        return {"card_id": card.id, "proposed": amount, name: amount}

    def _dive_is_changed(self):
        """Say whether somebody has entered another amount than was proposed."""
        self.ensure_one()
        return bool(self.card_id._dive_compare(self._dive_amount(), self.proposed))

    def _dive_most(self, bills, limits):
        """Return how much of the card these bills take, after the cards before it."""
        currency = self.dialog_id.currency_id
        return self.card_id._dive_most(bills, limits[self.card_id.id], currency)

    def _dive_take(self, bills):
        """Take the amount for these bills; return what it pays, in money."""
        self.ensure_one()
        if self.currency_id != self.dialog_id.currency_id:
            return 0.0
        offer, amount = self.card_id._dive_offer(), self._dive_amount()
        _parts, worth, over = spread(bills, offer, amount)
        # money that is too much shows as such
        return worth + (max(over, 0.0) if offer.weights is None else 0.0)

    def _dive_parts(self, bills):
        """Return [(bill, amount)]: which part of the amount is for which bill.

        What is too much, or no amount, is asked of the first, which says why it does
        not take it.
        """
        self.ensure_one()
        offer, amount = self.card_id._dive_offer(), self._dive_amount()
        if amount < 0:
            return [(bills[0], amount)]
        parts, _worth, over = spread(bills, offer, amount)
        # what a booking owes does not know yet what the terms of its invoice take off
        moves = self.env["account.move"].browse([bill.invoice for bill in bills])
        if self.dialog_id.booking_id and self.card_id.unit == "money":
            over -= sum(move._dive_early_off() for move in moves)
        if self.card_id._dive_compare(over, 0) > 0:
            return [(bills[0], amount)]
        return parts

    def _dive_hint(self, bills, limits):
        """Say what is to be known about this card here; mostly nothing."""
        self.ensure_one()
        card, currency = self.card_id, self.dialog_id.currency_id
        if not card:
            return False
        if self.currency_id != currency:
            return self.env._("It counts in %s", self.currency_id.name)
        if self._dive_amount() < 0:
            return self.env._("Enter an amount above 0")
        most = self._dive_most(bills, limits)
        if card._dive_compare(self._dive_amount(), most) > 0:
            return self.env._("At most %s here", card._dive_in_words(most))
        if most or not bills:
            return False
        if not limits[card.id]:
            return self.env._("Nothing is left on it for this payer")
        offer = card._dive_offer()
        if room(bills, offer) and card.unit == "visits":
            return self.env._("A visit has cost more than what it would pay here")
        if any(offer.covers(line.product) for bill in bills for line in bill.lines):
            return self.env._("Not needed")
        return self.env._("Pays for nothing here")
