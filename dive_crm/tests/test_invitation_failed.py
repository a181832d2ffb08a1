"""An invitation that did not arrive: in the list with the reason, and told once."""

from odoo.tests import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestInvitationFailed(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trip = cls._trip(capacity=30)
        cls.Invitation = cls.env["dive.trip.invitation"]

    def _invite(self, *names, **vals):
        people = self.Partner.union(
            *(
                self._customer(name, email=f"{name.split()[0].lower()}@reef.test")
                for name in names
            )
        )
        ways = {one: (["likes wrecks"], [], one._dive_way()) for one in people}
        for one, way in vals.items():
            ways[people[int(one[1:])]] = (["likes wrecks"], [], way)
        made = self.Invitation.with_user(self.front)._dive_invite(self.trip, ways)
        return made.with_user(self.front).sudo(False)

    def _bounce(self, marks):
        marks.sudo().mail_message_id.notification_ids.write(
            {
                "notification_status": "bounce",
                "failure_type": "mail_bounce",
                "failure_reason": "550 no such mailbox",
            }
        )
        marks.invalidate_recordset()

    def _run(self):
        """Run the scheduled action; return the activities on the trip."""
        with self._no_commit():
            self.env["dive.booking.notice"]._cron_tell()
        return self.trip.activity_ids

    def test_told_once_with_the_reason(self):
        nobody = self._customer("Nora Reef")._dive_way()
        names = ("Anna Reef", "Ben Reef", "Cleo Reef", "Dan Reef")
        anna, ben, cleo, dan = marks = self._invite(*names, _3=nobody)
        self.assertFalse(any((anna | ben | cleo).mapped("trouble")))
        self.assertIn("No e-mail address", dan.trouble)
        self._bounce(anna | cleo)
        self.assertEqual(marks.mapped("state"), ["failed", "queued", "failed", "staff"])
        self.assertIn("550 no such mailbox", anna.trouble)
        trip = self.trip.with_user(self.front)
        self.assertEqual(trip.invited_text, "4 invited, 0 booked, 3 failed")
        self._booking(cleo.partner_id, self.trip, confirm=True)
        activity = self._run()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.front)
        self.assertEqual((anna | dan).activity_id, activity)
        self.assertIn("Anna Reef: ", activity.note)
        self.assertIn("550 no such mailbox", activity.note)
        self.assertIn("Dan Reef: No e-mail address", activity.note)
        self.assertNotIn("Ben Reef", activity.note)
        self.assertNotIn("Cleo Reef", activity.note, "has booked")
        # once; what fails later goes into the same, until it is done
        before = activity.note
        self.assertEqual(self._run(), activity)
        self.assertEqual(activity.note, before)
        self._bounce(ben)
        self.assertEqual(self._run(), activity)
        self.assertIn("Ben Reef", activity.note)
        activity.action_done()
        self._bounce(self._invite("Eva Reef"))
        again = self._run()
        self.assertEqual(len(again), 1)
        self.assertNotIn("Ben Reef", again.note)
        # who invited has left: somebody else's
        again.unlink()
        mark = self._invite("Fay Reef")
        self._bounce(mark)
        self.front.active = False
        self.company.dive_certification_user_id = self.manager
        self.assertEqual(self._run().user_id, self.manager)

    def test_queries(self):
        counts = []
        for names in (["Warm up"], ["One"], [f"N{number}" for number in range(20)]):
            marks = self._invite(*names)
            self._bounce(marks)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            marks.read(["state", "trouble"])
            read = self.env.cr.sql_log_count
            self._run()
            told = self.env.cr.sql_log_count
            counts.append((read - start, told - read))
        self.assertEqual(counts[1], counts[2])
