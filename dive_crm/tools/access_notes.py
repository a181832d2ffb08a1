"""What has been looked at in a transaction, until it is written to the access log.

Plain values only: no record, no cursor, nothing of what was seen.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import NamedTuple

#: Characters of a reason, and of the names of fields, that are kept.
LONGEST = 5000


class Look(NamedTuple):
    """What all looks of one row of the log have in common."""

    res_model: str
    action: str
    allowed: bool
    reason: str
    user_id: int
    company_id: int


class Notes:
    """Looks of one transaction: a row for each kind of look, whatever its records."""

    def __init__(self):
        self._looks = {}
        self._dates = {}
        #: how many records are waiting to be written
        self.count = 0

    def known(self, look, record_id):
        """Say whether a record was noted already, with this kind of look."""
        return record_id in self._looks.get(look, ())

    def add(self, look, record_id, fields, partner_ids=()):
        """Note a look at some fields of a record.

        :param Look look:
        :param record_id: 0 for no record in particular
        :param fields: names
        :param partner_ids: whom the record is about
        """
        records = self._looks.get(look)
        if records is None:
            records = self._looks[look] = {}
            self._dates[look] = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        noted = records.get(record_id)
        if noted is None:
            noted = records[record_id] = (set(), set())
            self.count += 1
        noted[0].update(fields)
        noted[1].update(partner_ids)

    def take(self):
        """Return the rows to write, and forget them: dicts of columns.

        One row for all records of which the same fields were seen.
        """
        rows = []
        for look, records in self._looks.items():
            alike = defaultdict(list)
            for record_id, (fields, _partner_ids) in records.items():
                alike[frozenset(fields)].append(record_id)
            for fields, record_ids in alike.items():
                partner_ids = set().union(*(records[found][1] for found in record_ids))
                rows.append(
                    {
                        **look._asdict(),
                        "reason": _storable(look.reason),
                        "date": self._dates[look],
                        "res_ids": _listed(record_ids),
                        "partner_ids": _listed(partner_ids),
                        "field_names": _storable(",".join(sorted(map(str, fields)))),
                    }
                )
        self.__init__()
        return rows


def _listed(ids):
    return ",".join(map(str, sorted(filter(None, ids))))


def _storable(text):
    """Return a text that PostgreSQL takes: one letter must not lose a whole row.

    Cut, as what is refused can be as long as somebody likes.
    """
    text = str(text)[:LONGEST]
    return text.encode("utf-8", "replace").decode().replace("\0", "")
