"""What a user does in a database; run in Odoo's shell by ``reinstall``.

``live_before`` is what was there, ``use_it`` leaves behind of everything that the app
can make; ``look_around`` opens what
a user would open next, with and without the app.
"""


def look_around(env):
    """Read the screens that dive_crm extends, and the menu, as administrators do."""
    admin = env["res.users"].search([("login", "=", "admin")])
    env = env(user=admin.id)
    for model in ("res.partner", "account.move", "sale.order", "crm.lead", "res.users"):
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
