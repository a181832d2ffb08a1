"""Calls, e-mails, SMS and messages of customers in one list."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DiveCommon
from .contact_common import ContactMixin


@tagged("post_install", "-at_install", "dive_long")
class TestContactLog(ContactMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpContacts()

    def _kinds(self, partner=None, user=None):
        return [
            (row.kind, row.direction, row.name) for row in self._rows(partner, user)
        ]

    def test_all_kinds_in_one_list(self):
        self._note(days=9)
        self._mail_in(days=8)
        self._mail_out(days=7)
        self._call(days=6)
        self.anna._message_sms("See you at eight", partner_ids=self.anna.ids)
        self.assertEqual(
            self._kinds(),
            [
                ("sms", "out", "See you at eight"),
                ("call", "out", ""),
                ("email_out", "out", "Re: Friday"),
                ("email_in", "in", "Friday"),
                ("note", False, "Likes tea"),
            ],
        )
        self.assertFalse(self._rows(self.tom))

    def test_what_records_note_of_themselves_is_no_contact(self):
        self.anna.message_post(body="Changed", message_type="notification")
        self.assertFalse(self._rows())
        self.anna.message_post(
            body="Your card",
            message_type="notification",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.anna.ids,
        )
        self.assertEqual(self._rows().kind, "email_out")

    def test_messages_on_her_records(self):
        booking = self._booking(self.anna, self._trip(), confirm=True)
        self._rows().sudo().message_id.unlink()
        self._mail_out(booking, self.anna)
        self._mail_in(record=booking)
        row = self._rows()[0]
        self.assertEqual((row.res_model, row.res_id), ("dive.booking", booking.id))
        self.assertEqual(row.about, booking.display_name)
        self.assertEqual(row.action_open()["res_id"], booking.id)

    def test_recipients_and_authors_have_it_too(self):
        """The payer's booking, told to a diver, answered by that diver."""
        booking = self._booking(self.anna, self._trip())
        self._mail_out(booking, self.tom)
        self.assertEqual(self._rows(self.tom).kind, "email_out")
        self._mail_in(self.tom, booking)
        self.assertEqual(self._rows(self.tom).mapped("kind"), ["email_in", "email_out"])
        self.assertEqual(len(self._rows(self.anna)), 2)

    def test_staff_who_follow_are_not_customers_for_it(self):
        self.instructor.partner_id.dive_customer = True
        self.anna.message_subscribe(self.instructor.partner_id.ids)
        self.instructor.notification_type = "email"
        self._mail_out()
        self.assertFalse(self._rows(self.instructor.partner_id))
        self.assertEqual(self._rows().kind, "email_out")

    def test_portal_messages(self):
        self.portal.partner_id.dive_customer = True
        booking = self._booking(self.portal.partner_id, self._trip())
        self.Log.search([("res_id", "=", booking.id)]).sudo().message_id.unlink()
        booking.with_user(self.portal).sudo().message_post(
            body="We are late",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.portal.partner_id.id,
        )
        row = self._rows(self.portal.partner_id)[0]
        self.assertEqual((row.kind, row.direction), ("portal", "in"))

    def test_whoever_becomes_a_customer_brings_messages_along(self):
        eve = self.Partner.create({"name": "Eve", "email": "eve@reef.test"})
        self._mail_out(eve)
        self.assertFalse(self._rows(eve))
        eve.dive_customer = True
        self.assertEqual(self._rows(eve).kind, "email_out")

    def test_messages_that_go_or_move(self):
        message = self._mail_in()
        message.write({"res_id": self.tom.id, "author_id": self.tom.id})
        self.assertFalse(self._rows(self.anna))
        self.assertEqual(self._rows(self.tom).sudo().message_id, message)
        message.unlink()
        self.assertFalse(self._rows(self.tom))

    def test_merged(self):
        """A message to both is one row; all others follow."""
        self._mail_in(self.anna)
        both = self._mail_out(self.anna, self.anna | self.tom)
        self._mail_in(self.tom)
        self._merge_partners(self.tom, self.anna)
        rows = self._rows(self.tom)
        self.assertEqual(len(rows), 3)
        self.assertEqual(
            len(rows.filtered(lambda row: row.sudo().message_id == both)), 1
        )

    def test_html_and_long_words(self):
        words = "<b>1 < 2</b> 🤿 שלום " + "x" * 5000
        self.env["dive.call"]._dive_note(
            self.anna.with_user(self.front), "in", self.reached, words
        )
        row = self._rows()
        self.assertTrue(row.name.startswith("<b>1 < 2"))
        self.assertIn("&lt;b&gt;1", row.sudo().message_id.body)

    def test_nobody_writes_here(self):
        self._call()
        row = self._rows()
        for user in (self.front, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["dive.contact"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["dive.call"].with_user(user).search([])

    def test_queries_do_not_grow(self):
        partners = self.Partner.create(
            [{"name": f"P{i}", "dive_customer": True} for i in range(80)]
        )
        for partner in partners:
            self._mail_in(partner)
        fields = ["date", "partner_id", "kind", "name", "about", "author_id"]

        def queries(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            log = self.Log.with_user(self.front)
            domain = [("partner_id", "in", partners[:number].ids)]
            self.assertEqual(len(log.search_read(domain, fields)), number)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(1), queries(80))
