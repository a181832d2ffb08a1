import logging
import os
import re
import subprocess
import time

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests.common import get_db_name, new_test_user, tagged
from odoo.tools import config
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from .common import RaceCase
from .secret_common import SecretMixin
from .test_sealed_leaks import CONTROL, spellings

MARKERS = tuple(
    f"SECRET-{name}-88123".encode() for name in ("KEPT", "OLD", "LOST", "SOUGHT")
)
KEPT, OLD, LOST, SOUGHT = (marker.decode() for marker in MARKERS)


@tagged("post_install", "-at_install", "dive_long")
class TestSecretLeaks(SecretMixin, RaceCase):
    """What is on the disk, in a dump and in the log after a profile was used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()

    def setUp(self):
        super().setUp()
        self.started = time.time() - 1
        self.ids = {}
        self.addCleanup(self._remove)
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            with self._env() as env:
                self._make(env)
            with self._env() as env:
                self._use(env)
        self.logs = "\n".join(logs.output).encode()

    def _make(self, env):
        logging.getLogger("odoo.dive_crm").info(CONTROL.decode())
        officer = new_test_user(
            env, f"leak_{os.getpid()}", groups="dive_crm.group_medical"
        )
        partner = env["res.partner"].create({"name": "Leak Test"})
        profile = self._profile(
            partner, env(user=officer), conditions=OLD, allergies=KEPT
        )
        partner.comment = CONTROL.decode()
        control = env["ir.attachment"].create(
            {
                "name": "control.txt",
                # never the same twice: Odoo stores equal files once
                "raw": CONTROL + os.urandom(8).hex().encode(),
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        self.ids = {
            "res.users": officer.id,
            "res.partner": partner.id,
            "dive.medical.profile": profile.id,
            "ir.attachment": control.id,
        }

    def _use(self, env):
        profile = (
            env["dive.medical.profile"]
            .with_user(self.ids["res.users"])
            .browse(self.ids["dive.medical.profile"])
        )
        profile.conditions = KEPT
        # without this there would be nothing to look for
        assert profile.read(["conditions", "allergies"])[0]["conditions"] == KEPT
        # a statement that the database refuses is written to the log
        with self.assertRaises(CheckViolation), env.cr.savepoint():
            env.cr.execute(
                "ALTER TABLE dive_secret ADD CHECK (field != 'insurer') NOT VALID"
            )
            profile.write({"insurer": LOST})
        for refused in (
            lambda: profile.create(
                {"partner_id": profile.partner_id.id, "conditions": LOST}
            ),
            lambda: profile.write({"blood_group": LOST}),
            lambda: profile.search([("conditions", "ilike", SOUGHT)]),
            lambda: profile.with_user(env.ref("base.user_admin")).write(
                {"conditions": LOST}
            ),
        ):
            with self.assertRaises(UserError), env.cr.savepoint():
                refused()

    def _remove(self):
        with self._env() as env:
            for name in ("dive.medical.profile", "ir.attachment", "res.users"):
                if record_id := self.ids.get(name):
                    record = env[name].browse(record_id)
                    partner = record.partner_id if name == "res.users" else None
                    if name == "dive.medical.profile":
                        record._dive_erase()
                    else:
                        record.unlink()
                    if partner:
                        partner.unlink()
            env["res.partner"].browse(self.ids.get("res.partner", ())).unlink()

    def _assert_only_control(self, where, content):
        # in words of its own: assertIn would show all of it
        self.assertTrue(
            any(text in content for text in spellings(CONTROL)),
            f"the search finds nothing in {where}",
        )
        for marker in MARKERS:
            for text in spellings(marker):
                self.assertFalse(text in content, f"readable in {where}: {text}")

    def test_dump(self):
        dump = subprocess.run(
            [find_pg_tool("pg_dump"), "--no-owner", "--data-only", get_db_name()],
            env=exec_pg_environ(),
            capture_output=True,
            check=True,
        ).stdout
        self._assert_only_control("the dump", dump)
        self.assertTrue(b"COPY public.dive_secret" in dump)

    def test_filestore(self):
        contents = []
        for folder, _folders, names in os.walk(config.filestore(get_db_name())):
            for path in (os.path.join(folder, name) for name in names):
                if os.path.getmtime(path) > self.started:
                    with open(path, "rb") as file:
                        contents.append(file.read())
        self._assert_only_control("the file store", b"\n".join(contents))

    def test_logs(self):
        self.assertTrue(re.search(rb"bad query: .{0,2}INSERT INTO dive_s", self.logs))
        self._assert_only_control("the log", self.logs)
