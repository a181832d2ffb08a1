"""Say of the places there are who pays for them, and whose price was set by hand.

Until this version the payer of the booking paid for all its divers. A price other than
the product's was entered by somebody and stays. What is one diver's share of a booking
of several, with taxes, only the ORM can tell: see post-payers.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """ALTER TABLE dive_booking_diver
             ADD COLUMN IF NOT EXISTS payer_id int4,
             ADD COLUMN IF NOT EXISTS price_list numeric,
             ADD COLUMN IF NOT EXISTS price_key varchar,
             ADD COLUMN IF NOT EXISTS price_by_hand bool,
             ADD COLUMN IF NOT EXISTS amount_total numeric"""
    )
    # no trip says another gas yet: nothing to compute for all the places there are
    cr.execute(
        "ALTER TABLE dive_booking_diver"
        " ADD COLUMN IF NOT EXISTS gas varchar DEFAULT 'air'"
    )
    cr.execute("ALTER TABLE dive_booking_diver ALTER gas DROP DEFAULT")
    cr.execute(
        """UPDATE dive_booking_diver seat
              SET payer_id = of.partner_id,
                  price_list = COALESCE(of.list_price, seat.price_unit),
                  price_by_hand = seat.price_unit
                      != COALESCE(of.list_price, seat.price_unit),
                  price_key = concat_ws(
                      '/', of.trip_id, of.partner_id, GREATEST(of.number, 1)
                  ),
                  amount_total = CASE
                      WHEN seat.state = 'cancelled' THEN 0
                      WHEN of.number = 1 THEN of.amount_total
                  END
             FROM (
                  SELECT booking.id, booking.partner_id, booking.trip_id,
                         booking.amount_total, template.list_price,
                         (SELECT count(*)
                            FROM dive_booking_diver one
                           WHERE one.booking_id = booking.id
                             AND one.state != 'cancelled') AS number
                    FROM dive_booking booking
                    JOIN dive_trip trip ON trip.id = booking.trip_id
               LEFT JOIN product_product product ON product.id = trip.product_id
               LEFT JOIN product_template template
                      ON template.id = product.product_tmpl_id
                  ) of
            WHERE of.id = seat.booking_id"""
    )
