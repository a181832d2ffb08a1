"""Mailings and lists of Odoo's honour what people have answered."""

from odoo.tests import tagged

from .common import DiveCommon
from .newsletter_common import NewsletterMixin


@tagged("post_install", "-at_install", "dive_long")
class TestMailing(NewsletterMixin, DiveCommon):
    """What Odoo's mailings and lists do to consents, and the other way round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpNewsletter()
        cls.guardian = cls._customer("Greta", email="greta@dive.test")
        cls.child = cls._customer(
            "Kim", birthdate_date="2020-02-02", dive_guardian_id=cls.guardian.id
        )
        cls.lead = cls.env["res.partner"].create(
            {"name": "A Lead", "email": "lead@shop.test"}
        )
        cls.people = cls.ben | cls.guardian | cls.child | cls.lead

    def _customers(self, number):
        return self.env["res.partner"].union(
            *(
                self._customer(f"D {index}", email=f"d{number}.{index}@dive.test")
                for index in range(number)
            )
        )

    def _agreed(self, partner):
        self.env.invalidate_all()
        return bool(partner._dive_agreed("email"))

    def test_a_mailing_reaches_who_has_agreed(self):
        mailing = self._mailing()
        self.assertEqual(
            mailing._get_opt_out_list(), {"ben@dive.test", "greta@dive.test"}
        )
        self.guardian._dive_answer(self.news, True, "desk")
        self.assertEqual(mailing._get_opt_out_list(), {"ben@dive.test"})
        mailing.action_send_mail()
        traces = mailing.mailing_trace_ids
        sent = traces.filtered(lambda trace: trace.trace_status != "cancel")
        self.assertEqual(
            set(sent.mapped("email")), {"greta@dive.test", "lead@shop.test"}
        )

    def test_an_answer_subscribes_and_ends(self):
        self.ben._dive_answer(self.news, True, "desk")
        self.assertIsNone(self._subscribed("ben@dive.test"), "Customers need no list")
        self.list._dive_subscribe("ben@dive.test", "Ben")
        self.assertTrue(self._subscribed("ben@dive.test"))
        self.ben._dive_answer(self.news, False, "portal")
        self.assertFalse(self._subscribed("ben@dive.test"))
        self.ben._dive_answer(self.news, True, "portal")
        self.assertTrue(self._subscribed("ben@dive.test"))

    def test_leaving_a_list_is_an_answer(self):
        self.ben._dive_answer(self.news, True, "desk")
        self.list._dive_subscribe("ben@dive.test", "Ben")
        self.list._update_subscription_from_email("ben@dive.test", opt_out=True)
        self.assertFalse(self._agreed(self.ben))
        self.assertEqual(self._answers(self.ben)[-1], (self.news, False, "link"))

    def test_an_import_brings_nobody_back(self):
        self.ben._dive_answer(self.news, True, "desk")
        self.ben._dive_answer(self.news, False, "portal")
        self.env["mailing.contact"].create(
            [
                {"name": name, "email": email, "list_ids": [(4, self.list.id)]}
                for name, email in (
                    ("Ben again", "BEN@dive.test"),
                    ("New", "new@dive.test"),
                )
            ]
        )
        self.assertFalse(self._subscribed("ben@dive.test"))
        self.assertTrue(self._subscribed("new@dive.test"))
        self.assertFalse(self._agreed(self.ben))
        # nor a list that is put on a contact, nor what is written past both
        ben, new = self.env["mailing.contact"].search(
            [("list_ids", "in", self.list.id)]
        )
        ben.list_ids = [(5,)]
        ben.list_ids = [(4, self.list.id)]
        self.assertFalse(self._subscribed("ben@dive.test"))
        self.env.cr.execute("UPDATE mailing_subscription SET opt_out = FALSE")
        self.env.invalidate_all()
        # nor is somebody written to who has never said yes
        both = {"ben@dive.test", "new@dive.test"}
        self.assertEqual(self._letter()._get_opt_out_list(), both)
        self.assertEqual(self._letter().dive_left_out[:1], "2")
        people = self.env["res.partner"]
        people._dive_answer_at("email", "new@dive.test", self.news, True, "newsletter")
        self.assertEqual(self._letter()._get_opt_out_list(), {"ben@dive.test"})
        self.assertTrue(new)

    def test_lists_that_ask_for_nothing(self):
        """Other apps' lists go to all but who has said no to us."""
        self.list.dive_purpose_id = False
        contacts = self.env["mailing.contact"].create(
            [
                {"name": email, "email": email, "list_ids": [(4, self.list.id)]}
                for email in ("ben@dive.test", "new@dive.test")
            ]
        )
        letter = self._letter()
        to_contacts = self._mailing(
            mailing_model_id=self.env["ir.model"]._get_id("mailing.contact"),
            mailing_domain=repr([("id", "in", contacts.ids)]),
        )
        for mailing in (letter, to_contacts):
            self.assertFalse(mailing._get_opt_out_list())
            self.assertFalse(mailing.dive_left_out)
        self.ben._dive_answer(self.news, False, "link")
        self.env.invalidate_all()
        for mailing in (letter, to_contacts):
            self.assertEqual(mailing._get_opt_out_list(), {"ben@dive.test"})
            self.assertEqual(mailing.dive_left_out[:1], "1")
        # yes to one kind of news is a yes
        other = self.news.copy({"name": "Wrecks"})
        other.wording_ids.create({"purpose_id": other.id, "text": "About wrecks?"})
        self.ben._dive_answer(other, True, "desk")
        self.assertFalse(letter._get_opt_out_list())

    def _letter(self):
        lists = self.env["ir.model"]._get_id("mailing.list")
        return self._mailing(
            mailing_model_id=lists, contact_list_ids=[(6, 0, self.list.ids)]
        )

    def test_a_stranger_stays_away(self):
        """Who is no customer, too, is not brought back by an import."""
        people = self.env["res.partner"]
        email = "new@dive.test"
        people._dive_answer_at("email", email, self.news, True, "newsletter", "New")
        self.list._dive_subscribe(email, "New")
        self.list._update_subscription_from_email(email, opt_out=True)
        answers = self.Consent.search([("address", "=", email)], order="id")
        self.assertEqual(answers.mapped("given"), [True, False])
        contact = self.env["mailing.contact"].search([("email", "=", email)])
        contact.unlink()
        again = {"name": "New", "email": email, "list_ids": [(4, self.list.id)]}
        self.env["mailing.contact"].create(again)
        self.assertFalse(self._subscribed(email))
        # their own yes counts
        people._dive_answer_at("email", email, self.news, True, "newsletter", "New")
        self.list._dive_subscribe(email, "New")
        self.assertTrue(self._subscribed(email))
        # and the refusal of all mailings
        self.env["mail.blacklist"]._add(email)
        self.assertFalse(self._subscribed(email))

    def test_one_list_of_two(self):
        """Who has asked for one newsletter gets that one."""
        other = self.env["mailing.list"].create(
            {"name": "Wrecks", "is_public": True, "dive_purpose_id": self.news.id}
        )
        self.list._dive_subscribe("ben@dive.test", "Ben")
        self.ben._dive_answer(self.news, True, "newsletter")
        self.assertFalse(other.subscription_ids)

    def test_what_is_for_a_minor(self):
        self.people = self.child
        mailing = self._mailing()
        self.assertIn("greta@dive.test", mailing._get_opt_out_list())
        self.assertIn("1 are left out", mailing.dive_left_out)
        self.guardian._dive_answer(self.news, True, "desk")
        self.assertFalse(mailing._get_opt_out_list())

    def test_sms(self):
        """What Odoo's mailings by SMS ask for, where they are installed."""
        mailing = self._mailing()
        partners = self.env["res.partner"]
        self.assertEqual(
            set(partners._mailing_get_opt_out_list_sms(mailing)),
            set((self.people - self.lead).ids),
        )

    def test_a_segment(self):
        segment = self.env["dive.segment"].create(
            {"name": "Wrecks", "domain": "[('city', '=', 'Moraira')]"}
        )
        mailing = self._mailing(dive_segment_id=segment.id)
        self.assertFalse(mailing._get_recipients())
        self.ben.city = "Moraira"
        self.assertEqual(mailing._get_recipients(), self.ben.ids)
        segment.write({"kind": "chosen", "partner_ids": [(4, self.guardian.id)]})
        self.assertEqual(mailing._get_recipients(), self.guardian.ids)

    def test_as_many_queries_for_many(self):
        def queries(number):
            contacts = self.env["mailing.contact"].create(
                [
                    {
                        "name": f"Diver {index}",
                        "email": f"diver{number}.{index}@dive.test",
                        "list_ids": [(4, self.list.id)],
                    }
                    for index in range(number)
                ]
            )
            partners = self._customers(number)
            self.env.flush_all()
            self.env.invalidate_all()
            mailing = self._mailing(
                mailing_domain=repr([("id", "in", partners.ids)]),
            )
            letter = self._letter()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            mailing._get_opt_out_list()
            letter._get_opt_out_list()
            contacts.subscription_ids._dive_leave_withdrawn()
            return self.env.cr.sql_log_count - before

        few = queries(1)
        self.assertLessEqual(queries(80), few + 2)

    def test_who_wants_no_mailings_has_withdrawn(self):
        self.ben._dive_answer(self.news, True, "desk")
        refused = self.env["mail.blacklist"]
        refused._add("ben@dive.test")
        self.assertFalse(self._agreed(self.ben))
        # and who says yes again is taken off
        self.ben._dive_answer(self.news, True, "portal")
        self.assertFalse(refused.search([("email", "=", "ben@dive.test")]))
        self.assertTrue(self._agreed(self.ben))
