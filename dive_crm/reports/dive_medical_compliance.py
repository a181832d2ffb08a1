"""Who lacks what before which trip: a status, no content."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.res_partner_medical import FORM_FIELDS, STATUSES
from ..tools.seats import SEAT_HELD

#: status on the day of the trip → what is missing then
MISSING = {
    "none": "form",
    "expired": "ends",
    "physician": "physician",
    "unfit": "not_cleared",
    "pending": "attention",
    "fit": "nothing",
}


class DiveMedicalCompliance(models.Model):
    """One row for each diver who holds a place on a trip, gone by or coming.

    The status is that of the trip's day, as ``res.partner._dive_medical_status`` says
    it. It is computed for the rows that a filter leaves, so filter by date.
    """

    _name = "dive.medical.compliance"
    _description = "Medical compliance"
    _inherit = ["dive.access.mixin"]
    _auto = False
    _order = "date_start, id"
    _rec_name = "partner_id"
    _depends = {
        "dive.booking.diver": ["booking_id", "partner_id", "state", "trip_id"],
        "dive.medical.form": list(FORM_FIELDS),
        "dive.trip": ["company_id", "date_start", "state", "type_id"],
        "res.company": ["partner_id"],
        "res.partner": ["birthdate_date", "tz"],
    }

    partner_id = fields.Many2one("res.partner", "Diver", readonly=True)
    booking_id = fields.Many2one("dive.booking", readonly=True)
    trip_id = fields.Many2one("dive.trip", readonly=True)
    type_id = fields.Many2one("dive.trip.type", "Kind of trip", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_start = fields.Datetime("Trip starts", readonly=True)
    date = fields.Date(
        "Day of the trip", readonly=True, help="Where the company of the trip is."
    )
    days = fields.Integer(
        "Days to the trip",
        readonly=True,
        aggregator=None,
        help="Less than 0: it is over.",
    )
    state = fields.Selection(
        lambda self: [
            (key, label)
            for key, label in self.env["dive.booking.diver"]
            ._fields["state"]
            ._description_selection(self.env)
            if key in SEAT_HELD
        ],
        "Place",
        readonly=True,
    )
    status = fields.Selection(STATUSES, "Medical status", readonly=True)
    missing = fields.Selection(
        [
            ("form", "No form"),
            ("ends", "Ends before the trip"),
            ("physician", "Physician needed"),
            ("not_cleared", "Not cleared"),
            ("attention", "Needs attention"),
            ("nothing", "Nothing"),
        ],
        readonly=True,
    )
    missing_count = fields.Integer("Papers missing", readonly=True)
    valid_until = fields.Date(
        "Valid until",
        readonly=True,
        help="The last day before something is needed: a new form, a physician's word,"
        " or more answers from a birthday on.",
    )

    @property
    def _table_query(self):
        # Status and end are each looked up where they are asked for, and only for the
        # rows that are left: a join would look all of them up to count them.
        return SQL(
            """
            SELECT place.*,
                   CASE place.status %(missing)s END AS missing,
                   CASE place.status WHEN 'fit' THEN 0 ELSE 1 END AS missing_count
              FROM (SELECT local.*,
                           local.date - %(today)s AS days,
                           COALESCE((SELECT found.status FROM (%(found)s) found),
                                    'none') AS status,
                           (SELECT found.until FROM (%(found)s) found) AS valid_until
                      FROM (%(places)s) local) place
            """,
            missing=SQL(" ").join(
                SQL("WHEN %s THEN %s", *pair) for pair in MISSING.items()
            ),
            today=self.env.company._dive_today(),
            found=self.env["res.partner"]._dive_medical_of_sql(
                SQL("local.partner_id"), SQL("local.date")
            ),
            places=self._dive_places_sql(),
        )

    @api.model
    def _dive_places_sql(self):
        """SQL: who holds a place, with the day of the trip where its company is.

        As ``res.company._dive_day_of`` has it.
        """
        return SQL(
            """
            SELECT seat.id, seat.partner_id, seat.booking_id, seat.trip_id, seat.state,
                   trip.type_id, trip.company_id, trip.date_start,
                   (trip.date_start AT TIME ZONE 'UTC' AT TIME ZONE
                    COALESCE(NULLIF(address.tz, ''), 'UTC'))::date AS date
              FROM dive_booking_diver seat
              JOIN dive_trip trip ON trip.id = seat.trip_id
              JOIN res_company house ON house.id = trip.company_id
              JOIN res_partner address ON address.id = house.partner_id
             WHERE seat.state IN %s
            """,
            SEAT_HELD,
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        # Compiling the many small look-ups takes PostgreSQL ten times as long as doing
        # them: 20,000 rows grouped in 10 seconds, without in 1.
        self.env.cr.execute("SET LOCAL jit = off")
        return super()._search(domain, *args, **kwargs)

    @api.depends("partner_id", "trip_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.partner_id.name or ''} · {row.trip_id.name or ''}"

    def action_open_booking(self):
        """Open the booking in which the diver has the place."""
        self.ensure_one()
        return self.booking_id.get_formview_action()

    def action_open_customer(self):
        """Open the diver, with the medical forms."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
