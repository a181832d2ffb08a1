"""What is measured, inside one database's process (see ``worker``).

Every function takes a registry and rolls back, save the four that build. Caches of
the registry are warm (the first call is not counted by the caller), caches of the
records are cold: each call has a cursor and an environment of its own.
"""

import base64
import contextlib
import csv
import gc
import json
import threading
import time

import generate

from odoo import SUPERUSER_ID, api

#: What the web client sends: a page of 80, and a count that stops here.
PAGE, COUNT_LIMIT = 80, 10001


@contextlib.contextmanager
def _environment(registry, login=generate.LOGIN, commit=False):
    """Yield an environment of the measuring user on a cursor of its own."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if login:
            user = env["res.users"].search([("login", "=", login)])
            context = {"lang": "en_US", "tz": "UTC"}
            context["allowed_company_ids"] = user.company_ids.ids
            env = api.Environment(cr, user.id, context)
        yield env
        env.flush_all()
        if not commit:
            cr.rollback()


@contextlib.contextmanager
def _clock(env):
    """Yield a dict that gets ``seconds`` and ``queries`` of the block."""
    result = {}
    env.user.has_group("base.group_user")
    gc.collect()
    gc.disable()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    try:
        yield result
        result["seconds"] = time.perf_counter() - started
        result["queries"] = env.cr.sql_log_count - queries
    finally:
        gc.enable()


# --- building ---------------------------------------------------------------------


def fill(registry, count):
    """Fill with partners, and the user who measures."""
    with _environment(registry, login=None, commit=True) as env:
        generate.make_user(env)
        first = generate.fill_partners(env, count)
        env.invalidate_all()
        generate.check_partners(env, first, count)
        env.invalidate_all(flush=False)


def customers(registry):
    """Make half of them customers with bookings; returns (customers, bookings)."""
    with _environment(registry, login=None, commit=True) as env:
        done = generate.make_customers(env)
        user = env["res.users"].search([("login", "=", generate.LOGIN)])
        user.group_ids += env.ref("dive_crm.group_front_desk")
    return done


def index(registry):
    """Make the index of the search, as the scheduled action does; returns seconds."""
    started = time.perf_counter()
    with _environment(registry, login=None, commit=True) as env:
        env["res.partner"]._cron_dive_index()
    return time.perf_counter() - started


# --- what to search for -----------------------------------------------------------


def terms(registry, count):
    """Return ``count`` texts each of a rare name part, a number, an address, a phone.

    The phones come in the forms that people say: national, international, with 00,
    without spaces, the last digits.
    """
    with _environment(registry, login=None) as env:
        cr = env.cr
        names = _rare_words(cr, count)
        cr.execute(
            "SELECT ref, email, phone FROM res_partner WHERE ref LIKE %s "
            "AND phone IS NOT NULL ORDER BY md5(ref) LIMIT %s",
            [f"{generate.REF}%", count],
        )
        refs, mails, phones = zip(*cr.fetchall(), strict=True)
    return {
        "name": names,
        "number": refs,
        "e-mail": mails,
        "phone": [_said(phone, index) for index, phone in enumerate(phones)],
    }


def _rare_words(cr, count):
    """Return ``count`` parts of names that fewer people have than a field shows (8).

    Of more, Odoo's search stops at the eighth, and would look faster than it is.
    """
    cr.execute(
        "SELECT substr(word, 3, 10) FROM (SELECT regexp_split_to_table(name, ' ') "
        "AS word FROM res_partner WHERE ref LIKE %s) words WHERE length(word) > 11 "
        "GROUP BY word HAVING count(*) < 4 ORDER BY md5(word) LIMIT %s",
        [f"{generate.REF}%", count * 5],
    )
    rare = []
    for (word,) in cr.fetchall():
        cr.execute(
            "SELECT count(*) FROM res_partner WHERE complete_name ILIKE %s",
            [f"%{word}%"],
        )
        if cr.fetchone()[0] < 8:
            rare.append(word)
        if len(rare) == count:
            return rare
    raise AssertionError(f"only {len(rare)} rare names among the people")


def _said(phone, index):
    """Return a phone as one of five kinds of people say it."""
    import phonenumbers

    number = phonenumbers.parse(phone)
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.NATIONAL
    )
    return (national, phone, "00" + plain[1:], plain, plain[-8:])[index % 5]


# --- measuring --------------------------------------------------------------------


def name_search(registry, text):
    """Time what a many2one field sends: the first 8 names that match."""
    with _environment(registry) as env:
        partners = env["res.partner"]
        with _clock(env) as result:
            found = partners.name_search(text, [], "ilike", 8)
    return {**result, "found": len(found)}


def _list(env, view, domain, order):
    """Return a function that reads the first page of a list as the web client does."""
    partners = env["res.partner"]
    arch = partners.get_views([(view and env.ref(view).id, "list")])
    fields = arch["views"]["list"]["arch"]
    specification = {name: {} for name in _fields(fields)}
    for name in specification:
        if partners._fields[name].relational:
            specification[name] = {"fields": {"display_name": {}}}

    def read():
        return partners.web_search_read(
            domain, specification, limit=PAGE, order=order, count_limit=COUNT_LIMIT
        )

    return read


def _fields(arch):
    """Return the fields that a list view shows."""
    from lxml import etree

    root = etree.fromstring(arch)
    return [
        node.get("name")
        for node in root.iterchildren("field")
        if node.get("column_invisible") not in ("1", "True")
    ]


def listing(registry, view="base.view_partner_tree", domain=(), order=""):
    """Time the first page of a list of partners, as the web client asks for it."""
    with _environment(registry) as env:
        read = _list(env, view, list(domain), order)
        env.invalidate_all()
        with _clock(env) as result:
            found = read()
    return {**result, "found": len(found["records"]), "length": found["length"]}


def creating(registry, rows):
    """Time creating ``rows`` partners that are none of ours, down to the database."""
    values = [
        {
            "name": f"Plain Person {row}",
            "email": f"plain.person.{row}@example.org",
            "phone": f"+32 470 12 {row // 100 % 100:02} {row % 100:02}",
            "city": "Ostend",
        }
        for row in range(rows)
    ]
    with _environment(registry) as env:
        with _clock(env) as result:
            env["res.partner"].create(values)
            env.flush_all()
    return result


# --- plans ------------------------------------------------------------------------


def plans(registry, view, domain, order=""):
    """Return the plan of each statement that a list's first page sends.

    A plan: ``sql``, ``seconds``, ``scans`` (full scans of res_partner), ``rows`` (the
    most that any step on res_partner read), ``text`` (EXPLAIN ANALYZE).
    """
    seen = []

    def hook(cr, query, params, _start, _delay):
        statement = cr._obj.query.decode()
        if "res_partner" in statement and statement.startswith("SELECT"):
            seen.append(statement)

    with _environment(registry) as env:
        read = _list(env, view, list(domain), order)
        read()
        env.invalidate_all()
        thread = threading.current_thread()
        thread.query_hooks = [hook]
        try:
            read()
        finally:
            del thread.query_hooks
        return [_explain(env.cr, statement) for statement in seen]


def explain_search(registry, text):
    """Return the plans of one name search, as ``plans`` does."""
    seen = []
    with _environment(registry) as env:
        thread = threading.current_thread()
        thread.query_hooks = [
            lambda cr, *_args: seen.append(cr._obj.query.decode()),
        ]
        try:
            env["res.partner"].name_search(text, [], "ilike", 8)
        finally:
            del thread.query_hooks
        return [_explain(env.cr, text) for text in seen if text.startswith("SELECT")]


def _explain(cr, statement):
    """Return what PostgreSQL does for a statement."""
    cr._obj.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement)
    plan = cr._obj.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    cr._obj.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement)
    text = "\n".join(row[0] for row in cr._obj.fetchall())
    nodes = [
        node
        for node in _nodes(plan[0]["Plan"])
        if node.get("Relation Name") == "res_partner"
    ]
    return {
        "sql": statement,
        "seconds": plan[0]["Execution Time"] / 1000,
        "scans": sum(node["Node Type"] == "Seq Scan" for node in nodes),
        "rows": max((_rows(node) for node in nodes), default=0),
        "text": text,
    }


def _nodes(plan):
    """Yield each step of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows(node):
    """Return how many rows a step looked at."""
    return node["Actual Loops"] * (
        node["Actual Rows"]
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Index Recheck", 0)
    )


