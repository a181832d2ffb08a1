import base64
import logging
import os
import subprocess
import time

from odoo.tests.common import get_db_name, tagged
from odoo.tools import config
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from ..tools.ticket import with_ticket
from . import scan_files as files
from .common import RaceCase
from .sealed_common import SealedMixin, b64

#: Beside the secret, in clear: what finds this finds the secret as well.
CONTROL = b"CONTROL-MARKER-2342"


def spellings(marker):
    """Return a marker as it may be written: in clear, in hex, in base64."""
    # of base64 what does not depend on the bytes before and after
    shifted = [base64.b64encode(b"x" * n + marker)[4:-4] for n in range(3)]
    return [marker, marker.hex().encode(), *shifted]


@tagged("post_install", "-at_install", "dive_long")
class TestSealedLeaks(SealedMixin, RaceCase):
    """What is on the disk and in a dump after a document was stored and looked at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()

    def setUp(self):
        super().setUp()
        self.started = time.time() - 1
        self.addCleanup(self._remove)
        with self.assertLogs("odoo", logging.DEBUG) as logs, self._env() as env:
            logging.getLogger("odoo.dive_crm").info(CONTROL.decode())
            level = self._level(env)
            self.agency = level.agency_id.id
            partner = env["res.partner"].create(
                {"name": "Leak Test", "dive_customer": True}
            )
            card = env["dive.certification"].create(
                {
                    "partner_id": partner.id,
                    "level_id": level.id,
                    "number": "L1",
                    "note": CONTROL.decode(),
                    "front_image": b64(files.pdf()),
                    "back_image": b64(files.form_pdf()),
                }
            )
            card.message_post(body="looked at")
            control = env["ir.attachment"].create(
                {
                    "name": "control.txt",
                    # never the same twice: Odoo stores equal files once
                    "raw": CONTROL + os.urandom(8).hex().encode(),
                    "res_model": card._name,
                    "res_id": card.id,
                }
            )
            self.ids = level.id, partner.id, card.id, control.id
        with self.assertLogs("odoo", logging.DEBUG) as more, self._env() as env:
            logging.getLogger("odoo.dive_crm").info(CONTROL.decode())
            card = with_ticket(env["dive.certification"].browse(self.ids[2]))
            for slot in ("front", "back"):
                # without this there would be nothing to look for
                self.assertIn(files.VISIBLE, card._dive_sealed_open(slot))
        self.logs = "\n".join([*logs.output, *more.output]).encode()

    def _remove(self):
        level_id, partner_id, card_id, control_id = self.ids
        with self._env() as env:
            env["ir.attachment"].browse(control_id).unlink()
            env["dive.certification"].browse(card_id).unlink()
            env["res.partner"].browse(partner_id).unlink()
            env["dive.certification.level"].browse(level_id).unlink()
            env["dive.agency"].browse(self.agency).unlink()

    def _assert_only_control(self, where, content):
        self.assertTrue(
            any(text in content for text in spellings(CONTROL)),
            f"the search finds nothing in {where}",
        )
        for marker in (files.VISIBLE, files.NOTE):
            for text in spellings(marker):
                self.assertNotIn(text, content, f"readable in {where}")

    def test_dump(self):
        dump = subprocess.run(
            [find_pg_tool("pg_dump"), "--no-owner", "--data-only", get_db_name()],
            env=exec_pg_environ(),
            capture_output=True,
            check=True,
        ).stdout
        self._assert_only_control("the dump", dump)

    def test_filestore(self):
        new = []
        for folder, _folders, names in os.walk(config.filestore(get_db_name())):
            paths = (os.path.join(folder, name) for name in names)
            new += [path for path in paths if os.path.getmtime(path) > self.started]
        contents = []
        for path in new:
            with open(path, "rb") as file:
                contents.append(file.read())
        # two documents and the control at least
        self.assertGreaterEqual(len([text for text in contents if text]), 3)
        self._assert_only_control("the file store", b"\n".join(contents))

    def test_logs(self):
        self._assert_only_control("the log", self.logs)

    def test_odoo_takes_it_for_nothing_it_knows(self):
        with self._env() as env:
            card = env["dive.certification"].browse(self.ids[2])
            stored = (card.front_id + card.back_id)._attachments(["payload"])
            self.assertEqual(
                set(stored.mapped("mimetype")), {"application/x-dive-sealed"}
            )
            self.assertFalse(any(stored.mapped("index_content")))
            control = env["ir.attachment"].browse(self.ids[3])
            self.assertIn(CONTROL.decode(), control.index_content)
            # neither the name that the file had, nor what is in it
            self.assertEqual(card.front_id.name, "front.pdf")
            told = card.message_ids.mapped("body") + card.message_ids.mapped("subject")
            self.assertNotIn(files.VISIBLE.decode(), str(told))
            self.assertFalse(
                card.message_ids.tracking_value_ids.filtered(
                    lambda value: value.field_id.name in ("front_id", "front_image")
                )
            )
