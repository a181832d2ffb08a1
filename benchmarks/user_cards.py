"""What a user does with prepaid cards; Odoo's shell reads it after ``user_data``.

``use_prepaid`` sells cards and uses them; ``go_on_with_prepaid`` uses those that an
older version has sold. Both end with ``check_prepaid``.
"""


def use_prepaid(env):
    """Sell prepaid cards of money and of visits, use them, end them each way there is.

    What is held on a draft invoice stays held.
    """
    from datetime import timedelta

    today = env.company._dive_today()
    diver, other = env["res.partner"].search(
        [("email", "=like", "reinstall.%"), ("dive_customer", "=", True)],
        order="id desc",
        limit=2,
    )
    dive = env["product.product"].create(
        {"name": "A dive on a card", "type": "service", "list_price": 90}
    )
    kinds = env["dive.discount.type"].create(
        [
            {"name": "All of user_data", "value": 400, "price": 350},
            {"name": "Dives", "unit": "visits", "price": 800, "service_ids": dive.ids},
        ]
    )
    sold = [sell_prepaid(env, kind, diver) for kind in kinds for _number in range(5)]
    for plain, given, ended, extended, refunded in (sold[:5], sold[5:]):
        use_on_invoices(env, plain, dive)
        plain.redeem(1, booking=book_dive(env, diver, dive))
        plain.redeem(1)
        refunded.redeem(1, invoice=charge(env, diver, dive, post=True))
        refunded.action_refund()
        given.action_transfer(other, "A present")
        for card in (ended, extended):
            card.redeem(1)
            card._dive_unlocked().expiry_date = today - timedelta(1)
            card._dive_expire()
        extended.action_extend(today + timedelta(30), "A storm")
    sell_prepaid(env, kinds[0], diver, pay=False)
    env["dive.discount.card"].create({"type_id": kinds[0].id, "partner_id": diver.id})
    kinds[1].active = False
    check_prepaid(env)


def sell_prepaid(env, kind, partner, pay=True):
    """Return a card of this type, sold and, unless told otherwise, paid."""
    card = env["dive.discount.card"].create(
        {"type_id": kind.id, "partner_id": partner.id}
    )
    card.action_sell()
    sale = card.sale_move_id
    sale.action_post()
    if pay:
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=sale.ids
        ).create({})._create_payments()
    return card


def charge(env, partner, product, post=False):
    """Return an invoice of one product."""
    line = (0, 0, {"product_id": product.id})
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_line_ids": [line],
        }
    )
    if post:
        move.action_post()
    return move


def book_dive(env, diver, product):
    """Return a confirmed booking of a trip that costs what a product does."""
    from datetime import timedelta

    from odoo import fields

    start = fields.Datetime.now() + timedelta(30 + env["dive.trip"].search_count([]))
    trip = env["dive.trip"].create(
        {
            "name": "Trip on a card",
            "type_id": env["dive.trip.type"].search([], limit=1).id,
            "date_start": start,
            "date_end": start + timedelta(hours=4),
            "capacity": 4,
            "product_id": product.id,
            "state": "open",
        }
    )
    booking = env["dive.booking"].create(
        {
            "partner_id": diver.id,
            "trip_id": trip.id,
            "diver_ids": [(0, 0, {"partner_id": diver.id})],
        }
    )
    booking.action_confirm()
    return booking


def use_on_invoices(env, card, product):
    """Use a card before and after posting; one draft holds it, one use comes back."""
    for post_first, post_last in ((False, False), (False, True), (True, False)):
        move = charge(env, card.partner_id, product, post=post_first)
        card.redeem(1, invoice=move)
        if post_last:
            move.action_post()
    credit = env["account.move.reversal"].with_context(
        active_model="account.move", active_ids=move.ids
    )
    action = credit.create({"journal_id": move.journal_id.id}).refund_moves()
    env["account.move"].browse(action["res_id"]).action_post()


def go_on_with_prepaid(env):
    """Use, post, extend, refund and end what ``use_prepaid`` has left of cards.

    An older version has no cards: they are sold now.
    """
    from datetime import timedelta

    cards = env["dive.discount.card"].search(
        [("partner_id.email", "=like", "reinstall.%")], order="id"
    )
    if not cards:
        return use_prepaid(env)
    check_prepaid(env)
    uses = env["dive.discount.card.use"].search(
        [("card_id", "in", cards.ids), ("state", "=", "held")]
    )
    if not uses:
        raise AssertionError("no draft holds a card any more")
    uses.move_id.action_post()
    active = cards.filtered(lambda card: card.state == "active")
    for card in active:
        card.redeem(1)
        card.redeem(card.balance / 2)
    active[1].action_refund()
    ended = cards.filtered(lambda card: card.state == "expired")
    day = env.company._dive_today() + timedelta(60)
    for card in ended:
        card.action_extend(day, "Another storm")
        card.redeem(card.balance)
    cards.filtered(lambda card: card.state == "draft").action_sell()
    check_prepaid(env)


def check_prepaid(env):
    """Make sure that cards, their ledger, their account and the check agree."""
    env.flush_all()
    env.invalidate_all()
    if found := env["dive.discount.card.check"].search([]):
        raise AssertionError(f"cards are not right: {found.mapped('reason')}")
    cards, owed = env["dive.discount.card"].search([]), 0
    for card in cards:
        moved = sum(card.entry_ids.mapped("amount"))
        if round(moved - card.balance, 3):
            raise AssertionError(f"{card.name} has {card.balance}, its ledger {moved}")
        owed += card.booked - card.consumed_booked
    held = env["dive.discount.card.use"].search([("state", "=", "held")])
    owed += sum(held.mapped("booked"))
    accounts = env["res.company"].search([]).dive_card_account_id
    lines = env["account.move.line"].search(
        [("account_id", "in", accounts.ids), ("parent_state", "=", "posted")]
    )
    there = -sum(lines.mapped("balance"))
    if not cards or round(there - owed, 2):
        raise AssertionError(f"{len(cards)} cards owe {owed}, their account {there}")
