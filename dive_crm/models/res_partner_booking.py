"""What a customer's bookings say about the customer."""

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.seats import BOOKING_SOLD, SEAT_SOLD
from ..tools.yes_no import yes_no_domain

#: up to so many sold places, a filter starts from them rather than from the partners
FEW_SOLD = 20000
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
        lapsed = self._dive_ids_where(
            lambda alias: self._dive_lapsed_sql(alias, self._dive_existing_sql(alias))
        )
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

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "dive_status":
            return SQL(
                "CASE WHEN %s THEN 'existing' ELSE 'guest' END",
                self._dive_existing_sql(alias)
                if query is None
                else self._dive_join_sold(alias, query),
            )
        if field_expr == "dive_lapsed":
            return self._dive_lapsed_sql(alias, self._dive_existing_sql(alias))
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _search_dive_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {"guest", "existing"} & set(value)
        if len(wanted) != 1:
            return Domain.TRUE if wanted else Domain.FALSE
        existing = wanted == {"existing"}
        return Domain.custom(
            to_sql=lambda model, alias, query: (
                model._dive_search_existing_sql(alias)
                if existing
                else model._dive_guest_sql(alias)
            )
        )

    @api.model
    def _search_dive_lapsed(self, operator, value):
        return yes_no_domain(
            operator,
            value,
            lambda model, alias: model._dive_lapsed_sql(
                alias, model._dive_search_existing_sql(alias)
            ),
        )

    # ------------------------------------------------------------------
    # SQL of the status
    # ------------------------------------------------------------------

    def _dive_sold_sql(self):
        """SQL: whom bookings count for, one query for payers, one for divers."""
        bookings = self.env["dive.booking"]._fields
        seats = self.env["dive.booking.diver"]._fields
        return (
            SQL(
                "SELECT partner_id FROM dive_booking WHERE state IN %s",
                BOOKING_SOLD,
                to_flush=(bookings["partner_id"], bookings["state"]),
            ),
            SQL(
                "SELECT partner_id FROM dive_booking_diver WHERE state IN %s",
                SEAT_SOLD,
                to_flush=(seats["partner_id"], seats["state"]),
            ),
        )

    def _dive_recent_sql(self):
        """SQL: the like, but only those on a trip of late or to come."""
        company = self.env.company
        since = company._dive_today() - relativedelta(months=company.dive_lapsed_months)
        bookings = self.env["dive.booking"]._fields
        seats = self.env["dive.booking.diver"]._fields
        return (
            SQL(
                "SELECT partner_id FROM dive_booking"
                " WHERE state IN %s AND date_start >= %s",
                BOOKING_SOLD,
                since,
                to_flush=tuple(
                    bookings[name] for name in ("partner_id", "state", "date_start")
                ),
            ),
            SQL(
                "SELECT seat.partner_id FROM dive_booking_diver seat"
                " JOIN dive_trip trip ON trip.id = seat.trip_id"
                " WHERE seat.state IN %s AND trip.date_start >= %s",
                SEAT_SOLD,
                since,
                to_flush=(
                    *(seats[name] for name in ("partner_id", "state", "trip_id")),
                    self.env["dive.trip"]._fields["date_start"],
                ),
            ),
        )

    def _dive_existing_sql(self, alias):
        """SQL: ``alias`` is payer or diver in a booking that counts.

        Two probes of partial indexes for each partner looked at: right for a page. An
        EXISTS would do as well, but PostgreSQL takes it as leave to hash all bookings.
        """
        probes = [
            SQL(
                "(SELECT 1 FROM (%s) dive WHERE dive.partner_id = %s LIMIT 1)"
                " IS NOT NULL",
                query,
                SQL.identifier(alias, "id"),
            )
            for query in self._dive_sold_sql()
        ]
        return SQL("(%s OR %s)", *probes)

    def _dive_guest_sql(self, alias):
        """SQL: ``alias`` is neither; two anti-joins, which PostgreSQL can estimate."""
        return SQL("(%s AND %s)", *self._dive_absent(alias, self._dive_sold_sql()))

    def _dive_lapsed_sql(self, alias, existing):
        """SQL: ``alias`` was on a trip, but on none of late or to come.

        :param SQL existing: the first half of it
        """
        return SQL(
            "(%s AND %s AND %s)",
            existing,
            *self._dive_absent(alias, self._dive_recent_sql()),
        )

    def _dive_absent(self, alias, queries):
        return [
            SQL(
                "NOT EXISTS (SELECT FROM (%s) dive WHERE dive.partner_id = %s)",
                query,
                SQL.identifier(alias, "id"),
            )
            for query in queries
        ]

    def _dive_search_existing_sql(self, alias):
        """SQL for a filter: start from the bookings while they are few.

        Walking through 200,000 customers to find the first page of 20 existing ones
        takes half a second, and so does collecting 150,000 existing ones to show a
        page; PostgreSQL cannot tell, having no statistics on the union of two tables.
        """
        sold = self._dive_sold_sql()
        rows = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM ((%s LIMIT %s) UNION ALL (%s LIMIT %s)) few",
                sold[0],
                FEW_SOLD,
                sold[1],
                FEW_SOLD,
            )
        )
        if rows[0][0] >= FEW_SOLD:
            return self._dive_existing_sql(alias)
        return SQL(
            "%s IN (%s UNION ALL %s)", SQL.identifier(alias, "id"), sold[0], sold[1]
        )

    def _dive_join_sold(self, alias, query):
        """Join those whom a booking counts for; return SQL: ``alias`` is one of them.

        To group or sort all customers, one hash join takes less than half the time of
        two probes for each of them.
        """
        sold = query.make_alias(alias, "dive_sold")
        query.add_join(
            "LEFT JOIN",
            sold,
            SQL("(%s)", SQL(" UNION ").join(self._dive_sold_sql())),
            SQL(
                "%s = %s",
                SQL.identifier(alias, "id"),
                SQL.identifier(sold, "partner_id"),
            ),
        )
        return SQL("%s IS NOT NULL", SQL.identifier(sold, "partner_id"))

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
            "|",
            ("diver_ids.partner_id", "=", self.id),
            ("diver_ids.payer_id", "=", self.id),
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
            "views": [
                (
                    self.env.ref("dive_crm.view_dive_booking_form_of_customer").id,
                    "form",
                )
            ],
            "context": self._dive_booking_defaults(),
        }

    def _dive_booking_defaults(self):
        payer = self.dive_guardian_id or self
        divers = [] if self.is_company else [Command.create({"partner_id": self.id})]
        return {"default_partner_id": payer.id, "default_diver_ids": divers}
