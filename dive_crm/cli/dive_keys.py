"""``odoo --addons-path=… dive_keys create|rotate|check``."""

import os
import sys
from contextlib import ExitStack
from importlib import import_module

import psycopg2

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import config


def tell(line):
    """Say a line to who called the command; at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tool(name):
    """Return a module of tools/. Not before Odoo knows where its add-ons are."""
    return import_module(f"odoo.addons.dive_crm.tools.{name}")


class DiveKeys(Command):
    """Make, change and check the keys that encrypt scans and health data."""

    name = "dive_keys"
    epilog = """
        The key file is named by the environment variable DIVE_CRM_KEYS, or by
        dive_crm_keys in Odoo's configuration. Keep it outside the database, its files
        and its backups, and a copy of it in a safe: without it nothing opens.
        Where the access log ends is kept in the file named by DIVE_CRM_LOG_HEAD or
        dive_crm_log_head, or beside the key file, with “.head” after its name.
    """

    def run(self, args):
        """Do what the command line says; leave with status 1 if something is wrong."""
        options = self._options().parse_args(args)
        arguments = ["--no-http"]
        if options.config:
            arguments += ["-c", options.config]
        if getattr(options, "database", None):
            arguments += ["-d", options.database]
        config.parse_config(arguments, setup_logging=True)
        keyring = tool("keyring")
        try:
            path = os.path.abspath(options.file or keyring.key_path())
            sys.exit(options.action(options, path))
        except keyring.KeyringError as error:
            sys.exit(f"dive_keys: {error}")
        except psycopg2.OperationalError as error:
            sys.exit(f"dive_keys: {error}")
        except OSError as error:
            # a folder that is not there, or may not be written
            sys.exit(f"dive_keys: {error.filename}: {error.strerror}")

    def _options(self):
        parser = self.parser
        actions = parser.add_subparsers(dest="subcommand", required=True)
        for name, action, text in (
            ("create", self._create, "write a new key file; one that is there stays"),
            ("rotate", self._rotate, "seal everything with a new key"),
            ("check", self._check, "check the key file and what its keys seal"),
        ):
            sub = actions.add_parser(name, help=text, description=text)
            sub.set_defaults(action=action)
            sub.add_argument("-c", "--config", help="configuration file of Odoo")
            sub.add_argument("--file", help="the key file, if it is another one")
            if name != "create":
                sub.add_argument(
                    "-d", "--database", help="databases, with commas between them"
                )
        rotate, check = actions.choices["rotate"], actions.choices["check"]
        rotate.add_argument(
            "--batch", type=int, default=50, help="values per transaction (50)"
        )
        rotate.add_argument(
            "--drop-old",
            action="store_true",
            help="make no new key: drop the old ones if nothing in the databases named"
            " needs them. Backups that need them cannot be opened any more.",
        )
        rotate.add_argument(
            "--ignore-others",
            action="store_true",
            help="with --drop-old: other databases of this server have other key files",
        )
        rotate.add_argument(
            "--give-up",
            action="append",
            default=[],
            metavar="DATABASE/MODEL/ID",
            help="with --drop-old, for each value that no key opens and that --drop-old"
            " has named: keep no key for it. Nothing is deleted.",
        )
        check.add_argument(
            "--all", action="store_true", help="open everything, not only samples"
        )
        check.add_argument(
            "--new-end",
            action="store_true",
            help="take the access log of the databases named as complete: a backup was"
            " restored, or dive_crm installed anew. What was known of its end is kept.",
        )
        return parser

    def _create(self, _options, path):
        """Write a new key file."""
        key_id = tool("keyring").create_keyring(path)
        tell(f"{path}: key {key_id}, readable by its owner only")
        if os.geteuid() == 0:
            tell("It belongs to root: if Odoo runs as another user, chown it.")
        tell("Keep a copy in a safe place, not with the backups of the database.")

    def _rotate(self, options, path):
        """Seal everything with a new key, or drop the keys that nothing needs."""
        rotation = tool("key_rotation")
        with ExitStack() as stack:
            envs = self._environments(stack)
            if not envs:
                sys.exit(
                    "dive_keys: name the databases that use this key file: -d NAME"
                )
            if options.drop_old:
                if not options.ignore_others:
                    self._refuse_others(envs)
                dropped = rotation.drop_old(envs, path, tell, options.give_up)
                tell(f"Dropped: {', '.join(dropped) or 'nothing'}")
                return len(tool("keyring").load_keyring(path).ids) > 1
            faults = 0
            for env in envs:
                tell(f"{env.cr.dbname}:")
                try:
                    faults += rotation.rotate(env, path, tell, max(options.batch, 1))
                except rotation.Busy:
                    tell("  another dive_keys rotate is running there")
                    faults += 1
        tell("Older keys are kept, for backups. rotate --drop-old removes them.")
        return bool(faults)

    def _check(self, options, path):
        """Check the key file, and that what is sealed opens."""
        keys = tool("keyring").load_keyring(path)
        tell(f"{path}: {len(keys.ids)} keys, {keys.current} seals")
        sample = None if options.all else 100
        with ExitStack() as stack:
            faults = 0
            for env in self._environments(stack):
                tell(f"{env.cr.dbname}:")
                faults += tool("key_rotation").check(env, path, tell, sample)
                faults += self._check_log(env, keys, path, options.new_end)
        tell(f"{faults} faults" if faults else "All is well.")
        return bool(faults)

    def _check_log(self, env, keys, path, new_end):
        """Check the access log, and that its end is the one that is remembered."""
        store, head = tool("access_store"), tool("access_head")
        head_file = head.head_path(path)
        if new_end:
            try:
                end = store.last(env.cr) or (0, "")
                head.write_head(head_file, env.cr.dbname, *end)
            except head.HeadError as error:
                tell(f"  access log: its end could not be kept: {error}")
        return store.check(env.cr, keys, head_file, tell)

    def _environments(self, stack):
        """Return an environment for each database that was named."""
        envs = []
        for name in config["db_name"]:
            cr = stack.enter_context(Registry(name).cursor())
            env = Environment(cr, SUPERUSER_ID, {})
            if "dive.key.holder" not in env:
                sys.exit(f"dive_keys: dive_crm is not installed in {name}")
            envs.append(env)
        return envs

    def _refuse_others(self, envs):
        """Drop no key that a database which nobody thought of may need."""
        names = databases(envs[0].cr) - {env.cr.dbname for env in envs}
        others = sorted(name for name in names if uses(name))
        if others:
            sys.exit(
                f"dive_keys: dive_crm is also in {', '.join(others)}: name all of"
                " them (-d a,b), or say --ignore-others if they have another key file"
            )


def databases(cr):
    """Return the names of all databases of the server."""
    cr.execute(
        "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate"
    )
    return {name for (name,) in cr.fetchall()}


def uses(name):
    """Say whether dive_crm is installed in a database."""
    with db_connect(name).cursor() as cr:
        cr.execute("SELECT to_regclass('ir_module_module')")
        if not cr.fetchone()[0]:
            return False
        cr.execute(
            "SELECT 1 FROM ir_module_module WHERE name = 'dive_crm'"
            " AND state IN ('installed', 'to upgrade')"
        )
        return bool(cr.rowcount)
