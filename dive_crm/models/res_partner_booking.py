"""What a customer's bookings say about the customer."""

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

ROLES = (
    "dive_crm.group_front_desk,dive_crm.group_instructor,dive_crm.group_medical,"
    "account.group_account_invoice,account.group_account_readonly"
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # groups: other users, who have no right to bookings, read all fields of a partner
    dive_booking_ids = fields.One2many(
        "dive.booking", "partner_id", "Bookings as payer", groups=ROLES
    )
    dive_booking_diver_ids = fields.One2many(
        "dive.booking.diver", "partner_id", "Places on trips", groups=ROLES
    )
    dive_booking_count = fields.Integer(
        "Number of bookings", compute="_compute_dive_booking_count", groups=ROLES
    )
    dive_status = fields.Selection(
        [("guest", "Guest"), ("existing", "Existing")],
        "Customer status",
        compute="_compute_dive_status",
        search="_search_dive_status",
        help="Existing: payer or diver in a booking that is confirmed or done.",
    )
    dive_lapsed = fields.Boolean(
        "Lapsed",
        compute="_compute_dive_lapsed",
        search="_search_dive_lapsed",
        help="Existing, but on no trip for the months set in the settings, and on none"
        " to come.",
    )

    # ------------------------------------------------------------------
    # Status
    # ------------------------------------------------------------------

    @api.depends("dive_booking_ids.state", "dive_booking_diver_ids.state")
    def _compute_dive_status(self):
        existing = self._dive_ids_where(self._dive_existing_sql)
        for partner in self:
            known = partner._origin.id in existing
            partner.dive_status = "existing" if known else "guest"

    @api.depends(
        "dive_booking_ids.state",
        "dive_booking_ids.date_start",
        "dive_booking_diver_ids.state",
        "dive_booking_diver_ids.trip_id.date_start",
    )
    @api.depends_context("company")
    def _compute_dive_lapsed(self):
        lapsed = self._dive_ids_where(self._dive_lapsed_sql)
        for partner in self:
            partner.dive_lapsed = partner._origin.id in lapsed

    def _dive_ids_where(self, condition):
        """Ids of those of ``self`` who meet an SQL condition, in one query."""
        if not self.ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id FROM res_partner p WHERE p.id IN %s AND %s",
                tuple(self.ids),
                condition("p"),
            )
        )
        return {row[0] for row in rows}

    def _dive_existing_sql(self, alias):
        """SQL: the partner ``alias`` is payer or diver in a booking that counts.

        One EXISTS over both tables, which PostgreSQL may run from either end: probing
        two partial indexes for each partner of a page, or starting from the bookings
        when they are few. Two EXISTS joined by OR leave it only the first way.
        """
        return SQL(
            "EXISTS (SELECT FROM (%s) dive_sold WHERE dive_sold.partner_id = %s)",
            self._dive_sold_sql(),
            SQL.identifier(alias, "id"),
        )

    def _dive_sold_sql(self):
        bookings = self.env["dive.booking"]._fields
        seats = self.env["dive.booking.diver"]._fields
        return SQL(
            "SELECT partner_id FROM dive_booking"
            " WHERE state IN ('confirmed', 'done')"
            " UNION ALL"
            " SELECT partner_id FROM dive_booking_diver"
            " WHERE state IN ('booked', 'checked_in', 'done', 'no_show')",
            to_flush=(
                bookings["partner_id"],
                bookings["state"],
                seats["partner_id"],
                seats["state"],
            ),
        )

    def _dive_lapsed_sql(self, alias):
        """SQL: the partner ``alias`` was on a trip, but on none lately or to come."""
        company = self.env.company
        since = company._dive_today() - relativedelta(
            months=company.dive_lapsed_months
        )
        bookings = self.env["dive.booking"]._fields
        seats = self.env["dive.booking.diver"]._fields
        recent = SQL(
            "SELECT b.partner_id FROM dive_booking b"
            " WHERE b.state IN ('confirmed', 'done') AND b.date_start >= %(since)s"
            " UNION ALL"
            " SELECT s.partner_id FROM dive_booking_diver s"
            " JOIN dive_trip t ON t.id = s.trip_id"
            " WHERE s.state IN ('booked', 'checked_in', 'done', 'no_show')"
            " AND t.date_start >= %(since)s",
            since=since,
            to_flush=(
                bookings["date_start"],
                seats["trip_id"],
                self.env["dive.trip"]._fields["date_start"],
            ),
        )
        return SQL(
            "(%s AND NOT EXISTS"
            " (SELECT FROM (%s) dive_recent WHERE dive_recent.partner_id = %s))",
            self._dive_existing_sql(alias),
            recent,
            SQL.identifier(alias, "id"),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "dive_status":
            return SQL(
                "CASE WHEN %s THEN 'existing' ELSE 'guest' END",
                self._dive_existing_sql(alias),
            )
        if field_expr == "dive_lapsed":
            return self._dive_lapsed_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _search_dive_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {"guest", "existing"} & set(value)
        if len(wanted) != 1:
            return Domain.TRUE if wanted else Domain.FALSE
        return self._dive_sql_domain("_dive_existing_sql", wanted == {"existing"})

    @api.model
    def _search_dive_lapsed(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {bool(item) for item in value}
        if len(wanted) != 1:
            return Domain.TRUE if wanted else Domain.FALSE
        return self._dive_sql_domain("_dive_lapsed_sql", wanted == {True})

    def _dive_sql_domain(self, method, positive):
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s",
                SQL() if positive else SQL("NOT"),
                getattr(model, method)(alias),
            )
        )

    # ------------------------------------------------------------------
    # Bookings
    # ------------------------------------------------------------------

    @api.depends("dive_booking_ids", "dive_booking_diver_ids")
    def _compute_dive_booking_count(self):
        bookings = {partner_id: set() for partner_id in self.ids}
        paid = self.env["dive.booking"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"], ["id:array_agg"]
        )
        dived = self.env["dive.booking.diver"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"], ["booking_id:array_agg"]
        )
        for partner, ids in (*paid, *dived):
            bookings[partner.id].update(ids)
        for partner in self:
            partner.dive_booking_count = len(bookings.get(partner._origin.id, ()))

    def action_view_dive_bookings(self):
        """Open the bookings in which this customer pays or dives."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_booking"
        )
        action["domain"] = [
            "|",
            ("partner_id", "=", self.id),
            ("diver_ids.partner_id", "=", self.id),
        ]
        action["context"] = self._dive_booking_defaults()
        return action

    def action_dive_new_booking(self):
        """Open a new booking with payer and diver filled in.

        A child's guardian pays; a company pays and does not dive.
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New booking"),
            "res_model": "dive.booking",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": self._dive_booking_defaults(),
        }

    def _dive_booking_defaults(self):
        payer = self.dive_guardian_id or self
        divers = [] if self.is_company else [Command.create({"partner_id": self.id})]
        return {"default_partner_id": payer.id, "default_diver_ids": divers}
