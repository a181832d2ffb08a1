"""States of a diver's place on a trip, as every room speaks of them."""

#: these hold one of the trip's places
SEAT_HELD = ("offered", "booked", "checked_in", "done", "no_show")
#: of these the diver is still to come
SEAT_COMING = ("offered", "booked", "checked_in")
#: these make somebody an existing customer, and can be invoiced
SEAT_SOLD = ("booked", "checked_in", "done", "no_show")
#: a booking in these states counts for the status of its payer
BOOKING_SOLD = ("confirmed", "done")

#: How many places of a trip may be taken: the smallest of what the trip says, the boat
#: takes and the guides can look after. 0 places of a boat: the trip has none, or its
#: divers were booked before the boat's places counted.
LIMITS = ("capacity", "boat_places", "divers_per_guide", "guide_places")
LIMIT_SQL = (
    "LEAST(%(capacity)s, NULLIF(%(boat_places)s, 0),"
    " CASE WHEN %(divers_per_guide)s > 0 THEN %(guide_places)s END)"
)
#: the same with the names of the columns
LIMIT_OF_ROW = LIMIT_SQL % {name: name for name in LIMITS}
