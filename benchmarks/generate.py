"""Fill a database with partners (and bookings) in bulk, as Odoo would store them."""

import csv
import io
from datetime import timedelta

from names import people

from odoo import fields

#: The user who measures: an internal user who may create contacts and invoices.
LOGIN = "bench"
#: Customer numbers of generated customers: this letter and the partner's number.
REF = "B"
#: The most places that a trip may have.
PLACES = 1000

COPIED = "n name email phone e164 country kind parent customer".split()


def make_user(env):
    """Create the user who measures, the same one in both databases."""
    groups = ("base.group_user", "base.group_partner_manager")
    groups += ("account.group_account_invoice",)
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Bench",
                "login": LOGIN,
                "group_ids": [(6, 0, [env.ref(group).id for group in groups])],
            }
        )
    )


def _pattern(env):
    """Create one partner through Odoo: the row whose other columns all copies take."""
    partner = env["res.partner"].create({"name": "Pattern", "lang": "en_US"})
    env.flush_all()
    return partner


def _copy_people(cr, count, seed):
    """Load the invented people into a temporary table."""
    cr.execute(
        "CREATE TEMP TABLE bench_people (n int, name text, email text, phone text, "
        "e164 text, country text, kind text, parent int, customer boolean)"
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for person in people(count, seed):
        writer.writerow([person[key] for key in COPIED])
    buffer.seek(0)
    cr._obj.copy_expert("COPY bench_people FROM STDIN (FORMAT csv)", buffer)


def fill_partners(env, count, seed=19):
    """Insert ``count`` partners; returns the id of the first.

    Columns that Odoo computes and stores are filled with what it would compute;
    ``check_partners`` proves it.
    """
    cr = env.cr
    pattern = _pattern(env)
    _copy_people(cr, count, seed)
    cr.execute("SELECT max(id) + 1 FROM res_partner")
    first = cr.fetchone()[0]
    given = {
        "id": f"{first} + p.n",
        "name": "p.name",
        "complete_name": "CASE WHEN p.parent IS NULL THEN p.name "
        "ELSE c.name || ', ' || p.name END",
        "email": "p.email",
        "email_normalized": "lower(p.email)",
        "phone": "p.phone",
        "phone_sanitized": "CASE WHEN p.phone IS NOT NULL THEN p.e164 END",
        "country_id": "k.id",
        "is_company": "p.kind = 'company'",
        "parent_id": f"{first} + p.parent",
        "commercial_partner_id": f"{first} + coalesce(p.parent, p.n)",
        "commercial_company_name": "CASE WHEN p.kind = 'company' THEN p.name "
        "ELSE c.name END",
        "ref": f"CASE WHEN p.customer THEN '{REF}' || lpad(p.n::text, 6, '0') END",
        "create_date": "now() at time zone 'utc' - (p.n %% 1500) * interval '1 day'",
    }
    cr.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = 'res_partner' AND table_schema = current_schema "
        "AND is_generated = 'NEVER'"
    )
    columns = [row[0] for row in cr.fetchall()]
    values = ", ".join(given.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"INSERT INTO res_partner ({names}) SELECT {values} FROM bench_people p "
        "JOIN res_country k ON k.code = p.country "
        "LEFT JOIN bench_people c ON c.n = p.parent "
        "CROSS JOIN (SELECT * FROM res_partner WHERE id = %s) t ORDER BY p.n",
        [pattern.id],
    )
    cr.execute("SELECT setval('res_partner_id_seq', max(id)) FROM res_partner")
    cr.execute("DROP TABLE bench_people")
    return first


def check_partners(env, first, count):
    """Raise if a sample of the inserted partners differs from what Odoo stores."""
    fields = "complete_name email_normalized phone_sanitized commercial_partner_id "
    fields += "commercial_company_name"
    sample = env["res.partner"].browse(range(first, first + count, max(count // 97, 1)))
    for field in fields.split():
        before = {partner.id: partner[field] for partner in sample}
        env.add_to_compute(sample._fields[field], sample)
        wrong = {
            partner.id: (before[partner.id], partner[field])
            for partner in sample
            if before[partner.id] != partner[field]
        }
        if wrong:
            raise AssertionError(f"{field}: stored, then as Odoo computes: {wrong}")


def make_customers(env, every=2):
    """Turn half of the partners into dive customers, and book every second of those.

    Returns how many customers and how many bookings there are.
    """
    cr = env.cr
    cr.execute(
        "UPDATE res_partner SET dive_customer = true, "
        "dive_customer_since = create_date::date WHERE ref LIKE %s",
        [f"{REF}%"],
    )
    customers = cr.rowcount
    _make_bookings(env, every)
    cr.execute("SELECT count(*) FROM dive_booking")
    return customers, cr.fetchone()[0]


def _copy_row(cr, table, row_id, given, source):
    """Insert copies of one row of ``table``: ``given`` are columns by expression."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = current_schema AND is_generated = 'NEVER' "
        "AND column_name != 'id'",
        [table],
    )
    columns = [row[0] for row in cr.fetchall()]
    values = ", ".join(given.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {source} "
        f"CROSS JOIN (SELECT * FROM {table} WHERE id = %s) t",
        [row_id],
    )


def _make_trips(env, count):
    """Create ``count`` trips next month, of as many places as a trip may have."""
    trip_type = env["dive.trip.type"].search([], limit=1)
    product = env["product.product"].create({"name": "Dive", "type": "service"})
    start = fields.Datetime.now() + timedelta(days=30)
    return env["dive.trip"].create(
        [
            {
                "name": f"Bench reef {number}",
                "type_id": trip_type.id,
                "date_start": start,
                "date_end": start + timedelta(hours=4),
                "capacity": PLACES,
                "product_id": product.id,
            }
            for number in range(count)
        ]
    )


def _make_bookings(env, every):
    """Book every ``every``-th customer once, through one real booking's rows."""
    cr = env.cr
    payer = env["res.partner"].search([("dive_customer", "=", True)], limit=1)
    cr.execute(
        "CREATE TEMP TABLE bench_booked AS SELECT id AS partner, "
        "'BENCH/' || id AS number, row_number() OVER (ORDER BY id) AS place "
        "FROM res_partner WHERE dive_customer AND id %% %s = 0 AND id != %s",
        [every, payer.id],
    )
    trips = _make_trips(env, cr.rowcount // (PLACES - 1) + 1)
    booking = env["dive.booking"].create(
        {
            "partner_id": payer.id,
            "trip_id": trips[0].id,
            "diver_ids": [(0, 0, {"partner_id": payer.id})],
        }
    )
    booking.action_confirm()
    env.flush_all()
    trip = f"{trips[0].id} + b.place %% {len(trips)}"
    given = {"partner_id": "b.partner", "name": "b.number", "trip_id": trip}
    given["access_token"] = "NULL"
    _copy_row(cr, "dive_booking", booking.id, given, "bench_booked b")
    cr.execute(
        "CREATE TEMP TABLE bench_seats AS SELECT k.id AS booking, b.* "
        "FROM bench_booked b JOIN dive_booking k ON k.name = b.number"
    )
    given = {"booking_id": "b.booking", "partner_id": "b.partner", "trip_id": trip}
    seat = booking.diver_ids
    _copy_row(cr, "dive_booking_diver", seat.id, given, "bench_seats b")
    cr.execute(
        "UPDATE dive_trip t SET seats_taken = "
        "(SELECT count(*) FROM dive_booking_diver d WHERE d.trip_id = t.id) "
        "WHERE id IN %s",
        [trips._ids],
    )
    cr.execute("DROP TABLE bench_booked, bench_seats")
