"""Where encrypted texts lie: beside the records that they belong to."""

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import envelope
from ..tools.keyring import load_keyring
from .dive_encrypted_field import EncryptedText, Sealed
from .dive_sealed_field import SealedFile

#: A text is filled up to a multiple of so many bytes: what is short would be known by
#: its length ("A+" or "AB-"). NULs fill it, of which a
#: text has none.
PADDING = 64


class DiveSecret(models.Model):
    """The encrypted texts of all models. Nobody may read this model: owners open it.

    An envelope is bound to the model, the field and the id of its owner, and to the
    random id that only the owner's own row has: rows that are moved, or left over
    when an id is used again, do not open.
    """

    _name = "dive.secret"
    _inherit = ["dive.key.holder"]
    _description = "Encrypted text"
    _order = "id"
    _log_access = False
    # texts are short, where scans have megabytes
    _dive_reseal_factor = 10

    res_model = fields.Char("Model of the owner", required=True, readonly=True)
    res_id = fields.Integer("Owner", required=True, readonly=True, aggregator=None)
    field = fields.Char(required=True, readonly=True)
    key_id = fields.Char(required=True, readonly=True, index=True)
    payload = fields.Binary(
        "Ciphertext", attachment=False, required=True, readonly=True
    )

    _owner_field = models.UniqueIndex("(res_model, res_id, field)")

    def _register_hook(self):
        """Refuse to load a model that would keep a text in clear all the same.

        :raise TypeError: a related field that is stored, or whose changes are noted
        """
        for model in self.pool.values():
            for field in model._fields.values():
                if not (field.store or getattr(field, "tracking", None)):
                    continue
                if shown := self._dive_shown_by(field):
                    raise TypeError(
                        f"{field} would store {shown} in clear: leave store=True and"
                        " tracking out"
                    )
        return super()._register_hook()

    @api.model
    def _dive_shown_by(self, field):
        """Return what a related field shows that is encrypted, over any number of
        others; None: nothing.
        """
        while field := field.related_field:
            # a text, a file, or words that are made of them
            if isinstance(field, EncryptedText | SealedFile) or (
                not field.store
                and not getattr(field, "exportable", True)
                and hasattr(self.pool[field.model_name], "_dive_secret_read")
            ):
                return field
        return None

    # ------------------------------------------------------------------
    # Sealing and opening; who calls has asked for the right
    # ------------------------------------------------------------------

    @api.model
    def _fetch(self, owners, names):
        """Return ``{(record id, field): Sealed}`` of stored values.

        :param owners: records that are stored, at least one
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT s.res_id, s.field, s.payload, o.dive_uid"
                " FROM dive_secret s JOIN %s o ON o.id = s.res_id"
                " WHERE s.res_model = %s AND s.res_id IN %s AND s.field IN %s",
                SQL.identifier(owners._table),
                owners._name,
                tuple(owners.ids),
                tuple(names),
            )
        )
        return {
            (res_id, name): Sealed(bytes(payload), uid)
            for res_id, name, payload, uid in rows
        }

    @api.model
    def _open(self, owner, name, sealed):
        """Return a text.

        :raise UserError: it does not open; the message says why
        """
        place = _place(owner._name, name, owner.id, sealed.uid)
        with self._dive_secrets_told():
            return _text_of(load_keyring().open(sealed.envelope, place))

    @api.model
    def _store(self, name, texts):
        """Store texts; None removes one.

        :param dict texts: ``{owner: text or None}``, of one model
        :return: ``{owner: Sealed or None}``
        :raise UserError: there is no key to seal with
        """
        kept = {owner: text for owner, text in texts.items() if text}
        result = dict.fromkeys(texts)
        if kept:
            with self._dive_secrets_told():
                result.update(self._seal(name, kept))
        if gone := [owner for owner in texts if owner not in kept]:
            self.env.cr.execute(
                "DELETE FROM dive_secret"
                " WHERE res_model = %s AND field = %s AND res_id IN %s",
                [gone[0]._name, name, tuple(owner.id for owner in gone)],
            )
        return result

    @api.model
    def _seal(self, name, texts):
        # Locked before the key is taken: who drops a key locks the table as well, so
        # that no row comes in sealed with a key that is gone.
        self.env.cr.execute("LOCK TABLE dive_secret IN ROW EXCLUSIVE MODE")
        keys = load_keyring()
        sealed = {}
        for owner, text in texts.items():
            # sudo: the random id is for nobody to read
            uid = owner.sudo().dive_uid
            place = _place(owner._name, name, owner.id, uid)
            sealed[owner] = Sealed(keys.seal(_bytes_of(text), place), uid)
        self.env.cr.execute_values(
            "INSERT INTO dive_secret (res_model, res_id, field, key_id, payload)"
            " VALUES %s ON CONFLICT (res_model, res_id, field)"
            " DO UPDATE SET key_id = EXCLUDED.key_id, payload = EXCLUDED.payload",
            [
                (
                    owner._name,
                    owner.id,
                    name,
                    keys.current,
                    psycopg2.Binary(value.envelope),
                )
                for owner, value in sealed.items()
            ],
            page_size=len(sealed),
        )
        return sealed

    @api.model
    def _forget(self, model_name, ids):
        """Delete all texts of records, which takes no key."""
        if ids:
            self.env.cr.execute(
                "DELETE FROM dive_secret WHERE res_model = %s AND res_id IN %s",
                [model_name, tuple(ids)],
            )

    @api.model
    def _has_any(self, owners):
        """Say whether any of the records has a text."""
        self.env.cr.execute(
            "SELECT 1 FROM dive_secret WHERE res_model = %s AND res_id IN %s LIMIT 1",
            [owners._name, tuple(owners.ids) or (0,)],
        )
        return bool(self.env.cr.rowcount)

    @api.autovacuum
    def _gc_orphans(self):
        """Delete the texts of records that the database itself has deleted."""
        for name in self._owner_models():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM dive_secret s WHERE s.res_model = %s AND NOT EXISTS"
                    " (SELECT FROM %s o WHERE o.id = s.res_id)",
                    name,
                    SQL.identifier(self.env[name]._table),
                )
            )

    @api.model
    def _owner_models(self):
        """Return the names of the models that have encrypted texts."""
        names = self.pool.descendants(["dive.secret.mixin"], "_inherit")
        return [name for name in names if not self.env[name]._abstract]

    @api.model
    def _sql_is_set(self, field, model, alias, query, wanted):
        """Return the condition that a field of ``model`` is set, or is not."""
        return SQL(
            "%s%s(SELECT res_id FROM dive_secret WHERE res_model = %s AND field = %s)",
            model._field_to_sql(alias, "id", query),
            SQL(" IN ") if wanted else SQL(" NOT IN "),
            model._name,
            field.name,
        )

    # ------------------------------------------------------------------
    # Keys
    # ------------------------------------------------------------------

    def _dive_reseal(self, keys):
        opened = self._opened(keys)
        if opened:
            self.env.cr.execute_values(
                "UPDATE dive_secret s SET key_id = v.key_id, payload = v.payload"
                " FROM (VALUES %s) AS v (id, key_id, payload) WHERE s.id = v.id",
                [
                    (row_id, keys.current, psycopg2.Binary(keys.seal(data, place)))
                    for row_id, (data, place) in opened.items()
                ],
                page_size=len(opened),
            )
        return self.filtered(lambda row: row.id not in opened)

    def _dive_unopened(self, keys):
        opened = self._opened(keys)
        return self.filtered(lambda row: row.id not in opened)

    def _opened(self, keys):
        """Return ``{id: (data, place)}`` of the rows that open."""
        opened = {}
        for row_id, payload, place in self._rows():
            try:
                opened[row_id] = keys.open(payload, place), place
            except envelope.EnvelopeError:
                continue
        return opened

    def _rows(self):
        """Return (id, envelope, place) of the rows whose owners are there."""
        result = []
        rows = self.env.execute_query(
            SQL(
                "SELECT res_model, array_agg(id) FROM dive_secret WHERE id IN %s"
                " GROUP BY res_model",
                tuple(self.ids) or (0,),
            )
        )
        known = set(self._owner_models())
        for model_name, ids in rows:
            if model_name not in known:
                continue
            found = self.env.execute_query(
                SQL(
                    "SELECT s.id, s.payload, s.field, s.res_id, o.dive_uid"
                    " FROM dive_secret s JOIN %s o ON o.id = s.res_id"
                    " WHERE s.id IN %s",
                    SQL.identifier(self.env[model_name]._table),
                    tuple(ids),
                )
            )
            result += [
                (row_id, bytes(payload), _place(model_name, name, res_id, uid))
                for row_id, payload, name, res_id, uid in found
            ]
        return result


def _place(model_name, name, res_id, uid):
    return envelope.associated_data(f"{model_name}/{name}", res_id, uid)


def _bytes_of(text):
    """Return what is sealed of a text.

    Halves of characters, which some programs paste, become question marks.
    """
    data = text.encode("utf-8", "replace")
    return data + b"\0" * (-len(data) % PADDING)


def _text_of(data):
    return data.rstrip(b"\0").decode()
