"""What a database holds, in numbers that a copy must have as well.

Takes a psycopg2 cursor. The checksum of a table is a sum over its rows, so that their
order does not matter and a row that is there twice counts twice.
"""

from psycopg2 import sql

#: How a row is written as text must not depend on who asks.
_SETTINGS = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL xmloption = 'content'",
    "SET LOCAL search_path = pg_catalog",
    # a long run is no fault
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
_TABLES = """
    SELECT n.nspname, c.relname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't'
       AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                        AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2
"""
_SEQUENCES = """
    SELECT schemaname, sequencename, last_value FROM pg_sequences
     WHERE increment_by > 0 ORDER BY 1, 2
"""


def settle(cr):
    """Fix what checksums depend on, for this transaction."""
    for setting in _SETTINGS:
        cr.execute(setting)


def fingerprint(cr, progress=lambda _done, _total: None):
    """Return ``{table: [rows, checksum]}`` and ``{sequence: last value}``."""
    settle(cr)
    cr.execute(_TABLES)
    names = cr.fetchall()
    tables = {}
    for number, (schema, name) in enumerate(names):
        progress(number, len(names))
        tables[f"{schema}.{name}"] = _sum_of(cr, schema, name)
    progress(len(names), len(names))
    cr.execute(_SEQUENCES)
    sequences = {f"{schema}.{name}": last or 0 for schema, name, last in cr.fetchall()}
    return tables, sequences


def _sum_of(cr, schema, name):
    cr.execute(
        sql.SQL(
            "SELECT count(*), coalesce(sum("
            "('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)"
            " FROM {} AS t"
        ).format(sql.Identifier(schema, name))
    )
    rows, checksum = cr.fetchone()
    return [rows, str(checksum)]


def differences(manifest, tables, sequences):
    """Return what differs between a manifest and a database, in words."""
    found = []
    for name in sorted(manifest["tables"].keys() | tables.keys()):
        was, now = manifest["tables"].get(name), tables.get(name)
        if was is None:
            found.append(f"table {name} is not in the manifest")
        elif now is None:
            found.append(f"table {name} is missing")
        elif was[0] != now[0]:
            found.append(f"table {name} has {now[0]} rows, not {was[0]}")
        elif was != now:
            found.append(f"table {name} has other content")
    for name, was in sorted(manifest["sequences"].items()):
        # numbers given out while the dump was made are in it, not in the manifest
        if sequences.get(name, -1) < was:
            found.append(f"sequence {name} is behind")
    return found
