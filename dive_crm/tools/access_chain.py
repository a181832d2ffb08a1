"""The chain of the access log: each row's code covers the row and the one before it.

HMAC-SHA256 with a key derived from one of the key file, named by the row. Who changes,
adds or takes out a row without the key file breaks the chain there. A tail that is cut
off does not: for that the end of the chain is kept elsewhere (see access_head.py).
Knows nothing of Odoo or of a database.
"""

import hmac
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
#: Says what the codes are of, and how they are made: a change needs another text.
LABEL = b"dive_crm/access log/1"
#: For rows written while there was no key file: anybody could have made them.
NO_KEY_ID = ""
NO_KEY = bytes(KEY_BYTES)


class Row(NamedTuple):
    """A row as its code covers it: all columns but the code itself."""

    seq: int
    date: datetime
    user_id: int
    login: str
    user_name: str
    res_model: str
    res_ids: str
    partner_ids: str
    field_names: str
    action: str
    allowed: bool
    reason: str
    company_id: int
    key_id: str


def log_key_of(key):
    """Return the key of the log that follows from a ``key`` of the key file.

    It opens nothing that the other one seals: it may outlive it.
    """
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=LABEL).derive(key)


def code_of(log_key, previous, row):
    """Return the code of a row: 64 hexadecimal digits.

    :param bytes log_key: from :func:`log_key_of`
    :param str previous: the code of the row before; empty before the first
    :param Row row:
    """
    parts = (LABEL, previous.encode(), *map(_bytes_of, row))
    # with its length before each part: "ab" + "c" must not be "a" + "bc"
    text = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(log_key, text, "sha256").hex()


def _bytes_of(value):
    """Return a value with its kind, so that 1, True and "1" are not the same."""
    if isinstance(value, datetime):
        return b"t" + value.isoformat(timespec="microseconds").encode()
    kind = {bool: b"b", int: b"i", str: b"s", type(None): b"n"}[type(value)]
    return kind + str(value).encode()


class Chain:
    """Goes along the rows in their order, and remembers what is wrong, and where.

    ::

        chain = Chain(keys.log_key)
        for row, code in rows:
            chain.take(row, code)
        chain.faults  # [("altered", 5, 7)]: what, from row, to row

    ``missing``: rows are not there. ``altered``: changed, added or moved, or the row
    before was. ``no_key``: their key is not in the key file, so nobody can tell.
    ``unsigned``: written without a key file, after others that were not. Those from
    before there was a key file are no fault: ``unsigned_first`` counts them.
    """

    def __init__(self, log_key):
        """Begin.

        :param log_key: a function: id of a key → its key of the log, or None
        """
        self._log_key = log_key
        self.last = 0
        self.code = ""
        self.faults = []
        self.count = 0
        self.unsigned_first = 0
        self._signed = False

    def take(self, row, code):
        """Check one more row; ``code`` is the one that it has."""
        self.count += 1
        if row.seq == self.last + 1:
            self._check(row, code)
        else:
            # What this row's own code covered is gone, so it cannot be tried.
            self._fault("missing", self.last + 1, row.seq - 1)
        # a fault is told once: the rows after it stand on what is there
        self.last, self.code = row.seq, code

    def _check(self, row, code):
        if row.key_id == NO_KEY_ID:
            log_key = NO_KEY
            if self._signed:
                self._fault("unsigned", row.seq, row.seq)
            else:
                self.unsigned_first += 1
        else:
            self._signed = True
            log_key = self._log_key(row.key_id)
        if log_key is None:
            self._fault("no_key", row.seq, row.seq)
        elif not hmac.compare_digest(
            code_of(log_key, self.code, row).encode(), (code or "").encode()
        ):
            self._fault("altered", row.seq, row.seq)

    def _fault(self, what, first, last):
        """Remember a fault; one that goes on from row to row is one."""
        if self.faults and self.faults[-1][0] == what:
            _what, begun, ended = self.faults[-1]
            if ended == first - 1:
                self.faults[-1] = (what, begun, last)
                return
        self.faults.append((what, first, last))
