"""When a customer was last in touch: what counts, filters, groups, and how fast."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import DiveCommon
from .contact_common import ContactMixin


@tagged("post_install", "-at_install", "dive_long")
class TestLastContact(ContactMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpContacts()

    def _days(self, partner=None):
        """Return days since the last contact, and since they were heard."""
        partner = partner or self.anna
        return tuple(
            moment and (self.now - moment).days
            for moment in (partner.dive_last_contact, partner.dive_last_heard)
        )

    def _search(self, name, *condition):
        domain = [("id", "in", (self.anna | self.tom).ids), (name, *condition)]
        return self.Partner.search(domain)

    def test_what_counts(self):
        self.assertEqual(self._days(), (False, False))
        self._note(days=1)
        self._call(outcome=self.no_answer, days=2)
        self.assertEqual(self._days(), (False, False))
        self._mail_out(days=30)
        self.assertEqual(self._days(), (30, False))
        self._mail_in(days=40)
        self.assertEqual(self._days(), (30, 40))
        self._call(days=20)
        self.assertEqual(self._days(), (20, 20))
        self._call(outcome=self.no_answer, direction="in", days=10)
        self.assertEqual(self._days(), (10, 10))

    def test_what_did_not_arrive(self):
        message = self._mail_out(days=5)
        self.assertEqual(self._days(), (5, False))
        told = message.notification_ids
        told.notification_status = "bounce"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._days(), (False, False))
        told.notification_status = "sent"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._days(), (5, False))

    def test_follows_messages_and_merges(self):
        self._mail_in(days=5)
        latest = self._mail_in(days=2)
        latest.unlink()
        self.env.invalidate_all()
        self.assertEqual(self._days(), (5, 5))
        self._mail_out(self.tom, days=9)
        self._merge_partners(self.tom, self.anna)
        self.assertEqual(self._days(self.tom), (5, 5))

    def test_filters(self):
        month = self.now - timedelta(days=30)
        name = "dive_last_contact"
        self._mail_out(days=10)
        self.assertEqual(self._search(name, "=", False), self.tom)
        self.assertEqual(self._search(name, "!=", False), self.anna)
        self.assertEqual(self._search(name, ">=", month), self.anna)
        self.assertFalse(self._search(name, "<", month))
        self.assertFalse(self._search("dive_last_heard", ">=", month))
        self._mail_out(self.tom, days=40)
        self._mail_in(self.tom, days=50)
        self.assertEqual(self._search(name, "<", month), self.tom)
        self.assertEqual(self._search(name, ">=", "today -30d"), self.anna)
        self.assertEqual(self._search("dive_last_heard", "<", month), self.tom)

    def test_group_and_order(self):
        self._mail_out(days=70)
        self._mail_in(self.tom, days=10)
        domain = [("id", "in", (self.anna | self.tom).ids)]
        front = self.Partner.with_user(self.front)
        groups = front.formatted_read_group(
            domain, ["dive_last_contact:month"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [1, 1])
        for group in groups:
            found = front.search([*domain, *group["__extra_domain"]])
            self.assertEqual(len(found), 1)
        self.assertEqual(
            front.search(domain, order="dive_last_contact desc"), self.tom | self.anna
        )

    def test_no_scan(self):
        """Of 2,000 customers with 20,000 rows, a page is looked up, not all read."""
        self._many()
        since = self.now - timedelta(days=180)
        for domain, order in (
            ([("dive_last_contact", "<", since)], None),
            ([("dive_last_contact", ">=", self.now - timedelta(days=1))], None),
            ([("dive_last_heard", "=", False)], None),
        ):
            everybody = [("dive_customer", "=", True), *domain]
            query = self.Partner._search(everybody, limit=80, order=order)
            self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
            plan = "\n".join(row[0] for row in self.env.cr.fetchall())
            self.assertNotIn("Seq Scan on dive_contact", plan, domain)
            self.assertNotIn("mail_message", plan)

    def _many(self):
        self.env.cr.execute(
            """
            WITH people AS (
                INSERT INTO res_partner (name, complete_name, active, dive_customer,
                                         type, autopost_bills, company_id)
                SELECT 'Diver ' || n, 'Diver ' || n, TRUE, TRUE, 'contact', 'ask', %s
                  FROM generate_series(1, 2000) n RETURNING id),
            messages AS (
                INSERT INTO mail_message (model, res_id, message_type, date, body)
                SELECT 'res.partner', id, 'email',
                       now() AT TIME ZONE 'UTC' - n * interval '20 days', ''
                  FROM people, generate_series(1, 10) n
                RETURNING id, res_id, date)
            INSERT INTO dive_contact
                   (message_id, partner_id, date, kind, direction, touch, heard)
            SELECT id, res_id, date, 'email_in', 'in', TRUE, TRUE FROM messages
            """,
            [self.company.id],
        )
        self.env.cr.execute("ANALYZE dive_contact; ANALYZE res_partner")
