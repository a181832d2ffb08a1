"""When backups are made, and the process that makes them."""

import logging
import os
import subprocess
import sys
from datetime import timedelta

import pytz

import odoo
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

from ..tools import backup_create, backup_folder, keyring
from ..tools.backup_archive import BackupError
from .dive_backup import ACTIVE, GOOD

_logger = logging.getLogger(__name__)

#: How often one night's backup is tried.
TRIES = 3
#: How long a process takes at most to say that it has begun.
START = timedelta(minutes=15)
#: Where data are, as the server was told on its command line. Passwords are not here:
#: every user of the machine reads the arguments of a process.
OPTIONS = ("data_dir", "db_host", "db_port", "db_user", "db_sslmode", "pg_path")


class DiveBackup(models.Model):
    _inherit = "dive.backup"

    @api.model
    def _cron_dive_backup(self):
        """Back up once a day, at the hour set; see to what failed or is too old."""
        self._dive_reap()
        if not self._dive_params()["folder"]:
            return
        self._dive_warn_of_age()
        if self._dive_is_due():
            self._dive_ask()

    @api.model
    def _dive_is_due(self):
        """Say whether today's backup is still to be made."""
        rows = self.search([("date_start", ">=", self._dive_last_hour())])
        states = rows.mapped("state")
        if any(state in (*GOOD, *ACTIVE) for state in states):
            return False
        return len(states) < TRIES

    @api.model
    def _dive_last_hour(self):
        """Return when the hour of the settings was last, as naive UTC."""
        zone = pytz.timezone(self.env.company.partner_id.tz or "UTC")
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        hour = self._dive_params()["hour"]
        day = now.date() - timedelta(days=now.hour < hour)
        moment = fields.Datetime.to_datetime(day) + timedelta(hours=hour)
        # an hour that summer time leaves out counts as the next
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _dive_reap(self):
        """Write down that a process is gone which cannot say so itself."""
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s))", [backup_create.LOCK]
        )
        if not self.env.cr.fetchone()[0]:
            return  # it lives
        since = fields.Datetime.now() - START
        gone = self.search([("state", "=", "running")])
        gone |= self.search([("state", "=", "asked"), ("date_start", "<", since)])
        for row in gone:
            row._dive_failed(
                self.env._("It was killed, or the machine was switched off.")
                if row.state == "running"
                else self.env._("It did not begin: see the log of the server.")
            )

    @api.model
    def _dive_check_possible(self):
        """Say what is missing before anything begins."""
        try:
            backup_folder.check_folder(self._dive_params()["folder"])
            keyring.load_keyring()
        except (BackupError, keyring.KeyringError) as error:
            raise UserError(
                self.env._("No backup can be made: %(why)s", why=error)
            ) from None

    @api.model
    def _dive_ask(self):
        """Make a row, and start the process when it can be seen."""
        row = self._dive_new()
        arguments = ["create", "--verify", "--prune", "--row", str(row.id)]
        row._dive_start(arguments)
        return row

    def _dive_start(self, arguments):
        """Start ``dive_backup``, once this transaction is committed.

        Not here: a backup takes longer than requests and crons may, and those that take
        too long are killed.
        """
        dbname = self.env.cr.dbname
        command = [*_command(), *arguments, "-d", dbname, *_options()]
        row_id = self.id

        def start():
            try:
                _spawn(command)
            except OSError as error:
                _logger.error("dive_backup does not start: %s", error)
                with Registry(dbname).cursor() as cr:
                    row = self.with_env(self.env(cr=cr)).browse(row_id)
                    row._dive_failed(str(error))

        self.env.cr.postcommit.add(start)


def _command():
    addons = ",".join(config["addons_path"])
    return [sys.executable, "-m", "odoo", f"--addons-path={addons}", "dive_backup"]


def _options():
    """Return what this server was told, for a process with the same data."""
    options = []
    if config["config"] and os.path.isfile(config["config"]):
        options += ["-c", config["config"]]
    for name in OPTIONS:
        if config[name]:
            dashed = "data-dir" if name == "data_dir" else name
            options += [f"--{dashed}", str(config[name])]
    return options


def _spawn(command):
    """Start a process that outlives the worker which started it."""
    environ = dict(os.environ)
    source = os.path.dirname(next(iter(odoo.__path__)))
    known = environ.get("PYTHONPATH")
    environ["PYTHONPATH"] = os.pathsep.join([source, known] if known else [source])
    environ[keyring.VARIABLE] = keyring.key_path()
    if config["db_password"]:
        environ["PGPASSWORD"] = config["db_password"]
    subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        # of its own session: what ends the server or the worker does not end it
        start_new_session=True,
    )
