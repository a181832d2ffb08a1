"""``odoo --addons-path=… dive_backup create|verify|restore|list|prune``."""

import os
import sys
from contextlib import suppress
from importlib import import_module

from odoo import SUPERUSER_ID, release
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.neutralize import neutralize_database
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tools import config

#: Options of Odoo that say where its data are; passed on as they are.
PASSED = ("data-dir", "db_host", "db_port", "db_user", "db_sslmode", "pg_path")
#: Made and kept, but files that the database names were lost or damaged before.
WITH_FAULTS = 3
#: How many are kept if nobody says, as in backup_rotation.py (which cannot be had yet).
KEEP = {"daily": 14, "weekly": 8, "monthly": 12}


def tell(line):
    """Say a line to who called the command; at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tool(name):
    """Return a module of tools/. Not before Odoo knows where its add-ons are."""
    return import_module(f"odoo.addons.dive_crm.tools.{name}")


class DiveBackup(Command):
    """Back up a database with its files, encrypted; verify, restore, list, prune."""

    name = "dive_backup"
    epilog = """
        Backups are sealed with the key file of dive_keys (DIVE_CRM_KEYS or
        dive_crm_keys), which is not in them: keep a copy of it in a safe, without it
        nothing opens. See docs/backup.md.
    """

    def run(self, args):
        """Do what the command line says; leave with status 1 if something is wrong."""
        options = self._options().parse_args(args)
        config.parse_config(_arguments(options), setup_logging=True)
        self.use = tool("backup_command")
        self.use.lift_limits()
        error = tool("backup_archive").BackupError
        keyring_error = tool("keyring").KeyringError
        self.progress = tool("progress").Progress()
        try:
            with self.use.ended_by_signals():
                status = options.action(options)
        except (error, keyring_error) as fault:
            self.progress.clear()
            sys.exit(f"dive_backup: {fault}")
        except OSError as fault:
            self.progress.clear()
            sys.exit(f"dive_backup: {self.use.why_of(fault)}")
        except KeyboardInterrupt:
            self.progress.clear()
            sys.exit("dive_backup: stopped. Nothing unfinished was kept.")
        sys.exit(status)

    def _options(self):
        parser = self.parser
        actions = parser.add_subparsers(dest="subcommand", required=True)
        subs = {}
        for name, action, text in (
            ("create", self._create, "back up a database with its files"),
            ("verify", self._verify, "restore into a scratch database and compare"),
            ("restore", self._restore, "restore a backup as a new database"),
            ("list", self._list, "list the backups in a folder"),
            ("prune", self._prune, "delete the backups that need not be kept"),
        ):
            sub = subs[name] = actions.add_parser(name, help=text, description=text)
            sub.set_defaults(action=action)
            sub.add_argument("-c", "--config", help="configuration file of Odoo")
            for option in PASSED:
                sub.add_argument(f"--{option}", help="as for Odoo itself")
        _add_create(subs["create"])
        _add_verify(subs["verify"])
        _add_restore(subs["restore"])
        _add_list(subs["list"])
        _add_prune(subs["prune"])
        return parser

    # --- create -----------------------------------------------------------

    def _create(self, options):
        """Make a backup; with --verify and --prune all that the schedule does."""
        with self.use.rows_of(options.database) as rows:
            params = rows._dive_params()
            tables = [
                holder._table
                for holder in rows.env["dive.key.holder"]._dive_key_holders()
            ]
        journal = self.use.Journal(options.database, options.row)
        folder = options.to or params["folder"]
        try:
            made = self._make(options, folder, tables, journal)
        except tool("backup_create").Busy as fault:
            journal.note("_dive_not_begun", str(fault))
            raise
        except BaseException as fault:
            with suppress(Exception):
                journal.note("_dive_failed", self.use.why_of(fault))
            raise
        journal.note("_dive_made", *self.use.row_of(made))
        status = self._tell_made(made)
        if options.verify:
            self._verify_file(made.path, journal)
        if options.prune:
            where = os.path.dirname(made.path)
            names = self._prune_folder(where, options.database, params["keep"])
            journal.note("_dive_note_deleted", names)
        return status

    def _make(self, options, folder, tables, journal):
        return tool("backup_create").create(
            self.use.server(),
            options.database,
            folder,
            tool("keyring").load_keyring(),
            config.filestore(options.database),
            about={"series": release.series, "odoo": release.version},
            key_tables=tables,
            progress=self.progress,
            began=lambda: journal.note("_dive_began"),
        )

    def _tell_made(self, made):
        self.progress.clear()
        human, files = tool("progress").human, made.manifest["files"]
        rows = sum(table[0] for table in made.manifest["tables"].values())
        tell(f"{made.path}: {human(made.size)}")
        tell(
            f"  {len(made.manifest['tables'])} tables with {rows} rows,"
            f" {files['count']} files of {human(files['bytes'])},"
            f" {made.manifest['seconds']:.0f} s"
        )
        if not files["missing"] + files["damaged"]:
            return 0
        tell(
            f"  THE FILESTORE HAS FAULTS: {files['missing']} files are missing and"
            f" {files['damaged']} damaged; the backup is as good as it could be made."
        )
        for name in files["names"][:10]:
            tell(f"    {name}")
        return WITH_FAULTS

    # --- verify -----------------------------------------------------------

    def _verify(self, options):
        """Check a backup and write down what came of it, where there is a row."""
        path = os.path.abspath(options.file)
        if options.only_read:
            tool("backup_restore").verify(
                self.use.server(), path, self.use.keys(), self.progress, only_read=True
            )
            self.progress.clear()
            tell(f"{path}: whole and unaltered. It was not restored.")
            return 0
        database = options.database or self.use.known_database(path)
        self._verify_file(path, self.use.Journal(database, options.row))
        return 0

    def _verify_file(self, path, journal):
        folder = tool("backup_folder")
        try:
            head, manifest = tool("backup_restore").verify(
                self.use.server(), path, self.use.keys(), self.progress
            )
        except (
            tool("backup_archive").ArchiveError,
            tool("backup_restore").Different,
        ) as fault:
            folder.unmark_verified(path)
            journal.note("_dive_not_good", str(fault), path)
            raise
        except tool("backup_archive").BackupError as fault:
            journal.note("_dive_not_verified", str(fault), path)
            raise
        folder.mark_verified(path, head["id"])
        journal.note("_dive_verified", path)
        self.progress.clear()
        tell(f"{path}: good. Restored, {len(manifest['tables'])} tables compared.")

    # --- restore ----------------------------------------------------------

    def _restore(self, options):
        """Restore a backup under a name that no database has."""
        path = os.path.abspath(options.file)
        head, manifest, former = tool("backup_restore").restore(
            self.use.server(),
            path,
            self.use.keys(),
            options.database,
            config.filestore,
            series=release.series,
            after=lambda *args: self._after(options, *args),
            replace=options.replace,
            progress=self.progress,
        )
        self.progress.clear()
        was = f"{head['database']} was at {head['when']}"
        tell(f"{options.database}: restored, as {was}.")
        if former:
            tell(f"What had this name is now {former}: closed and kept.")
            tell("If Odoo runs, restart it: what it remembers is of the former one.")
        lost = sorted(set(manifest["keys"]) - set(self.use.keys().ids))
        if lost:
            tell(
                f"KEYS ARE MISSING: {', '.join(lost)}: scans and health data sealed"
                " with them do not open until the key file has them again."
            )
        if "dive_crm" in head["modules"]:
            tell(f"Now say: dive_keys check --new-end -d {options.database}")
        return 1 if lost else 0

    def _after(self, options, name, head, manifest):
        """Run what follows a restore, in the scratch database that nobody finds."""
        try:
            if "dive_crm" in head["modules"]:
                registry = Registry.new(name, **self.use.upgrade_of(head))
                with registry.cursor() as cr:
                    env = Environment(cr, SUPERUSER_ID, {})
                    env["dive.backup"]._dive_after_restore(head, manifest)
                    if options.neutralize:
                        env["ir.config_parameter"].init(force=True)
            if options.neutralize:
                with db_connect(name).cursor() as cr:
                    neutralize_database(cr)
        finally:
            Registry.delete(name)
            close_db(name)

    # --- list and prune ---------------------------------------------------

    def _list(self, options):
        """Say what is in a folder, and how good it is."""
        folder, human = self._folder(options), tool("progress").human
        found = tool("backup_folder").listing(folder, self.use.keys())
        if not found:
            tell(f"{folder}: there is no backup here.")
        for one in found:
            name = os.path.basename(one.path)
            if one.error:
                tell(f"{name}  {human(one.size)}  CANNOT BE READ: {one.error}")
            elif not options.database or one.head["database"] == options.database:
                verified = (
                    f"verified {one.verified}" if one.verified else "not verified"
                )
                tell(
                    f"{name}  {human(one.size)}  {one.head['database']}"
                    f"  {one.head['when']}  Odoo {one.head.get('series')}  {verified}"
                )
        return int(any(one.error for one in found))

    def _prune(self, options):
        """Delete what need not be kept."""
        keep = (options.daily, options.weekly, options.monthly)
        self._prune_folder(
            self._folder(options), options.database, keep, options.dry_run
        )
        return 0

    def _prune_folder(self, folder, database, keep, dry_run=False):
        folders = tool("backup_folder")
        old = folders.to_prune(folders.listing(folder, self.use.keys()), keep, database)
        for one in old:
            if not dry_run:
                folders.remove(one)
            tell(f"{'Would delete' if dry_run else 'Deleted'}: {one.path}")
        return [os.path.basename(one.path) for one in old]

    def _folder(self, options):
        if options.folder:
            return os.path.abspath(options.folder)
        if options.database:
            with self.use.rows_of(options.database) as rows:
                return tool("backup_folder").check_folder(rows._dive_params()["folder"])
        raise tool("backup_archive").BackupError("name a folder: --in DIR")


def _arguments(options):
    arguments = ["--no-http"]
    if options.config:
        arguments += ["-c", options.config]
    for option in PASSED:
        value = getattr(options, option.replace("-", "_"))
        if value:
            arguments += [f"--{option}", value]
    return arguments


def _add_database(sub, required, text):
    sub.add_argument("-d", "--database", required=required, help=text)


def _add_row(sub):
    sub.add_argument("--row", type=int, help="row of dive.backup that says how it went")


def _add_create(sub):
    _add_database(sub, True, "the database")
    sub.add_argument("--to", metavar="DIR", help="the folder; default: of the settings")
    sub.add_argument(
        "--verify", action="store_true", help="restore it for a trial then"
    )
    sub.add_argument("--prune", action="store_true", help="then delete older ones")
    _add_row(sub)


def _add_verify(sub):
    sub.add_argument("file", metavar="FILE")
    sub.add_argument(
        "--only-read",
        action="store_true",
        help="restore nothing: check that nothing was cut or altered",
    )
    _add_database(sub, False, "where it is written down that it was verified")
    _add_row(sub)


def _add_restore(sub):
    sub.add_argument("file", metavar="FILE")
    _add_database(sub, True, "name of the new database")
    sub.add_argument(
        "--replace",
        action="store_true",
        help="a database of this name is renamed and closed; nothing is deleted",
    )
    sub.add_argument(
        "--neutralize",
        action="store_true",
        help="a copy to try things: it sends no messages and makes no backups",
    )


def _add_list(sub):
    sub.add_argument("--in", dest="folder", metavar="DIR", help="the folder")
    _add_database(sub, False, "only of this database; its settings name the folder")


def _add_prune(sub):
    _add_list(sub)
    for period, number in KEEP.items():
        sub.add_argument(
            f"--{period}",
            type=int,
            default=number,
            help=f"how many {period} ones are kept ({number})",
        )
    sub.add_argument("--dry-run", action="store_true", help="only say which")
