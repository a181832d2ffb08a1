from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What counts as having been in touch: not what records note about themselves.
CONTACT_TYPES = ("comment", "email", "email_outgoing", "sms", "whatsapp")


class ResPartner(models.Model):
    """What the desk wants to know first when a customer opens (rule P13)."""

    _inherit = "res.partner"

    dive_next_trip_id = fields.Many2one(
        "dive.trip",
        string="Next trip",
        compute="_compute_dive_next_trip_id",
    )
    dive_last_contact = fields.Datetime(
        string="Last contact",
        compute="_compute_dive_last_contact",
        search="_search_dive_last_contact",
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

    def _search_dive_last_contact(self, operator, value):
        """Search by the latest message, without a look at each partner.

        Somebody never written to has no last contact, and is found by ``= False`` only.
        """
        if operator == "in" and set(value) == {False}:
            return ~self._dive_contacted(SQL("TRUE"))
        if operator in (">", ">="):
            moment = SQL("message.date %s %s", SQL(operator), value)
            return self._dive_contacted(moment)
        if operator in ("<", "<="):
            later = SQL(">=" if operator == "<" else ">")
            moment = SQL("message.date %s %s", later, value)
            return self._dive_contacted(SQL("TRUE")) & ~self._dive_contacted(moment)
        return NotImplemented

    def _dive_contacted(self, condition):
        """Return the domain of partners with a message that satisfies ``condition``."""
        internal = SQL("(SELECT id FROM mail_message_subtype WHERE internal)")
        messages = SQL(
            "(SELECT message.res_id FROM mail_message message"
            " WHERE message.model = %s AND message.message_type IN %s"
            " AND (message.subtype_id IS NULL OR message.subtype_id NOT IN %s)"
            " AND %s)",
            self._name,
            CONTACT_TYPES,
            internal,
            condition,
        )
        return Domain("id", "in", messages)

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
