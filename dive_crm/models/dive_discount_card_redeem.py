"""Paying with a card: what may be paid, how much, and what it takes of the price."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..tools.card_money import (
    MILLI,
    ZERO,
    Share,
    exact,
    in_company_currency,
    rounded,
)
from .dive_booking_invoice import SETTLED
from .dive_number_mixin import MOST


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def redeem(self, amount, booking=None, invoice=None, key=None, code=None):
        """Pay a part of an invoice with this card.

        On a draft the amount is held until the invoice is posted, and given back when
        the draft is cancelled or deleted; on a posted invoice it is paid at once.
        Without booking and invoice (both None), an invoice of its own is made and
        posted: what was sold over the counter.

        :param amount: money in the card's currency, taxes included; or visits
        :param booking: a ``dive.booking`` or its id: its invoice, made if there is none
        :param invoice: an ``account.move`` or its id
        :param str key: a request that comes again brings the same key, and the movement
            of the first one is returned
        :param str code: what is shown by who may use a card that is another's
        :return: the movement, a ``dive.discount.card.entry``
        :raise AccessError: for who may not invoice
        :raise UserError: whatever speaks against it; nothing has changed then
        """
        self.ensure_one()
        self._dive_check_may_use()
        self._dive_stand_in_line()
        key = str(key) if key else None
        code = str(code) if code else None
        if key and (done := self._dive_entry_of(key)):
            return done
        amount = self._dive_amount(amount)
        self._dive_check_usable()
        move = self._dive_document(booking, invoice, code)
        if move:
            return self._dive_use_on(move, amount, key, code)
        return self._dive_use_at_counter(amount, key)

    def _dive_entry_of(self, key):
        """Return the movement that a request with this key has made."""
        return self.entry_ids.filtered(lambda entry: entry.key == key)

    @api.model
    def _dive_record(self, model, record):
        """Return a record that was given as such, or as its number."""
        if isinstance(record, models.BaseModel):
            if record._name != model or len(record) > 1:
                self._dive_refuse_records(model, record)
            found = record.exists()
        else:
            known = isinstance(record, int) and not isinstance(record, bool)
            known = known and 0 < record < 2**31
            found = self.env[model].browse(record if known else ()).exists()
        if not found:
            raise UserError(self.env._("This document does not exist any more."))
        return found

    @api.model
    def _dive_refuse_records(self, model, records):
        # sudo: the names of models, for those who may not read models
        names = self.env["ir.model"].sudo()
        raise UserError(
            self.env._(
                "One %(model)s is needed here, and not %(count)s × %(other)s.",
                model=names._get(model).name,
                count=len(records),
                other=names._get(records._name).name,
            )
        )

    def _dive_document(self, booking, invoice, code=None):
        """Return the invoice that is paid: the one named, or that of the booking."""
        # only None is the counter: what is empty was meant to be a document
        if invoice is not None:
            move = self._dive_record("account.move", invoice)
        elif booking is not None:
            booking = self._dive_record("dive.booking", booking)
            booking.check_access("read")
            move = booking._dive_invoice_to_pay(self, code)
        else:
            return self.env["account.move"]
        move.check_access("write")
        return move

    # ------------------------------------------------------------------
    # What speaks against it
    # ------------------------------------------------------------------

    def _dive_check_may_use(self):
        self.check_access("read")
        if not (
            self.env.su or self.env.user.has_group("account.group_account_invoice")
        ):
            raise AccessError(
                self.env._("Cards are taken by the front desk and by accountants.")
            )

    def _dive_amount(self, amount):
        """Return what is to be used as a number, rounded as the card counts."""
        self.ensure_one()
        unit = exact(self.currency_id.rounding) if self.unit == "money" else MILLI
        try:
            number = exact(amount)
            if number > MOST:
                words = self.env._("“%s” is more than any card is good for.", amount)
                raise UserError(words)
            value = rounded(number, unit)
        except (ValueError, ArithmeticError):
            value = ZERO
        if value <= 0:
            raise UserError(
                self.env._(
                    "“%(amount)s” is nothing to pay with: enter an amount above 0.",
                    amount=amount,
                )
            )
        return float(value)

    def _dive_check_usable(self):
        """Raise a UserError unless this card can be used today."""
        self.ensure_one()
        if reason := self._dive_why_not_usable():
            self._dive_say(reason)

    def _dive_say(self, reason):
        """Raise a UserError that says of this card why it is refused."""
        raise UserError(
            self.env._("%(card)s: %(reason)s", card=self.display_name, reason=reason)
        )

    def _dive_why_not_usable(self):
        """Say why this card cannot be used today; empty if it can."""
        self.ensure_one()
        words = {
            "draft": self.env._("it has not been sold yet: sell it first."),
            "unpaid": self.env._("it works once its invoice is paid."),
            "used": self.env._("nothing is left on it."),
            "expired": self.env._("it has expired; a manager can extend it."),
            "refunded": self.env._("it was refunded."),
            "cancelled": self.env._("its sale was cancelled."),
        }
        if self.state in words:
            return words[self.state]
        if self.expiry_date and self.expiry_date < self.company_id._dive_today():
            return words["expired"]
        # sudo: whether the sale is paid, for whoever takes the card
        sale = self.sudo()._dive_sale_move()
        unpaid = sale.payment_state not in SETTLED
        if unpaid and self.company_id.dive_card_activation == "paid":
            return words["unpaid"]
        return ""

    # ------------------------------------------------------------------
    # What it takes
    # ------------------------------------------------------------------

    def _dive_use_on(self, move, amount, key=None, code=None):
        """Take the amount for an invoice; return the movement."""
        self.ensure_one()
        move._dive_check_takes_card(self)
        self._dive_check_user(move.partner_id, amount, code)
        if self._dive_compare(amount, self.balance) > 0:
            raise UserError(self._dive_too_little(amount))
        worth = move._dive_worth(self, amount)
        movement = self._dive_taken(amount)
        move._dive_check_worth(self, amount, worth, movement["consumed"])
        entry = self._dive_move(
            "use",
            source=move,
            key=key,
            amount=-amount,
            visits=amount if self.unit == "visits" else 1,
            **movement,
        )
        use = (
            # sudo: nobody writes uses; they follow from this
            self.env["dive.discount.card.use"]
            .sudo()
            ._dive_unlocked()
            .create(
                {
                    "card_id": self.id,
                    "move_id": move.id,
                    "partner_id": move.partner_id.id,
                    "entry_id": entry.id,
                    "amount": amount,
                    "worth": worth,
                    "state": "held",
                    **movement,
                }
            )
        )
        if move.state == "posted":
            move._dive_settle_posted(use)
        else:
            move._dive_write_card_lines(self)
        return entry

    def _dive_taken(self, amount):
        """Return what a use takes of the price: here, and in the books."""
        self.ensure_one()
        price, whole = exact(self.price), exact(self.whole)
        share = Share(price, whole, exact(self.currency_id.rounding))
        used = whole - exact(self.balance)
        consumed = share.of_use(exact(amount), used, exact(self.consumed))
        booked = in_company_currency(
            exact(self.consumed) + consumed,
            price,
            exact(self.booked),
            exact(self.company_currency_id.rounding),
        )
        return {
            "consumed": float(consumed),
            "booked": max(float(booked - exact(self.consumed_booked)), 0.0),
        }
