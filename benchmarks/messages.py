"""Planning and queueing reminders of trips, beside Odoo's ``event.mail``.

Both write to as many people the day before: divers booked on trips by the plan of
messages, registrations for an event by its schedule. Both in one database, in turns,
rolled back; e-mails are made and queued, none is sent.

``measure`` is the parent's; the functions below the line run in a worker's process.
"""

import contextlib
import gc
import time
from datetime import timedelta
from unittest.mock import patch

import databases
from databases import PREFIX, say
from worker import Worker

#: People who are written to.
ROWS = 10_000
PLACES = 400
SIDES = "messages.event", "messages.dive"


def measure(dive, rounds, rows=ROWS):
    """Return seconds per message of both, in turns.

    :param dive: the database to start from; it is copied
    :return: (seconds of event.mail, seconds of dive_crm)
    """
    name = databases.clone(dive, f"{PREFIX}messages")
    try:
        say("installing event beside dive_crm")
        databases.odoo(name, "-i", "event")
        with Worker(name) as worker:
            say(f"booking {rows:,} divers, and registering as many for an event")
            worker("messages.fill", rows=rows)
        with databases.server(name) as cr:
            cr.execute("VACUUM ANALYZE")
        times = [], []
        with Worker(name) as worker:
            for turn in range(-1, rounds):
                for side in (0, 1) if turn % 2 else (1, 0):
                    seconds, done = worker(SIDES[side])
                    if done != rows:
                        raise AssertionError(f"{SIDES[side]}: {done}, not {rows}")
                    if turn >= 0:
                        times[side].append(seconds / rows)
    finally:
        databases.drop(name)
    return times


# --- in the worker ----------------------------------------------------------------


@contextlib.contextmanager
def _environment(registry, commit=False):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
        if not commit:
            cr.rollback()


def fill(registry, rows):
    """Make people, trips that are tomorrow with all of them, and an event."""
    with _environment(registry, commit=True) as env:
        env["ir.config_parameter"].set_param("mail.batch_size", 200)
        # no reminder of anything else, no hour of silence
        env["res.company"].search([]).write({"dive_quiet_from": 0, "dive_quiet_to": 0})
        env["dive.message.plan"].search([]).active = False
        people = env["res.partner"].create(
            {
                "name": "Bench Diver",
                "email": "bench-first@bench.test",
                "dive_customer": True,
                "lang": "en_US",
            }
        )
        _fill_people(env, people, rows)
        _fill_trips(env, people)
        _fill_event(env, people)


def _fill_people(env, first, rows):
    import generate

    cr = env.cr
    env.flush_all()
    given = {
        "name": "'Bench Diver ' || n",
        "complete_name": "'Bench Diver ' || n",
        "email": "'bench-' || n || '@bench.test'",
        "email_normalized": "'bench-' || n || '@bench.test'",
        "ref": "'BENCH-M-' || n",
        "commercial_partner_id": str(first.id),
        "access_token": "NULL",
        "signup_type": "NULL",
    }
    source = f"generate_series(1, {rows - 1}) n"
    generate._copy_row(cr, "res_partner", first.id, given, source)
    cr.execute(
        "CREATE TEMP TABLE bench_people AS SELECT id AS partner, email, name,"
        " row_number() OVER (ORDER BY id) AS place FROM res_partner"
        " WHERE email LIKE 'bench-%%@bench.test' AND id != %s",
        [first.id],
    )


