"""What reminding of certifications costs, beside Odoo's own way of doing it.

``hr_skills`` gives each employee's manager an activity for a certification that ends;
dive_crm gives one to staff *and* writes to the diver. Both run in one database, in
turns, over as many rows. Then the memory of a whole night: one process for a tenth of
the cards, one for all of them.

``measure`` is the parent's; the functions below the line run in a worker's process.
"""

import contextlib
import resource
import time
from datetime import timedelta
from unittest.mock import patch

import databases
from databases import PREFIX, say
from worker import Worker

#: Rows of one turn: a few batches.
ROWS = 1000


def measure(dive, count, rounds):
    """Return seconds per row of both, in turns, and the peaks of memory in MiB.

    :param dive: the database to start from; it is copied
    :param count: partners in it; half as many cards end
    :return: (seconds of hr_skills, seconds of dive_crm, [(cards, seconds, MiB), …])
    """
    cards = count // 2
    name = databases.clone(dive, f"{PREFIX}alerts")
    try:
        say("installing hr_skills beside dive_crm")
        databases.odoo(name, "-i", "hr_skills")
        with Worker(name) as worker:
            say(f"inventing {cards + cards // 10:,} cards that end, {ROWS:,} employees")
            worker("alerts.fill", cards=cards + cards // 10, employees=ROWS)
        with databases.server(name) as cr:
            cr.execute("VACUUM ANALYZE")
        with Worker(name) as worker:
            times = _turns(worker, rounds)
        peaks = []
        for rows in (cards // 10, cards):
            say(f"reminding of {rows:,} cards, for good")
            with Worker(name) as worker:
                peaks.append((rows, *worker("alerts.night", rows=rows)))
    finally:
        databases.drop(name)
    return *times, peaks


def _turns(worker, rounds):
    """Time both in turns; the first turn fills the caches and does not count."""
    functions = "alerts.hr_skills", "alerts.dive"
    times = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds, rows = worker(functions[side])
            if rows != ROWS:
                raise AssertionError(f"{functions[side]}: {rows} rows, not {ROWS}")
            if turn >= 0:
                times[side].append(seconds / rows)
    return times


# --- in the worker ----------------------------------------------------------------


@contextlib.contextmanager
def _environment(registry, commit=False):
    """Yield the environment of scheduled actions, on a cursor of its own."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
        if not commit:
            cr.rollback()


def fill(registry, cards, employees):
    """Make cards that end in three weeks, and employees whose certification does."""
    with _environment(registry, commit=True) as env:
        staff = env["res.users"].create(
            {
                "name": "Responsible",
                "login": "responsible",
                "email": "responsible@example.org",
                "group_ids": [(4, env.ref("dive_crm.group_manager").id)],
            }
        )
        ends = env.company._dive_today() + timedelta(days=21)
        env["res.company"].search([]).dive_certification_user_id = staff
        _fill_cards(env, cards, ends)
        _fill_employees(env, employees, ends, staff)


def _fill_cards(env, count, ends):
    """Give each of ``count`` people with an e-mail address a card."""
    import generate

    env["dive.certification"].search([]).active = False
    level = env["dive.certification.level"].search(
        [("renewal_months", ">", 0)], limit=1
    )
    cr = env.cr
    cr.execute(
        "CREATE TEMP TABLE bench_divers AS SELECT id FROM res_partner WHERE active AND "
        "email_normalized IS NOT NULL AND is_company IS NOT TRUE AND birthdate_date "
        "IS NULL AND dive_channel IS NULL ORDER BY id LIMIT %s",
        [count],
    )
    if cr.rowcount < count:
        raise AssertionError(f"only {cr.rowcount} people with an e-mail address")
    cr.execute("SELECT min(id) FROM bench_divers")
    first = cr.fetchone()[0]
    card = env["dive.certification"].create(
        {"partner_id": first, "level_id": level.id, "expiry_date": ends}
    )
    env.flush_all()
    cr.execute("DELETE FROM bench_divers WHERE id = %s", [first])
    given = {"partner_id": "d.id"}
    generate._copy_row(cr, "dive_certification", card.id, given, "bench_divers d")


def _fill_employees(env, count, ends, staff):
    """Give each of ``count`` employees a certification that their job asks for."""
    kind = env["hr.skill.type"].create({"name": "Aid", "is_certification": True})
    level = env["hr.skill.level"].create(
        {"name": "Full", "skill_type_id": kind.id, "level_progress": 100}
    )
    skill = env["hr.skill"].create({"name": "Aid", "skill_type_id": kind.id})
    held = {
        "skill_id": skill.id,
        "skill_level_id": level.id,
        "skill_type_id": kind.id,
        "valid_from": ends - timedelta(days=700),
    }
    job = env["hr.job"].create({"name": "Guide", "user_id": staff.id})
    env["hr.job.skill"].create({**held, "job_id": job.id, "valid_to": False})
    for start in range(0, count, 100):
        employees = env["hr.employee"].create(
            [
                {"name": f"Guide {number}", "job_id": job.id}
                for number in range(start, min(start + 100, count))
            ]
        )
        env["hr.employee.skill"].create(
            [{**held, "employee_id": one.id, "valid_to": ends} for one in employees]
        )
    # only these: no activity for whoever came with the demo data
    env["hr.job.skill"].search([("job_id", "!=", job.id)]).unlink()


def hr_skills(registry):
    """Time the scheduled action of hr_skills; return (seconds, activities)."""
    with _environment(registry) as env:
        started = time.perf_counter()
        done = env["hr.employee"]._add_certification_activity_to_employees()
        env.flush_all()
        return time.perf_counter() - started, len(done)


def dive(registry):
    """Time the scheduled action of dive_crm; return (seconds, reminders)."""
    done = []

    def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
        cron.env.flush_all()
        done.append(processed)
        return 0 if sum(done) >= ROWS else 3600

    with (
        _environment(registry) as env,
        patch.object(registry["ir.cron"], "_commit_progress", commit_progress),
    ):
        started = time.perf_counter()
        env["dive.certification"]._cron_tell()
        env.flush_all()
        return time.perf_counter() - started, sum(done)


def night(registry, rows):
    """Remind of ``rows`` cards with all commits; return (seconds, peak in MiB)."""
    commit = registry["ir.cron"]._commit_progress
    done = []

    def commit_progress(cron, processed=0, **kwargs):
        left = commit(cron, processed, **kwargs)
        done.append(processed)
        return 0 if sum(done) >= rows else left

    with (
        _environment(registry, commit=True) as env,
        patch.object(registry["ir.cron"], "_commit_progress", commit_progress),
    ):
        alerts = env["dive.certification.alert"]
        before = alerts.search_count([])
        started = time.perf_counter()
        env["dive.certification"]._cron_tell()
        seconds = time.perf_counter() - started
        told = alerts.search_count([]) - before
    if told != rows:
        raise AssertionError(f"{told} reminders of {rows} cards")
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
