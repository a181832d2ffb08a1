"""The kind of field that keeps a text encrypted: health data."""

from typing import NamedTuple

from odoo import fields
from odoo.exceptions import AccessError, UserError

#: Which would write the text down somewhere, or need it in a column.
REFUSED = (
    "tracking",
    "translate",
    "company_dependent",
    "index",
    "related",
    "compute",
    "default",
    "required",
    "size",
)
#: Encrypted fields of a record are fetched together, and apart from all others.
PREFETCH = "dive_secret"


class Sealed(NamedTuple):
    """What is in the cache of a stored value: never the text itself."""

    envelope: bytes
    #: the random id of the record that it belongs to
    uid: str


class Typed:
    """A text in the cache of a record that is not stored yet, for who typed it."""

    __slots__ = ("text", "user_id")

    def __init__(self, text, user_id):
        self.text = text
        self.user_id = user_id

    def __repr__(self):
        return "<typed text>"


class EncryptedText(fields.Text):
    """A text that is stored encrypted (see ``dive.secret``), for a few to read.

    The model inherits ``dive.secret.mixin``, which asks for the right and takes note of
    each look. ``groups`` and ``copy`` are as in any field; nothing is copied without
    ``copy=True``. There is no column, so that sorting, grouping and adding up fail by
    construction; searching knows only “is set” and “is not set”. An empty text is none.

    The cache holds the envelope and reading decrypts, each time, so that nobody reads
    from the cache what another user of the same transaction has read.
    """

    column_type = None
    # Not for this field's own cache, which is one for all (see _get_cache_impl), but
    # for those of related fields, which take it over and hold the text.
    _depends_context = ("uid",)

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        refused = [key for key in REFUSED if attrs.get(key)]
        if refused or attrs.get("store") is False:
            raise TypeError(
                f"{model_class._name}.{name}: an encrypted field is stored, and cannot"
                f" have {', '.join(refused)}"
            )
        attrs.setdefault("copy", False)
        attrs["exportable"] = False
        return attrs

    def _setup_attrs__(self, model_class, name):
        result = super()._setup_attrs__(model_class, name)
        self.prefetch = PREFETCH
        return result

    def setup_nonrelated(self, model):
        if not model._abstract and not hasattr(model, "_dive_secret_read"):
            raise TypeError(f"{self}: the model is to inherit dive.secret.mixin")
        return super().setup_nonrelated(model)

    # ------------------------------------------------------------------
    # The cache
    # ------------------------------------------------------------------

    def _get_cache_impl(self, env):
        return env.transaction.field_data[self].setdefault(None, {})

    def let_in(self, env):
        """Return ``{record id: reason}`` of what this user was let in to.

        It lives as long as the cache of the records does.
        """
        companies = tuple(env.context.get("allowed_company_ids") or ())
        return env.transaction.field_data[self].setdefault((env.uid, companies), {})

    def convert_to_cache(self, value, record, validate=True):
        if isinstance(value, (Sealed, Typed)):
            return value
        text = self._text(value)
        return Typed(text, record.env.uid) if text else None

    def convert_to_record(self, value, record):
        if value is None:
            return False
        if isinstance(value, Sealed):
            return record._dive_secret_read(self, value)
        if value.user_id != record.env.uid:
            record._dive_secret_let_in([self.name], "read")
        return value.text

    def convert_to_write(self, value, record):
        """Return a text as :meth:`write` takes it; of a cached value, what is in it."""
        if isinstance(value, (Sealed, Typed)):
            value = self.convert_to_record(value, record)
        return value or False

    def convert_to_export(self, value, record):
        return ""

    # ------------------------------------------------------------------
    # Storage: instead of a column, not besides
    # ------------------------------------------------------------------

    # pylint: disable=method-required-super
    def read(self, records):
        records._dive_secret_fetch([self])

    def create(self, record_values):
        texts = {record: self._text(value) for record, value in record_values if value}
        if texts:
            owners = record_values[0][0].browse().concat(*texts)
            owners._dive_secret_store(self, texts, "create")

    def write(self, records, value):
        text = self._text(value)
        kept = records.filtered("id")
        drafts = records - kept
        self._update_cache(drafts, self.convert_to_cache(text, drafts))
        if kept:
            kept._dive_secret_store(self, dict.fromkeys(kept, text), "write")

    def _text(self, value):
        """Return what is written as a text; None for an empty one.

        NULs are left out: nobody can see one to take it away, and no report can have
        one. (Envelopes are filled up with them: see dive.secret.)
        """
        if isinstance(value, Typed):
            return value.text
        if value is None or value is False:
            return None
        text = value.decode() if isinstance(value, bytes) else str(value)
        return text.replace("\0", "") or None

    # ------------------------------------------------------------------
    # Searching
    # ------------------------------------------------------------------

    def to_sql(self, model, alias):
        # Odoo asks for it as well to find out whether a field can be sorted by; it
        # takes this error for an answer, which UserError is not.
        raise AccessError(
            model.env._(
                "“%(field)s” is encrypted: nothing can be sorted, grouped or added up"
                " by it.",
                field=self._description_string(model.env),
            )
        )

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        model._dive_secret_check_search()
        secrets = model.env["dive.secret"]
        return secrets._sql_is_set(
            self, model, alias, query, self._asks_if_set(model, operator, value)
        )

    def filter_function(self, records, field_expr, operator, value):
        """Say which records are set or not, without opening any."""
        records._dive_secret_check_search()
        wanted = self._asks_if_set(records, operator, value)
        return lambda record: self._is_set(record) == wanted

    def _is_set(self, record):
        if not record.id:
            return bool(record[self.name])
        if any(self._cache_missing_ids(record)):
            record.fetch([self.name])
        return self._get_cache(record.env).get(record.id) is not None

    def _asks_if_set(self, model, operator, value):
        """Return whether a condition asks for “is set” (True) or “is not set” (False).

        :raise UserError: it asks for something else
        """
        empty = {False, None, ""}
        if operator not in ("in", "not in") or not set(value) <= empty:
            raise UserError(
                model.env._(
                    "“%(field)s” is encrypted: search for “is set” or “is not set”.",
                    field=self._description_string(model.env),
                )
            )
        return operator == "not in"
