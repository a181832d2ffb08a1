"""Certifications on paper: a list for the desk or the boat, a letter to the diver."""

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.page_layout import PageFiller, text_lines

LIST = "dive_crm.report_dive_certification_list"
LETTER = "dive_crm.report_dive_certification_letter"

#: heights in CSS pixels, and characters that fit into a column; see PageFiller
HEAD_PX = 130
ROW_PX = 9
LINE_PX = 19
LEVEL_CHARS = 38


class DiveCertificationListReport(models.AbstractModel):
    """Chosen cards, grouped by diver."""

    _name = "report.dive_crm.report_dive_certification_list"
    _description = "List of certifications"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the values of the template; read with the rights of who prints."""
        report = self.env["ir.actions.report"]
        paged = (data or {}).get("report_type") == "pdf" and (
            not report._dive_qt_is_patched()
        )
        cards = self.env["dive.certification"].browse(docids).exists()
        cards.check_access("read")
        rows = []
        for diver in cards.partner_id.sorted("name"):
            mine = cards.filtered(lambda card, diver=diver: card.partner_id == diver)
            # The name stands in the row of the first card: no page ends with a name.
            rows += [
                {"diver": diver if place == 0 else None, "card": card}
                for place, card in enumerate(mine.sorted("rank", True))
            ]
        filler = PageFiller(report._dive_page_px() if paged else None)
        return {
            "docs": cards,
            "company": self.env.company,
            "today": self.env.company._dive_today(),
            "chunks": filler.chunks(rows, HEAD_PX, self._row_px) if rows else [],
            "states": dict(cards._fields["state"]._description_selection(self.env)),
            "checks": dict(
                cards._fields["verification"]._description_selection(self.env)
            ),
        }

    @api.model
    def _row_px(self, row):
        lines = text_lines(row["card"].level_id.display_name, LEVEL_CHARS)
        return ROW_PX + LINE_PX * (lines + (2 if row["diver"] else 0))


class DiveCertificationLetterReport(models.AbstractModel):
    """What a diver is written about cards: that they end, or were not accepted."""

    _name = "report.dive_crm.report_dive_certification_letter"
    _description = "Letter about certifications"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return one letter per diver, in the diver's language.

        :raise UserError: about none of the cards there is anything to write
        """
        cards = self.env["dive.certification"].browse(docids).exists()
        cards.check_access("read")
        telling = cards.filtered(
            lambda card: (
                not card.corrected
                and (card.expiry_date or card.verification == "rejected")
            )
        )
        if not telling:
            raise UserError(
                self.env._(
                    "There is nothing to write: none of these cards ends or was"
                    " rejected, or the diver has corrected it since."
                )
            )
        return {
            "docs": telling,
            "letters": [
                self._letter(diver, telling)
                for diver in telling.partner_id.sorted("name")
            ],
        }

    @api.model
    def _letter(self, diver, cards):
        # A guardian may be a contact of another company; name and address are printed.
        recipient = (diver.dive_statement_recipient_id or diver).sudo()
        lang = recipient.lang or diver.lang
        if lang not in dict(self.env["res.lang"].get_installed()):
            lang = self.env.lang
        # The letterhead is the company's of whoever writes; instructors may too.
        company = (diver.company_id or self.env.company).sudo().with_context(lang=lang)
        mine = cards.filtered(lambda card: card.partner_id == diver)
        mine = mine.with_context(lang=lang).sorted(lambda card: str(card.expiry_date))
        rejected = mine.filtered(lambda card: card.verification == "rejected")
        return {
            "lang": lang,
            "rtl": self.env["res.lang"]._get_data(code=lang).direction == "rtl",
            "company": company,
            "recipient": recipient.with_context(lang=lang),
            "diver": diver.with_context(lang=lang),
            "today": company._dive_today(),
            "expired": (mine - rejected).filtered(lambda c: c.state == "expired"),
            "ending": (mine - rejected).filtered(lambda c: c.state != "expired"),
            "rejected": rejected,
        }
