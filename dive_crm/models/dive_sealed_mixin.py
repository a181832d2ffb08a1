from odoo import api, models
from odoo.exceptions import AccessError, MissingError, UserError

from ..tools import export
from ..tools.ticket import has_ticket, is_writing_down, with_ticket
from .dive_access_log import note_access


class DiveSealedMixin(models.AbstractModel):
    """A record with encrypted scans: the two sides of a card, a physician's letter.

    ::

        _inherit = ["dive.sealed.mixin"]
        _dive_sealed_slots = {"front": ("front_id", "front_image")}
        front_id = fields.Many2one(
            "dive.sealed.file", "Front, stored", readonly=True, copy=False
        )
        front_image = SealedFile("Front")

    Whoever may read the record and has one of ``_dive_sealed_groups`` sees the files,
    and portal users those of records that their rules give them.
    """

    _name = "dive.sealed.mixin"
    _description = "Record with encrypted files"

    #: slot → (many2one of the file, field that shows it)
    _dive_sealed_slots = {}
    _dive_sealed_groups = (
        "dive_crm.group_front_desk",
        "dive_crm.group_instructor",
        "dive_crm.group_medical",
        "dive_crm.group_manager",
    )
    #: Whether each look at a file is in the access log: for those about health.
    _dive_sealed_logged = False

    # ------------------------------------------------------------------
    # For owners to extend
    # ------------------------------------------------------------------

    def _dive_sealed_check(self, slot, operation):
        """Refuse a user who may not see or change a file.

        :param operation: ``read`` or ``write``
        :raise AccessError:
        """
        self.check_access(operation)
        user = self.env.user
        if self.env.su or user._is_portal():
            return
        if not any(user.has_group(group) for group in self._dive_sealed_groups):
            raise AccessError(
                self.env._("Only the staff of the dive centre may see this file.")
            )

    def _dive_sealed_noted(self, slot, part, allowed):
        """Take note that somebody has opened a file, or was refused.

        In the access log, if ``_dive_sealed_logged``. Pictures of cards are not: they
        are shown wherever a card is, and opening that is in the log.
        """
        if self._dive_sealed_logged:
            note_access(self, [slot], "read", allowed)

    # ------------------------------------------------------------------
    # For everybody
    # ------------------------------------------------------------------

    def _dive_sealed_open(self, slot, part="payload"):
        """Return the content of a file.

        In ``sudo`` the user behind it is asked; the system itself needs a ticket (see
        tools/ticket.py).

        :param part: ``payload`` or ``thumbnail``
        :return: bytes; None if there is no such part (a PDF has no thumbnail)
        :raise AccessError: this user may not
        :raise MissingError: there is no file
        :raise UserError: it cannot be decrypted
        """
        self.ensure_one()
        if not has_ticket(self.env) or self._dive_sealed_shut():
            try:
                self._dive_sealed_ask(slot)
            except AccessError:
                self._dive_sealed_noted(slot, part, False)
                raise
        file = self._dive_sealed_file(slot)
        if not file:
            raise MissingError(self.env._("There is no such file."))
        content = with_ticket(file)._open(part)
        self._dive_sealed_noted(slot, part, True)
        return content

    def _dive_sealed_put(self, slot, data):
        """Store a file in place of the one that is there, or remove it.

        :param data: bytes of a JPEG, PNG or PDF; None removes
        :raise AccessError: this user may not
        :raise UserError: the file is not taken; the message says why
        """
        self.ensure_one()
        self._dive_sealed_check(slot, "write")
        old = self._dive_sealed_file(slot)
        if not old and data is None:
            return
        new = old.browse()
        if data is not None:
            new = old._seal(self, slot, data)
        file_field, _image_field = self._dive_sealed_slots[slot]
        with_ticket(self).write({file_field: new.id})
        # the foreign key must point to the new one before the old one goes
        self.flush_recordset([file_field])
        old.unlink()

    def _dive_sealed_file(self, slot):
        """Return the file's record, as superuser: nobody may read that model."""
        file_field, _image_field = self._dive_sealed_slots[slot]
        file = self.sudo()[file_field]
        # A row changed by hand in the database hands out nobody else's file.
        return file.filtered(
            lambda found: (
                (found.res_model, found.res_id, found.slot)
                == (self._name, self._origin.id, slot)
            )
        )

    # ------------------------------------------------------------------
    # What the fields ask
    # ------------------------------------------------------------------

    @api.model
    def _dive_slot_of(self, image_field):
        return next(
            slot
            for slot, (_file, image) in self._dive_sealed_slots.items()
            if image == image_field
        )

    def _dive_sealed_size(self, image_field):
        """Return the size of a file in bytes, or 0."""
        return self._dive_sealed_file(self._dive_slot_of(image_field)).size

    def _dive_sealed_read(self, image_field):
        """Return the content of a file to a user who may see it, to others None."""
        slot = self._dive_slot_of(image_field)
        if not self._dive_sealed_file(slot):
            return None
        try:
            return self._dive_sealed_open(slot)
        except AccessError:
            return None

    def _dive_sealed_ask(self, slot):
        """Ask whether the user may see a file, also in ``sudo``."""
        if self._dive_sealed_shut():
            raise AccessError(
                self.env._("Papers with health data go into no mail and no report.")
            )
        asker = self.sudo(False)
        if asker.env.su:  # the system's own user: it may everything, so ask for more
            raise AccessError(self.env._("Encrypted files open for a person only."))
        asker._dive_sealed_check(slot, "read")

    def _dive_sealed_shut(self):
        """Say whether these are about health, and a mail or report is being written."""
        return self._dive_sealed_logged and is_writing_down()

    # ------------------------------------------------------------------
    # The records themselves
    # ------------------------------------------------------------------

    @api.model
    def _dive_file_fields(self):
        return {file for file, _image in self._dive_sealed_slots.values()}

    def _dive_check_file_fields(self, vals):
        """Let nobody point a record at somebody else's file."""
        if has_ticket(self.env):
            return
        named = self._dive_file_fields() & vals.keys()
        # nor away from its own, which would then belong to nothing and stay
        if any(vals[name] or any(self.sudo().mapped(name)) for name in named):
            raise UserError(
                self.env._("A file is stored by writing its content, not its number.")
            )

    @api.model
    def default_get(self, fields):
        """Take no file from the context or from saved defaults."""
        images = {image for _file, image in self._dive_sealed_slots.values()}
        closed = images | self._dive_file_fields()
        return super().default_get([name for name in fields if name not in closed])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_file_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._dive_check_file_fields(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        """Leave the files where they are: one file belongs to one record."""
        vals_list = super().copy_data(default)
        closed = self._dive_file_fields()
        return [
            {name: value for name, value in vals.items() if name not in closed}
            for vals in vals_list
        ]

    def unlink(self):
        """Delete the files as well."""
        files = self.env["dive.sealed.file"].sudo()  # see _dive_sealed_file
        for slot in self._dive_sealed_slots:
            for record in self:
                files += record._dive_sealed_file(slot)
        result = super().unlink()
        files.unlink()
        return result

    def onchange(self, values, field_names, fields_spec):
        """Compare sizes, not contents, before and after."""
        sizes = self.with_context(bin_size=True)
        return super(DiveSealedMixin, sizes).onchange(values, field_names, fields_spec)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Export no file: ``exportable`` only keeps it out of the dialogue."""
        images = {image for _file, image in self._dive_sealed_slots.values()}
        shown, hidden = export.without(fields, images)
        rows = super()._export_rows(shown, _is_toplevel_call=_is_toplevel_call)
        return export.with_blanks(rows, hidden)
