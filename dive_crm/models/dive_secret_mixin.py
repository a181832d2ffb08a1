"""Records that have encrypted texts, and who may read these."""

from itertools import islice

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL
from odoo.tools.constants import PREFETCH_MAX

from ..tools import export
from ..tools.envelope import new_uid
from ..tools.ticket import has_ticket, is_writing_down
from .dive_access_log import note_access
from .dive_encrypted_field import EncryptedText

MEDICAL = "dive_crm.group_medical"
MANAGER = "dive_crm.group_manager"
#: In the context of what writes down what it reads: mails, reports, exports.
CLOSED = "dive_secrets_closed"


class DiveSecretMixin(models.AbstractModel):
    """A record with encrypted texts, such as answers about somebody's health.

    ::

        _inherit = ["dive.secret.mixin"]
        answers = EncryptedText(groups="dive_crm.group_medical,dive_crm.group_manager")

    Medical officers read and write them as their rights on the record say, managers
    after they have given a reason. It is the person who is asked: in ``sudo`` the one
    behind it. The system itself needs a ticket (see tools/ticket.py), to be taken only
    after it has asked for the right in its own way.
    """

    _name = "dive.secret.mixin"
    _inherit = ["dive.access.mixin"]
    _description = "Record with encrypted texts"

    #: Whose health it is about: not to be changed once there is a text. A reason for
    #: one diver would otherwise let a manager in to what was another's.
    _dive_secret_bound = ("partner_id",)

    dive_uid = fields.Char(
        "Random id",
        required=True,
        readonly=True,
        copy=False,
        exportable=False,
        groups=NO_ACCESS,
        default=lambda self: new_uid(),
    )

    # ------------------------------------------------------------------
    # For owners to extend
    # ------------------------------------------------------------------

    def _dive_secret_ask(self, field_names, operation):
        """Refuse whoever may not read or change encrypted fields of these records.

        :param operation: ``read``, ``write`` or ``create``
        :return: the reason that a manager has given, or ""
        :raise AccessError:
        """
        if has_ticket(self.env):
            return ""
        asker = self.sudo(False)
        if asker.env.su:  # the system's own user: it may everything, so ask for more
            raise AccessError(self.env._("Encrypted fields open for a person only."))
        if self.env.context.get(CLOSED):
            self._dive_secret_refuse_kept()
        medical = self.env.user.has_group(MEDICAL)
        if not medical and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Health data is for the medical officer. You see the status, which"
                    " says whether somebody may dive."
                )
            )
        known = self._fields[field_names[0]].let_in(self.env)
        if operation == "read" and all(id_ in known for id_ in self._ids):
            return known[self._ids[0]] if self._ids else ""
        reason = "" if medical else self._dive_secret_reason()
        if operation == "read":
            asker._dive_secret_check_read(known, reason)
        else:
            asker.check_access(operation)
        return reason

    @api.model
    def _dive_secret_check_open(self):
        """Refuse everybody, also with a ticket, while a mail or report is written."""
        if is_writing_down():
            self._dive_secret_refuse_kept()

    @api.model
    def _dive_secret_refuse_kept(self):
        raise AccessError(
            self.env._(
                "Health data goes into no mail, no report and no export but those"
                " that are made for it."
            )
        )

    @api.model
    def _dive_secret_check_search(self):
        """Refuse to say who has a text and who has none: that is telling as well.

        :raise AccessError: only medical officers, and the system itself, may ask
        """
        user = self.env.user
        if not (
            has_ticket(self.env)
            or self.env.uid == SUPERUSER_ID
            or user.has_group(MEDICAL)
        ):
            self.browse()._dive_secret_denied([], "read")
            raise AccessError(
                self.env._("Only medical officers search in health data.")
            )

    def _dive_secret_partners(self):
        """Return the people that the records are about."""
        return self.partner_id

    def _dive_secret_clean(self, field, text):
        """Return ``text`` as it is to be stored.

        :raise ValidationError: it cannot be; say so without repeating it
        """
        return text

    def _dive_secret_changed(self, field, before):
        """Keep what is about to be overwritten. Here: nothing is kept.

        :param dict before: ``{record: text, None (was empty) or False (did not open)}``
        """

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _dive_secret_reason(self):
        """Return the reason a manager has given for looking at these people.

        :raise AccessError: none, or it has expired
        """
        # sudo: of partners only who they are is asked
        partners = self.sudo()._dive_secret_partners().sudo(False)
        reasons = partners._dive_access_reasons()
        if not partners or len(reasons) < len(partners):
            raise AccessError(
                self.env._(
                    "Say first why you need to see the health data of this diver: use"
                    " the button “Medical” on the customer."
                )
            )
        return "; ".join(dict.fromkeys(reasons.values()))

    def _dive_secret_check_read(self, known, reason):
        """Ask for the right on the records, once for all that were fetched together."""
        self.check_access("read")
        known.update(dict.fromkeys(self._ids, reason))
        others = (id_ for id_ in self._prefetch_ids if id_ and id_ not in known)
        if not reason and (more := self.browse(islice(others, PREFETCH_MAX))):
            try:
                allowed = more._filtered_access("read")
            except MissingError:
                return  # one of them is gone: each is asked for by itself
            known.update(dict.fromkeys(allowed._ids, reason))

    def _dive_secret_let_in(self, field_names, operation):
        """Ask for the right to encrypted fields; take note of a denial.

        :return: the reason that a manager has given, or ""
        :raise AccessError: this person may not
        :raise UserError: the access log cannot be written
        """
        try:
            self._dive_secret_check_open()
            reason = self._dive_secret_ask(field_names, operation)
        except AccessError:
            self._dive_secret_denied(field_names, operation)
            raise
        self.env["dive.access.log"]._dive_check_writable()
        return reason

    def _dive_secret_denied(self, field_names, operation):
        action = "read" if operation == "read" else "write"
        note_access(self, field_names, action, allowed=False)

    def check_access(self, operation):
        """Take note of a denial, also of the record as a whole."""
        try:
            return super().check_access(operation)
        except AccessError:
            self._dive_secret_denied([], operation)
            raise

    @api.model
    def _check_field_access(self, field, operation):
        try:
            return super()._check_field_access(field, operation)
        except AccessError:
            if isinstance(field, EncryptedText):
                self._dive_secret_denied([field.name], operation)
            raise

    # ------------------------------------------------------------------
    # What the fields ask
    # ------------------------------------------------------------------

    def _dive_secret_fetch(self, secrets):
        """Put envelopes into the cache."""
        found = self.env["dive.secret"]._fetch(self, [field.name for field in secrets])
        for field in secrets:
            values = [found.get((id_, field.name)) for id_ in self._ids]
            field._insert_cache(self, values)

    def _fetch_query(self, query, fields):
        secrets = [field for field in fields if isinstance(field, EncryptedText)]
        others = [field for field in fields if field not in secrets]
        if secrets and (owner := self._dive_secret_owner_field()) not in others:
            others.append(owner)
        fetched = super()._fetch_query(query, others)
        if secrets and fetched:
            fetched._dive_secret_fetch(secrets)
            if not self.env.su and self.env.user.has_group(MEDICAL):
                # Odoo has asked for the right to read these records in the query.
                for field in secrets:
                    field.let_in(self.env).update(dict.fromkeys(fetched._ids, ""))
        return fetched

    @api.model
    def _dive_secret_owner_field(self):
        """Return the column by which the access log learns at each look whose it is."""
        field = self._fields["partner_id"]
        return self._fields[field.related.split(".")[0]] if field.related else field

    def _dive_secret_read(self, field, sealed):
        """Return the text of one record to a person who may read it.

        :raise AccessError: this person may not
        :raise UserError: it does not open
        """
        reason = self._dive_secret_let_in([field.name], "read")
        text = self.env["dive.secret"]._open(self, field.name, sealed)
        note_access(self, [field.name], "read", reason=reason)
        return text

    def _dive_secret_store(self, field, texts, operation):
        """Store texts, for a person who may.

        :param dict texts: ``{record: text or None}``
        :raise AccessError: this person may not
        :raise UserError: there is no key, or what is there does not open: nothing
            that the right key would open is overwritten
        """
        reason = self._dive_secret_let_in([field.name], operation)
        texts = {
            record: text and record._dive_secret_clean(field, text)
            for record, text in texts.items()
        }
        if operation == "write":
            before = self._dive_secret_before(field, texts)
            texts = {record: texts[record] for record in before}
            changed = self.browse().concat(*before)
            changed._dive_secret_changed(field, before)
        for record, sealed in self.env["dive.secret"]._store(field.name, texts).items():
            field._update_cache(record, sealed)
        if texts:
            changed = self.browse().concat(*texts)
            note_access(changed, [field.name], "write", reason=reason)

    def _dive_secret_before(self, field, texts):
        """Return what is there, of the records where it differs from ``texts``."""
        missing = self.browse(field._cache_missing_ids(self))
        if missing:
            missing._dive_secret_fetch([field])
        cache = field._get_cache(self.env)
        before = {}
        for record, text in texts.items():
            sealed = cache.get(record.id)
            try:
                there = sealed and self.env["dive.secret"]._open(
                    record, field.name, sealed
                )
            except UserError:
                if text:
                    raise
                there = False  # what does not open can still be taken away
            if there != text:
                before[record] = there
        return before

    # ------------------------------------------------------------------
    # The records themselves
    # ------------------------------------------------------------------

    @api.model
    def _dive_secret_names(self):
        """Return the names of the encrypted fields, and of what guards them."""
        names = {
            name
            for name, field in self._fields.items()
            if isinstance(field, EncryptedText)
        }
        return names | {"dive_uid"}

    @api.model
    def _init_column(self, column_name):
        """Give each record that is there already a random id of its own."""
        if column_name != "dive_uid":
            return super()._init_column(column_name)
        return self.env.cr.execute(
            SQL(
                "UPDATE %s SET dive_uid = replace(gen_random_uuid()::text, '-', '')"
                " WHERE dive_uid IS NULL",
                SQL.identifier(self._table),
            )
        )

    @api.model
    def default_get(self, fields):
        """Take no default from the context or from saved defaults."""
        closed = self._dive_secret_names() - {"dive_uid"}
        result = super().default_get([name for name in fields if name not in closed])
        if "dive_uid" in result:
            result["dive_uid"] = new_uid()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        # Nobody chooses it: by the id of a record that is gone its texts would open.
        return super().create(
            [
                {name: value for name, value in vals.items() if name != "dive_uid"}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if "dive_uid" in vals:
            raise UserError(
                self.env._("Without its random id no text of a record would open.")
            )
        self._dive_secret_check_bound(vals)
        return super().write(vals)

    def _dive_secret_check_bound(self, vals):
        if has_ticket(self.env):
            return
        for name in self._dive_secret_bound:
            # sudo: what it is now, also for those who may not read it
            moved = name in vals and self.sudo().filtered(
                lambda record, name=name: record[name].id != vals[name]
            )
            if moved and self.env["dive.secret"]._has_any(moved):
                raise UserError(
                    self.env._(
                        "Health data stays with the diver that it is about. If two"
                        " customers are the same person, merge them."
                    )
                )

    def unlink(self):
        """Delete the texts as well."""
        ids = self.ids
        result = super().unlink()
        # sudo: nobody has a right to that model
        self.env["dive.secret"].sudo()._forget(self._name, ids)
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Export no text: ``exportable`` only keeps it out of the dialogue."""
        # where nothing but texts was asked for, nothing else asks
        self.check_access("read")
        shown, hidden = export.without(fields, self._dive_secret_names())
        rows = super()._export_rows(shown, _is_toplevel_call=_is_toplevel_call)
        return export.with_blanks(rows, hidden)