# --- import -----------------------------------------------------------------------


def customer_import(registry, path):
    """Time dive_crm's import of a customer file: the check, then the import itself.

    ``seconds`` is both together, as ``check`` and ``write`` are shown to the user.
    """
    with open(path, "rb") as file:
        content = base64.b64encode(file.read())
    with _environment(registry) as env:
        wizard = env["dive.customer.import"].create(
            {"file": content, "filename": "customers.csv"}
        )
        env.flush_all()
        with _clock(env) as check:
            wizard.action_check()
            env.flush_all()
        if wizard.problem:
            raise AssertionError(f"the import refused the file: {wizard.problem}")
        with _clock(env) as write:
            wizard.action_import()
            env.flush_all()
        if wizard.state != "done":
            raise AssertionError(f"the import did not import: {wizard.problem}")
        rows = len(wizard.imported_ids)
    return {
        "rows": rows,
        "check": check["seconds"],
        "write": write["seconds"],
        "seconds": check["seconds"] + write["seconds"],
        "queries": check["queries"] + write["queries"],
    }


def load(registry, path):
    """Time Odoo's own ``load`` of a customer file's columns that Odoo has itself.

    Rows without a name are left out (one would make Odoo refuse them all).
    """
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    fields = "name ref email phone country_id category_id comment".split()
    rows = []
    for line in lines:
        name = f"{line['First name']} {line['Last name']}".strip()
        if name:
            tags = ",".join(filter(None, line["Tags"].split(";")))
            values = (line["Customer no"], line["E-mail"], line["Phone"])
            rows.append([name, *values, line["Country"], tags, line["Notes"]])
    with _environment(registry) as env:
        tags = {tag for row in rows for tag in row[5].split(",") if tag}
        # The user may not configure; the tags are there before.
        missing = [{"name": tag} for tag in sorted(tags)]
        env["res.partner.category"].sudo().create(missing)
        partners = env["res.partner"].with_context(import_file=True)
        with _clock(env) as result:
            done = partners.load(fields, rows)
            env.flush_all()
        if not done["ids"]:
            raise AssertionError(f"load refused: {done['messages'][:3]}")
    return {**result, "rows": len(done["ids"])}
