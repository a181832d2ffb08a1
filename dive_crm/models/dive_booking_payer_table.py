"""What each payer of a booking is asked for, in one small table."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    payers_html = fields.Html(
        "Payers",
        compute="_compute_payers_html",
        compute_sudo=True,
        sanitize=False,
        groups="dive_crm.group_front_desk,account.group_account_invoice",
    )

    @api.depends(
        "diver_ids.amount_total",
        "diver_ids.payer_id",
        "diver_ids.state",
        "invoice_state",
        "partner_id",
    )
    def _compute_payers_html(self):
        """Only where several pay: for one the total of the booking says it."""
        for booking in self:
            payers = booking._dive_payers()
            booking.payers_html = len(payers) > 1 and booking._dive_payer_table(payers)

    def _dive_payer_table(self, payers):
        _ = self.env._
        owed = self._dive_owed_by_payer()
        rows = [
            (
                payer.name or "",
                ", ".join(seat.partner_id.name or "" for seat in seats),
                self._dive_amount(sum(seats.mapped("amount_total"))),
                self._dive_payer_invoices(payer),
                self._dive_amount(owed[payer]) if payer in owed else "",
            )
            for payer, seats in payers.items()
        ]
        heads = (_("Paid by"), _("Divers"), _("Total"), _("Invoice"), _("To pay"))
        right = (False, False, True, False, True)
        return Markup(
            '<table class="table table-sm mb-3"><thead>{}</thead>{}</table>'
        ).format(
            self._dive_table_row("th", heads, right),
            Markup().join(self._dive_table_row("td", row, right) for row in rows),
        )

    def _dive_table_row(self, tag, texts, right):
        cells = Markup().join(
            Markup('<{tag} class="{css}">{text}</{tag}>').format(
                tag=tag, css="text-end pe-4" if is_right else "", text=text
            )
            for text, is_right in zip(texts, right, strict=True)
        )
        return Markup("<tr>{}</tr>").format(cells)

    def _dive_amount(self, amount):
        return format_amount(
            self.env, amount, self.currency_id or self.env.company.currency_id
        )

    def _dive_payer_invoices(self, payer):
        """Name the invoices of a payer, with how far each is."""
        words = dict(
            self.env["account.move"]
            ._fields["payment_state"]
            ._description_selection(self.env)
        )
        texts = []
        for move in self.invoice_ids:
            if move.partner_id != payer or move.state == "cancel":
                continue
            if move.state == "draft":
                texts.append(self.env._("Draft"))
            else:
                texts.append(f"{move.name} ({words.get(move.payment_state, '')})")
        return ", ".join(texts)
