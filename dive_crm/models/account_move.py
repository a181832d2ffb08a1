from odoo import api, fields, models

GROUPS = (
    "dive_crm.group_front_desk,dive_crm.group_instructor,"
    "account.group_account_invoice,account.group_account_readonly"
)


class AccountMove(models.Model):
    _inherit = "account.move"

    dive_booking_ids = fields.Many2many(
        "dive.booking",
        string="Bookings",
        compute="_compute_dive_booking_ids",
        search="_search_dive_booking_ids",
        groups=GROUPS,
    )
    dive_booking_count = fields.Integer(
        "Number of bookings", compute="_compute_dive_booking_ids", groups=GROUPS
    )

    @api.depends("line_ids.dive_booking_diver_id")
    def _compute_dive_booking_ids(self):
        for move in self:
            bookings = move.line_ids.dive_booking_diver_id.booking_id
            move.dive_booking_ids = bookings
            move.dive_booking_count = len(bookings)

    @api.model
    def _search_dive_booking_ids(self, operator, value):
        if operator in ("not in", "not any"):
            return NotImplemented
        return [("line_ids.dive_booking_diver_id.booking_id", operator, value)]

    def action_view_dive_bookings(self):
        """Open the bookings that these invoices charge."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_booking"
        )
        bookings = self.dive_booking_ids
        action["context"] = {}
        if len(bookings) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = bookings.id
        else:
            action["domain"] = [("id", "in", bookings.ids)]
        return action

    def _dive_adapt_prices(self):
        """Carry tax-included prices over to the taxes of the fiscal position.

        Odoo does so for the list price of a product; a place has a price of its own.
        """
        for move in self.filtered("fiscal_position_id"):
            for line in move.invoice_line_ids.filtered("dive_booking_diver_id"):
                price = line.product_id._get_tax_included_unit_price_from_price(
                    line._dive_own_price(),
                    line.product_id.taxes_id._filter_taxes_by_company(move.company_id),
                    fiscal_position=move.fiscal_position_id,
                )
                if price != line.price_unit:
                    line.price_unit = price
