"""What the contact log costs, beside the messages that it lists.

The first page of the log, and of Odoo's messages on the same records, as the web client
asks for them at the front desk, with the fields that the list shows; an e-mail posted
with and without the register of contacts; and what PostgreSQL does when customers are
filtered, grouped and shown by last contact.

``measure`` is the parent's; the functions below the line run in a worker's process.
"""

import threading
import time
from unittest.mock import patch

import databases
import measures
from databases import PREFIX, say
from worker import Worker

#: Messages, half on customers, half on bookings where there are any.
MESSAGES, PAGE = 100_000, 80
LOG = (
    "date",
    "partner_id",
    "kind",
    "direction",
    "outcome_id",
    "name",
    "about",
    "author_id",
)
PLAIN = ("date", "author_id", "message_type", "subtype_id", "preview", "record_name")


def measure(dive, rounds):
    """Return seconds of both, in turns, plain first, by what was done; and plans."""
    name = databases.clone(dive, f"{PREFIX}contact")
    try:
        with Worker(name) as worker:
            say(f"inventing {MESSAGES:,} messages")
            seconds = worker("contacts.fill")
            say(f"their register was made in {seconds:.1f} s")
        with databases.server(name) as cr:
            cr.execute("VACUUM ANALYZE")
        with Worker(name) as worker:
            times = {
                "page": _turns(worker, rounds * 6, "listing"),
                "post": _turns(worker, rounds * 6, "posting"),
            }
            scans = {
                what: worker("contacts.plan", what=what)
                for what in ("column", "filter", "recent", "never", "group")
            }
    finally:
        databases.drop(name)
    return times, scans


def _turns(worker, rounds, kind, **options):
    """Time both in turns; the first turn fills the caches and does not count."""
    times = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds = worker(f"contacts.{kind}", log=bool(side), **options)
            if turn >= 0:
                times[side].append(seconds)
    return times


# --- in the worker ----------------------------------------------------------------


def fill(registry):
    """Make messages, and their register as an update does; return its seconds."""
    from odoo.tools import SQL

    with measures._environment(registry, login=None, commit=True) as env:
        author = env.ref("base.partner_admin").id
        env.cr.execute(
            """
            INSERT INTO mail_message (model, res_id, message_type, date, body, subject,
                                      author_id, subtype_id)
            SELECT r.model, r.id, (array['comment', 'email', 'email_outgoing',
                                         'sms'])[1 + n %% 4],
                   now() AT TIME ZONE 'UTC' - (%(all)s - n) * interval '10 minutes',
                   '<p>Is there a place on Friday for the two of us?</p>', 'Friday',
                   CASE WHEN n %% 4 = 1 THEN r.partner_id ELSE %(author)s END,
                   %(subtype)s
              FROM generate_series(1, %(all)s) n
              JOIN (SELECT row_number() OVER () AS place, count(*) OVER () AS many, *
                      FROM (SELECT 'res.partner' AS model, id, id AS partner_id
                              FROM res_partner WHERE dive_customer
                             UNION ALL SELECT 'dive.booking', id, partner_id
                              FROM dive_booking ORDER BY 2) each_one) r
                ON r.place = 1 + (n * 7919::bigint) %% r.many
            """,
            {
                "all": MESSAGES,
                "author": author,
                "subtype": env.ref("mail.mt_comment").id,
            },
        )
        env.cr.execute("DELETE FROM dive_contact")
        started = time.perf_counter()
        env["dive.contact"]._dive_note_where(SQL("TRUE"))
        seconds = time.perf_counter() - started
        env.cr.execute("SELECT count(*) FROM dive_contact")
        if env.cr.fetchone()[0] < MESSAGES:
            raise AssertionError("the register lacks messages")
    return seconds


def listing(registry, log):
    """Time the first page, as the web client asks for it."""
    with measures._environment(registry) as env:
        model = env["dive.contact.log" if log else "mail.message"]
        spec = {
            name: {"fields": {"display_name": {}}}
            if model._fields[name].relational
            else {}
            for name in (LOG if log else PLAIN)
        }
        domain = [("model", "in", ("res.partner", "dive.booking"))]
        if log:
            domain = []
        env.invalidate_all()
        with measures._clock(env) as result:
            found = model.web_search_read(
                domain, spec, limit=PAGE, count_limit=measures.COUNT_LIMIT
            )
    if len(found["records"]) != PAGE:
        raise AssertionError(f"{len(found['records'])} rows, not {PAGE}")
    return result["seconds"]


def posting(registry, log):
    """Time posting e-mails to customers, with the register or without."""
    with measures._environment(registry) as env:
        partners = env["res.partner"].search([("dive_customer", "=", True)], limit=20)
        contact = type(env["dive.contact"])
        with patch.object(
            contact,
            "_dive_note_where",
            contact._dive_note_where if log else lambda *args: None,
        ):
            env.invalidate_all()
            with measures._clock(env) as result:
                for partner in partners:
                    partner.message_post(
                        body="There is a place.",
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                        partner_ids=partner.ids,
                    )
                env.flush_all()
    return result["seconds"]


def plan(registry, what):
    """Return seconds, and how often messages or their register were read in full."""
    from odoo import fields

    with measures._environment(registry) as env:
        partners = env["res.partner"]
        half_a_year = fields.Datetime.subtract(fields.Datetime.now(), months=6)
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        name, customers = "dive_last_contact", [("dive_customer", "=", True)]
        page = partners.search(customers, limit=PAGE)

        def ask():
            if what == "column":
                return page.read([name])
            if what == "group":
                return partners.formatted_read_group(
                    customers, [f"{name}:month"], ["__count"]
                )
            condition = {
                "filter": ["|", (name, "<", half_a_year), (name, "=", False)],
                "recent": [(name, ">=", yesterday)],
                "never": [(name, "=", False)],
            }[what]
            return partners.search([*customers, *condition], limit=PAGE)

        ask()
        env.invalidate_all()
        seen = []
        thread = threading.current_thread()
        thread.query_hooks = [
            lambda cr, *_args: seen.append(cr._obj.query.decode()),
        ]
        try:
            with measures._clock(env) as result:
                ask()
        finally:
            del thread.query_hooks
        count = 0
        for statement in seen:
            if "dive_contact" in statement or "mail_message" in statement:
                env.cr._obj.execute("EXPLAIN " + statement)
                text = "\n".join(row[0] for row in env.cr._obj.fetchall())
                count += text.count("Seq Scan on dive_contact")
                count += text.count("Seq Scan on mail_message")
    return result["seconds"], count
