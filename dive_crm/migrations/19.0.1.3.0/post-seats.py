"""Note on each trip to come that its boat is too small for those booked: see pre."""

from odoo import SUPERUSER_ID, api, fields


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    trips = env["dive.trip"].search(
        [
            ("boat_id", "!=", False),
            ("boat_places", "=", 0),
            ("state", "in", ("draft", "open")),
            ("date_end", ">=", fields.Datetime.now()),
        ]
    )
    trips._message_log_batch(
        bodies={
            trip.id: env._(
                "%(taken)s divers are booked, and %(boat)s takes %(places)s. From this"
                " version on a boat limits what its trips sell; not this one, so that"
                " nobody loses a place. Enter a bigger boat, or move some divers.",
                taken=trip.seats_taken,
                boat=trip.boat_id.name,
                places=trip.boat_id.capacity,
            )
            for trip in trips
        }
    )
