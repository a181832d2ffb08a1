"""Trips, people and bookings that are committed, and removed again."""

from odoo import Command, fields

from .common import RaceCase


class WaitingRaceCase(RaceCase):
    PEOPLE = 40
    trips = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            cr.execute("SELECT max(id) FROM mail_message")
            cls.last_message = cr.fetchone()[0] or 0
            cr.execute("SELECT max(id) FROM ir_cron_trigger")
            cls.last_trigger = cr.fetchone()[0] or 0
        cls.case = cls()
        with cls.case._env() as env:
            product = env["product.product"].create(
                {"name": "Race", "type": "service", "list_price": 10}
            )
            cls.template_id = product.product_tmpl_id.id
            cls.product_id = product.id
            cls.type_id = env["dive.trip.type"].create({"name": "Race wait"}).id
            cls.boat_id = env["dive.boat"].create({"name": "Race"}).id
            cls.partner_ids = (
                env["res.partner"]
                .create(
                    [
                        {"name": f"Race {number}", "email": f"race{number}@reef.test"}
                        for number in range(cls.PEOPLE)
                    ]
                )
                .ids
            )
        cls.addClassCleanup(cls._remove)

    @classmethod
    def _remove(cls):
        """Remove what was committed; in SQL, since records are kept here."""
        with cls.registry.cursor() as cr:
            cls._remove_bookings(cr)
            cr.execute("DELETE FROM dive_trip WHERE type_id = %s", [cls.type_id])
            cr.execute("DELETE FROM ir_cron_trigger WHERE id > %s", [cls.last_trigger])
        with cls.case._env() as env:
            env["dive.boat"].browse(cls.boat_id).unlink()
            env["dive.trip.type"].browse(cls.type_id).unlink()
            env["product.template"].browse(cls.template_id).unlink()
            env["res.partner"].browse(cls.partner_ids).unlink()

    @classmethod
    def _remove_bookings(cls, cr):
        for model in ("dive.booking", "dive.trip", "dive.booking.notice"):
            cr.execute(
                "DELETE FROM mail_mail WHERE mail_message_id IN"
                " (SELECT id FROM mail_message WHERE id > %s AND model = %s)",
                [cls.last_message, model],
            )
            cr.execute(
                "DELETE FROM mail_message WHERE id > %s AND model = %s",
                [cls.last_message, model],
            )
        mine = "(SELECT id FROM dive_trip WHERE type_id = %s)"
        cr.execute(
            f"DELETE FROM dive_booking_diver WHERE trip_id IN {mine}", [cls.type_id]
        )
        cr.execute(f"DELETE FROM dive_booking WHERE trip_id IN {mine}", [cls.type_id])

    def _make_trip(self, env, **vals):
        # each trip on days of its own: nobody is on two at the same time
        type(self).trips += 1
        start = fields.Datetime.add(fields.Datetime.now(), days=2 * self.trips)
        return env["dive.trip"].create(
            {
                "type_id": self.type_id,
                "date_start": start,
                "date_end": fields.Datetime.add(start, hours=5),
                "product_id": self.product_id,
                "capacity": 4,
                **vals,
            }
        )

    def _make_booking(self, env, trip, partner_ids):
        return env["dive.booking"].create(
            {
                "partner_id": partner_ids[0],
                "trip_id": trip.id,
                "diver_ids": [
                    Command.create({"partner_id": partner_id})
                    for partner_id in partner_ids
                ],
            }
        )

    def _rows(self, query, *params):
        with self.registry.cursor() as cr:
            cr.execute(query, params)
            return cr.fetchall()

    def _held(self, trip_id):
        """Return places taken, divers who hold one, and how many may be sold."""
        return self._rows(
            """SELECT trip.seats_taken,
                      (SELECT count(*) FROM dive_booking_diver seat
                        WHERE seat.trip_id = trip.id AND seat.state IN
                        ('offered', 'booked', 'checked_in', 'done', 'no_show')),
                      LEAST(trip.capacity, boat.capacity,
                        CASE WHEN trip.divers_per_guide > 0 THEN
                        trip.divers_per_guide * (SELECT count(*)
                        FROM dive_trip_guide_rel rel WHERE rel.trip_id = trip.id) END)
                 FROM dive_trip trip LEFT JOIN dive_boat boat ON boat.id = trip.boat_id
                WHERE trip.id = %s""",
            trip_id,
        )[0]
