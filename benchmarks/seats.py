"""Booking divers on one trip, against registrations for one event of Odoo's.

``measure`` makes a database with both; the rest runs inside its process (see
``worker``).
"""

import contextlib
import gc
import logging
import threading
import time

import databases
from databases import PREFIX, say
from worker import Worker

#: Divers booked one by one.
ROWS = 100
#: What is timed on Odoo's side, and on ours.
FIGURES = {
    "book": ("seats.register", "seats.book"),
    "bare": ("seats.register_bare", "seats.book_bare"),
    "form": ("forms.event_alone", "forms.trip_alone"),
    "page": ("forms.event", "forms.trip"),
}
#: People who book on the same trip at the same moment, and how many times each.
WRITERS, EACH = 8, 12


def measure(dive, rounds):
    """Time both in turns, then the forms, then several writers on one trip.

    :return: times of both sides by figure; {writers: what came out}
    """
    name = databases.clone(dive, f"{PREFIX}seats")
    try:
        say("installing event beside dive_crm")
        databases.odoo(name, "-i", "event")
        with databases.server(name) as cr:
            cr.execute("VACUUM ANALYZE")
        with Worker(name) as worker:
            times = {
                figure: _turns(worker, rounds, sides)
                for figure, sides in FIGURES.items()
            }
            crowds = {
                writers: worker("seats.crowd", writers=writers)
                for writers in (1, WRITERS)
            }
    finally:
        databases.drop(name)
    return times, crowds


def _turns(worker, rounds, sides):
    """Call both sides in turns; the first round is thrown away."""
    times = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds = worker(sides[side])
            if turn >= 0:
                times[side].append(seconds)
    return times


# --- in the worker ----------------------------------------------------------------


@contextlib.contextmanager
def _environment(registry, commit=False):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
        if not commit:
            cr.rollback()


def _people(env, count=ROWS):
    return env["res.partner"].create(
        [
            {"name": f"Diver {number}", "email": f"diver{number}@bench.test"}
            for number in range(count)
        ]
    )


def _timed(env, people, act):
    """Time ``act`` for one after the other, each down to the database."""
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    for person in people:
        act(env["res.partner"].browse(person.id))
        env.flush_all()
    seconds = time.perf_counter() - started
    gc.enable()
    return seconds


def _trip(env, capacity):
    from odoo import fields

    product = env["product.product"].create(
        {"name": "Bench dive", "type": "service", "list_price": 50}
    )
    return env["dive.trip"].create(
        {
            "type_id": env["dive.trip.type"].create({"name": "Bench"}).id,
            "date_start": fields.Datetime.add(fields.Datetime.now(), days=3),
            "capacity": capacity,
            "product_id": product.id,
        }
    )


def _book(env, trip_id, person):
    booking = env["dive.booking"].create(
        {
            "partner_id": person.id,
            "trip_id": trip_id,
            "diver_ids": [(0, 0, {"partner_id": person.id})],
        }
    )
    booking.action_confirm()
    return booking


def book(registry):
    """Time bookings of one diver each, and the run that writes the confirmations.

    :return: seconds of one
    """
    with _environment(registry) as env:
        trip = _trip(env, ROWS)
        seconds = _timed(env, _people(env), lambda person: _book(env, trip.id, person))
        started = time.perf_counter()
        env["dive.booking.notice"]._cron_tell()
        env.flush_all()
        seconds += time.perf_counter() - started
        told = trip.booking_ids.notice_ids.filtered("mail_message_id")
        if trip.seats_taken != ROWS or len(told) != ROWS:
            raise AssertionError(f"{trip.seats_taken} places, {len(told)} told")
    return seconds / ROWS


def book_bare(registry):
    """Time bookings of one diver each, of which nobody is told."""
    with _environment(registry) as env:
        trip = _trip(env, ROWS)
        trip.messages_off = True
        seconds = _timed(env, _people(env), lambda person: _book(env, trip.id, person))
        if trip.seats_taken != ROWS:
            raise AssertionError(f"{trip.seats_taken} places taken, not {ROWS}")
    return seconds / ROWS


def register(registry):
    """Time registrations for an event with its confirmation, as Odoo makes events.

    Without the ticket as a PDF, which would be most of it.
    """
    return _register(registry)


def register_bare(registry):
    """Time registrations for an event that writes to nobody."""
    return _register(registry, event_mail_ids=[(5, 0, 0)])


def _register(registry, **vals):
    from odoo import fields

    with _environment(registry) as env:
        start = fields.Datetime.add(fields.Datetime.now(), days=3)
        event = env["event.event"].create(
            {
                "name": "Bench",
                "date_begin": start,
                "date_end": fields.Datetime.add(start, hours=4),
                "seats_limited": True,
                "seats_max": ROWS,
                **vals,
            }
        )
        for schedule in event.event_mail_ids:
            schedule.template_ref.report_template_ids = False
        mails = env["mail.mail"].search_count([])
        registrations = env["event.registration"]
        seconds = _timed(
            env,
            _people(env),
            lambda person: registrations.create(
                {"event_id": event.id, "partner_id": person.id}
            ),
        )
        if event.seats_taken != ROWS:
            raise AssertionError(f"{event.seats_taken} registered, not {ROWS}")
        written = env["mail.mail"].search_count([]) - mails
        if written != (0 if vals else ROWS):
            raise AssertionError(f"{written} confirmations of {ROWS}")
    return seconds / ROWS


def crowd(registry, writers):
    """Let writers book on one trip at the same moment, as requests do: with retries.

    :return: bookings a second, how many a user saw refused, places taken and held
    """
    from odoo.service.model import retrying

    number = writers * EACH
    with _environment(registry, commit=True) as env:
        trip_id = _trip(env, number).id
        people = _people(env, number).ids
    # each of the retries is on it
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    refused = []
    barrier = threading.Barrier(writers + 1)

    def write(mine):
        barrier.wait()
        for person_id in mine:
            with _environment(registry) as env:
                try:
                    retrying(
                        lambda env=env, person_id=person_id: _book(
                            env, trip_id, env["res.partner"].browse(person_id)
                        ),
                        env,
                    )
                except Exception as error:
                    refused.append(repr(error))

    threads = [
        threading.Thread(target=write, args=(people[index::writers],))
        for index in range(writers)
    ]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    with _environment(registry) as env:
        trip = env["dive.trip"].browse(trip_id)
        held = len(trip.seat_ids.filtered(lambda seat: seat.state == "booked"))
        return {
            "rate": held / seconds,
            "refused": refused,
            "taken": trip.seats_taken,
            "held": held,
            "asked": number,
        }
