"""A statement: its values, put together from account and bookings, and its pages."""

from odoo import api, models
from odoo.exceptions import UserError

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
        cards = self._cards(wizard, partners)
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
                # sudo: its letterhead; that the user works in it was checked
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
                "cards": self._card_tables(cards[partner.id], lang),
            }
            self._fill_pages(statement, paged)
            statements.append(statement)
        return statements

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
        for table in statement["cards"]:
            table["chunks"] = filler.chunks(
                table["rows"], SECTION_PX + TOTAL_PX, self._card_px, TOTAL_PX
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
