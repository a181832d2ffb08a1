"""Each diver's share of the bookings of several: see pre-payers."""

from odoo import SUPERUSER_ID, api

BATCH = 2000


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    seats = env["dive.booking.diver"]
    cr.execute(
        "SELECT id FROM dive_booking_diver WHERE amount_total IS NULL ORDER BY id"
    )
    ids = [row[0] for row in cr.fetchall()]
    for start in range(0, len(ids), BATCH):
        some = seats.browse(ids[start : start + BATCH])
        env.add_to_compute(seats._fields["amount_total"], some)
        some.flush_recordset(["amount_total"])
        env.invalidate_all()
