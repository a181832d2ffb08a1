"""What is asked of a large database, as the web client, a report or a cron asks it.

Runs in the database's process (see ``worker``). Each returns seconds and statements.
"""

import time

import cards
import generate
import measures
from lxml import etree
from replica_client import Client

from odoo.tools.safe_eval import safe_eval

PAGE, COUNT_LIMIT = 80, 10001
#: Lists by the action that opens them.
LISTS = {
    "customers": "dive_crm.action_dive_customer",
    "trips": "dive_crm.action_dive_trip",
    "bookings": "dive_crm.action_dive_booking",
    "prepaid cards": "dive_crm.action_dive_discount_card",
    "card movements": "dive_crm.action_dive_discount_card_entry",
    "contact log": "dive_crm.action_dive_contact_log",
}
#: Reports: the model, what they are grouped and measured by.
REPORTS = {
    "card liability": None,
    "medical compliance": ("dive.medical.compliance", [], ["__count"]),
}


def _clocked(env, act):
    with measures._clock(env) as result:
        act()
    return result["seconds"], result["queries"]


def opened(registry, action):
    """Open a list: its first page, and the number beside it."""
    with measures._environment(registry) as env:
        window = env.ref(action).sudo()._get_action_dict()
        model = env[window["res_model"]].with_context(lang="en_US")
        views = model.get_views([(False, "list")])
        fields = views["models"][model._name]["fields"]
        arch = etree.fromstring(views["views"]["list"]["arch"])
        spec = Client.specification(arch, fields)
        domain = safe_eval(window.get("domain") or "[]", {"uid": env.uid})
        return _clocked(
            env,
            lambda: model.web_search_read(
                domain, spec, limit=PAGE, count_limit=COUNT_LIMIT
            ),
        )


def searched(registry, kind):
    """Find one customer by a part of the name, the phone, the e-mail, the number."""
    with measures._environment(registry) as env:
        partner = _customer(env)
        text = {
            "name": partner.name[:-1],
            "phone": (partner.phone or "")[-7:],
            "e-mail": partner.email,
            "number": partner.ref,
        }[kind]
        found = []
        env.invalidate_all()
        return _clocked(
            env,
            lambda: found.extend(env["res.partner"].name_search(text, limit=8)),
        )


def _customer(env):
    """Return a customer from the middle with a name, a phone and an e-mail."""
    env.cr.execute(
        "SELECT id FROM res_partner WHERE ref LIKE %s AND phone IS NOT NULL"
        " AND email IS NOT NULL AND dive_logged_dives > 2 AND id >= (SELECT"
        " percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM res_partner)"
        " ORDER BY id LIMIT 1",
        [f"{generate.REF}%"],
    )
    return env["res.partner"].browse(env.cr.fetchone()[0])


def customer(registry, what):
    """Open a customer's form, history or statement."""
    with measures._environment(registry) as env:
        partner = _customer(env)
        act = {
            "form": lambda: _read_form(partner),
            "history": lambda: _read_history(partner),
            "statement": lambda: _statement(partner),
            "suits": lambda: partner.dive_suits_you(),
        }[what]
        env.invalidate_all()
        return _clocked(env, act)


def _read_form(partner):
    views = partner.get_views([(False, "form")])
    arch = etree.fromstring(views["views"]["form"]["arch"])
    spec = Client.specification(arch, views["models"]["res.partner"]["fields"])
    partner.web_read(spec)


def _read_history(partner):
    env = partner.env
    views = env["dive.history"].get_views([(False, "list")])
    arch = etree.fromstring(views["views"]["list"]["arch"])
    spec = Client.specification(arch, views["models"]["dive.history"]["fields"])
    env["dive.history"].web_search_read(
        [("partner_id", "=", partner.id)], spec, limit=PAGE, count_limit=COUNT_LIMIT
    )


def _statement(partner):
    env = partner.env
    wizard = env["dive.statement.wizard"].create(
        {"partner_ids": [(6, 0, partner.ids)], "period": "all"}
    )
    env["ir.actions.report"]._render_qweb_html(
        "dive_crm.report_dive_statement", wizard.ids
    )


def today(registry):
    """Open the front desk's screen of the day."""
    with measures._environment(registry) as env:
        return _clocked(env, lambda: env["dive.trip"].dive_today())


def report(registry, name):
    """Open a report: its groups with what they are measured by."""
    if name == "card liability":
        return cards.report(registry, 0), 0
    model, groups, measures_asked = REPORTS[name]
    with measures._environment(registry) as env:
        return _clocked(
            env,
            lambda: env[model].formatted_read_grouping_sets(
                [], [[], *([group] for group in groups)], measures_asked
            ),
        )


def crons(registry):
    """Return the names of our scheduled actions by their XML id."""
    with measures._environment(registry, login=None) as env:
        rows = env["ir.model.data"].search(
            [("module", "=", "dive_crm"), ("model", "=", "ir.cron")]
        )
        jobs = {row.complete_name: env["ir.cron"].browse(row.res_id) for row in rows}
        return {name: job.cron_name for name, job in sorted(jobs.items()) if job.active}


def cron(registry, name):
    """Run a scheduled action as the scheduler does, committed; return its seconds."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        job = env.ref(name)
        started, before = time.perf_counter(), cr.sql_log_count
        job.method_direct_trigger()
        return time.perf_counter() - started, cr.sql_log_count - before
