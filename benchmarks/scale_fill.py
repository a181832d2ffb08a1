"""Fill a database as a chain of dive centres would in some years: bulk, by SQL.

People come from ``generate``, prepaid cards with their books from ``cards``; here are
the trips of five years and their bookings: copies of rows that the add-on has made,
with other people, days and states. Runs in the database's process (see ``worker``).
"""

import math
from datetime import timedelta

import cards
import contacts
import generate
import measures

from odoo import fields

#: Divers of a trip, and days over which the trips are spread: past, and to come.
DIVERS, PAST, TO_COME = 10, 1826, 30
#: Movements that a card of ``cards.fill`` has on average: its sale, and its uses.
ENTRIES_PER_CARD = 3.93
#: Rows that one statement inserts: memory stays small, and one sees how far it is.
ROWS = 200_000


def people(registry, count):
    """Invent people; half of them are customers. Returns how many customers."""
    with measures._environment(registry, login=None, commit=True) as env:
        generate.make_user(env)
        first = generate.fill_partners(env, count)
        env.invalidate_all(flush=False)
        generate.check_partners(env, first, count)
        env.invalidate_all(flush=False)
        env.cr.execute(
            "UPDATE res_partner SET dive_customer = true,"
            " dive_customer_since = create_date::date, lang = 'en_US'"
            " WHERE ref LIKE %s",
            [f"{generate.REF}%"],
        )
        customers = env.cr.rowcount
        user = env["res.users"].search([("login", "=", generate.LOGIN)])
        user.group_ids += env.ref("dive_crm.group_manager")
        user.group_ids += env.ref("base.group_system")
    return customers


def trips(registry, bookings):
    """Make the trips: copies of one that is over, and of one that is to come.

    Returns (first id, how many): the older a trip, the smaller its id.
    """
    many = math.ceil(bookings / DIVERS)
    with measures._environment(registry, login=None, commit=True) as env:
        product = env["product.product"].create({"name": "Dive", "type": "service"})
        product.list_price = 60
        kinds = env["dive.trip.type"].search([])
        start = fields.Datetime.now() + timedelta(days=TO_COME)
        trip = env["dive.trip"].create(
            {
                "name": "Reef",
                "type_id": kinds[0].id,
                "date_start": start,
                "date_end": start + timedelta(hours=4),
                "capacity": DIVERS + 2,
                "product_id": product.id,
                "state": "open",
            }
        )
        env.flush_all()
        cr = env.cr
        cr.execute("SELECT last_value + 1 FROM dive_trip_id_seq")
        first = cr.fetchone()[0]
        day = f"(s.n * {PAST + TO_COME}::float / {many} - {PAST})::int"
        begin = (
            f"date_trunc('day', now() at time zone 'utc') + {day} * interval '1 day'"
            " + (7 + s.n %% 9) * interval '1 hour'"
        )
        past = f"{day} < 0"
        generate._copy_row(
            cr,
            "dive_trip",
            trip.id,
            {
                "name": "'Reef ' || s.n",
                "type_id": f"(array{kinds.ids}::int[])[1 + s.n %% {len(kinds)}]",
                "date_start": begin,
                "date_end": f"{begin} + interval '4 hours'",
                "back_by": "NULL",
                "state": f"CASE WHEN {past} THEN 'done' ELSE 'open' END",
                # who came years ago has been thanked
                "messages_off": past,
            },
            f"generate_series(1, {many}) s(n)",
        )
        cr.execute(
            "INSERT INTO dive_site_dive_trip_rel (dive_trip_id, dive_site_id)"
            " SELECT t.id, (SELECT array_agg(id) FROM dive_site)[1 + t.id %% "
            " (SELECT count(*) FROM dive_site)] FROM dive_trip t WHERE t.id >= %s"
            " AND EXISTS (SELECT 1 FROM dive_site)",
            [first],
        )
    return first, many


def booking(registry):
    """Make the booking whose rows the others are copies of; returns its id."""
    with measures._environment(registry, login=None, commit=True) as env:
        payer = env["res.partner"].search(
            [("ref", "=like", f"{generate.REF}%")], limit=1
        )
        trip = env["dive.trip"].search([("state", "=", "open")], limit=1)
        made = env["dive.booking"].create(
            {
                "partner_id": payer.id,
                "trip_id": trip.id,
                "diver_ids": [(0, 0, {"partner_id": payer.id})],
            }
        )
        made.action_confirm()
        return made.id


