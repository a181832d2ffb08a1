"""When the next message of each kind is due: what each room knows of its days."""

from datetime import UTC, timedelta

from odoo import fields, models
from odoo.tools import SQL

from . import dive_message_plan_card as card
from . import dive_message_plan_certification as certification
from . import dive_message_plan_medical as medical
from .dive_message_plan import AT

#: event → what ends, which of it counts, whether the message comes a day after
ENDS = {
    certification.ENDS: (
        "dive_certification",
        "expiry_date",
        SQL("thing.active IS TRUE AND thing.verification != 'rejected'"),
    ),
    medical.ENDS: (
        "dive_medical_form",
        "valid_until",
        SQL("thing.state = 'submitted' AND thing.company_id = plan.company_id"),
    ),
    card.ENDS: (
        "dive_discount_card",
        "expiry_date",
        SQL("thing.state = 'active' AND thing.company_id = plan.company_id"),
    ),
}
#: what is told a day after the end → what is told before it
AFTER_END = {medical.ENDED: medical.ENDS, card.ENDED: card.ENDS}


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    def _dive_next(self):
        days = super()._dive_next()
        for event, plans in self.grouped("event").items():
            if event in ENDS or event in AFTER_END:
                days.update(plans._dive_next_end(event))
            elif plans.type_id and plans[0].moment != AT:
                days.update(plans._dive_next_trip())
        return days

    def _dive_next_end(self, event):
        """Return plan id → day, of what ends so many days later."""
        table, column, counts = ENDS[AFTER_END.get(event, event)]
        # a day after the end is one day before, the other way round
        ahead = SQL("-1") if event in AFTER_END else SQL("plan.interval")
        self.env[table.replace("_", ".")].flush_model()
        self.flush_recordset()
        days = {}
        for company, plans in self.grouped("company_id").items():
            query = SQL(
                """
                SELECT plan.id, next.day - %(ahead)s
                  FROM dive_message_plan plan
                 CROSS JOIN LATERAL (
                       SELECT min(thing.%(column)s) AS day
                         FROM %(table)s thing
                        WHERE thing.%(column)s > %(today)s + %(ahead)s AND %(counts)s
                       ) next
                 WHERE plan.id IN %(ids)s AND next.day IS NOT NULL
                """,
                ahead=ahead,
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                today=company._dive_today(),
                counts=counts,
                ids=plans._ids,
            )
            days.update(self.env.execute_query(query))
        return days

    def _dive_next_trip(self):
        """Return plan id → day, of trips that somebody has booked."""
        now = fields.Datetime.now()
        longest = max(self.mapped("interval"))
        trips = self.env["dive.trip"].search(
            [
                ("type_id", "in", self.type_id.ids),
                ("state", "in", ("open", "done")),
                ("date_end", ">", now - timedelta(days=longest)),
                ("messages_off", "=", False),
                ("seats_taken", ">", 0),
            ]
        )
        days = {}
        for plan in self:
            for trip in trips.filtered(
                lambda trip, kind=plan.type_id: trip.type_id == kind
            ):
                due = plan._dive_due_on(trip)
                if due > now:
                    zone = trip.company_id._dive_zone()
                    day = due.replace(tzinfo=UTC).astimezone(zone).date()
                    days[plan.id] = min(day, days.get(plan.id, day))
        return days
