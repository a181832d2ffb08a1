"""The account on a statement: opening, lines and closing balance by currency."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class DiveStatementReport(models.AbstractModel):
    _inherit = "report.dive_crm.report_dive_statement"

    @api.model
    def _account_sections(self, wizard, commercials):
        """Return the sections and the books of each commercial partner, by id.

        There is a section for each currency; ``books`` is the same account in company
        currency, where that is not the only one.
        """
        home = wizard.company_id.currency_id
        openings = defaultdict(dict)
        if wizard.date_from:
            before = Domain("date", "<", wizard.date_from)
            for commercial_id, currency_id, foreign, balance in self._opening_rows(
                wizard.company_id, commercials, before
            ):
                openings[commercial_id][currency_id] = (foreign, balance)
        lines = defaultdict(lambda: defaultdict(list))
        for line in self._line_rows(wizard, commercials):
            lines[line["commercial_id"]][line["currency_id"]].append(line)
        result = {}
        for commercial in commercials:
            opening, moves = openings[commercial.id], lines[commercial.id]
            currencies = self.env["res.currency"].browse({home.id, *opening, *moves})
            sections = []
            for currency in currencies.sorted(lambda c: (c != home, c.name)):
                section = self._section(
                    currency,
                    opening.get(currency.id, (0.0, 0.0))[0],
                    moves[currency.id],
                )
                if currency == home or section["lines"] or section["opening"]:
                    sections.append(section)
            if len(sections) > 1 and sections[0]["currency"] == home:
                if not (sections[0]["lines"] or sections[0]["opening"]):
                    sections.pop(0)
            result[commercial.id] = {
                "sections": sections,
                "books": self._books(home, opening, moves),
            }
        return result

    @api.model
    def _section(self, currency, opening, lines):
        """Return the account in one currency with a running balance on each line."""
        running = opening = currency.round(opening)
        charges = payments = 0.0
        shown = []
        for line in lines:
            amount = line["amount_currency"]
            if currency.is_zero(amount):
                continue  # an exchange difference: only in company currency, see books
            running = currency.round(running + amount)
            charges += max(amount, 0.0)
            payments += max(-amount, 0.0)
            shown.append(
                {
                    **line,
                    "charge": max(amount, 0.0),
                    "payment": max(-amount, 0.0),
                    "running": running,
                }
            )
        return {
            "currency": currency,
            "opening": opening,
            "charges": currency.round(charges),
            "payments": currency.round(payments),
            "closing": running,
            "lines": shown,
        }

    @api.model
    def _books(self, home, opening, moves):
        """Return the account in company currency, or None if that is its only one."""
        if not {*opening, *(key for key in moves if moves[key])} - {home.id}:
            return None
        amounts = [line["balance"] for lines in moves.values() for line in lines]
        start = home.round(sum(balance for _foreign, balance in opening.values()))
        return {
            "currency": home,
            "opening": start,
            "charges": home.round(sum(a for a in amounts if a > 0)),
            "payments": home.round(-sum(a for a in amounts if a < 0)),
            "closing": home.round(start + sum(amounts)),
        }

    @api.model
    def _account_query(self, company, commercials, dates):
        """Return the query on move lines the user may read, and the column of the
        commercial partner. A line on a contact counts for its commercial partner."""
        lines = self.env["account.move.line"].with_context(active_test=False)
        query = lines._search(
            Domain("company_id", "=", company.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_type", "=", "asset_receivable")
            & dates
        )
        # Which contacts make up the account is bookkeeping: no contact hidden from the
        # user may take a line out of the sum. Nothing else is read of them.
        partners = self.env["res.partner"].sudo()
        alias = query.join(
            lines._table, "partner_id", partners._table, "id", "partner_id"
        )
        commercial = partners._field_to_sql(alias, "commercial_partner_id", query)
        query.add_where(SQL("%s IN %s", commercial, tuple(commercials.ids) or (0,)))
        return lines, query, commercial

    @api.model
    def _opening_rows(self, company, commercials, dates):
        lines, query, commercial = self._account_query(company, commercials, dates)
        currency, foreign, balance = (
            lines._field_to_sql(lines._table, name, query)
            for name in ("currency_id", "amount_currency", "balance")
        )
        query.groupby = SQL("%s, %s", commercial, currency)
        return [
            (partner_id, currency_id, float(total), float(in_company))
            for partner_id, currency_id, total, in_company in self.env.execute_query(
                query.select(
                    commercial,
                    currency,
                    SQL("SUM(%s)", foreign),
                    SQL("SUM(%s)", balance),
                )
            )
        ]

    @api.model
    def _balances(self, company, commercials):
        """Return what these accounts come to today, by currency.

        The closing balances of a statement of today.

        :return: list of (currency, amount), without those that are even
        """
        if not commercials:
            return []
        dates = Domain("date", "<=", company._dive_today())
        totals = defaultdict(float)
        for _commercial, currency_id, foreign, _balance in self._opening_rows(
            company, commercials, dates
        ):
            totals[currency_id] += foreign
        currencies = self.env["res.currency"].browse(totals)
        return [
            (currency, currency.round(totals[currency.id]))
            for currency in currencies
            if not currency.is_zero(totals[currency.id])
        ]

    @api.model
    def _line_rows(self, wizard, commercials):
        """Return the lines of the period, oldest first, as dicts."""
        dates = Domain.TRUE
        if wizard.date_from:
            dates &= Domain("date", ">=", wizard.date_from)
        if wizard.date_to:
            dates &= Domain("date", "<=", wizard.date_to)
        lines, query, commercial = self._account_query(
            wizard.company_id, commercials, dates
        )
        names = [
            "id",
            "date",
            "date_maturity",
            "name",
            "ref",
            "currency_id",
            "amount_currency",
            "balance",
            "payment_id",
            "move_name",
        ]
        move = query.join(lines._table, "move_id", "account_move", "id", "move_id")
        moves = self.env["account.move"]
        columns = [
            SQL(
                "%s AS %s",
                lines._field_to_sql(lines._table, name, query),
                SQL.identifier(name),
            )
            for name in names
        ] + [
            SQL(
                "%s AS %s", moves._field_to_sql(move, name, query), SQL.identifier(name)
            )
            for name in ("move_type", "invoice_origin", "dive_card_use_id")
        ]
        # what a card pays follows the invoice, whatever its journal is called
        query.order = SQL(
            "%(line)s.date, %(use)s IS NOT NULL, %(line)s.move_name, %(line)s.id",
            line=SQL.identifier(lines._table),
            use=moves._field_to_sql(move, "dive_card_use_id", query),
        )
        rows = self.env.execute_query_dict(
            query.select(SQL("%s AS commercial_id", commercial), *columns)
        )
        for row in rows:
            row["amount_currency"] = float(row["amount_currency"] or 0.0)
            row["balance"] = float(row["balance"] or 0.0)
            row["kind"] = self._line_kind(row)
            row["text"] = self._line_text(row)
        return rows

    @api.model
    def _line_kind(self, row):
        """Return what sort of document a line is; the template has the words."""
        if row["move_type"] in ("out_invoice", "out_receipt"):
            return "invoice"
        if row["move_type"] == "out_refund":
            return "refund"
        if row["dive_card_use_id"]:
            return "card" if row["balance"] < 0 else "card_back"
        if row["payment_id"]:
            return "payment" if row["balance"] < 0 else "payout"
        return "entry"

    @api.model
    def _line_text(self, row):
        """Return what the document says beyond its number, in the words typed there."""
        if row["payment_id"]:
            return row["ref"] or row["name"] or ""
        parts = []
        for text in (row["invoice_origin"], row["ref"], row["name"]):
            text = (text or "").replace(row["move_name"] or "\0", "").strip(" -:")
            if text and not any(text in part for part in parts):
                parts.append(text)
        return " · ".join(parts)