def bookings(registry, pattern, first, many, place, customers):
    """Book the ``place``-th diver on each of ``many`` trips; returns how many."""
    with measures._environment(registry, login=None, commit=True) as env:
        cr = env.cr
        cr.execute(
            """
            CREATE TEMP TABLE scale_customer ON COMMIT DROP AS
            SELECT id AS partner, row_number() OVER (ORDER BY id) - 1 AS place
              FROM res_partner WHERE dive_customer AND ref LIKE %s
            """,
            [f"{generate.REF}%"],
        )
        cr.execute("CREATE INDEX ON scale_customer (place)")
        # a prime that shares nothing with any number of customers: the divers of one
        # trip are ten people
        cr.execute(
            """
            CREATE TEMP TABLE scale_seat ON COMMIT DROP AS
            SELECT t.id AS trip, t.date_start AS begin, t.state = 'done' AS past,
                   c.partner, nextval('dive_booking_id_seq') AS booking,
                   (t.id + %(place)s) %% 20 = 0 AS cancelled,
                   (t.id + %(place)s) %% 50 = 1 AS absent
              FROM dive_trip t
              JOIN scale_customer c ON c.place = mod(
                   ((t.id - %(first)s)::bigint + %(place)s * %(many)s::bigint)
                   * 1000003, %(customers)s::bigint)
             WHERE t.id >= %(first)s
            """,
            {"place": place, "first": first, "many": many, "customers": customers},
        )
        given = {
            "id": "s.booking",
            "name": "'SCALE/' || s.booking",
            "partner_id": "s.partner",
            "trip_id": "s.trip",
            "date_start": "s.begin",
            "create_date": "s.begin - interval '20 days'",
            "state": "CASE WHEN s.cancelled THEN 'cancelled'"
            " WHEN s.past THEN 'done' ELSE 'confirmed' END",
            "access_token": "NULL",
        }
        _copy(cr, "dive_booking", pattern, given)
        given = {
            "booking_id": "s.booking",
            "partner_id": "s.partner",
            "payer_id": "s.partner",
            "trip_id": "s.trip",
            "create_date": "s.begin - interval '20 days'",
            "price_key": "s.trip || '/' || s.partner || '/1'",
            "state": "CASE WHEN s.cancelled THEN 'cancelled' WHEN NOT s.past"
            " THEN 'booked' WHEN s.absent THEN 'no_show' ELSE 'done' END",
        }
        seat = env["dive.booking"].browse(pattern).diver_ids
        return _copy(cr, "dive_booking_diver", seat.id, given)


def _copy(cr, table, pattern, given):
    """Copy one row for each of ``scale_seat``; unlike ``_copy_row``, with its id."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = current_schema AND is_generated = 'NEVER'",
        [table],
    )
    given = {"id": f"nextval('{table}_id_seq')", **given}
    columns = [name for (name,) in cr.fetchall()]
    values = ", ".join(given.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM scale_seat s"
        f" CROSS JOIN (SELECT * FROM {table} WHERE id = {int(pattern)}) t"
    )
    return cr.rowcount


def settle(registry):
    """Bring what is kept beside the rows in line with them, as the add-on keeps it."""
    with measures._environment(registry, login=None, commit=True) as env:
        cr = env.cr
        cr.execute(
            """
            UPDATE dive_trip SET seats_taken = taken.many
              FROM (SELECT trip_id, count(*) AS many FROM dive_booking_diver
                     WHERE state IN ('offered', 'booked', 'checked_in', 'done',
                                     'no_show')
                     GROUP BY trip_id) taken
             WHERE taken.trip_id = dive_trip.id AND seats_taken != taken.many
            """
        )
        cr.execute(
            """
            UPDATE res_partner SET dive_logged_dives = dived.many,
                                   dive_last_dive_date = dived.last
              FROM (SELECT seat.partner_id, count(*) AS many,
                           max(trip.date_start)::date AS last
                      FROM dive_booking_diver seat
                      JOIN dive_trip trip ON trip.id = seat.trip_id
                     WHERE seat.state = 'done'
                     GROUP BY seat.partner_id) dived
             WHERE dived.partner_id = res_partner.id
            """
        )


def ledger(registry, entries):
    """Sell and use prepaid cards until the ledger has about ``entries`` movements."""
    cards.fill(registry, max(int(entries / ENTRIES_PER_CARD), 1))
    with measures._environment(registry, login=None, commit=True) as env:
        # they all end later: what is measured is to find that nothing is due
        env.cr.execute(
            "UPDATE dive_discount_card"
            " SET expiry_date = CURRENT_DATE + (400 + id % 400),"
            " delivery = 'sent' WHERE name LIKE 'B%'"
        )
        env.cr.execute("SELECT count(*) FROM dive_discount_card_entry")
        return env.cr.fetchone()[0]


def counts(registry):
    """Return how many rows the tables have that the scale is said in."""
    tables = (
        "res_partner dive_trip dive_booking dive_booking_diver"
        " dive_discount_card_entry account_move_line mail_message"
    )
    with measures._environment(registry, login=None) as env:
        found = {}
        for table in tables.split():
            env.cr.execute(f"SELECT count(*) FROM {table}")
            found[table] = env.cr.fetchone()[0]
        env.cr.execute("SELECT pg_database_size(current_database())")
        found["bytes"] = env.cr.fetchone()[0]
        return found


def talk(registry, count):
    """Write messages to customers and about bookings, and their register."""
    contacts.MESSAGES = count
    contacts.fill(registry)
