"""Dialogs that act on records which are somebody's: any number can be put in."""

from odoo import api, models


class DiveDialogMixin(models.AbstractModel):
    """Refuse a dialog about a record that who opens it may not read.

    A dialog is made by a call, and its fields take any number: without this, it would
    show of a record what it knows to show.
    """

    _name = "dive.dialog.mixin"
    _description = "Dialog about records that not everybody may read"

    #: fields whose records who opens the dialog must be allowed to read
    _dive_about = ()

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._dive_check_about()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._dive_check_about()
        return result

    def _dive_check_about(self):
        for name in self._dive_about:
            self[name].check_access("read")
