from odoo import api, fields, models


class ResPartner(models.Model):
    """What the desk wants to know first when a customer opens (rule P13)."""

    _inherit = "res.partner"

    dive_next_trip_id = fields.Many2one(
        "dive.trip",
        string="Next trip",
        compute="_compute_dive_next_trip_id",
    )
    dive_invoice_count = fields.Integer(
        string="Number of invoices",
        compute="_compute_dive_invoice_count",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("dive_booking_diver_ids.state", "dive_booking_diver_ids.date_start")
    def _compute_dive_next_trip_id(self):
        seats = self.env["dive.booking.diver"]
        if not seats.has_access("read"):
            # Somebody of another department reads all there is of a contact.
            self.dive_next_trip_id = False
            return
        seats = seats.search(
            [
                ("partner_id", "in", self.ids),
                ("state", "in", ("requested", "booked", "checked_in")),
                ("trip_id.date_end", ">=", fields.Datetime.now()),
            ]
        )
        first = {}
        for seat in seats.sorted("date_start"):
            first.setdefault(seat.partner_id, seat.trip_id)
        for partner in self:
            partner.dive_next_trip_id = first.get(partner._origin)

    @api.depends("invoice_ids")
    def _compute_dive_invoice_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [
                    ("partner_id", "in", self.ids),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.dive_invoice_count = counts.get(partner._origin, 0)
