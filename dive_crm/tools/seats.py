"""States of a diver's place on a trip, as every room speaks of them."""

#: these hold one of the trip's places
SEAT_HELD = ("offered", "booked", "checked_in", "done", "no_show")
#: of these the diver is still to come
SEAT_COMING = ("offered", "booked", "checked_in")
#: these make somebody an existing customer, and can be invoiced
SEAT_SOLD = ("booked", "checked_in", "done", "no_show")
#: a booking in these states counts for the status of its payer
BOOKING_SOLD = ("confirmed", "done")
