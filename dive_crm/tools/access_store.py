"""The table of the access log: how rows get in, in one chain, and how it is checked.

Works on a cursor; takes nothing else from Odoo.
"""

from psycopg2 import sql

from . import access_chain, access_head
from .access_chain import NO_KEY, NO_KEY_ID, Row, code_of

TABLE = "dive_access_log"
#: Refuses what changes or deletes rows, in each of these tables.
TRIGGER = "dive_access_keep"
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'Rows of % are only added, never changed or deleted.',
            TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
"""
#: Of the lock that lets one transaction at a time go on with the chain.
LOCK = "dive_crm: dive.access.log"
#: How long a writer waits for another one, who needs a few milliseconds.
PATIENCE = "20s"
BATCH = 2000
COLUMNS = (*Row._fields, "mac")


# --- writing --------------------------------------------------------------


def begin(cr):
    """Let a transaction see what others commit while it waits.

    To be called first, and not in a transaction that belongs to somebody else. In
    Odoo's REPEATABLE READ each of several writers would go on from the same row.
    """
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    cr.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])


def append(cr, rows, keys=None):
    """Write rows at the end of the chain.

    :param rows: dicts of the columns, but for those that are found out here: number,
        name and company of the user, key and code
    :param Keyring keys: None: there is no key file; see :data:`access_chain.NO_KEY_ID`
    """
    users = _users(cr, {row["user_id"] for row in rows})
    # held until the end of the transaction, so that the row before is the last one
    cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    seq, code = last(cr) or (0, "")
    key_id = keys.current if keys else NO_KEY_ID
    log_key = keys.log_key(key_id) if keys else NO_KEY
    written = []
    for number, values in enumerate(rows, seq + 1):
        user = users.get(values["user_id"], {})
        row = Row(
            **{
                **values,
                "seq": number,
                "login": user.get("login") or "",
                "user_name": user.get("name") or "",
                "company_id": _company(values["company_id"], user),
                "key_id": key_id,
            }
        )
        code = code_of(log_key, code, row)
        written.append((*row, code))
    _insert(cr, written)


def _insert(cr, rows):
    query = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(TABLE),
        sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
        sql.SQL(", ").join([sql.Placeholder()] * len(rows)),
    )
    cr.execute(query, rows)


def _users(cr, user_ids):
    """Return what is noted of users, as it is now: ``{id: {...}}``."""
    cr.execute(
        "SELECT u.id, u.login, p.name, u.company_id, array("
        "SELECT r.cid FROM res_company_users_rel r WHERE r.user_id = u.id)"
        " FROM res_users u JOIN res_partner p ON p.id = u.partner_id"
        " WHERE u.id IN %s",
        [tuple(user_ids)],
    )
    return {
        user_id: {"login": login, "name": name, "company": company, "companies": ids}
        for user_id, login, name, company, ids in cr.fetchall()
    }


def _company(chosen, user):
    """Return the company that the user has chosen, if it is one of theirs."""
    if chosen in user.get("companies", ()):
        return chosen
    return user.get("company") or 0


# --- reading --------------------------------------------------------------


def last(cr):
    """Return number and code of the last row, or None."""
    cr.execute("SELECT seq, mac FROM dive_access_log ORDER BY seq DESC LIMIT 1")
    return cr.fetchone()


def code_at(cr, seq):
    """Return the code of a row, or None; before the first one it is empty."""
    if not seq:
        return ""
    cr.execute("SELECT mac FROM dive_access_log WHERE seq = %s", [seq])
    found = cr.fetchone()
    return found and found[0]


def read(cr, batch=BATCH):
    """Yield each row and its code, in their order, some at a time in the memory."""
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    query = sql.SQL("SELECT {} FROM {} WHERE seq > %s ORDER BY seq LIMIT %s").format(
        columns, sql.Identifier(TABLE)
    )
    after = 0
    while True:
        cr.execute(query, [after, batch])
        found = cr.fetchall()
        for *columns_of_row, code in found:
            yield Row(*columns_of_row), code
        if len(found) < batch:
            return
        after = found[-1][0]


# --- guarding -------------------------------------------------------------


def guard(cr, table):
    """Let nobody change or delete rows of a table, not even by SQL."""
    if is_guarded(cr, table):
        return
    cr.execute(FUNCTION)
    cr.execute(
        sql.SQL(
            "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE"
            " ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        ).format(name=sql.Identifier(TRIGGER), table=sql.Identifier(table))
    )
    cr.execute(
        sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}").format(
            sql.Identifier(table), sql.Identifier(TRIGGER)
        )
    )


def is_guarded(cr, table):
    """Say whether the trigger is there and works."""
    cr.execute(
        "SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = to_regclass(%s)"
        " AND tgenabled IN ('O', 'A')",
        [TRIGGER, table],
    )
    return bool(cr.fetchone())


def unguard(cr):
    """Give all such tables free: the add-on is being uninstalled."""
    cr.execute("DROP FUNCTION IF EXISTS dive_access_keep() CASCADE")


# --- checking -------------------------------------------------------------

WORDS = {
    "missing": "are missing",
    "altered": "were changed, or the rows before them",
    "no_key": "have a key that is not in the key file",
    "unsigned": "were written while there was no key file: anybody could have",
}
#: More faults than these are counted, not told.
MOST = 20


def check(cr, keys, head_file, tell):
    """Check that the log is whole, and tell what is wrong.

    :param cr: of a transaction that may be ended here
    :param Keyring keys:
    :param str head_file: path of the file that remembers its end
    :return: the number of faults
    """
    head, faults = _read_head(cr.dbname, head_file, tell)
    # From here on, so that the log is no older than what is remembered of it.
    cr.rollback()
    chain = access_chain.Chain(keys.log_key)
    for row, code in read(cr):
        chain.take(row, code)
    tell(f"  access log: {chain.count} rows")
    if chain.unsigned_first:
        tell(
            f"  access log: the first {chain.unsigned_first} rows are from before"
            " there was a key file"
        )
    faults += _tell_faults(chain, tell)
    if head:
        faults += _compare(head, code_at(cr, head["seq"]), chain, tell)
    if not is_guarded(cr, TABLE):
        tell("  access log: ROWS CAN BE CHANGED: update dive_crm (-u dive_crm)")
        faults += 1
    return faults


def _tell_faults(chain, tell):
    for what, first, last_seq in chain.faults[:MOST]:
        rows = f"row {first}" if first == last_seq else f"rows {first} to {last_seq}"
        tell(f"  access log: {rows.upper()} {WORDS[what]}")
    if len(chain.faults) > MOST:
        tell(f"  access log: and {len(chain.faults) - MOST} faults more")
    return len(chain.faults)


def _read_head(database, path, tell):
    """Return what is remembered, and the number of faults."""
    try:
        head = access_head.read_head(path, database)
    except access_head.HeadError as error:
        tell(f"  access log: THE FILE OF ITS END IS OF NO USE: {error}")
        return None, 1
    if not head:
        tell(
            f"  access log: {path} does not know its end yet. Odoo writes it each hour"
            f" if it may write there; {access_head.VARIABLE} names another place."
        )
    return head, 0


def _compare(head, code, chain, tell):
    """Tell whether the end that is remembered is in the log; return the faults."""
    for former in head.get("former", ()):
        tell(
            f"  access log: until {former['date']} it had {former['seq']} rows, and was"
            " then replaced: see --new-end"
        )
    if code == head["code"]:
        tell(f"  access log: row {head['seq']} is as it was on {head['date']} (UTC)")
        return 0
    tell(
        f"  access log: ON {head['date']} (UTC) IT HAD {head['seq']} ROWS, now"
        f" {chain.last}" + (", and the last was another" if code else "") + "."
        " If a backup was restored, or dive_crm installed anew, say so: --new-end"
    )
    return 1
