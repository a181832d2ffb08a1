"""Changing the keys of everything that a database holds encrypted, and checking it.

Works on an environment whose registry has the model ``dive.key.holder``; takes nothing
else from Odoo. Lines for a person go to ``tell``, a function of one text.
"""

import time

from psycopg2 import errors, sql

from . import keyring

#: Two programs that take the same row at the same time: one of them comes later.
RETRY = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
PASSES = 30
LOCK = "dive_crm: dive_keys"


class Busy(Exception):
    """Another rotation is running in this database."""


def holders(env):
    """Return the models that hold something encrypted, as superuser."""
    return env["dive.key.holder"]._dive_key_holders()


def waiting(env, current):
    """Return how many values are sealed with another key than ``current``."""
    return sum(
        number
        for holder in holders(env)
        for key_id, number in holder._dive_key_usage().items()
        if key_id != current
    )


def rotate(env, path, tell, batch=50):
    """Seal everything with a new key, in batches that are committed.

    Killed anywhere, it goes on where it was when it is called again: while something
    that opens is sealed with an older key, no further key is made.

    :return: the number of values that do not open; they stay as they are
    :raise Busy:
    """
    env.cr.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
    if not env.cr.fetchone()[0]:
        raise Busy
    try:
        keys = keyring.load_keyring(path)
        number = waiting(env, keys.current)
        if number:
            tell(f"Going on with key {keys.current}: {number} values left")
            failed = _reseal_all(env, keys, batch, tell)
            if failed < number:
                return failed
            # What is left opens with no key there is: the last rotation was complete.
        keyring.add_key(path)
        keys = keyring.load_keyring(path)
        number = waiting(env, keys.current)
        tell(f"New key {keys.current}: {number} values")
        return _reseal_all(env, keys, batch, tell)
    finally:
        env.cr.rollback()
        env.cr.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])


def _reseal_all(env, keys, batch, tell):
    return sum(_reseal(holder, keys, batch, tell) for holder in holders(env))


def _reseal(holder, keys, batch, tell):
    """Seal all records of a model anew; what others hold just now, a moment later."""
    failed, done = set(), 0
    batch *= holder._dive_reseal_factor
    for attempt in range(PASSES):
        after = 0
        while True:
            try:
                records = holder._dive_next_to_reseal(keys.current, after, batch)
                if not records:
                    break
                failed.update(records._dive_reseal(keys).ids)
                after = max(records.ids)
                _commit(holder.env)
            except RETRY:
                holder.env.cr.rollback()
                break
            done += len(records)
            tell(f"  {holder._name}: {done}")
        _commit(holder.env)
        if _left(holder, keys.current) <= len(failed):
            break
        if attempt == PASSES - 1:
            tell(f"  {holder._name}: some are being changed: run it again")
        time.sleep(min(attempt, 5) / 5)
    for record_id in sorted(failed):
        tell(f"  {holder._name} {record_id} does not open: it keeps its key")
    return len(failed)


def _commit(env):
    env.cr.commit()
    # what was opened is not kept in the memory
    env.invalidate_all()


def _left(holder, current):
    usage = holder._dive_key_usage()
    return sum(number for key_id, number in usage.items() if key_id != current)


def drop_old(envs, path, tell, give_up=()):
    """Drop all keys but the current one, if no database of ``envs`` needs them.

    :param give_up: names (see :func:`value_name`) of values that open with no key, and
        for which therefore none is kept. They stay as they are.
    :return: the ids of the keys that were dropped
    """
    keys = keyring.load_keyring(path)
    for env in envs:
        _commit(env)
        for holder in holders(env):
            # Who is sealing with an old key right now has inserted the row already, so
            # that this waits for it; who comes later looks for the key after this.
            env.cr.execute(
                sql.SQL("LOCK TABLE {} IN SHARE MODE").format(
                    sql.Identifier(holder._table)
                )
            )
        given_up = _given_up(env, keys, give_up, tell)
        number = waiting(env, keys.current) - given_up
        if number:
            tell(f"{env.cr.dbname}: {number} values need an older key: none is dropped")
            env.cr.rollback()
            _tell_lost(env, keys, give_up, tell)
            return ()
    old = tuple(key_id for key_id in keys.ids if key_id != keys.current)
    if old:
        keyring.drop_keys(path, old)
    for env in envs:
        env.cr.rollback()
    return old


def value_name(record):
    """Return the name of a value for ``--give-up``: database/model/id."""
    return f"{record.env.cr.dbname}/{record._name}/{record.id}"


def _needing(holder, keys):
    return holder.search([("key_id", "!=", keys.current)], order="id")


def _given_up(env, keys, names, tell):
    """Return how many of the named values do not open, and tell each."""
    number = 0
    for holder in holders(env) if names else ():
        named = _needing(holder, keys).filtered(lambda row: value_name(row) in names)
        lost = named._dive_unopened(keys)
        for record in lost:
            tell(f"Given up: {value_name(record)}, key {record.key_id}")
        for record in named - lost:
            tell(f"{value_name(record)} opens, and is not given up: rotate first")
        number += len(lost)
    return number


def _tell_lost(env, keys, names, tell, most=100):
    """Name the first values that no key opens: nothing but giving them up goes on."""
    for holder in holders(env):
        for record in _needing(holder, keys)[:most]._dive_unopened(keys):
            if value_name(record) not in names:
                tell(f"  {value_name(record)} does not open (--give-up names it)")


def check(env, path, tell, sample=100):
    """Check that everything opens, or the oldest and newest ``sample`` of each model.

    :param sample: None: everything
    :return: the number of faults
    :raise KeyringError: of the key file
    """
    keys = keyring.load_keyring(path)
    faults = 0
    for holder in holders(env):
        for key_id, number in holder._dive_key_usage().items():
            known = key_id in keys.ids
            faults += not known
            state = "current" if key_id == keys.current else "older"
            tell(
                f"  {holder._name}: {number} with key {key_id}"
                f" ({state if known else 'NOT IN THE KEY FILE'})"
            )
        faults += _check_records(holder, keys, sample, tell)
    return faults


def _check_records(holder, keys, sample, tell):
    ids = set(holder.search([], limit=sample, order="id").ids)
    if sample:
        ids.update(holder.search([], limit=sample, order="id desc").ids)
    failed = []
    for record_id in sorted(ids):
        failed += holder.browse(record_id)._dive_unopened(keys).ids
        holder.env.invalidate_all()
    for record_id in failed:
        tell(f"  {holder._name} {record_id}: DOES NOT OPEN")
    tell(f"  {holder._name}: {len(ids) - len(failed)} of {len(ids)} tried open")
    return len(failed)
