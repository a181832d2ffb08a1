from odoo import fields, models
from odoo.exceptions import ValidationError

from ..tools import backup_folder
from ..tools.backup_archive import BackupError


class ResConfigSettings(models.TransientModel):
    """Where and when backups are made: of the whole database, not of a company."""

    _inherit = "res.config.settings"

    dive_backup_folder = fields.Char(
        "Folder for backups", config_parameter="dive_crm.backup_folder"
    )
    dive_backup_hour = fields.Selection(
        # a function: labels of the same words in all languages are no terms
        lambda _self: [(str(hour), f"{hour:02}:00") for hour in range(24)],
        "At",
        default="3",
        config_parameter="dive_crm.backup_hour",
    )
    dive_backup_keep_daily = fields.Integer(
        "days", config_parameter="dive_crm.backup_keep_daily"
    )
    dive_backup_keep_weekly = fields.Integer(
        "weeks", config_parameter="dive_crm.backup_keep_weekly"
    )
    dive_backup_keep_monthly = fields.Integer(
        "months", config_parameter="dive_crm.backup_keep_monthly"
    )
    dive_backup_status = fields.Char(compute="_compute_dive_backup_status")
    dive_backup_level = fields.Char(compute="_compute_dive_backup_status")

    def _compute_dive_backup_status(self):
        status = self.env["dive.backup"].dive_status()
        self.dive_backup_status = status["text"]
        self.dive_backup_level = status["level"]

    def set_values(self):
        """Refuse a folder that no backup could be written into."""
        self._dive_check_backup()
        return super().set_values()

    def _dive_check_backup(self):
        keep = (
            self.dive_backup_keep_daily,
            self.dive_backup_keep_weekly,
            self.dive_backup_keep_monthly,
        )
        if min(keep) < 0 or max(keep) > 1000:
            raise ValidationError(
                self.env._("Numbers of backups to keep are from 0 to 1000.")
            )
        folder = (self.dive_backup_folder or "").strip()
        self.dive_backup_folder = folder
        if not folder or folder == self.env["dive.backup"]._dive_params()["folder"]:
            return  # a disk that is not there just now must not keep other settings
        if not folder.startswith("/"):
            raise ValidationError(
                self.env._("Name the folder for backups from the root on: /…")
            )
        try:
            backup_folder.check_folder(folder)
        except BackupError as error:
            raise ValidationError(str(error)) from None
