"""Gear of a booking: it moves with it, and is charged on its invoice."""

from odoo import api, models


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def write(self, vals):
        moved = "trip_id" in vals and self.filtered(
            lambda booking: booking.trip_id.id != vals["trip_id"]
        )
        result = super().write(vals)
        if moved:
            moved.diver_ids._dive_gear_follow_trip()
        return result

    # ------------------------------------------------------------------
    # What is left to do
    # ------------------------------------------------------------------

    @api.depends(
        "diver_ids.gear_ids.invoice_state",
        "diver_ids.gear_ids.price",
        "diver_ids.gear_ids.state",
    )
    def _compute_invoice_state(self):
        self.diver_ids.gear_ids.mapped("invoice_state")  # of all at once
        return super()._compute_invoice_state()

    def _invoice_state(self):
        """Gear that is still to be charged comes first, as places do."""
        state = super()._invoice_state()
        gear = self.diver_ids.gear_ids
        if state != "to_invoice" and gear._dive_not_invoiced():
            return "to_invoice"
        if state in ("none", "credited", "invoiced", "partial", "paid") and (
            "draft" in gear.mapped("invoice_state")
        ):
            return "draft"
        return state

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def _prepare_invoice_lines(self, seats, payer=None):
        """Add a line per piece of gear that is charged and nobody has claimed."""
        lines = super()._prepare_invoice_lines(seats, payer)
        # sudo: accountants make invoices and lend nothing
        needs = self.sudo().diver_ids.gear_ids._dive_not_invoiced()
        if payer:
            needs = needs.filtered(
                lambda gear: (
                    gear.seat_id._dive_payer() == payer and gear.invoice_state == "none"
                )
            )
        for gear in needs._dive_claim_for_invoice():
            lines[gear.seat_id._dive_payer().with_env(self.env)].append(
                self._prepare_gear_line(gear)
            )
        return lines

    def _dive_sum_to_bill(self, seats):
        """A place may be free, and its rental is not."""
        # sudo: accountants make invoices and lend nothing
        needs = seats.sudo().gear_ids._dive_not_invoiced()
        return super()._dive_sum_to_bill(seats) + sum(needs.mapped("price"))

    def _prepare_gear_line(self, gear):
        # the payer reads it, so it is in the payer's language
        payer = gear.seat_id._dive_payer()
        env = self.with_context(lang=payer.lang or self.env.lang).env
        return {
            "product_id": gear.kind_id.product_id.id,
            "quantity": 1,
            "price_unit": gear.price,
            "name": env._(
                "Rental: %(gear)s (%(diver)s)",
                gear=gear.with_context(lang=env.lang).kind_id.name,
                diver=gear.partner_id.name,
            ),
            # the line goes with the place: cancelled, credited and found as its own
            "dive_booking_diver_id": gear.seat_id.id,
            "dive_gear_id": gear.id,
        }
