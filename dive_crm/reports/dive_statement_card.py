"""The prepaid cards on a statement: what has moved on each, what was and is left."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain

from ..tools.page_layout import text_lines
from .dive_statement_report import LINE_PX, ROW_PX

#: characters that fit into the column of what has happened
ABOUT_CHARS = 55


class DiveStatementReport(models.AbstractModel):
    _inherit = "report.dive_crm.report_dive_statement"

    @api.model
    def _cards(self, wizard, partners):
        """Return by customer id the cards that the period has something to say of.

        Those with a movement in it, or sold in it, or with a balance at its start. A
        card is no account: what is left on it is in none of the other balances.
        """
        result = {partner.id: [] for partner in partners}
        if not wizard.include_cards:
            return result
        before, within = self._card_period(wizard)
        cards = self.env["dive.discount.card"].search(
            [
                ("company_id", "=", wizard.company_id.id),
                ("partner_id", "in", partners.ids),
                ("state", "!=", "draft"),
            ],
            order="sold_on, id",
        )
        openings = self._card_openings(cards, before)
        entries = self.env["dive.discount.card.entry"].search(
            Domain("card_id", "in", cards.ids) & within, order="id"
        )
        moved = entries.grouped("card_id")
        documents = entries._dive_told_documents()
        for card in cards:
            opening, rows = openings.get(card, 0.0), moved.get(card, entries.browse())
            if rows or opening or self._card_sold_in(wizard, card):
                result[card.partner_id.id].append((card, opening, rows, documents))
        return result

    @api.model
    def _card_period(self, wizard):
        """Return domains on the movements before the period, and in it."""

        def moment(day, at):
            zone = wizard.company_id._dive_zone()
            local = datetime.combine(day, at, tzinfo=zone)
            return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

        before, within = Domain.FALSE, Domain.TRUE
        if wizard.date_from:
            before = Domain("date", "<", moment(wizard.date_from, time.min))
            within &= ~before
        if wizard.date_to:
            within &= Domain("date", "<=", moment(wizard.date_to, time.max))
        return before, within

    @api.model
    def _card_openings(self, cards, before):
        """Return card → what was left on it before the period."""
        return dict(
            self.env["dive.discount.card.entry"]._read_group(
                Domain("card_id", "in", cards.ids) & before,
                ["card_id"],
                ["amount:sum"],
            )
        )

    @api.model
    def _card_sold_in(self, wizard, card):
        return bool(
            card.sold_on
            and (not wizard.date_from or card.sold_on >= wizard.date_from)
            and (not wizard.date_to or card.sold_on <= wizard.date_to)
        )

    @api.model
    def _card_tables(self, found, lang):
        """Return a table for each card, in the language of the statement."""
        tables = []
        for card, opening, entries, documents in found:
            own = card.with_context(lang=lang)
            told = entries.with_context(lang=lang)._dive_told(documents)
            running = opening
            rows = []
            for entry, one in told.items():
                running += entry.amount
                rows.append(
                    {
                        "day": own.company_id._dive_day_of(entry.date),
                        "what": one.what,
                        "about": one.about,
                        "amount": entry.amount and own._dive_in_words(entry.amount),
                        "left": own._dive_in_words(running),
                    }
                )
            tables.append(
                {
                    "card": own,
                    "id": card.id,
                    # sudo: the name of its type, for accountants of other departments
                    "type": own.type_id.sudo().name,
                    "state": own._dive_told_state()[0],
                    "until": own._dive_told_until(),
                    "opening": own._dive_in_words(opening),
                    "closing": own._dive_in_words(running),
                    "rows": rows,
                }
            )
        return tables

    @api.model
    def _card_px(self, row):
        words = f"{row['what']} · {row['about']}"
        return ROW_PX + LINE_PX * text_lines(words, ABOUT_CHARS)
