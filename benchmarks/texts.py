"""What encrypted texts cost, beside the same texts in the open.

A list of 80 profiles with three texts each, encrypted, and with three plain fields of
the same model that say the same: by itself, and until the access log is written; the
form of one profile with five texts, over HTTP, until the answer is there; sealing texts
with a new key, and rewriting the same texts in a plain table, in batches of the same
size, committed each.

``measure`` is the parent's; the functions below the line run in a worker's process.
"""

import json
import os
import tempfile
import threading
import time
import urllib.request
from http.cookiejar import CookieJar
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
#: What the form shows besides.
MORE = ("procedures", "insurer")
LOGIN = "bench_officer"
TEXT = "Penicillin; salbutamol as needed, last seen by a physician in {}."


def measure(dive, rounds):
    """Return seconds of both, in turns, plain first, by what was done.

    ``list``, ``log`` (the list, and the access log of it), ``form``, ``keys``.

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
                times = {
                    "list": _turns(worker, rounds * 6, "listing"),
                    "log": _turns(worker, rounds * 6, "listing", logged=True),
                    "form": _turns(worker, rounds * 12, "form"),
                    "keys": _turns(worker, rounds, "rewriting"),
                }
        finally:
            databases.drop(name)
    return times


def _turns(worker, rounds, kind, **options):
    """Time both in turns; the first turn fills the caches and does not count."""
    times = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds = worker(f"texts.{kind}", encrypted=bool(side), **options)
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
                "password": LOGIN,
                "group_ids": [(4, env.ref("dive_crm.group_medical").id)],
            }
        )
        model = env["ir.model"]._get_id("dive.medical.profile")
        env["ir.model.fields"].create(
            [
                {"model_id": model, "name": name, "ttype": "text"}
                for name in PLAIN + tuple(f"x_{name}" for name in MORE)
            ]
        )
        partners = env["res.partner"].create(
            [{"name": f"Diver {number}"} for number in range(PROFILES)]
        )
        # those of demo data have keys of their own
        env.cr.execute("DELETE FROM dive_secret")
        profiles = env["dive.medical.profile"].with_user(officer)
        for start in range(0, PROFILES, 500):
            profiles.create(
                [
                    {
                        "partner_id": partner.id,
                        **_said(partner.id),
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


def _said(number):
    """Return the texts of a profile, each twice."""
    names = NAMES + MORE
    return {
        field: TEXT.format(number) for name in names for field in (name, f"x_{name}")
    }


def listing(registry, encrypted, logged=False):
    """Time a page of profiles with three fields, as the web client asks for it.

    :param logged: until the access log is written as well, as at a request's end
    """
    names = NAMES if encrypted else PLAIN
    spec = {name: {} for name in names}
    with measures._environment(registry, login=LOGIN) as env:
        profiles = env["dive.medical.profile"]
        domain = [(PLAIN[0], "!=", False)]
        env.invalidate_all()
        with measures._clock(env) as result:
            found = profiles.web_search_read(domain, spec, limit=PAGE)
            if logged:
                env.cr.rollback()
    if [row for row in found["records"] if not row[names[2]].startswith("Penicillin")]:
        raise AssertionError(f"not all of {names} could be read")
    if len(found["records"]) != PAGE:
        raise AssertionError(f"{len(found['records'])} profiles, not {PAGE}")
    return result["seconds"]


_browser = None


def _open_browser(registry):
    """Serve Odoo on a port of its own, log in; return who asks, and the address."""
    from werkzeug.serving import make_server

    import odoo.http

    server = make_server("127.0.0.1", 0, odoo.http.root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    cookies = urllib.request.HTTPCookieProcessor(CookieJar())
    browser = urllib.request.build_opener(cookies), url
    login = {"db": registry.db_name, "login": LOGIN, "password": LOGIN}
    _call(*browser, "/web/session/authenticate", login)
    return browser


def _call(opener, url, path, params):
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    request = urllib.request.Request(
        url + path, body, {"Content-Type": "application/json"}
    )
    with opener.open(request) as answer:
        said = json.load(answer)
    if "error" in said:
        raise AssertionError(said["error"]["data"]["message"])
    return said["result"]


def form(registry, encrypted):
    """Time opening the form of one profile, over HTTP, the access log included."""
    global _browser  # one login for all rounds
    _browser = _browser or _open_browser(registry)
    with registry.cursor() as cr:
        cr.execute(  # not those of the demo data
            f"SELECT id FROM dive_medical_profile WHERE {PLAIN[0]} IS NOT NULL"
            " ORDER BY random() LIMIT 1"
        )
        [profile_id] = cr.fetchone()
    names = [name if encrypted else f"x_{name}" for name in NAMES + MORE]
    spec = {"partner_id": {"fields": {"display_name": {}}}, **{n: {} for n in names}}
    params = {
        "model": "dive.medical.profile",
        "method": "web_read",
        "args": [[profile_id], spec],
        "kwargs": {},
    }
    started = time.perf_counter()
    [row] = _call(*_browser, "/web/dataset/call_kw", params)
    seconds = time.perf_counter() - started
    if [name for name in names if not (row[name] or "").startswith("Penicillin")]:
        raise AssertionError(f"not all of {names} could be read")
    return seconds


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
