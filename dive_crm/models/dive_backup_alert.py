"""Telling administrators that there is no good backup: once, until there is one."""

from markupsafe import escape

from odoo import api, fields, models


class DiveBackup(models.Model):
    _inherit = "dive.backup"

    def _dive_call_admins(self):
        """Leave each administrator an activity, unless one is open already."""
        if self._dive_open_calls():
            return
        # sudo: who administers, whoever asks
        admins = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref("base.group_system").id),
                    ("share", "=", False),
                ]
            )
        )
        for admin in admins:
            backup = self.with_context(lang=admin.lang)
            backup.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=backup.env._("Backups need you"),
                note=backup._dive_call_note(),
                user_id=admin.id,
            )

    def _dive_call_note(self):
        status = self.dive_status()["text"]
        # what programs and folders say is no HTML
        return escape(f"{self.error} {status}" if self.error else status)

    @api.model
    def _dive_open_calls(self):
        # sudo: activities of all administrators
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", "dive.backup"), ("automated", "=", True)])
        )

    @api.model
    def _dive_all_is_well(self):
        """Take the activities away: there is a good backup again."""
        self._dive_open_calls().unlink()

    @api.model
    def _dive_warn_of_age(self):
        """Tell of a last good backup that is too old, also when nothing failed."""
        good = self._dive_last_good()
        first = self.search([], order="date_start", limit=1)
        since = (good or first).date_start
        if since and fields.Datetime.now() - since > self._dive_too_old:
            (good or first)._dive_call_admins()
