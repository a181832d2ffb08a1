"""How a card ends by its date: what is left becomes income, once."""

import logging

from odoo import api, fields, models

from .dive_guarded_mixin import unlocked

_logger = logging.getLogger(__name__)


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    @api.model
    def _cron_expire(self):
        """Let cards expire whose last day is over, in their company.

        May be stopped anywhere and run again: each card is claimed by its state, and
        what is left of it moves once.
        """
        cron = self.env["ir.cron"]
        cards = self.search(self._dive_domain_to_expire(), order="expiry_date, id")
        cron._commit_progress(remaining=len(cards))
        for card in cards:
            card = card.try_lock_for_update().with_company(card.company_id)
            try:
                with self.env.cr.savepoint():
                    card._dive_expire()
            except Exception:  # one that cannot be booked does not hold up the others
                _logger.exception("Card %s could not expire", card.id)
                self.env.invalidate_all(flush=False)
            if not cron._commit_progress(1):
                return

    @api.model
    def _dive_domain_to_expire(self):
        """Return which cards are over by their date and not yet in the books.

        An expired card, too, that a credit note has filled again.
        """
        companies = self.env["res.company"].search(
            [("dive_card_account_id", "!=", False)]
        )
        return fields.Domain.OR(
            [
                [
                    ("company_id", "=", company.id),
                    ("expiry_date", "<", company._dive_today()),
                    "|",
                    ("state", "=", "active"),
                    "&",
                    ("state", "=", "expired"),
                    ("balance", ">", 0),
                ]
                for company in companies
            ]
        )

    def _dive_expire(self):
        """Turn what is left of these cards into income; each once.

        What is held on draft invoices stays held.
        """
        for card in self:
            claimed = card._dive_claim("active", "expired")
            if not claimed and not (card.state == "expired" and card.balance):
                continue
            rest = card._dive_rest()
            until = fields.Date.to_string(card.expiry_date)
            entry = card._dive_move("expiry", source=until, **rest)
            card._dive_book_end(entry, rest["booked"])

    def _dive_rest(self):
        """Return the movement that takes all that is left of this card."""
        self.ensure_one()
        return {
            "amount": -self.balance,
            "consumed": self.currency_id.round(self.price - self.consumed),
            "booked": self.company_currency_id.round(
                self.booked - self.consumed_booked
            ),
        }

    def _dive_book_end(self, entry, booked, account=None):
        """Book a movement that no invoice books.

        :param booked: what leaves the account of prepaid cards; below 0: what comes
            back to it
        :param account: the account it goes to: income from cards that expired
        """
        self.ensure_one()
        company = self.company_id
        if company.currency_id.is_zero(booked):
            return
        # sudo: the entry follows from what is done with the card
        moves = self.env["account.move"].sudo().with_company(company)
        lines = [
            {
                "account_id": company._dive_card_account().id,
                "partner_id": self.partner_id.commercial_partner_id.id,
                "dive_card_id": self.id,
                "currency_id": self.currency_id.id,
                "amount_currency": self._dive_in_card_currency(booked),
                "balance": booked,
            },
            {
                "account_id": (account or company._dive_breakage_account()).id,
                "partner_id": self.partner_id.commercial_partner_id.id,
                "currency_id": company.currency_id.id,
                "amount_currency": -booked,
                "balance": -booked,
            },
        ]
        label = dict(entry._fields["kind"]._description_selection(self.env))
        unlocked(moves).create(
            {
                "move_type": "entry",
                "journal_id": company._dive_card_journal().id,
                "company_id": company.id,
                "date": company._dive_today(),
                "ref": f"{self.name} · {label[entry.kind]}",
                "dive_card_entry_id": entry.id,
                "line_ids": [
                    fields.Command.create({"name": self.name, "tax_ids": [], **line})
                    for line in lines
                ],
            }
        )._post(soft=False)

    def _dive_in_card_currency(self, booked):
        """Return an amount of the books in the card's currency, at the sale's rate."""
        self.ensure_one()
        if self.currency_id == self.company_currency_id:
            return booked
        # sudo: the rate of the sale, whoever uses the card
        lines = self.sudo()._dive_sale_move().invoice_line_ids
        lines = lines.filtered(lambda line: line.dive_card_id == self)
        sold = sum(lines.mapped("balance"))
        rate = sum(lines.mapped("amount_currency")) / sold if sold else 1.0
        return self.currency_id.round(booked * rate)