def _fill_trips(env, payer):
    import generate

    from odoo import fields

    cr = env.cr
    cr.execute("SELECT count(*) FROM bench_people")
    count = cr.fetchone()[0] // (PLACES - 1) + 1
    kind = env["dive.trip.type"].create({"name": "Bench reminders"})
    kind.message_line_ids.active = False
    line = kind.message_line_ids.filtered(lambda one: one.event == "before_start")
    line.active = True
    line.flush_recordset()
    cr.execute(
        "UPDATE dive_message_plan SET since = now() - interval '9 days' WHERE id = %s",
        [line.id],
    )
    product = env["product.product"].create({"name": "Dive", "type": "service"})
    start = fields.Datetime.now() + timedelta(hours=12)
    trips = env["dive.trip"].create(
        [
            {
                "name": f"Bench reef {number}",
                "type_id": kind.id,
                "date_start": start,
                "date_end": start + timedelta(hours=4),
                "capacity": PLACES,
                "product_id": product.id,
            }
            for number in range(count)
        ]
    )
    booking = env["dive.booking"].create(
        {
            "partner_id": payer.id,
            "trip_id": trips[0].id,
            "diver_ids": [(0, 0, {"partner_id": payer.id})],
        }
    )
    booking.action_confirm()
    env.flush_all()
    cr.execute(
        "UPDATE dive_booking_diver SET confirmed_on = now() - interval '5 days'"
        " WHERE booking_id = %s",
        [booking.id],
    )
    trip = f"{trips[0].id} + p.place %% {len(trips)}"
    given = {
        "partner_id": "p.partner",
        "name": "'BENCH-M/' || p.partner",
        "trip_id": trip,
        "access_token": "NULL",
    }
    generate._copy_row(cr, "dive_booking", booking.id, given, "bench_people p")
    given = {"booking_id": "k.id", "partner_id": "p.partner", "trip_id": trip}
    source = "bench_people p JOIN dive_booking k ON k.name = 'BENCH-M/' || p.partner"
    generate._copy_row(cr, "dive_booking_diver", booking.diver_ids.id, given, source)
    cr.execute(
        "UPDATE dive_trip t SET seats_taken = "
        "(SELECT count(*) FROM dive_booking_diver d WHERE d.trip_id = t.id) "
        "WHERE id IN %s",
        [trips._ids],
    )


def _fill_event(env, first):
    import generate

    from odoo import fields

    start = fields.Datetime.now() + timedelta(hours=12)
    template = env.ref("event.event_reminder")
    template.report_template_ids = False  # no PDF: it would be most of it
    event = env["event.event"].create(
        {
            "name": "Bench reminders",
            "date_begin": start,
            "date_end": start + timedelta(hours=4),
            "event_mail_ids": [
                (5, 0, 0),
                (
                    0,
                    0,
                    {
                        "interval_nbr": 1,
                        "interval_unit": "days",
                        "interval_type": "before_event",
                        "template_ref": f"mail.template,{template.id}",
                    },
                ),
            ],
        }
    )
    registration = env["event.registration"].create(
        {"event_id": event.id, "partner_id": first.id, "state": "open"}
    )
    env.flush_all()
    given = {
        "partner_id": "p.partner",
        "name": "p.name",
        "email": "p.email",
        "email_normalized": "p.email",
        "barcode": "'bench' || p.partner",
        "access_token": "NULL",
    }
    generate._copy_row(
        env.cr, "event_registration", registration.id, given, "bench_people p"
    )


@contextlib.contextmanager
def _quiet():
    gc.collect()
    gc.disable()
    yield time.perf_counter()
    gc.enable()


def event(registry):
    """Time the schedule of the event until all are written to.

    :return: (seconds, e-mails in the queue)
    """
    with _environment(registry) as env:
        schedule = env["event.mail"].search(
            [("event_id.name", "=", "Bench reminders")], limit=1
        )
        before = env["mail.mail"].search_count([])
        # what is committed would be there for the next turn
        with patch.object(type(env.cr), "commit", lambda cr: env.flush_all()):
            with _quiet() as started:
                while not schedule.mail_done:
                    schedule._execute_event_based()
                env.flush_all()
                seconds = time.perf_counter() - started
        return seconds, env["mail.mail"].search_count([]) - before


def dive(registry):
    """Time the run of the plan of messages until all are written to.

    :return: (seconds, e-mails in the queue)
    """

    def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
        cron.env.flush_all()
        return 3600

    with (
        _environment(registry) as env,
        patch.object(registry["ir.cron"], "_commit_progress", commit_progress),
    ):
        before = env["mail.mail"].search_count([])
        with _quiet() as started:
            env["dive.booking.notice"]._cron_tell()
            env.flush_all()
            seconds = time.perf_counter() - started
        return seconds, env["mail.mail"].search_count([]) - before
