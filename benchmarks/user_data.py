"""What a user does in a database; run in Odoo's shell by ``reinstall`` and ``upgrade``.

``live_before`` is what was there, ``use_it`` leaves behind of everything that the app
can make, in whichever version of it; ``use_cards`` only of what has to do with
certifications; ``look_around`` opens what a user would open next, with and without the
app. Prepaid cards: ``user_cards``.
"""


def look_around(env):
    """Read the screens that dive_crm extends, and the menu, as administrators do."""
    admin = env["res.users"].search([("login", "=", "admin")])
    env = env(user=admin.id)
    screens = "res.partner account.move sale.order crm.lead res.users".split()
    for model in filter(env.registry.__contains__, screens):
        views = [(False, kind) for kind in ("list", "form", "search", "kanban")]
        env[model].get_views(views, {"toolbar": True})
        env[model].search([], limit=20).read()
    env["res.config.settings"].get_views([(False, "form")])
    env["ir.ui.menu"].load_menus(False)
    env["res.partner"].name_search("a", limit=8)


def live_before(env):
    """Make somebody who is there before the app and becomes a customer in it."""
    env["res.partner"].create(
        {
            "name": "Known Before",
            "ref": "KB1",
            "email": "known.before@example.org",
            "phone": "+44 7400 999999",
        }
    )


def use_it(env):
    """Make customers, trips, bookings, an invoice; messages and activities on them."""
    from datetime import timedelta

    from odoo import fields

    partners = env["res.partner"].create(
        [
            {
                "name": f"Reinstall Diver {number}",
                "dive_customer": True,
                "email": f"reinstall.{number}@example.org",
                "phone": f"+44 7400 12345{number}",
            }
            for number in range(3)
        ]
    )
    partners[0].message_post(body="A word about this diver")
    # Somebody who was there before becomes a customer as well.
    env["res.partner"].search([("ref", "=", "KB1")]).dive_customer = True
    product = env["product.product"].create(
        {"name": "Two dives", "type": "service", "list_price": 90}
    )
    trip_type = env["dive.trip.type"].search([], limit=1)
    start = fields.Datetime.now() + timedelta(days=3)
    trip = env["dive.trip"].create(
        {
            "name": "Reinstall reef",
            "type_id": trip_type.id,
            "date_start": start,
            "date_end": start + timedelta(hours=4),
            "capacity": 8,
            "product_id": product.id,
        }
    )
    booking = env["dive.booking"].create(
        {
            "partner_id": partners[0].id,
            "trip_id": trip.id,
            "diver_ids": [(0, 0, {"partner_id": diver.id}) for diver in partners],
        }
    )
    booking.action_confirm()
    booking.message_post(body="A word about this booking")
    booking.activity_schedule("mail.mail_activity_data_todo", summary="Call back")
    booking.action_create_invoice()
    booking.invoice_ids.action_post()
    env["ir.filters"].create(
        {"name": "Mine", "model_id": "dive.booking", "domain": "[]"}
    )
    # An import names what it makes.
    env["ir.model.data"].create(
        {"module": "__import__", "name": "t1", "model": trip._name, "res_id": trip.id}
    )
    if "dive.certification" in env:
        use_cards(env)
    if "dive.medical.profile" in env:
        use_medical(env)
    if "dive.discount.card" in env:
        use_prepaid(env)  # noqa: F821 (from user_cards)
    if "dive.ticket" in env:
        ask_something(env, partners[0], booking)
    if env.ref("dive_crm.partner_guide_sofia", raise_if_not_found=False):
        mix_with_demo(env, partners, trip)


def ask_something(env, partner, booking):
    """Make a ticket with a file, close it, and have the customer rate the answer."""
    ticket = env["dive.ticket"].create(
        {"name": "A mask", "partner_id": partner.id, "booking_id": booking.id}
    )
    ticket.message_post(body="It looks like this", attachments=[("mask.txt", b"blue")])
    ticket.stage_id = env["dive.ticket.stage"].search(
        [("kind", "=", "closed")], limit=1
    )
    ticket.rating_apply(5, rating=ticket.rating_ids, feedback="Quick")
    env["dive.ticket.stage"].create({"name": "With the boat yard"})


