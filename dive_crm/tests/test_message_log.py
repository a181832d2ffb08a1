"""What was sent by itself: one list, its numbers on the plan, and previews."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .certification_alert_common import AlertMixin
from .common import DiveCommon
from .message_common import MessageMixin

ENDS = "certification_ends"


@tagged("post_install", "-at_install", "dive_long")
class TestMessageLog(MessageMixin, AlertMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.setUpAlerts()
        cls.Log = cls.env["dive.message.log"]
        cls.last = fields.Datetime.now() - timedelta(minutes=1)

    def _remind(self):
        return AlertMixin._run(self)

    def _rows(self, **domain):
        own = [(name, "=", value) for name, value in domain.items()]
        return self.Log.search([("date", ">=", self.last), *own])

    def test_rooms_side_by_side(self):
        booking = self._booking(self.tom, self.trip, confirm=True)
        notice = self._run()
        card = self._ending(5, self.anna)
        alert = self._remind()
        trip = self._rows(about="trip", recipient_id=self.tom.id)
        certification = self._rows(about="certification")
        self.assertEqual((trip.recipient_id, trip.state), (self.tom, "queued"))
        self.assertEqual(trip.subject, notice.mail_message_id.subject)
        self.assertEqual(trip.plan_id, self._line("confirmed"))
        self.assertEqual(certification.plan_id, alert.plan_id)
        self.assertEqual(trip.action_open()["res_id"], booking.id)
        self.assertEqual(certification.action_open()["res_id"], card.id)
        alert.mail_message_id.notification_ids.notification_status = "exception"
        self.env.invalidate_all()
        self.assertEqual(certification.state, "failed")
        self.assertIn(certification, self._rows(state="failed"))

    def test_numbers_of_the_plan(self):
        plan = self.main._dive_plans_of(ENDS).filtered(lambda p: p.interval == 7)
        sent, failed = plan.sent, plan.failed
        self._ending(5, self.anna)
        self._ending(5, self._customer("Nobody"))
        self._remind()
        plan.invalidate_recordset()
        self.assertEqual((plan.sent, plan.failed), (sent + 1, failed + 1))
        action = plan.with_context(dive_failed=True).action_view_log()
        rows = self.Log.search(action["domain"])
        self.assertIn("staff", rows.mapped("state"))

    def test_next(self):
        plan = self.main._dive_plans_of(ENDS).filtered(lambda p: p.interval == 30)
        self.assertFalse(plan.next_on)
        self._ending(100)
        self._ending(50)
        self._ending(20)
        plan.invalidate_recordset()
        today = self.main._dive_today()
        self.assertEqual(plan.next_on, today + timedelta(days=20))
        line = self._line("before_start")
        self.assertFalse(line.next_on, "Nobody has booked")
        self._booking(self.tom, self.trip, confirm=True)
        line.invalidate_recordset()
        self.assertEqual(line.next_on, (self.start - timedelta(days=1)).date())
        plan.active = False
        plan.invalidate_recordset()
        self.assertFalse(plan.next_on)

    def test_queries_do_not_grow(self):
        plans = self.env["dive.message.plan"].search([])
        names = ["event", "sent", "failed", "next_on", "who"]

        def read(some):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some.read(names)
            return self.env.cr.sql_log_count - start

        few = plans.grouped("event")
        few = self.env["dive.message.plan"].union(*(one[:1] for one in few.values()))
        read(few)
        more = few.copy()
        self.assertEqual(read(few), read(few | more))

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def test_previews_leave_nothing_behind(self):
        self._booking(self.tom, self.trip, confirm=True)
        self._ending(20)
        before = self.Log.search_count([])
        for plan in self._line("before_start") | self.main._dive_plans_of(ENDS)[:1]:
            action = plan.with_user(self.manager).action_preview()
            preview = self.env[action["res_model"]].browse(action["res_id"])
            self.assertTrue(preview.subject)
            self.assertIn("Dear", preview.body)
            self.assertTrue(preview.sms)
        self.assertEqual(self.Log.search_count([]), before)

    def test_a_template_that_was_broken(self):
        self._booking(self.tom, self.trip, confirm=True)
        line = self._line("before_start")
        standard = self.env.ref("dive_crm.mail_template_trip_reminder")
        line.mail_template_id = standard.copy({"subject": "{{ object.nothing }}"})
        with self.assertRaisesRegex(UserError, "cannot be filled in"):
            line.with_user(self.manager).action_preview()

    def test_test_mail(self):
        self._ending(20)
        plan = self.main._dive_plans_of(ENDS)[:1].with_user(self.manager)
        action = plan.action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        preview = preview.with_user(self.manager)
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.manager.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            preview.action_send_test()
        self.manager.email = "boss@dive.test"
        preview.action_send_test()
        mail = self.env["mail.mail"].search([("id", ">", last)])
        self.assertEqual(mail.email_to, "boss@dive.test")
        self.assertTrue(mail.subject.startswith("Test: "))

    def test_test_sms(self):
        self._ending(20)
        plan = self.main._dive_plans_of(ENDS)[:1].with_user(self.manager)
        action = plan.action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        preview = preview.with_user(self.manager)
        self.manager.partner_id.phone = False
        with self.assertRaisesRegex(UserError, "no mobile number"):
            preview.action_send_test_sms()
        self.manager.partner_id.phone = "+34600111999"
        preview.action_send_test_sms()
        text = self.env["sms.sms"].search([], order="id desc", limit=1)
        self.assertEqual((text.number, text.body), ("+34600111999", preview.sms))
        # sudo: what the preview shows is not for the desk to change
        preview.sudo().sms = False
        with self.assertRaisesRegex(UserError, "never sent by SMS"):
            preview.action_send_test_sms()

    # ------------------------------------------------------------------
    # Waiting list
    # ------------------------------------------------------------------

    def test_an_offer_that_is_switched_off(self):
        """Nobody writes; somebody has to say it."""
        plans = self.company._dive_plans_of("trip_cancelled")
        plans.active = False
        booking = self._booking(self.tom, self.trip, confirm=True)
        self.trip.action_cancel()
        notice = booking.notice_ids.filtered(lambda one: one.kind == "cancelled")
        self.assertEqual((notice.state, notice.reason), ("staff", "off"))
        self.assertIn("switched off", notice.activity_id.note)
        self.assertFalse(self._mails(notice))

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_roles(self):
        self._ending(5)
        self._remind()
        row = self._rows(about="certification")
        for user in (self.front, self.manager):
            self.assertEqual(row.with_user(user).state, "queued")
        for user in (
            self.instructor,
            self.medical,
            self.accountant,
            self.employee,
            self.portal,
        ):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["state"])
        plan = self.main._dive_plans_of(ENDS)[:1]
        for user in (self.front, self.instructor):
            with self.assertRaises(AccessError):
                plan.with_user(user).action_preview()
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.main.partner_id.company_id = False
        alert = self.Alert.search([], order="id desc", limit=1)
        alert.certification_id.partner_id.company_id = other
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            row.with_user(self.front).read(["state"])

    def test_the_screen(self):
        with Form(self._line("before_start").with_user(self.manager)) as form:
            form.interval = 2
            self.assertEqual(form.moment, "before")
            self.assertTrue(form.needs_type)
