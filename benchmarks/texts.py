"""What encrypted texts cost, beside the same texts in the open.

A list of 80 profiles with three texts each, encrypted, and with three plain fields of
the same model that say the same; sealing texts with a new key, and rewriting the same
texts in a plain table, in batches of the same size, committed each.

``measure`` is the parent's; the functions below the line run in a worker's process.
"""

import os
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import databases
import measures
from databases import PREFIX, say
from worker import Worker

#: Profiles; each has three texts. A list shows a page of them.
PROFILES, PAGE = 4000, 80
NAMES = ("conditions", "medications", "allergies")
PLAIN = tuple(f"x_{name}" for name in NAMES)
LOGIN = "bench_officer"
TEXT = "Penicillin; salbutamol as needed, last seen by a physician in {}."


def measure(dive, rounds):
    """Return seconds of both, in turns, plain first: of the list, of the rewriting.

    :param dive: the database to start from; it is copied
    """
    name = databases.clone(dive, f"{PREFIX}texts")
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, DIVE_CRM_KEYS=str(Path(folder) / "keys.json")),
    ):
        try:
            with Worker(name) as worker:
                say(f"inventing {PROFILES:,} medical profiles")
                worker("texts.fill")
            with databases.server(name) as cr:
                cr.execute("VACUUM ANALYZE")
            with Worker(name) as worker:
                lists = _turns(worker, rounds * 6, "listing")
                writes = _turns(worker, rounds, "rewriting")
        finally:
            databases.drop(name)
    return lists, writes


def _turns(worker, rounds, kind):
    """Time both in turns; the first turn fills the caches and does not count."""
    times = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds = worker(f"texts.{kind}", encrypted=bool(side))
            if turn >= 0:
                times[side].append(seconds)
    return times


# --- in the worker ----------------------------------------------------------------


def _keys():
    from odoo.addons.dive_crm.tools import key_rotation, keyring

    return key_rotation, keyring, os.environ["DIVE_CRM_KEYS"]


def fill(registry):
    """Make a medical officer, and profiles that say everything twice."""
    _rotation, keyring, path = _keys()
    keyring.create_keyring(path)
    with measures._environment(registry, login=None, commit=True) as env:
        officer = env["res.users"].create(
            {
                "name": "Bench Officer",
                "login": LOGIN,
                "group_ids": [(4, env.ref("dive_crm.group_medical").id)],
            }
        )
        model = env["ir.model"]._get_id("dive.medical.profile")
        env["ir.model.fields"].create(
            [{"model_id": model, "name": name, "ttype": "text"} for name in PLAIN]
        )
        partners = env["res.partner"].create(
            [{"name": f"Diver {number}"} for number in range(PROFILES)]
        )
        profiles = env["dive.medical.profile"].with_user(officer)
        for start in range(0, PROFILES, 500):
            profiles.create(
                [
                    {
                        "partner_id": partner.id,
                        **dict.fromkeys(NAMES + PLAIN, TEXT.format(partner.id)),
                    }
                    for partner in partners[start : start + 500]
                ]
            )
        env.flush_all()
        env.cr.execute(
            "CREATE TABLE bench_plain (id serial PRIMARY KEY, res_id integer NOT NULL,"
            " field varchar NOT NULL, key_id varchar NOT NULL, payload text NOT NULL)"
        )
        for name in PLAIN:
            env.cr.execute(
                "INSERT INTO bench_plain (res_id, field, key_id, payload)"
                f" SELECT id, '{name}', 'first', {name} FROM dive_medical_profile"
                f" WHERE {name} IS NOT NULL"
            )
        env.cr.execute("CREATE INDEX ON bench_plain (key_id)")
        env.cr.execute("CREATE UNIQUE INDEX ON bench_plain (res_id, field)")


def listing(registry, encrypted):
    """Time a page of profiles with three fields, as the web client asks for it."""
    names = NAMES if encrypted else PLAIN
    spec = {name: {} for name in names}
    with measures._environment(registry, login=LOGIN) as env:
        profiles = env["dive.medical.profile"]
        domain = [(PLAIN[0], "!=", False)]
        env.invalidate_all()
        with measures._clock(env) as result:
            found = profiles.web_search_read(domain, spec, limit=PAGE)
    if [row for row in found["records"] if not row[names[2]].startswith("Penicillin")]:
        raise AssertionError(f"not all of {names} could be read")
    if len(found["records"]) != PAGE:
        raise AssertionError(f"{len(found['records'])} profiles, not {PAGE}")
    return result["seconds"]


def rewriting(registry, encrypted):
    """Time changing all texts; return the seconds of one text."""
    return _rotate(registry) if encrypted else _rewrite(registry)


def _rotate(registry):
    rotation, _keyring, path = _keys()
    told = []
    with measures._environment(registry, login=None) as env:
        number = env["dive.secret"].search_count([])
        started = time.perf_counter()
        failed = rotation.rotate(env, path, told.append)
        seconds = time.perf_counter() - started
        if failed or number < PROFILES * len(NAMES):
            raise AssertionError(f"{failed} of {number} texts were not changed")
    return seconds / number


def _rewrite(registry):
    with registry.cursor() as cr:
        batch = 50 * registry["dive.secret"]._dive_reseal_factor
        mark = str(time.time())
        started = time.perf_counter()
        number = 0
        while True:
            cr.execute(
                "SELECT id, payload FROM bench_plain WHERE key_id != %s AND id > 0"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                [mark, batch],
            )
            rows = cr.fetchall()
            if not rows:
                break
            cr.execute_values(
                "UPDATE bench_plain p SET key_id = v.key_id, payload = v.payload"
                " FROM (VALUES %s) AS v (id, key_id, payload) WHERE p.id = v.id",
                [(row_id, mark, text) for row_id, text in rows],
                page_size=batch,
            )
            cr.commit()
            number += len(rows)
        return (time.perf_counter() - started) / number