def mix_with_demo(env, partners, trip):
    """Do something of one's own with the people and products of the demo data."""
    guide = env.ref("dive_crm.partner_guide_sofia")
    payer = env.ref("dive_crm.partner_emma_jansen")
    friend = env["res.partner"].create({"name": "Her friend", "dive_customer": True})
    env["dive.booking"].create(
        {
            "partner_id": payer.id,
            "trip_id": trip.id,
            "diver_ids": [(0, 0, {"partner_id": friend.id})],
        }
    )
    if "dive.certification" in env:
        cards = env["dive.certification"]
        cards.search([("partner_id", "in", partners.ids)]).instructor_id = guide
    if "sale.order" in env:
        product = env.ref("dive_crm.product_night")
        diver = env.ref("dive_crm.partner_olga_petrova")
        env["sale.order"].create(
            {
                "partner_id": diver.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )


def use_cards(env):
    """Make cards with a picture, a check, a renewal, reminders, and a closed course.

    The picture takes a key file (``DIVE_CRM_KEYS``).
    """
    divers = env["res.partner"].search(
        [("email", "=like", "reinstall.%"), ("dive_customer", "=", True)],
        order="id",
        limit=3,
    )
    divers[2].dive_channel = "sms"
    plain, lapsing = (
        env["dive.certification.level"].search(
            [("renewal_months", operator, 0), ("category", "=", category)],
            order="id",
            limit=1,
        )
        for operator, category in (("=", "beginner"), (">", "continuing"))
    )
    # used a second time, by another version of the add-on, it is other cards
    known = env["dive.certification"].with_context(active_test=False).search_count([])
    card = env["dive.certification"].create(
        {"partner_id": divers[0].id, "level_id": plain.id, "number": f"UD {known}"}
    )
    card.front_image = photograph()
    card.message_post(body="A word about this card")
    env["dive.certification.check"].create(
        {"certification_id": card.id, "method": "card", "result": "verified"}
    )
    remind_and_renew(env, divers, lapsing, known)
    close_course(env, divers[1:], plain)


def use_medical(env):
    """Write down something about a diver's health, for which there is no row yet.

    Used a second time, by another installation, the numbers of rows are the same: it
    must show nothing of what the first one said.
    """
    from odoo.addons.dive_crm.tools.ticket import with_ticket

    profiles = with_ticket(env["dive.medical.profile"])
    diver = env["res.partner"].search(
        [
            ("dive_customer", "=", True),
            ("id", "not in", profiles.search([]).partner_id.ids),
        ],
        order="id",
        limit=1,
    )
    profile = profiles.create({"partner_id": diver.id})
    env.invalidate_all()
    if profile.conditions or profile.allergies:
        raise AssertionError("a new profile says what an old one said")
    profile.write({"conditions": "Said in user_data", "allergies": "Said as well"})
    event = {"profile_id": profile.id, "text": "Happened in user_data"}
    with_ticket(env["dive.medical.event"]).create(event)
    use_form(env, diver)


def use_form(env, diver):
    """Answer and sign a form, and keep a physician's page with it: see use_medical."""
    import base64
    from datetime import date

    from odoo.addons.dive_crm.tools import medical_outcome
    from odoo.addons.dive_crm.tools.ticket import with_ticket

    diver.birthdate_date = date(1990, 5, 10)
    form = env["dive.medical.form"].create({"partner_id": diver.id})
    env.invalidate_all()
    known = with_ticket(form)
    if (
        known.answers
        or known.signed_text
        or known.signed_file
        or known.physician_file
        or form.entry_ids
        or form.activity_ids
        or any(one.create_date < form.create_date for one in form.message_ids)
    ):
        raise AssertionError("a new form has something of an old one")
    rules = medical_outcome.put(form.questionnaire_id._dive_rules(), 30)
    form._dive_record_answers({rule.code: False for rule in rules})
    form.write({"signed_by": "user_data", "signature": photograph()})
    form.action_submit()
    page = base64.b64decode(photograph())
    form._dive_unlocked()._dive_sealed_put("physician", page)
    form.message_post(body="A word about this form")


def photograph():
    """Return a picture as a form sends it."""
    import base64
    import io

    from PIL import Image

    output = io.BytesIO()
    Image.new("RGB", (640, 400), "blue").save(output, "JPEG")
    return base64.b64encode(output.getvalue())


def remind_and_renew(env, divers, level, known):
    """Tell divers of cards that end next week, by e-mail and SMS, and renew one."""
    from datetime import timedelta

    from odoo import fields

    today = fields.Date.today()
    cards = env["dive.certification"].create(
        [
            {
                "partner_id": diver.id,
                "level_id": level.id,
                "number": f"UD {known} {diver.id}",
                "issue_date": today - timedelta(days=700),
                "expiry_date": today + timedelta(days=7),
            }
            for diver in divers
        ]
    )
    cards._dive_tell({card.id: _due(env, card) for card in cards})
    cards[0]._dive_renew(note="Refresher")


def _due(env, card):
    """Return why a card is told of: a row of the plan, or days before its end."""
    company = env["res.company"]._dive_main_company()
    if "dive_plan_ids" not in company._fields:
        return 7  # before 19.0.1.5.0
    from odoo.addons.dive_crm.models.dive_certification_alert_due import Due

    plan = company._dive_plans("certification_ends")[:1]
    return Due(card.id, plan.interval, plan.id)


def close_course(env, divers, level):
    """Let a course end: the first diver has passed and gets a card, others go on."""
    from datetime import timedelta

    from odoo import fields

    kind = env["dive.trip.type"].create(
        {"name": "Course of somebody", "kind": "course", "level_id": level.id}
    )
    start = fields.Datetime.now() - timedelta(days=3)
    trip = env["dive.trip"].create(
        {
            "name": "A course",
            "type_id": kind.id,
            "date_start": start,
            "date_end": start + timedelta(days=2),
            "capacity": 4,
        }
    )
    booking = env["dive.booking"].create(
        {
            "partner_id": divers[0].id,
            "trip_id": trip.id,
            "diver_ids": [(0, 0, {"partner_id": diver.id}) for diver in divers],
        }
    )
    booking._confirm_one(late=True)
    action = trip.action_close_course()
    screen = env[action["res_model"]].browse(action["res_id"])
    screen.line_ids[1:].result = "continue"
    screen.action_close()
