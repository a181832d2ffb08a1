"""Messages about trips in real transactions: the run killed, and twice at once."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config

from ..models import dive_alert_round
from .alert_race_common import AlertRaceMixin
from .smtp_sink import SmtpSink
from .waiting_race_common import WaitingRaceCase

PEOPLE = 5
#: Each costs a second.
KILLS = 8


@tagged("post_install", "-at_install", "dive_long")
class TestTripMessageRace(AlertRaceMixin, WaitingRaceCase):
    run_model = "dive.booking.notice"
    run_job = "dive_crm.ir_cron_message"
    made_last = "mail.notification"
    batch = 2
    PEOPLE = PEOPLE

    def setUp(self):
        super().setUp()
        self.last = {
            table: self._rows(f"SELECT COALESCE(max(id), 0) FROM {table}")[0][0]
            for table in ("dive_booking_notice", "ir_attachment")
        }
        self._run()  # what is due of others is none of ours; it is taken back below
        self.addCleanup(self._clean)
        self.startPatcher(patch.object(dive_alert_round, "BATCH", self.batch))
        with self._env() as env:
            env["dive.message.plan"].search([("type_id", "=", self.type_id)]).since = (
                fields.Datetime.now() - timedelta(days=1)
            )
            trip = self._make_trip(env, capacity=PEOPLE)
            for partner_id in self.partner_ids:
                self._make_booking(env, trip, [partner_id]).action_confirm()

    def _clean(self):
        with self.registry.cursor() as cr:
            self._remove_bookings(cr)
            cr.execute(
                "DELETE FROM dive_booking_notice WHERE id > %s",
                [self.last["dive_booking_notice"]],
            )
            cr.execute(
                "DELETE FROM ir_attachment WHERE id > %s AND res_model = %s",
                [self.last["ir_attachment"], "dive.booking"],
            )

    def _marks(self):
        return self._rows(
            """SELECT (SELECT count(*) FROM dive_booking_notice mark
                        WHERE mark.booking_id = booking.id),
                      (SELECT count(*) FROM mail_mail mail
                         JOIN dive_booking_notice mark USING (mail_message_id)
                        WHERE mark.booking_id = booking.id), 1
                 FROM dive_booking booking JOIN dive_trip trip
                   ON trip.id = booking.trip_id AND trip.type_id = %s""",
            self.type_id,
        )

    def _told(self):
        # nobody gets an activity of a confirmation
        return [(told, mails) for told, mails, _activity in self._marks()]

    def _assert_told(self, count=None):
        marks = self._told()
        count = len(marks) if count is None else count
        expected = [(0, 0)] * (len(marks) - count) + [(1, 1)] * count
        self.assertEqual(sorted(marks), expected)

    def test_processes_that_are_killed(self):
        """Two that tell and one that delivers, killed anywhere: each is told once.

        Where Odoo is killed after the mail server has taken an e-mail and before it has
        noted that, the same e-mail goes out again; not another one.
        """
        self.assertFalse(self._rows("SELECT FROM ir_mail_server WHERE active"))
        with SmtpSink() as sink:
            options = ["--smtp", sink.host, "--smtp-port", str(sink.port)]
            for name in ("data_dir", "db_host", "db_port", "db_user", "db_password"):
                if config[name]:
                    option = name.replace("data_dir", "data-dir")
                    options.append(f"--{option}={config[name]}")
            options.append("--addons-path=" + ",".join(config["addons_path"]))
            child = subprocess.run(
                [
                    sys.executable,
                    str(Path(__file__).with_name("message_kill.py")),
                    json.dumps(
                        {
                            "db": self.registry.db_name,
                            "options": options,
                            "partner_ids": self.partner_ids,
                            "kills": KILLS,
                        }
                    ),
                ],
                check=False,
                capture_output=True,
                text=True,
                timeout=300,
            )
        self.assertEqual(child.returncode, 0, child.stderr[-2000:])
        arrived = {(one["Message-Id"], *to) for _from, to, one in sink.messages}
        self.assertEqual(
            sorted(to for _id, to in arrived),
            sorted(f"race{number}@reef.test" for number in range(PEOPLE)),
        )
        self.assertEqual({told for told, _mails in self._told()}, {1})
