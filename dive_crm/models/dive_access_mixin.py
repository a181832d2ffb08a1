from contextlib import contextmanager

from odoo import models
from odoo.exceptions import AccessError, MissingError, UserError

from .dive_access_log import note_access


@contextmanager
def noting(records, action, fields=()):
    """Note in the access log what the block does with records, or that it is refused.

    :param records: of a model that has ``_dive_access_logged``
    """
    try:
        yield
    except AccessError:
        _note_refused(records, action, fields)
        raise
    try:
        seen = records._dive_access_logged()
    except MissingError:
        return  # nobody has seen anything
    note_access(seen, fields, action)


def _note_refused(records, action, fields):
    # sudo: which of them are customers' at all, for the log
    asked_for = records.sudo().exists()._dive_access_logged()
    note_access(asked_for, fields, action, allowed=False)


class DiveAccessMixin(models.AbstractModel):
    """Records about customers: opening and exporting them is in the access log.

    A list is not: it shows what a form does not need to be opened for. Medical records
    write what is read of them by themselves.
    """

    _name = "dive.access.mixin"
    _description = "Record whose opening is logged"

    #: A field that the form asks for and no list: one that finds a single record
    #: reads it as a form does.
    _dive_form_field = None

    def _dive_access_logged(self):
        """Return those of these records whose opening is logged."""
        return self

    def web_read(self, specification):
        """Note that one record was opened in a form."""
        stored = len(self) == 1 and self.id  # an onchange reads its own draft
        if not stored or self._dive_form_field not in specification:
            return super().web_read(specification)
        with noting(self, "open"):
            return super().web_read(specification)

    def export_data(self, fields_to_export):
        """Note which records were exported, and which fields of them."""
        try:
            # before: an export forgets what it has read
            exported = self._dive_access_logged()
            result = super().export_data(fields_to_export)
        except UserError:  # an AccessError is one, a missing right to export is none
            _note_refused(self, "export", [str(name) for name in fields_to_export])
            raise
        note_access(exported, fields_to_export, "export")
        return result
