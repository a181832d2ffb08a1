from collections import defaultdict
from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, groupby

from ..tools.page_layout import PageFiller, text_lines

REPORT = "dive_crm.report_dive_statement"

#: height in CSS pixels of what stands on a page beside the rows; see PageFiller
LETTER_PX = 420
SECTION_PX = 90
ROW_PX = 9
LINE_PX = 19
TOTAL_PX = 34
#: characters that fit into the text columns of the two tables
DESCRIPTION_CHARS = 30
TRIP_CHARS = 26
DIVERS_CHARS = 22


class DiveStatementReport(models.AbstractModel):
    """What stands on a statement: account lines, bookings, balances.

    The account is that of the commercial partner: posted lines on receivable accounts
    by accounting date, so that it agrees with Odoo's own figure. Everything is read
    for all customers at once, with the rights of the user who prints.
    """

    _name = "report.dive_crm.report_dive_statement"
    _description = "Customer statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the values of the QWeb template; the documents are wizards."""
        wizards = self.env["dive.statement.wizard"].browse(docids).exists()
        if not wizards:
            raise UserError(
                self.env._("This statement is no longer kept. Please ask for it anew.")
            )
        wizards._check_may_print()
        data = data or {}
        paged = (
            data.get("report_type") == "pdf"
            and not self.env["ir.actions.report"]._dive_qt_is_patched()
        )
        return {
            "docs": wizards,
            "statements": [
                statement
                for wizard in wizards
                for statement in self._statements(wizard, paged)
            ],
            "report_type": data.get("report_type") or "html",
        }

    @api.model
    def _statements(self, wizard, paged=False):
        """Return one dict per customer of ``wizard``, in the order of the wizard.

        :param paged: split the tables into pages here, for a renderer that cannot
        """
        partners = wizard.partner_ids
        accounts = {}
        if wizard.include_account or wizard.include_balance:
            accounts = self._account_sections(wizard, partners.commercial_partner_id)
        bookings = self._bookings(wizard, partners)
        languages = dict(self.env["res.lang"].get_installed())
        statements = []
        for partner in partners:
            lang = partner.dive_statement_recipient_id.lang or partner.lang
            if lang not in languages:
                lang = self.env.lang
            commercial = partner.commercial_partner_id
            account = accounts.get(commercial.id, {})
            statement = {
                "wizard": wizard.with_context(lang=lang),
                "company": wizard.company_id.sudo().with_context(lang=lang),
                "partner": partner.with_context(lang=lang),
                "commercial": commercial.with_context(lang=lang),
                "lang": lang,
                "rtl": self.env["res.lang"]._get_data(code=lang).direction == "rtl",
                "paged": paged,
                "today": wizard.company_id._dive_today(),
                "states": self._booking_states(lang),
                "sections": account.get("sections", []),
                "books": account.get("books"),
                **bookings[partner.id],
            }
            self._fill_pages(statement, paged)
            statements.append(statement)
        return statements

    # ------------------------------------------------------------------
    # The account
    # ------------------------------------------------------------------

    @api.model
    def _account_sections(self, wizard, commercials):
        """Return the sections and the books of each commercial partner, by id.

        There is a section for each currency; ``books`` is the same account in company
        currency, where that is not the only one.
        """
        home = wizard.company_id.currency_id
        openings = defaultdict(dict)
        if wizard.date_from:
            for commercial_id, currency_id, foreign, balance in self._opening_rows(
                wizard, commercials
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
    def _account_query(self, wizard, commercials, dates):
        """Return the query on move lines the user may read, and the column of the
        commercial partner. A line on a contact counts for its commercial partner."""
        lines = self.env["account.move.line"].with_context(active_test=False)
        query = lines._search(
            Domain("company_id", "=", wizard.company_id.id)
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
    def _opening_rows(self, wizard, commercials):
        lines, query, commercial = self._account_query(
            wizard, commercials, Domain("date", "<", wizard.date_from)
        )
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
    def _line_rows(self, wizard, commercials):
        """Return the lines of the period, oldest first, as dicts."""
        dates = Domain.TRUE
        if wizard.date_from:
            dates &= Domain("date", ">=", wizard.date_from)
        if wizard.date_to:
            dates &= Domain("date", "<=", wizard.date_to)
        lines, query, commercial = self._account_query(wizard, commercials, dates)
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
            for name in ("move_type", "invoice_origin")
        ]
        query.order = SQL(
            "%(line)s.date, %(line)s.move_name, %(line)s.id",
            line=SQL.identifier(lines._table),
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

    # ------------------------------------------------------------------
    # Bookings
    # ------------------------------------------------------------------

    @api.model
    def _bookings(self, wizard, partners):
        """Return by customer id ``bookings``, ``upcoming`` and ``booking_totals``.

        A booking belongs to its payer, and without an amount to each of its divers.
        """
        result = {
            partner.id: {"bookings": [], "upcoming": [], "booking_totals": []}
            for partner in partners
        }
        if not (wizard.include_bookings or wizard.include_upcoming):
            return result
        zone = ZoneInfo(wizard.company_id.sudo().partner_id.tz or "UTC")
        today = wizard.company_id._dive_today()
        for booking in self._find_bookings(wizard, partners, zone, today):
            start = booking.date_start.replace(tzinfo=ZoneInfo("UTC"))
            day = start.astimezone(zone).date()
            kind = self._booking_kind(wizard, booking, day, today)
            if not kind:
                continue
            for partner_id in {
                booking.partner_id.id,
                *booking.diver_ids.partner_id.ids,
            } & result.keys():
                result[partner_id][kind].append(
                    self._booking_row(booking, partner_id, day)
                )
        for values in result.values():
            values["booking_totals"] = self._booking_totals(values["bookings"])
        return result

    @api.model
    def _find_bookings(self, wizard, partners, zone, today):
        """Return the bookings that may stand on the paper, by the day of their trip."""

        def moment(day, at):
            local = datetime.combine(day, at, tzinfo=zone)
            return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

        period = Domain.TRUE
        if wizard.date_from:
            period &= Domain("date_start", ">=", moment(wizard.date_from, time.min))
        if wizard.date_to:
            period &= Domain("date_start", "<=", moment(wizard.date_to, time.max))
        if not wizard.include_bookings:
            period = Domain.FALSE
        if wizard.include_upcoming:
            period |= Domain("date_start", ">=", moment(today, time.min))
        return (
            self.env["dive.booking"]
            .with_context(active_test=False)
            .search(
                Domain("company_id", "=", wizard.company_id.id)
                & period
                & (
                    Domain("partner_id", "in", partners.ids)
                    | Domain("diver_ids.partner_id", "in", partners.ids)
                )
            )
            .sorted(lambda booking: (booking.date_start, booking.id))
        )

    @api.model
    def _booking_kind(self, wizard, booking, day, today):
        """Return in which table a booking stands, if in any."""
        if (
            wizard.include_upcoming
            and day >= today
            and booking.state in ("draft", "confirmed")
        ):
            return "upcoming"
        in_period = (not wizard.date_from or day >= wizard.date_from) and (
            not wizard.date_to or day <= wizard.date_to
        )
        return "bookings" if wizard.include_bookings and in_period else None

    @api.model
    def _booking_row(self, booking, partner_id, day):
        is_payer = booking.partner_id.id == partner_id
        seats = booking.diver_ids
        if booking.state != "cancelled":
            seats = seats.filtered(lambda seat: seat.state != "cancelled")
        divers = seats.partner_id.sorted(lambda partner: partner.name or "")
        if not is_payer:  # who else dived, and at what price, is the payer's business
            divers = divers.filtered(lambda partner: partner.id == partner_id)
        return {
            "id": booking.id,
            "name": booking.name,
            "trip": booking.trip_id.name or "",
            "day": day,
            "divers": ", ".join(diver.name or "" for diver in divers),
            "state": booking.state,
            "is_payer": is_payer,
            "currency": booking.currency_id,
            "amount": booking.amount_total if is_payer else 0.0,
        }

    @api.model
    def _booking_states(self, lang):
        field = self.env["dive.booking"]._fields["state"]
        return dict(field._description_selection(self.with_context(lang=lang).env))

    @api.model
    def _booking_totals(self, rows):
        """Return ``(currency, number, amount)`` of what the customer pays for."""
        paid = [row for row in rows if row["is_payer"] and row["state"] != "cancelled"]
        return [
            (currency, len(group), currency.round(sum(row["amount"] for row in group)))
            for currency, group in groupby(paid, lambda row: row["currency"])
        ]

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @api.model
    def _fill_pages(self, statement, paged):
        """Put ``chunks`` of rows beside each table: one, or one per page."""
        report = self.env["ir.actions.report"]
        filler = PageFiller(report._dive_page_px() if paged else None)
        filler.take(LETTER_PX)
        wizard = statement["wizard"]
        for section in statement["sections"]:
            section["chunks"] = (
                filler.chunks(
                    section["lines"], SECTION_PX + TOTAL_PX, self._line_px, TOTAL_PX
                )
                if wizard.include_account
                else []
            )
        if statement["sections"]:
            rows = len(statement["sections"]) + bool(statement["books"])
            filler.keep(SECTION_PX + TOTAL_PX * rows)
        statement["totals_break"] = filler.broke
        totals = TOTAL_PX * len(statement["booking_totals"])
        for name, foot in (("bookings", totals), ("upcoming", 0)):
            statement[f"{name}_chunks"] = (
                filler.chunks(
                    statement[name], SECTION_PX, self._booking_px, foot or TOTAL_PX
                )
                if wizard[f"include_{name}"]
                else []
            )

    @api.model
    def _line_px(self, line):
        # the words of the kind stand before the text
        lines = text_lines("x" * 24 + (line["text"] or ""), DESCRIPTION_CHARS)
        return ROW_PX + LINE_PX * max(lines, text_lines(line["move_name"], 15))

    @api.model
    def _booking_px(self, row):
        lines = max(
            text_lines(row["trip"] + row["name"], TRIP_CHARS),
            text_lines(row["divers"], DIVERS_CHARS),
        )
        return ROW_PX + LINE_PX * lines
