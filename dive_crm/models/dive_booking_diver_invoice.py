"""Whether a diver's place is invoiced, and the mark that makes it once."""

from odoo import Command, api, fields, models
from odoo.tools import SQL

from ..tools.seats import SEAT_SOLD
from .dive_booking_invoice import ACCOUNTING


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    invoice_line_ids = fields.One2many(
        "account.move.line",
        "dive_booking_diver_id",
        "Invoice lines",
        groups=ACCOUNTING,
    )
    invoice_state = fields.Selection(
        [
            ("none", "Not invoiced"),
            ("draft", "Draft invoice"),
            ("invoiced", "Invoiced"),
            ("credited", "Credited"),
        ],
        "Invoice",
        compute="_compute_invoice_state",
        store=True,
    )

    @api.depends(
        "invoice_line_ids.price_total",
        "invoice_line_ids.move_id.state",
        "invoice_line_ids.move_id.move_type",
    )
    def _compute_invoice_state(self):
        for seat in self:
            lines = seat.invoice_line_ids.filtered(
                lambda line: line.move_id.state != "cancel" and not line.dive_gear_id
            )
            charges = lines.filtered(
                lambda line: line.move_id.move_type == "out_invoice"
            )
            credits = lines.filtered(
                lambda line: (
                    line.move_id.move_type == "out_refund"
                    and line.move_id.state == "posted"
                )
            )
            if not charges:
                seat.invoice_state = "none"
            elif credits and seat._is_credited(charges, credits):
                seat.invoice_state = "credited"
            elif any(line.move_id.state == "draft" for line in charges):
                seat.invoice_state = "draft"
            else:
                seat.invoice_state = "invoiced"

    def _is_credited(self, charges, credits):
        left = sum(charges.mapped("price_total")) - sum(credits.mapped("price_total"))
        sign = charges.currency_id[:1].compare_amounts(left, 0)
        # a free place has no amount left either way: then the number of lines counts
        return sign < 0 or (sign == 0 and len(credits) >= len(charges))

    def _not_invoiced(self):
        """Those of these divers who are to be invoiced, as far as we can see."""
        return self.filtered(
            lambda seat: (
                seat.state in SEAT_SOLD and seat.invoice_state in ("none", "credited")
            )
        )

    def _claim_for_invoice(self):
        """Mark these divers as being invoiced; return those whom nobody else marked.

        The mark is one conditional UPDATE: of two clicks at the same moment the second
        waits, and then finds nothing left to claim.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE dive_booking_diver SET invoice_state = 'draft'"
                " WHERE id IN %s AND invoice_state IN ('none', 'credited')"
                " RETURNING id",
                tuple(self.ids),
            )
        )
        claimed = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_recordset(["invoice_state"], flush=False)
        return self.browse(sorted(claimed))

    def _drop_draft_invoice_lines(self):
        """Take cancelled divers off draft invoices; an empty invoice is cancelled."""
        # sudo: whoever may cancel a place frees its payer from the draft as well
        lines = self.sudo().invoice_line_ids.filtered(
            lambda line: (
                line.move_id.state == "draft"
                and line.move_id.move_type == "out_invoice"
            )
        )
        for move in lines.move_id:
            mine = lines & move.invoice_line_ids
            others = (move.invoice_line_ids - mine).filtered(
                lambda line: line.display_type == "product"
            )
            if others:
                move.write(
                    {"invoice_line_ids": [Command.delete(line.id) for line in mine]}
                )
            else:
                move.button_cancel()
