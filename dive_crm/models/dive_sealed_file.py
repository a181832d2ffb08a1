from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import envelope
from ..tools.keyring import load_keyring
from ..tools.scan import EXTENSIONS, MEGABYTE, ScanError, clean_scan
from ..tools.ticket import has_ticket

PARTS = ("payload", "thumbnail")
#: Of what is stored. Of "application/octet-stream" Odoo would guess what it really is,
#: and by chance make pictures or text of it.
SEALED_TYPE = "application/x-dive-sealed"


class DiveSealedFile(models.Model):
    """A scan of a record's, encrypted. Nobody may read this model: owners hand it out.

    The owner inherits :class:`dive.sealed.mixin`. The ciphertext lies in Odoo's file
    store, so that it is backed up and cleared away with all other files. The name that
    the file had is dropped: it can say what the scan says.
    """

    _name = "dive.sealed.file"
    _inherit = ["dive.key.holder"]
    _description = "Encrypted file"
    _order = "id"

    name = fields.Char(required=True, readonly=True)
    res_model = fields.Char("Model of the owner", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Owner", model_field="res_model", required=True, readonly=True
    )
    slot = fields.Char(required=True, readonly=True)
    mimetype = fields.Char("Type", required=True, readonly=True)
    size = fields.Integer("Size (bytes)", required=True, readonly=True)
    pages = fields.Integer(required=True, readonly=True)
    key_id = fields.Char(required=True, readonly=True, index=True)
    uid = fields.Char("Random id", required=True, readonly=True)
    payload = fields.Binary("Ciphertext", attachment=True, readonly=True)
    thumbnail = fields.Binary(
        "Ciphertext of the thumbnail", attachment=True, readonly=True
    )

    _owned_by = models.Index("(res_model, res_id)")

    # ------------------------------------------------------------------
    # Sealing and opening
    # ------------------------------------------------------------------

    @api.model
    def _seal(self, owner, slot, data):
        """Clean ``data`` and return it as an encrypted file of ``owner``.

        Call it as superuser, after asking whether the user may.

        :param bytes data: a JPEG, PNG or PDF
        :raise UserError: it is none, or there is no key; the message says what to do
        """
        owner.ensure_one()
        try:
            scan = clean_scan(data)
        except ScanError as error:
            raise UserError(self._why_no_scan(error)) from error
        with self._dive_secrets_told():
            file = self.create(
                {
                    "name": f"{slot}.{EXTENSIONS[scan.mimetype]}",
                    "res_model": owner._name,
                    "res_id": owner.id,
                    "slot": slot,
                    "mimetype": scan.mimetype,
                    "size": len(scan.data),
                    "pages": scan.pages,
                    "key_id": load_keyring().current,
                    "uid": envelope.new_uid(),
                }
            )
            # Asked again now that the row is there: who drops a key locks the table
            # first, so that no row comes in sealed with a key that is gone.
            keys = load_keyring()
            file.key_id = keys.current
            file._store(keys, {"payload": scan.data, "thumbnail": scan.thumbnail})
        return file

    def _open(self, part="payload"):
        """Return a part of the file, decrypted.

        :param part: ``payload`` or ``thumbnail``
        :return: bytes; None if there is no such part
        :raise AccessError: nobody has let the caller through (see tools/ticket.py)
        :raise UserError: it does not open; the message says why
        """
        self.ensure_one()
        if not has_ticket(self.env) or part not in PARTS:
            raise AccessError(self.env._("Nobody may open this file directly."))
        with self._dive_secrets_told():
            return self._opened(load_keyring(), [part]).get(part)

    def _owner(self, env):
        """Return the record whose file this is, for the user of ``env``; None if none.

        :raise MissingError: it is gone
        """
        model = env.get(self.res_model) if self else None
        if model is None or self.slot not in getattr(model, "_dive_sealed_slots", ()):
            return None
        owner = model.browse(self.res_id)
        return owner if owner._dive_sealed_file(self.slot) == self else None

    def _place(self, part):
        """Return what the envelope of a part is bound to: record, slot and part."""
        self.ensure_one()
        label = f"{self._name}/{self.res_model}/{self.slot}/{part}"
        return envelope.associated_data(label, self.res_id, self.uid)

    def _opened(self, keys, parts=PARTS):
        """Return the parts that are there: ``{part: bytes}``.

        :raise EnvelopeError: one of them does not open
        """
        return {
            attachment.res_field: keys.open(
                attachment.raw or b"", self._place(attachment.res_field)
            )
            for attachment in self._attachments(parts)
        }

    def _store(self, keys, contents):
        """Seal parts anew, in place of those that are there."""
        self.ensure_one()
        there = {found.res_field: found for found in self._attachments(contents)}
        for part, content in contents.items():
            if content is None:
                continue
            # With its type each time: see SEALED_TYPE.
            sealed = {
                "raw": keys.seal(content, self._place(part)),
                "mimetype": SEALED_TYPE,
            }
            if part in there:
                there[part].write(sealed)
            else:
                self.env["ir.attachment"].create(
                    {
                        "name": part,
                        "res_model": self._name,
                        "res_id": self.id,
                        "res_field": part,
                        **sealed,
                    }
                )

    def _attachments(self, parts):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "in", list(parts)),
            ]
        )

    # ------------------------------------------------------------------
    # Keys
    # ------------------------------------------------------------------

    def _dive_reseal(self, keys):
        failed = self.browse()
        for file in self:
            try:
                opened = file._opened(keys)
            except envelope.EnvelopeError:
                failed += file
                continue
            if "payload" not in opened:
                failed += file
                continue
            file._store(keys, opened)
            file.key_id = keys.current
        return failed

    def _dive_unopened(self, keys):
        failed = self.browse()
        for file in self:
            try:
                sound = "payload" in file._opened(keys)
            except envelope.EnvelopeError:
                sound = False
            if not sound:
                failed += file
        return failed

    # ------------------------------------------------------------------
    # What to tell
    # ------------------------------------------------------------------

    def _why_no_scan(self, error):
        """Return what to tell a person whose file is not taken: why, and what to do."""
        _ = self.env._
        details = error.details
        match error.code:
            case "empty":
                return _("This file is empty. Choose it again.")
            case "too_large":
                return _(
                    "This file has %(size).1f MB; %(limit)d MB is the most. Take the"
                    " photograph anew with fewer pixels, or send fewer pages.",
                    size=details["size"] / MEGABYTE,
                    limit=details["limit"] // MEGABYTE,
                )
            case "heic":
                return _(
                    "This is a HEIC photograph, as iPhones take them; a JPEG is"
                    " needed. On the iPhone choose Settings → Camera → Formats → Most"
                    " Compatible and take it again, or send a screenshot of it."
                )
            case "kind" if details["kind"]:
                return _(
                    "This is not a picture or document that can be taken (it is"
                    " %(kind)s). Send a JPEG, a PNG or a PDF.",
                    kind=details["kind"],
                )
            case "kind":
                return _(
                    "This file is not a JPEG, PNG or PDF, whatever its name says. Send"
                    " one of these."
                )
            case "pixels":
                return _(
                    "This picture has %(size)d million pixels; %(limit)d million is"
                    " the most. Take it anew with fewer.",
                    size=details["size"] // 1_000_000,
                    limit=details["limit"] // 1_000_000,
                )
            case "pdf_password":
                return _(
                    "This PDF is locked with a password. Print it to a new PDF without"
                    " one, or photograph the pages."
                )
            case "pdf_pages":
                return _(
                    "This PDF has %(size)d pages; %(limit)d is the most. Send only the"
                    " pages that matter.",
                    size=details["size"],
                    limit=details["limit"],
                )
            case "pdf_form":
                return _(
                    "What was typed into this PDF form would be lost. Print it to a new"
                    " PDF, and send that one."
                )
            case _other:
                return _(
                    "This %(kind)s file is damaged and cannot be read. Scan or"
                    " photograph it again.",
                    kind=details.get("kind", ""),
                )
