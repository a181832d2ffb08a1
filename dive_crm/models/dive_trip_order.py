"""All trips in one list, in the order in which the desk asks for them."""

from odoo import api, fields, models
from odoo.tools import SQL

#: more than the seconds of any moment since 1970
LATER = 10**11


class DiveTrip(models.Model):
    """Trips that come, the next one first; then those that are over, the last first.

    A filter would do so too, but the calendar has the same ones: there, this morning's
    trips would be missing.
    """

    _inherit = "dive.trip"

    turn = fields.Float(
        "Coming first", compute="_compute_turn", aggregator=None, digits=(16, 0)
    )

    @api.depends("date_start", "date_end")
    def _compute_turn(self):
        now = fields.Datetime.now()
        for trip in self:
            begins = trip.date_start.timestamp() if trip.date_start else 0
            over = trip.date_end and trip.date_end < now
            trip.turn = LATER - begins if over else begins

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "turn":
            return super()._field_to_sql(alias, field_expr, query)
        begins = super()._field_to_sql(alias, "date_start", query)
        ends = super()._field_to_sql(alias, "date_end", query)
        return SQL(
            "CASE WHEN %s < %s THEN %s - EXTRACT(EPOCH FROM %s)"
            " ELSE EXTRACT(EPOCH FROM %s) END",
            ends,
            fields.Datetime.now(),
            LATER,
            begins,
            begins,
        )
