"""Automatic messages when something is wrong: a zone, a template, nothing to show."""

import json
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sms.tests.common import SMSCase

from .common import DiveCommon
from .message_common import MessageMixin
from .smtp_sink import SinkMixin, SmtpSink

BOUNCE = """From: Mailer <mailer-daemon@elsewhere.test>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@elsewhere.test>
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

No such mailbox.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; elsewhere.test

Final-Recipient: rfc822; tom@reef.test
Action: failed
Status: 5.1.1

--B
Content-Type: text/rfc822-headers

Message-Id: {message_id}
To: tom@reef.test

--B--
"""
WARNS = ("odoo.addons.dive_crm.models.dive_booking_notice",)
RENDERS = "odoo.addons.mail.models.mail_render_mixin"


@tagged("post_install", "-at_install")
class TestMessageFaults(MessageMixin, SinkMixin, SMSCase, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.soon = cls.start - timedelta(hours=23)

    def _remind(self):
        return self._run(self.soon).filtered(lambda told: told.kind == "reminder")

    def _own_template(self, **vals):
        standard = self.env.ref("dive_crm.mail_template_trip_reminder")
        template = standard.copy({"name": "My reminder", **vals})
        self._line("before_start").mail_template_id = template
        return template

    # ------------------------------------------------------------------
    # Time zones
    # ------------------------------------------------------------------

    def test_zones_that_nobody_knows(self):
        """One wrong zone kept all messages of all companies from going out."""
        self.company.write({"dive_quiet_from": 0, "dive_quiet_to": 0.5})
        self._booking(self.tom, self.trip, confirm=True)
        self._booking(self.anna, self.trip, confirm=True)
        self._run()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Mars/Olympus' WHERE id IN %s",
            [(self.tom.id, self.company.partner_id.id)],
        )
        self.env.invalidate_all()
        self.assertEqual(self._remind().recipient_id, self.tom | self.anna)

    # ------------------------------------------------------------------
    # The plan is edited
    # ------------------------------------------------------------------

    def test_told_at_another_time(self):
        """Who was reminded four days before is not reminded again by the same row."""
        line = self._line("before_start")
        line.interval = 4
        booking = self._booking(self.tom, self.trip, confirm=True)
        self._run()
        told = self._run(self.start - timedelta(days=3, hours=23))
        self.assertEqual(told.kind, "reminder")
        line.interval = 1
        self.assertFalse(self._remind())
        # on another trip they have not been
        other = self.trip.copy({"state": "open"})
        booking._dive_rebook(other)
        self.assertEqual(self._remind().trip_id, other)

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    def test_nothing_to_read(self):
        """An e-mail without subject or text reaches nobody; staff tell them."""
        booking = self._booking(self.tom, self.trip, confirm=True)
        self._run()
        template = self._own_template(subject=" ")
        for empty in ({"subject": " "}, {"subject": "S", "body_html": "<p><br></p>"}):
            template.write(empty)
            with mute_logger(*WARNS):
                told = self._remind()
            self.assertEqual((told.state, told.reason), ("staff", "error"))
            self.assertEqual(told.error, "“My reminder” has no subject or no text")
            self.assertIn(told.error, booking.activity_ids.note)
            told.activity_id.unlink()
            told.unlink()

    def test_broken_by_an_editor(self):
        """Whoever reads it knows which template it is, and nobody gets a mail of it."""
        booking = self._booking(self.tom, self.trip, confirm=True)
        self._run()
        self.env.ref("base.user_admin").notification_type = "email"
        template = self._own_template()
        # Odoo refuses it in the form, and takes it from an import of translations
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            [json.dumps({"en_US": '<p t-out="object.nothing_here"/>'}), template.id],
        )
        self.env.invalidate_all()
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id
        with mute_logger(*WARNS, RENDERS):
            told = self._remind()
        self.assertTrue(told.activity_id)
        self.assertRegex(told.error, "“My reminder” cannot be filled in:.*nothing_here")
        self.assertNotIn("Traceback", told.error)
        mails = self.env["mail.mail"].search([("id", ">", last)])
        self.assertFalse(mails.filtered(lambda mail: mail.res_id == booking.id))

    # ------------------------------------------------------------------
    # The mail server
    # ------------------------------------------------------------------

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_server_that_hangs_up(self):
        """Only what it would not take is left, for later; the next ones arrive."""
        self.setUpSink()
        for diver in (self.tom, self.anna):
            self._booking(diver, self.trip, confirm=True)
        told = self._run()
        with SmtpSink("421 too many, come back later") as sink:
            self._deliver(self._mails(told), sink)
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(sorted(told.mapped("state")), ["failed", "sent"])
        self._run()
        self.assertTrue(told.filtered(lambda one: one.state == "failed").retry_on)

    def _two_told(self):
        """Have two divers written to; return the marks."""
        self.setUpSink()
        for diver in (self.tom, self.anna):
            self._booking(diver, self.trip, confirm=True)
        return self._run()

    def _lost_before(self, point):
        """Nothing of it was sent: it is sent by another connection, at once."""
        told = self._two_told()
        with SmtpSink(drops=(point,)) as sink:
            self._deliver(self._mails(told), sink)
        self.assertEqual(told.mapped("state"), ["sent", "sent"])
        self.assertEqual(len(sink.messages), 2)
        to = {message["To"] for _from, _to, message in sink.messages}
        self.assertEqual(len(to), 2)

    def test_a_connection_that_is_lost_between_two_mails(self):
        self._lost_before("MAIL")

    def test_a_connection_that_is_lost_before_the_text(self):
        self._lost_before("RCPT")

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_connection_that_is_lost_again_and_again(self):
        """Then it waits for the next time; those after it are not kept from going."""
        told = self._two_told()
        with SmtpSink(drops=("RCPT", "MAIL")) as sink:
            self._deliver(self._mails(told), sink)
        self.assertEqual(len(sink.messages), 1)
        self.assertEqual(sorted(told.mapped("state")), ["failed", "sent"])
        self._run()
        failed = told.filtered(lambda one: one.state == "failed")
        self.assertTrue(failed.retry_on)
        self.assertFalse(failed.gave_up)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_server_that_is_gone_after_the_first(self):
        told = self._two_told()
        servers = type(self.server)
        connect, asked = servers._connect__, []

        def once(server, *args, **kwargs):
            asked.append(server)
            if len(asked) > 1:
                raise ConnectionRefusedError(111, "Connection refused")
            return connect(server, *args, **kwargs)

        with (
            SmtpSink(drops=("RCPT",)) as sink,
            patch.object(servers, "_connect__", once),
        ):
            self._deliver(self._mails(told), sink)
        self.assertFalse(sink.messages)
        self._run()
        self.assertTrue(all(one.retry_on for one in told))

    def _lost_later(self, point):
        """It may have arrived: nobody gets it twice, and somebody looks after it."""
        told = self._two_told()
        # Odoo ends the run, keeps what it has noted, and logs it; assertRaises would
        # take back what was noted
        with SmtpSink(drops=(point,)) as sink, suppress(SMTPServerDisconnected):
            self._deliver(self._mails(told), sink)
        self.assertEqual(len(sink.messages), int(point == "."))
        failed = told.filtered(lambda one: one.state == "failed")
        self.assertEqual(len(failed), 1)
        self._run()
        self.assertTrue(failed.gave_up)
        self.assertFalse(failed.retry_on)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_connection_that_is_lost_in_the_text(self):
        self._lost_later("DATA")

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_connection_that_is_lost_after_the_text(self):
        self._lost_later(".")

    def test_a_bounce(self):
        """The desk reads it on the booking and in the list, and somebody calls."""
        self.setUpSink()
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "reef.example"}
        )
        booking = self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        with SmtpSink() as sink:
            self._deliver(self._mails(told), sink)
        ((sender, _recipients, message),) = sink.messages
        self.assertEqual((sender, told.state), ("bounce@reef.example", "sent"))
        self.env["mail.thread"].message_process(
            False,
            BOUNCE.format(to=sender, message_id=message["Message-Id"]),
        )
        self.env.invalidate_all()
        self.assertEqual(told.state, "failed")
        row = self.env["dive.message.log"].search(
            [("state", "=", "failed"), ("recipient_id", "=", self.tom.id)]
        )
        self.assertEqual((row.res_model, row.res_id), ("dive.booking", booking.id))
        self._run()
        self.assertIn("did not arrive (tom@reef.test)", booking.activity_ids.note)

    def test_texts_without_credit(self):
        self.tom.write({"dive_channel": "sms", "phone": "+34600111222"})
        booking = self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        with self.mockSMSGateway(sim_error="credit"):
            self.env["sms.sms"].search([("partner_id", "=", self.tom.id)]).send()
        self.env.invalidate_all()
        self.assertEqual(told.state, "failed")
        self._run()
        self.assertIn("did not arrive (+34600111222)", booking.activity_ids.note)
        self.assertEqual(len(booking.activity_ids), 1)

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def test_every_message_can_be_looked_at(self):
        """Also those of the waiting list, and before there was any of them."""
        self._booking(self.tom, self.trip, confirm=True)
        plans = self.company._dive_plans_of("offer", "place", "lapsed")
        plans += self.company._dive_plans_of("trip_cancelled")
        self.env["dive.booking.notice"].search([]).unlink()
        self.assertEqual(len(plans), 4)
        for plan in plans:
            action = plan.with_user(self.manager).action_preview()
            preview = self.env[action["res_model"]].browse(action["res_id"])
            self.assertTrue(preview.subject, plan.event)
            self.assertIn("Reggio", preview.sms)
        offers = self.env["dive.booking.offer"]
        self.assertFalse(offers.search([("trip_id", "=", self.trip.id)]))
        offered = plans.filtered(lambda plan: plan.event == "offer")
        self.assertIn("/dive/offer/…", self._sms_of(offered))

    def test_a_preview_leaves_nothing_behind(self):
        """An example with guides could not be saved, long after it was shown."""
        self.trip.guide_ids = self.env["res.partner"].create({"name": "Guido"})
        self._booking(self.tom, self.trip, confirm=True)
        feedbacks = self.env["dive.feedback"].search_count([])
        self._line("feedback").with_user(self.manager).action_preview()
        self.env.flush_all()
        self.assertEqual(self.env["dive.feedback"].search_count([]), feedbacks)

    def test_the_links_of_a_question_are_whole(self):
        self._booking(self.tom, self.trip, confirm=True)
        self.assertRegex(self._sms_of(self._line("feedback")), "/dive/r/…$")

    def _sms_of(self, plan):
        return plan._dive_render_example()["sms"]

    def test_a_preview_is_of_who_asked_for_it(self):
        """It is filled in as superuser, for the companies of whoever looks."""
        self._booking(self.tom, self.trip, confirm=True)
        action = self._line("confirmed").with_user(self.manager).action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        other = self.manager.copy({"login": "t_other", "name": "Other"})
        self.assertIn("Reggio", preview.with_user(self.manager).sms)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            preview.with_user(other).read(["body"])
