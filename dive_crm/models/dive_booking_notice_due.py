"""Which messages of the schedules are due; what the scheduled action asks."""

from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .dive_alert_late import LATE
from .dive_trip_change import SETTLE


class Due(NamedTuple):
    """Divers of one booking about whom somebody is to be told."""

    plan_id: int
    booking_id: int
    seat_ids: list
    about: datetime


class DiveBookingNotice(models.Model):
    _name = "dive.booking.notice"
    _inherit = ["dive.booking.notice", "dive.alert.round"]

    _dive_due_type = Due
    _dive_due_key = ("plan_id", "booking_id")
    _dive_cron = "dive_crm.ir_cron_message"

    about = fields.Datetime(
        "Due since",
        readonly=True,
        help="When that happened, or was due, of which is told.",
    )
    # a plain number, so that a merge of customers, or of divers, changes no mark
    seat_key = fields.Integer("Place's number", readonly=True, aggregator=None)

    _scheduled_once = models.UniqueIndex(
        "(plan_id, seat_key, about) WHERE plan_id IS NOT NULL",
        lambda env, diag: env._("This message went out already."),
    )

    # ------------------------------------------------------------------
    # Who is due
    # ------------------------------------------------------------------

    @api.model
    def _dive_told_sql(self, condition):
        """SQL: of this diver's place the message has been told.

        :param condition: SQL on ``mark``, which one counts
        """
        return SQL(
            """EXISTS (SELECT FROM dive_booking_notice_seat_rel rel
                         JOIN dive_booking_notice mark ON mark.id = rel.notice_id
                        WHERE rel.seat_id = seat.id AND %s)""",
            condition,
        )

    @api.model
    def _dive_from_sql(self, company, event, where):
        """SQL: places on trips of ``company`` to which a line of schedule applies."""
        return SQL(
            """FROM dive_message_plan plan
               JOIN dive_trip trip ON trip.type_id = plan.type_id
               JOIN dive_booking_diver seat ON seat.trip_id = trip.id
              WHERE plan.event = %s AND plan.active IS TRUE
                AND trip.company_id = %s AND trip.active IS TRUE
                AND trip.messages_off IS NOT TRUE AND %s""",
            event,
            company.id,
            where,
        )

    @api.model
    def _dive_since_sql(self, now=None):
        """SQL: nothing is told of what was due before.

        :param now: nor of what would be late now
        """
        late = SQL(", %s", now - LATE) if now else SQL()
        return SQL("GREATEST(plan.since, trip.messages_since%s)", late)

    @api.model
    def _dive_same_day_sql(self, company):
        """SQL: the trip is on the day of which ``mark`` reminded, where it takes place.

        Only where the schedule tells that it begins at another hour.
        """
        began = self._dive_moment_sql(company, SQL("mark.about"), "+")
        return SQL(
            """(%(began)s AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
               = (trip.date_start AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
               AND EXISTS (
                   SELECT FROM dive_message_plan news
                    WHERE news.type_id = plan.type_id AND news.event = 'changed'
                      AND news.active IS TRUE)""",
            began=began,
            zone=str(company._dive_zone()),
        )

    @api.model
    def _dive_moment_sql(self, company, column, sign):
        """SQL: the moment for which a line asks, so long before or after ``column``.

        Days are those of the clock on the wall: a day before nine is nine, also in the
        night in which clocks change.
        """
        return SQL(
            """CASE plan.unit WHEN 'days' THEN
               ((%(column)s AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)
                %(sign)s plan.interval * interval '1 day')
               AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
               ELSE %(column)s %(sign)s plan.interval * interval '1 hour' END""",
            column=column,
            zone=str(company._dive_zone()),
            sign=SQL(sign),
        )

    @api.model
    def _dive_due_confirmed_sql(self, company, now):
        told = SQL(
            """(mark.plan_id = plan.id OR mark.kind = 'place')
               AND COALESCE(mark.about, mark.date) >= seat.confirmed_on"""
        )
        return SQL(
            """SELECT plan.id AS plan_id, seat.booking_id,
                      array_agg(seat.id ORDER BY seat.id) AS seat_ids,
                      max(seat.confirmed_on) AS about %s GROUP BY 1, 2""",
            self._dive_from_sql(
                company,
                "confirmed",
                SQL(
                    """trip.state = 'open' AND trip.date_start > %s
                       AND seat.state IN ('booked', 'checked_in')
                       AND seat.confirmed_on >= %s AND NOT %s""",
                    now,
                    self._dive_since_sql(now),
                    self._dive_told_sql(told),
                ),
            ),
        )

    @api.model
    def _dive_unconfirmed_sql(self, now):
        """SQL: that this place is booked is still to be told, as the trip is now."""
        told = SQL(
            """mark.kind IN ('confirmed', 'place')
               AND COALESCE(mark.about, mark.date) >= seat.confirmed_on"""
        )
        return SQL(
            """(NOT %s AND EXISTS (
                   SELECT FROM dive_message_plan first
                    WHERE first.type_id = plan.type_id AND first.event = 'confirmed'
                      AND first.active IS TRUE AND seat.confirmed_on
                          >= GREATEST(first.since, trip.messages_since, %s)))""",
            self._dive_told_sql(told),
            now - LATE,
        )

    @api.model
    def _dive_due_changed_sql(self, company, now):
        # who got a confirmation since, reads there how it is now
        told = SQL(
            """(mark.plan_id = plan.id AND mark.about = trip.changed_on
                OR mark.kind = 'confirmed' AND mark.trip_id = trip.id
                   AND mark.date > trip.changed_on)"""
        )
        return SQL(
            """SELECT plan.id AS plan_id, seat.booking_id,
                      array_agg(seat.id ORDER BY seat.id) AS seat_ids,
                      max(trip.changed_on) AS about %s GROUP BY 1, 2""",
            self._dive_from_sql(
                company,
                "changed",
                SQL(
                    """trip.state = 'open' AND trip.date_end > %s
                       AND trip.changed_on <= %s AND trip.changed_on >= %s
                       AND seat.state IN ('booked', 'checked_in')
                       AND COALESCE(seat.confirmed_on <= trip.changed_on, TRUE)
                       AND NOT %s AND NOT %s""",
                    now,
                    now - SETTLE,
                    self._dive_since_sql(now),
                    self._dive_unconfirmed_sql(now),
                    self._dive_told_sql(told),
                ),
            ),
        )

    @api.model
    def _dive_due_cancelled_sql(self, company, now):
        """SQL: places given up of which those who pay knew."""
        told = SQL(
            """(mark.plan_id = plan.id OR mark.kind = 'cancelled')
               AND COALESCE(mark.about, mark.date) >= seat.cancelled_on"""
        )
        return SQL(
            """SELECT plan.id AS plan_id, seat.booking_id,
                      array_agg(seat.id ORDER BY seat.id) AS seat_ids,
                      max(seat.cancelled_on) AS about %s GROUP BY 1, 2""",
            self._dive_from_sql(
                company,
                "cancelled",
                SQL(
                    """trip.state = 'open' AND trip.date_start > %s
                       AND seat.state = 'cancelled'
                       AND seat.cancelled_on <= %s AND seat.cancelled_on >= %s
                       AND NOT %s
                       AND (COALESCE(seat.cancelled_on - seat.confirmed_on
                                     > interval '10 minutes', TRUE) OR %s)""",
                    now,
                    now - SETTLE,
                    self._dive_since_sql(now),
                    self._dive_told_sql(told),
                    self._dive_told_sql(SQL("TRUE")),
                ),
            ),
        )

    @api.model
    def _dive_due_before_sql(self, company, now):
        """SQL: reminders; who booked after that moment knows of the trip anyway."""
        due = self._dive_moment_sql(company, SQL("trip.date_start"), "-")
        # a trip that was moved has another moment; a plan that is edited tells no more
        told = SQL(
            """mark.plan_id = plan.id AND (mark.about >= %s
               OR mark.trip_id = trip.id
                  AND (COALESCE(trip.changed_on <= mark.date, TRUE) OR %s))""",
            due,
            self._dive_same_day_sql(company),
        )
        return SQL(
            """SELECT plan.id AS plan_id, seat.booking_id,
                      array_agg(seat.id ORDER BY seat.id) AS seat_ids,
                      max(%s) AS about %s GROUP BY 1, 2""",
            due,
            self._dive_from_sql(
                company,
                "before_start",
                SQL(
                    """trip.state = 'open' AND trip.date_start > %(now)s
                       AND COALESCE(trip.changed_on <= %(settled)s, TRUE)
                       AND %(due)s <= %(now)s AND %(due)s >= %(since)s
                       AND GREATEST(%(due)s, trip.changed_on) >= %(late)s
                       AND seat.state = 'booked'
                       AND COALESCE(seat.confirmed_on <= %(due)s, TRUE)
                       AND NOT %(told)s""",
                    now=now,
                    settled=now - SETTLE,
                    late=now - LATE,
                    due=due,
                    since=self._dive_since_sql(),
                    told=self._dive_told_sql(told),
                ),
            ),
        )

    @api.model
    def _dive_due_after_sql(self, company, now, event):
        due = self._dive_moment_sql(company, SQL("trip.date_end"), "+")
        return SQL(
            """SELECT plan.id AS plan_id, seat.booking_id,
                      array_agg(seat.id ORDER BY seat.id) AS seat_ids,
                      max(%s) AS about %s GROUP BY 1, 2""",
            due,
            self._dive_from_sql(
                company,
                event,
                SQL(
                    """trip.state = 'done' AND seat.state = 'done'
                       AND %(due)s <= %(now)s AND %(due)s >= %(since)s
                       AND %(due)s > %(late)s AND NOT %(told)s""",
                    now=now,
                    due=due,
                    since=self._dive_since_sql(),
                    late=now - LATE,
                    told=self._dive_told_sql(SQL("mark.plan_id = plan.id")),
                ),
            ),
        )

    @api.model
    def _dive_due_sql(self, company):
        """SQL: all messages of the schedules that are due, as :class:`Due`."""
        now = fields.Datetime.now()
        return SQL(" UNION ALL ").join(
            [
                self._dive_due_confirmed_sql(company, now),
                self._dive_due_changed_sql(company, now),
                self._dive_due_cancelled_sql(company, now),
                self._dive_due_before_sql(company, now),
                self._dive_due_after_sql(company, now, "after_end"),
                self._dive_due_after_sql(company, now, "feedback"),
            ]
        )

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _dive_alert_marks(self):
        return self

    @api.model
    def _dive_alert_companies(self):
        # pylint: disable=no-search-all
        return self.env["res.company"].search([], order="id")

    @api.model
    def _dive_due_about(self, due):
        return self.env["dive.booking"].browse(row.booking_id for row in due)

    @api.model
    def _dive_due_words(self, due):
        return "Bookings"
