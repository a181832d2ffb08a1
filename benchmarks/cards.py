"""Prepaid cards: the accountants' report over many, and paying an invoice with one.

``measure`` makes a database with many sold and used cards, their journal items among
those that they are balanced with; the functions below the line run in its process (see
``worker``).
"""

import contextlib
import gc
import time

import databases
from databases import PREFIX, say
from worker import Worker

#: Cards of the report, and one in how many is not used at all: they have 0 to 6 uses.
CARDS, KINDS = 100_000, 7
#: Days over which they were sold.
DAYS = 800
#: Invoices that are paid, each way.
INVOICES = 10
#: What the list asks of the server when it is opened (the web client's own names).
ASKED = ["liability:sum", "currency_id:array_agg_distinct", "liability:sum_currency"]


def measure(dive, rounds):
    """Time both sides of each figure in turns.

    :param dive: the database to start from; it is copied
    :return: times of both sides by figure
    """
    name = databases.clone(dive, f"{PREFIX}cards")
    try:
        with Worker(name) as worker:
            # first: among copies that were never reconciled, Odoo's own search for the
            # payments of an invoice takes most of the time of both sides
            paid = _turns(worker, rounds, "register", "redeem")
            say(f"selling {CARDS:,} cards, three uses each (two minutes)")
            worker("cards.fill")
        with databases.server(name) as cr:
            cr.execute("VACUUM ANALYZE")
        with Worker(name) as worker:
            return {
                "today": _turns(worker, rounds, "plain_sum", "report", ago=0),
                "per card": _turns(worker, rounds, "plain_per_card", "report", ago=0),
                "long ago": _turns(worker, rounds, "plain_sum", "report", ago=300),
                "pay": paid,
            }
    finally:
        databases.drop(name)


def _turns(worker, rounds, plain, ours, **options):
    """Call both sides in turns; the first round is thrown away."""
    times = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds = worker(f"cards.{(plain, ours)[side]}", **options)
            if turn >= 0:
                times[side].append(seconds)
    return times


# --- in the worker ----------------------------------------------------------------


@contextlib.contextmanager
def _environment(registry, commit=False):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
        if not commit:
            cr.rollback()


@contextlib.contextmanager
def _clock(seconds):
    """Append the seconds of the block to a list."""
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    yield
    seconds.append(time.perf_counter() - started)
    gc.enable()


def _service(env):
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    return env["product.product"].create(
        {
            "name": "Bench dive",
            "type": "service",
            "list_price": 400,
            "taxes_id": [(6, 0, tax.ids)],
        }
    )


def _sold_card(env):
    """Sell a card of 4,000 for 3,500 through the add-on itself."""
    kind = env["dive.discount.type"].create(
        {"name": "Bench card", "price": 3500, "value": 4000}
    )
    holder = env["res.partner"].search([("dive_customer", "=", True)], limit=1)
    card = env["dive.discount.card"].create(
        {"type_id": kind.id, "partner_id": holder.id}
    )
    card.action_sell()
    card.sale_move_id.action_post()
    _pay(card.sale_move_id)
    return card


def _invoice(env, card, service):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": card.partner_id.id,
            "invoice_line_ids": [(0, 0, {"product_id": service.id})],
        }
    )


def _pay(moves):
    moves.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=moves.ids
    ).create({})._create_payments()


# --- building ---------------------------------------------------------------------


def fill(registry, count=CARDS):
    """Sell and use one card as a desk does; multiply its rows by SQL."""
    with _environment(registry, commit=True) as env:
        card = _sold_card(env)
        move = _invoice(env, card, _service(env))
        card.redeem(400, invoice=move)
        move.action_post()
        env.flush_all()
        _multiply(env, card, count)
        _check(env, card, count)


def _multiply(env, card, count):
    """Copy the card, its sale, and the entries of its use; each with its lines."""
    cr = env.cr
    use = env["dive.discount.card.use"].search([("card_id", "=", card.id)])
    sale, settled = card.sale_move_id, use.settlement_ids
    cr.execute(
        """
        CREATE TEMP TABLE bench_card AS
          WITH people AS (
               SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
                 FROM res_partner
                WHERE dive_customer
             ORDER BY id
                LIMIT 5000)
        SELECT n, LEAST(mod(n, %s), mod(n, %s) / 20) AS uses,
               CURRENT_DATE - mod(n, %s) AS day, people.id AS person,
               nextval('dive_discount_card_id_seq') AS card,
               nextval('account_move_id_seq') AS move
          FROM generate_series(1, %s) n
          JOIN people ON people.place = mod(n, (SELECT count(*) FROM people))
        """,
        [KINDS, DAYS, DAYS, count],
    )
    cr.execute(
        """
        CREATE TEMP TABLE bench_use AS
        SELECT bench_card.n, k, card, person,
               day + 20 * k AS day,
               nextval('account_move_id_seq') AS move,
               nextval('dive_discount_card_use_id_seq') AS used,
               nextval('dive_discount_card_entry_id_seq') AS entry
          FROM bench_card, generate_series(1, uses) k
        """
    )
    _copy(
        cr,
        "dive_discount_card",
        card.ids,
        "bench_card",
        id="card",
        name="'B' || n",
        code="'bench' || n",
        partner_id="person",
        access_token="NULL",
        sold_on="day",
        expiry_date="day + 180",
        balance="4000 - 400 * uses",
        visits="uses",
        consumed="350 * uses",
        consumed_booked="350 * uses",
    )
    _copy_entries(cr, card, use)
    for table, rows, name in (
        ("bench_card", sale, "'BENCH/S/' || n"),
        ("bench_use", settled, "'BENCH/U/' || n || '/' || k"),
    ):
        ours = {"date": "day", "partner_id": "person"}
        _copy(
            cr,
            "account_move",
            rows.ids,
            table,
            id="move",
            name=name,
            access_token="NULL",
            dive_card_use_id="used" if table == "bench_use" else "NULL",
            **ours,
        )
        _copy(
            cr,
            "account_move_line",
            rows.line_ids.ids,
            table,
            id="nextval('account_move_line_id_seq')",
            move_id="move",
            move_name=name,
            dive_card_id="CASE WHEN source.dive_card_id IS NOT NULL THEN card END",
            **ours,
        )


