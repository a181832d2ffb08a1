"""A row per backup: how it went, how large it is, whether it was verified."""

import os
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import human_size

#: Of a backup that is being made, or is about to be.
ACTIVE = ("asked", "running")
#: There is a whole file. With faults: of files that were lost before.
GOOD = ("done", "faults")


class DiveBackup(models.Model):
    """What ``dive_backup`` writes down; nobody changes it by hand.

    The rows are in the database that is backed up: the files themselves say all that is
    needed to restore them (``dive_backup list``).
    """

    _name = "dive.backup"
    _description = "Backup"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"

    name = fields.Char("File", readonly=True)
    folder = fields.Char(readonly=True)
    archive_id = fields.Char("Number of the archive", readonly=True, index=True)
    state = fields.Selection(
        [
            ("asked", "About to begin"),
            ("running", "Running"),
            ("done", "Done"),
            ("faults", "Files missing"),
            ("bad", "Not good"),
            ("failed", "Failed"),
            ("pruned", "Deleted"),
        ],
        required=True,
        readonly=True,
        default="asked",
        index=True,
    )
    date_start = fields.Datetime("Begun", readonly=True, default=fields.Datetime.now)
    date_done = fields.Datetime("Whole since", readonly=True)
    date_verified = fields.Datetime("Verified", readonly=True)
    seconds = fields.Float("Took", readonly=True)
    size = fields.Float("Bytes", readonly=True)
    size_text = fields.Char("Size", compute="_compute_texts")
    seconds_text = fields.Char("Time it took", compute="_compute_texts")
    age_text = fields.Char("Age", compute="_compute_age_text")
    table_count = fields.Integer("Tables", readonly=True)
    row_count = fields.Float("Rows", readonly=True, digits=(16, 0))
    file_count = fields.Integer("Files", readonly=True)
    file_faults = fields.Integer("Files missing or damaged", readonly=True)
    file_fault_names = fields.Text("Which", readonly=True)
    key_ids = fields.Char("Keys that it needs", readonly=True)
    error = fields.Text("What went wrong", readonly=True)

    @api.depends("size", "seconds")
    def _compute_texts(self):
        for backup in self:
            backup.size_text = human_size(int(backup.size)) if backup.size else False
            took = timedelta(seconds=round(backup.seconds))
            backup.seconds_text = str(took) if backup.seconds else False

    @api.depends("date_start")
    def _compute_age_text(self):
        for backup in self:
            backup.age_text = self._dive_age(backup.date_start)

    @api.model
    def _dive_age(self, since):
        """Return how long ago something was, in words."""
        if not since:
            return False
        age = max(fields.Datetime.now() - since, timedelta())
        if age < timedelta(hours=1):
            return self.env._("%s min", age.seconds // 60)
        if age < timedelta(days=2):
            return self.env._("%s h", int(age.total_seconds() // 3600))
        return self.env._("%s days", age.days)

    @api.depends("name", "date_start")
    def _compute_display_name(self):
        for backup in self:
            backup.display_name = backup.name or self.env._(
                "Backup begun %s", fields.Datetime.to_string(backup.date_start)
            )

    # --- what the screens ask ----------------------------------------------

    @api.model
    def _dive_params(self):
        """Return the settings: ``folder``, ``hour``, ``keep`` (days, weeks, months)."""
        # sudo: settings of the whole database; only methods of ours ask
        param = self.env["ir.config_parameter"].sudo().get_param
        keep = [
            int(param(f"dive_crm.backup_keep_{period}") or 0)
            for period in ("daily", "weekly", "monthly")
        ]
        return {
            "folder": param("dive_crm.backup_folder") or "",
            "hour": int(param("dive_crm.backup_hour") or 0),
            "keep": tuple(keep),
        }

    @api.model
    def _dive_last_good(self, verified=False):
        """Return the newest whole backup, or the newest that was verified."""
        domain = [("state", "in", GOOD)]
        if verified:
            domain.append(("date_verified", "!=", False))
        return self.search(domain, limit=1)

    @api.model
    @api.readonly
    def dive_status(self):
        """Return how things stand: a level (good, warning, bad) and a line.

        :return: dict of ``level``, ``text``, ``age`` (seconds or False), ``verified``
        """
        good, verified = self._dive_last_good(), self._dive_last_good(verified=True)
        age = good and fields.Datetime.now() - good.date_start
        level, text = self._dive_status_text(good, verified, age)
        return {
            "level": level,
            "text": text,
            "age": age.total_seconds() if good else False,
            "verified": verified.date_verified,
        }

    def _dive_status_text(self, good, verified, age):
        if not good and not self._dive_params()["folder"]:
            return "bad", self.env._(
                "No backups are made: set a folder in the settings."
            )
        if not good:
            return "bad", self.env._("There is no good backup yet.")
        line = self.env._("Last good backup: %s ago.", self._dive_age(good.date_start))
        if age > self._dive_too_old:
            return "bad", line + " " + self.env._("That is too old: see what failed.")
        last = self.search([("state", "not in", ACTIVE)], limit=1)
        if last.state in ("failed", "bad"):
            return "warning", line + " " + self.env._("The last one is not good.")
        if good.file_faults:
            return "warning", line + " " + self.env._(
                "%s files were lost or damaged before it was made.", good.file_faults
            )
        if not verified:
            return "warning", line + " " + self.env._("None was verified yet.")
        return "good", line + " " + self.env._(
            "Last one verified: %s ago.", self._dive_age(verified.date_start)
        )

    #: A night may fail and be made up for; two are too many.
    _dive_too_old = timedelta(hours=48)

    # --- what the command writes --------------------------------------------

    def _dive_new(self):
        """Make the row of a run."""
        # that it was made says its date
        return self.with_context(mail_create_nolog=True).create({})

    def _dive_began(self):
        """It runs: take the row that waits for it, or make one."""
        row = self or self._dive_new()
        row.write({"state": "running", "date_start": fields.Datetime.now()})
        return row

    def _dive_made(self, path, archive_id, values):
        """There is a whole file."""
        self.write(
            {
                **values,
                "folder": os.path.dirname(path),
                "name": os.path.basename(path),
                "archive_id": archive_id,
                "state": "faults" if values["file_faults"] else "done",
                "date_done": fields.Datetime.now(),
                "error": False,
            }
        )
        self._dive_all_is_well()

    def _dive_failed(self, why):
        """There is no file. Also of a run that failed before it had a row."""
        row = self or self._dive_new()
        row.write({"state": "failed", "error": why})
        row._dive_call_admins()
        return row

    def _dive_not_begun(self, why):
        """Another is running: no fault, and nothing for the admin."""
        self.write({"state": "failed", "error": why})

    def _dive_of(self, path):
        return self or self.search([("name", "=", os.path.basename(path))], limit=1)

    def _dive_verified(self, path):
        """It was restored for a trial, and is the same."""
        row = self._dive_of(path)
        state = "faults" if row.file_faults else "done"
        row.write(
            {"date_verified": fields.Datetime.now(), "state": state, "error": False}
        )
        return row

    def _dive_not_good(self, why, path):
        """It was cut or altered, or is not what was backed up."""
        row = self._dive_of(path)
        if row:
            row.write({"state": "bad", "date_verified": False, "error": why})
            row._dive_call_admins()
        return row

    def _dive_not_verified(self, why, path):
        """It could not be tried; it may be good."""
        row = self._dive_of(path)
        if row:
            row.error = self.env._("It could not be verified: %s", why)
            row._dive_call_admins()
        return row

    @api.model
    def _dive_note_deleted(self, names):
        """Files were deleted because newer ones are there."""
        self.search([("name", "in", names), ("state", "in", [*GOOD, "bad"])]).write(
            {"state": "pruned"}
        )

    @api.model
    def _dive_after_restore(self, head, manifest):
        """Put in order what a restored database says of the time when it was copied.

        Called in a restored database before anybody finds it. Whoever has something to
        do again after a restore (erase again who was erased since) extends this.

        :param dict head: of the archive: ``when``, ``database``, ``modules``, …
        :param dict manifest: ``tables``, ``files``, ``keys``, …
        """
        self.search([("state", "in", ACTIVE)]).write(
            {
                "state": "failed",
                "error": self.env._("It was being made when this copy was taken."),
            }
        )

    # --- what people press ---------------------------------------------------

    @api.model
    def _dive_check_admin(self):
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(self.env._("Only administrators make backups."))

    @api.model
    def action_dive_create(self, *_args):
        """Back up now, in a process of its own."""
        self._dive_check_admin()
        # sudo: the rows are written by methods only; an administrator asked
        backups = self.env["dive.backup"].sudo()
        backups._dive_reap()
        if backups.search_count([("state", "in", ACTIVE)], limit=1):
            raise UserError(self.env._("A backup is being made already."))
        backups._dive_check_possible()
        backups._dive_ask()
        return self._dive_say(self.env._("The backup has begun. See the list."))

    def action_dive_verify(self):
        """Restore it for a trial, in a process of its own."""
        self._dive_check_admin()
        self.ensure_one()
        path = os.path.join(self.folder or "", self.name or "")
        if self.state not in (*GOOD, "bad") or not os.path.isfile(path):
            raise UserError(self.env._("The file %s is not there any more.", path))
        # sudo: as in action_dive_create
        self.sudo()._dive_start(["verify", path, "--row", str(self.id)])
        return self._dive_say(
            self.env._("It is being restored for a trial. See the list in a while.")
        )

    @api.model
    def _dive_say(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
