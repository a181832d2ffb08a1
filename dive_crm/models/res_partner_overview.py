from odoo import api, fields, models

#: What counts as having been in touch: not what records note about themselves.
CONTACT_TYPES = ("comment", "email", "email_outgoing", "sms", "whatsapp")


class ResPartner(models.Model):
    """What the desk wants to know first when a customer opens (rule P13)."""

    _inherit = "res.partner"

    dive_next_seat_id = fields.Many2one(
        "dive.booking.diver",
        string="Next trip",
        compute="_compute_dive_next_seat_id",
    )
    dive_last_contact = fields.Datetime(
        string="Last contact", compute="_compute_dive_last_contact"
    )

    @api.depends("dive_booking_diver_ids.state", "dive_booking_diver_ids.date_start")
    def _compute_dive_next_seat_id(self):
        seats = self.env["dive.booking.diver"]
        if not seats.has_access("read"):
            # Somebody of another department reads all there is of a contact.
            self.dive_next_seat_id = False
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
            first.setdefault(seat.partner_id, seat)
        for partner in self:
            partner.dive_next_seat_id = first.get(partner._origin)

    @api.depends("message_ids")
    def _compute_dive_last_contact(self):
        latest = dict(
            self.env["mail.message"]._read_group(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("message_type", "in", CONTACT_TYPES),
                    ("subtype_id.internal", "=", False),
                ],
                ["res_id"],
                ["date:max"],
            )
        )
        for partner in self:
            partner.dive_last_contact = latest.get(partner.id)
