"""Opening a trip of 40 divers with their lights, against an event of 40 registrations.

Runs in the process of a database with both (see ``seats`` and ``worker``). Both are
read as the web client reads them: with the specification that the form's view gives,
and then what is beside the form, its messages and followers.
"""

import time

#: Divers on the trip, registrations of the event.
ROWS = 40
#: what the web client asks for beside a form
CHATTER = [
    "activities",
    "attachments",
    "contact_fields",
    "followers",
    "scheduledMessages",
    "suggestedRecipients",
]


def _environment(registry):
    from odoo import api

    cr = registry.cursor()
    env = api.Environment(cr, 1, {})
    return api.Environment(cr, env.ref("base.user_admin").id, {"lang": "en_US"})


def _people(env):
    return env["res.partner"].create(
        [
            {"name": f"Diver {number}", "email": f"form{number}@bench.test"}
            for number in range(ROWS)
        ]
    )


def _specification(model, kind):
    """Return with which specification the web client reads a view of a model."""
    from lxml import etree

    arch = model.get_views([(False, kind)])["views"][kind]["arch"]
    return _fields_of(model, etree.fromstring(arch))


def _fields_of(model, root):
    specification = {}
    for node in root.iter("field"):
        if next(node.iterancestors("field", root.tag), root) is not root:
            continue  # of a list in the form
        field = model._fields[node.get("name")]
        specification[field.name] = {}
        if field.relational:
            columns = node.find("list")
            specification[field.name]["fields"] = (
                {"display_name": {}}
                if columns is None
                else _fields_of(model.env[field.comodel_name], columns)
            )
    return specification


def _read_chatter(record):
    from odoo.addons.mail.tools.discuss import Store

    Store().add(record, request_list=CHATTER, as_thread=True).get_result()
    found = record.env["mail.message"]._message_fetch(domain=None, thread=record)
    Store().add(found["messages"]).get_result()


def _seconds(env, read):
    """Time ``read`` with nothing in the cache, the second time it is called."""
    for _turn in range(2):
        env.flush_all()
        env.invalidate_all()
        started = time.perf_counter()
        read()
        seconds = time.perf_counter() - started
    return seconds


def trip_alone(registry):
    """Time a trip's form without what is beside it."""
    return trip(registry, _beside=lambda record: None)


def event_alone(registry):
    """Time an event's form and list without what is beside the form."""
    return event(registry, _beside=lambda record: None)


def trip(registry, _beside=_read_chatter):
    """Time a trip's form: divers with cards and contacts, a kind that asks for much."""
    from odoo import Command, fields

    env = _environment(registry)
    try:
        level = env["dive.certification.level"].search([("max_depth_m", "=", 18)])[:1]
        people = _people(env)
        day = fields.Date.subtract(fields.Date.today(), years=1)
        env["dive.certification"].create(
            [
                {"partner_id": one.id, "level_id": level.id, "issue_date": day}
                for one in people
            ]
        )
        env["dive.emergency.contact"].create(
            [
                {"partner_id": one.id, "name": "Mum", "phone": "+34 600 000 000"}
                for one in people
            ]
        )
        kind = {"name": "Bench", "min_level_id": level.id, "depth_m": 30, "min_age": 12}
        record = env["dive.trip"].create(
            {
                "type_id": env["dive.trip.type"].create(kind).id,
                "date_start": fields.Datetime.add(fields.Datetime.now(), days=3),
                "capacity": ROWS,
            }
        )
        env["dive.fitness.rule"].search([("severity", "=", "block")]).severity = "warn"
        bookings = env["dive.booking"].create(
            [
                {
                    "partner_id": one.id,
                    "trip_id": record.id,
                    "diver_ids": [Command.create({"partner_id": one.id})],
                }
                for one in people
            ]
        )
        bookings.action_confirm()
        specification = _specification(record, "form")
        read = [None]

        def open_form():
            read[:] = record.web_read(specification)
            _beside(record)

        seconds = _seconds(env, open_form)
        lights = [seat["fitness"] for seat in read[0]["seat_ids"]]
        if lights != ["amber"] * ROWS:
            raise AssertionError(f"not {ROWS} amber lights: {lights}")
        return seconds
    finally:
        env.cr.rollback()
        env.cr.close()


def event(registry, _beside=_read_chatter):
    """Time an event's form and the list of registrations, which Odoo opens apart."""
    from odoo import fields

    env = _environment(registry)
    try:
        start = fields.Datetime.add(fields.Datetime.now(), days=3)
        record = env["event.event"].create(
            {
                "name": "Bench",
                "date_begin": start,
                "date_end": fields.Datetime.add(start, hours=4),
                "event_mail_ids": [(5, 0, 0)],
            }
        )
        registrations = env["event.registration"]
        registrations.create(
            [{"event_id": record.id, "partner_id": one.id} for one in _people(env)]
        )
        specification = _specification(record, "form")
        columns = _specification(registrations, "list")
        read = [None]

        def open_both():
            record.web_read(specification)
            _beside(record)
            read[:] = registrations.web_search_read(
                [("event_id", "=", record.id)], columns
            )["records"]

        seconds = _seconds(env, open_both)
        if len(read) != ROWS:
            raise AssertionError(f"{len(read)} registrations")
        return seconds
    finally:
        env.cr.rollback()
        env.cr.close()
