"""The diver's page of the portal, beside Odoo's own home page, over HTTP.

``measure`` makes a copy of each database with somebody who has a login, and invoices;
in ours with a trip to come, papers and cards as well. The rest runs inside their
processes (see ``worker``). Odoo's home page asks for its numbers afterwards: the page
is there when both have answered. Ours has its numbers in it.
"""

import json
import re
import threading
import time
import urllib.request
from http.cookiejar import CookieJar

import databases
from databases import PREFIX, say
from worker import Worker

LOGIN = "bench_diver"
#: invoices of the diver; bookings, certifications and cards in ours
ROWS = 20


def measure(plain, dive, rounds):
    """Return the seconds of both sides, in turns, plain first.

    :param plain: the database without dive_crm; it is copied, as is ``dive``
    """
    names = [
        databases.clone(plain, f"{PREFIX}portal_plain"),
        databases.clone(dive, f"{PREFIX}portal_dive"),
    ]
    times = [], []
    try:
        say("making somebody with a login, and what they have")
        with Worker(names[0]) as theirs, Worker(names[1]) as ours:
            workers = theirs, ours
            for worker in workers:
                worker("portal.fill")
            for turn in range(-3, rounds * 6):
                for side in (0, 1) if turn % 2 else (1, 0):
                    seconds = workers[side]("portal.home", dive=bool(side))
                    if turn >= 0:
                        times[side].append(seconds)
    finally:
        for name in names:
            databases.drop(name)
    return times


# --- in the worker ----------------------------------------------------------------


def fill(registry):
    """Make the diver; commit."""
    from odoo import SUPERUSER_ID, Command, api, fields

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
        user = env["res.users"].create(
            {
                "name": "Bench Diver",
                "login": LOGIN,
                "password": LOGIN,
                "email": "bench.diver@bench.test",
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )
        env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": user.partner_id.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create({"name": "Bench", "price_unit": 10})
                    ],
                }
                for _row in range(ROWS)
            ]
        ).action_post()
        if "dive.booking" in env:
            _fill_ours(env, user.partner_id)
    return True


def _fill_ours(env, diver):
    from datetime import timedelta

    from odoo import Command, fields

    diver.write({"dive_customer": True, "birthdate_date": "1990-01-01"})
    kind = env["dive.trip.type"].create({"name": "Bench"})
    dive = env["product.product"].create(
        {"name": "Bench dive", "type": "service", "list_price": 50}
    )
    start = fields.Datetime.now() + timedelta(days=3)
    trips = env["dive.trip"].create(
        [
            {
                "type_id": kind.id,
                "product_id": dive.id,
                "date_start": start + timedelta(days=day),
                "date_end": start + timedelta(days=day, hours=4),
                "capacity": 10,
                "state": "open",
            }
            for day in range(ROWS)
        ]
    )
    env["dive.booking"].create(
        [
            {
                "partner_id": diver.id,
                "trip_id": trip.id,
                "diver_ids": [Command.create({"partner_id": diver.id})],
            }
            for trip in trips
        ]
    ).action_confirm()
    level = env["dive.certification.level"].search([("max_depth_m", "=", 18)], limit=1)
    env["dive.certification"].create(
        [
            {"partner_id": diver.id, "level_id": level.id, "number": f"B{row}"}
            for row in range(ROWS)
        ]
    )


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


def home(registry, dive):
    """Time the page until all that is on it is there."""
    global _browser  # one login for all rounds
    _browser = _browser or _open_browser(registry)
    opener, url = _browser
    started = time.perf_counter()
    with opener.open(f"{url}/my/diving" if dive else f"{url}/my") as answer:
        page = answer.read().decode()
    if dive:
        if "o_dive_next" not in page:
            raise AssertionError("no next trip on the page")
    else:
        counters = re.findall(r'data-placeholder_count="([^"]+)"', page)
        numbers = _call(opener, url, "/my/counters", {"counters": counters})
        if "/my/invoices" not in page or not numbers:
            raise AssertionError(f"not Odoo's home page: {numbers}")
    return time.perf_counter() - started
