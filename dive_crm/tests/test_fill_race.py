"""Two at the desk fill trips at the same moment: nobody is written to twice."""

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RaceCase


@tagged("post_install", "-at_install", "dive_long")
class TestFillRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.type_id = env["dive.trip.type"].create({"name": "Race fill"}).id
            start = fields.Datetime.add(fields.Datetime.now(), days=2)
            self.trip_ids = (
                env["dive.trip"]
                .create(
                    [
                        {
                            "type_id": self.type_id,
                            "date_start": fields.Datetime.add(start, days=day),
                            "date_end": fields.Datetime.add(start, days=day, hours=4),
                        }
                        for day in range(2)
                    ]
                )
                .ids
            )
            self.diver_id = (
                env["res.partner"]
                .create(
                    {
                        "name": "Race Fan",
                        "dive_customer": True,
                        "email": "racefan@reef.test",
                        "dive_favorite_type_ids": [Command.set([self.type_id])],
                    }
                )
                .id
            )
        self.addCleanup(self._remove)

    def _remove(self):
        with self._env() as env:
            messages = env["mail.message"].search(
                [
                    "|",
                    "&",
                    ("model", "=", "res.partner"),
                    ("res_id", "=", self.diver_id),
                    "&",
                    ("model", "=", "dive.trip"),
                    ("res_id", "in", self.trip_ids),
                ]
            )
            env["mail.mail"].search([("mail_message_id", "in", messages.ids)]).unlink()
            messages.unlink()
            trips = env["dive.trip"].browse(self.trip_ids)
            marks = env["dive.trip.invitation"]
            marks.search([("trip_id", "in", trips.ids)]).unlink()
            trips.unlink()
            env["res.partner"].browse(self.diver_id).unlink()
            env["dive.trip.type"].browse(self.type_id).unlink()

    def _invite(self, trip_id):
        def act(env):
            diver = env["res.partner"].browse(self.diver_id)
            env["dive.trip"].browse(trip_id)._dive_invite(diver)
            env.flush_all()

        return act

    def test_once(self):
        """The same trip, and two trips within the days between invitations."""
        for trips in ((0, 0), (0, 1)):
            with self.subTest(trips=trips), mute_logger("odoo.sql_db"):
                outcome = self._race(
                    [self._invite(self.trip_ids[number]) for number in trips]
                )
                self.assertIn(True, outcome)
                with self._env() as env:
                    marks = env["dive.trip.invitation"].search(
                        [("partner_id", "=", self.diver_id)]
                    )
                    self.assertEqual(len(marks), 1)
                    mails = env["mail.mail"].search(
                        [("mail_message_id", "in", marks.mail_message_id.ids)]
                    )
                    sent = env["mail.mail"].search(
                        [("recipient_ids", "in", [self.diver_id])]
                    )
                    self.assertEqual(mails, sent)
                    sent.unlink()
                    marks.unlink()
