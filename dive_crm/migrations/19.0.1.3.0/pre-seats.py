"""Give the trips there are the places of their boats, where these hold.

From this version on the boat's places limit what a trip sells, in a CHECK. Of a trip on
which more are booked already, the boat sets no limit: no upgrade fails for it, and no
diver loses a place. No ratio of divers per guide is set.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        "ALTER TABLE dive_trip_type"
        " ADD COLUMN IF NOT EXISTS divers_per_guide int4 DEFAULT 0"
    )
    cr.execute("ALTER TABLE dive_trip_type ALTER divers_per_guide DROP DEFAULT")
    for column in ("boat_places", "divers_per_guide", "guide_places"):
        cr.execute(
            f"ALTER TABLE dive_trip ADD COLUMN IF NOT EXISTS {column} int4 DEFAULT 0"
        )
        cr.execute(f"ALTER TABLE dive_trip ALTER {column} DROP DEFAULT")
    cr.execute(
        "UPDATE dive_trip trip SET boat_places = boat.capacity FROM dive_boat boat"
        " WHERE boat.id = trip.boat_id AND trip.seats_taken <= boat.capacity"
    )
    for table, column in (
        ("dive_booking", "wait_held_up"),
        ("dive_trip", "recurrence_exception"),
    ):
        cr.execute(
            f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} bool DEFAULT FALSE"
        )
        cr.execute(f"ALTER TABLE {table} ALTER {column} DROP DEFAULT")
    # nobody waits yet: nothing to compute for all the bookings there are
    cr.execute("ALTER TABLE dive_booking ADD COLUMN IF NOT EXISTS wait_state varchar")
