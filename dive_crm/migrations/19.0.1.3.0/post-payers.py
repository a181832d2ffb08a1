"""Each diver's share of the bookings of several: see pre-payers.

What was agreed on stays: the shares of a booking add up to the total that stands, also
where taxes are others now.
"""

from odoo import SUPERUSER_ID, api

BATCH = 500


def migrate(cr, version):
    if not version:
        return
    # no booking's history is to say that its total was changed by an update
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    cr.execute(
        """SELECT booking.id, COALESCE(booking.amount_total, 0)
             FROM dive_booking booking
            WHERE EXISTS (SELECT FROM dive_booking_diver seat
                           WHERE seat.booking_id = booking.id
                             AND seat.amount_total IS NULL)
            ORDER BY booking.id"""
    )
    rows = cr.fetchall()
    for start in range(0, len(rows), BATCH):
        _share(env, dict(rows[start : start + BATCH]))
        env.flush_all()
        env.invalidate_all()


def _share(env, totals):
    """Give each diver of these bookings a share: booking id → total."""
    seats = env["dive.booking.diver"]
    env.cr.execute(
        "SELECT id FROM dive_booking_diver"
        " WHERE booking_id IN %s AND amount_total IS NULL ORDER BY id",
        [tuple(totals)],
    )
    seats = seats.browse(row[0] for row in env.cr.fetchall())
    env.add_to_compute(seats._fields["amount_total"], seats)
    seats._recompute_recordset(["amount_total"])
    for booking, mine in seats.grouped("booking_id").items():
        currency, total = booking.currency_id, float(totals[booking.id])
        amounts = mine.mapped("amount_total")
        if not currency or not currency.compare_amounts(sum(amounts), total):
            continue
        left = total
        for seat, amount in zip(mine[:-1], amounts, strict=False):
            part = amount / sum(amounts) if sum(amounts) else 1 / len(mine)
            share = currency.round(total * part)
            left -= share
            seat._dive_unlocked().write({"amount_total": share})
        mine[-1]._dive_unlocked().write({"amount_total": currency.round(left)})