def _copy_entries(cr, card, use):
    """Copy the movements, and the uses that they make."""
    taken, sold = use.entry_id, card.entry_ids - use.entry_id
    _copy(
        cr,
        "dive_discount_card_entry",
        sold.ids,
        "bench_card",
        id="nextval('dive_discount_card_entry_id_seq')",
        card_id="card",
        date="day",
        source_id="move",
    )
    _copy(
        cr,
        "dive_discount_card_entry",
        taken.ids,
        "bench_use",
        id="entry",
        card_id="card",
        date="day",
        source_id="move",
        balance_before="4400 - 400 * k",
        balance_after="4000 - 400 * k",
    )
    _copy(
        cr,
        "dive_discount_card_use",
        use.ids,
        "bench_use",
        id="used",
        card_id="card",
        entry_id="entry",
    )


def _copy(cr, table, ids, numbers, **columns):
    """Copy rows once for each row of ``numbers``, with other values in some columns."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = current_schema()",
        [table],
    )
    names = [name for (name,) in cr.fetchall()]
    values = [columns.get(name, f'source."{name}"') for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    cr.execute(
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)}"
        f" FROM {table} source, {numbers} WHERE source.id IN %s",
        [tuple(ids)],
    )


def _check(env, card, count):
    """Fail unless the books of the copies agree with the cards."""
    env.invalidate_all(flush=False)
    wrong = env["dive.discount.card.check"].search([], limit=3)
    if wrong:
        raise AssertionError(wrong.mapped("reason"))
    sold = env["dive.discount.card"].search_count([("type_id", "=", card.type_id.id)])
    if sold != count + 1:
        raise AssertionError(f"{sold} cards, not {count + 1}")


# --- measuring: the report --------------------------------------------------------


def _day(env, ago):
    from odoo import fields

    return fields.Date.subtract(env.company._dive_today(), days=ago)


def plain_sum(registry, ago, per_card=False):
    """Time the sum of the account's journal items until a day, in SQL."""
    seconds = []
    query = (
        "SELECT -SUM(balance) FROM account_move_line WHERE account_id = %s"
        " AND parent_state = 'posted' AND date <= %s"
    )
    if per_card:
        query += " GROUP BY dive_card_id"
    with _environment(registry) as env:
        values = [env.company.dive_card_account_id.id, _day(env, ago)]
        with _clock(seconds):
            env.cr.execute(query, values)
            env.cr.fetchall()
    return seconds[0]


def plain_per_card(registry, ago):
    """Time the same sum, of each card by itself."""
    return plain_sum(registry, ago, per_card=True)


def report(registry, ago):
    """Time what the screen asks when it is opened: all cards, by age, with totals."""
    seconds = []
    with _environment(registry) as env:
        day = _day(env, ago)
        table = env["dive.discount.card.liability"].with_context(
            dive_as_of=day.isoformat()
        )
        with _clock(seconds):
            groups = table.web_read_group([("liability", "!=", 0)], ["age"], ASKED)
        groups = groups["groups"]
        env.cr.execute(
            "SELECT -SUM(balance) FROM account_move_line WHERE account_id = %s"
            " AND parent_state = 'posted' AND date <= %s",
            [env.company.dive_card_account_id.id, day],
        )
        balance = float(env.cr.fetchone()[0])
        total = sum(group["liability:sum"] for group in groups)
        differences = table.search_count([("difference", "!=", 0)])
        if abs(total - balance) > 0.01 or differences:
            raise AssertionError(f"{total} on {day}, {differences} differences")
    return seconds[0]


# --- measuring: paying ------------------------------------------------------------


def _paid(registry, pay):
    """Time posting and paying drafts one by one, down to the database.

    :return: seconds of one
    """
    seconds = []
    with _environment(registry) as env:
        service, cards = _service(env), [_sold_card(env) for _turn in range(INVOICES)]
        moves = [_invoice(env, card, service) for card in cards]
        env.flush_all()
        env.invalidate_all()
        for card, move in zip(cards, moves, strict=True):
            with _clock(seconds):
                pay(card, move)
                env.flush_all()
            if move.payment_state not in ("paid", "in_payment"):
                raise AssertionError(f"{move.name} is {move.payment_state}")
    return sum(seconds) / len(seconds)


def redeem(registry):
    """Time using a card on a draft, and posting it."""

    def pay(card, move):
        card.redeem(move.amount_total, invoice=move)
        move.action_post()

    return _paid(registry, pay)


def register(registry):
    """Time posting the same invoice, and registering a payment for it."""

    def pay(card, move):
        move.action_post()
        _pay(move)

    return _paid(registry, pay)
