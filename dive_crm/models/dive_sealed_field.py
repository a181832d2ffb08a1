"""The kind of field by which a record shows one of its encrypted files."""

import base64
import binascii
import re

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import human_size
from odoo.tools.misc import SENTINEL

#: What the web client sends back in place of a file that it never had: its size.
SIZE_TEXT = re.compile(rb"\d+(\.\d+)? ?[A-Za-z]+")


class SealedFile(fields.Binary):
    """A file of the record's that is kept encrypted, in base64.

    A model inherits ``dive.sealed.mixin`` and names its files there. Reading one
    decrypts it for a user who may see it, one record at a time; with ``bin_size`` (all
    views of the web client) it gives the size and decrypts nothing. To others, and in
    ``sudo`` without a user who may, it is empty. Writing base64 stores a file, False
    removes it.
    """

    # what one user may see, the next one reads from the cache otherwise
    _depends_context = ("bin_size", "uid")

    def __init__(self, string=SENTINEL, **kwargs):
        super().__init__(
            string=string,
            # Bound to this field, and so different for each: Odoo calls one inverse
            # for all fields that share it, and for the first of them only.
            compute=self._computed,
            inverse=self._put,
            search=self._found,
            copy=False,
            exportable=False,
            # one record at a time, or the files of a whole list come into the memory
            recursive=True,
            **kwargs,
        )

    def _computed(self, records):
        self.compute_value(records)

    def compute_value(self, records):
        """Read, by the record's own method: a size does not take decrypting."""
        sizes = records.env.context.get("bin_size")
        for record in records:
            # a new record is one that an onchange works on: it needs no content
            if sizes or not record.id:
                size = record._dive_sealed_size(self.name)
                value = human_size(size).encode() if size else None
            else:
                content = record._dive_sealed_read(self.name)
                value = base64.b64encode(content) if content else None
            self._update_cache(record, value)

    def _put(self, records):
        for record in records:
            value = self._written(record)
            if value and SIZE_TEXT.fullmatch(value):
                continue
            data = self._raw(record, value)
            record._dive_sealed_put(record._dive_slot_of(self.name), data)
        # what was sent is not what was kept: it is cleaned
        records.invalidate_recordset([self.name], flush=False)

    def _written(self, record):
        """Return what was written: Odoo puts it where no ``bin_size`` is asked for."""
        for env in (record.with_context(bin_size=False).env, record.env):
            value = self._get_cache(env).get(record.id, SENTINEL)
            if value is not SENTINEL:
                return value.encode() if isinstance(value, str) else value
        return None

    def _raw(self, record, value):
        if not value:
            return None
        try:
            return base64.b64decode(value.translate(None, b"\r\n"), validate=True)
        except (binascii.Error, ValueError):
            raise UserError(
                record.env._("The content of a file is written in base64.")
            ) from None

    def _found(self, records, operator, value):
        """Search for records with a file, or without."""
        if operator not in ("in", "not in") or set(value) != {False}:
            raise UserError(
                records.env._("Encrypted files can be searched for only by “is set”.")
            )
        file_field, _image_field = records._dive_sealed_slots[
            records._dive_slot_of(self.name)
        ]
        return [(file_field, operator, value)]
