"""Newsletters: asked for, confirmed, ended; each with its proof."""

import re
from urllib.parse import urlencode

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..controllers import newsletter
from ..tools.rate import RateLimit
from .common import DiveCommon
from .portal_common import PortalMixin
from .test_consent import ConsentMixin

PAGE = "/dive/newsletter"


class NewsletterMixin(ConsentMixin):
    @classmethod
    def setUpNewsletter(cls):
        cls.setUpConsents()
        lists = cls.env["mailing.list"]
        lists.search([]).is_public = False
        cls.list = lists.create(
            {"name": "Reef news", "is_public": True, "dive_purpose_id": cls.news.id}
        )
        cls.ben = cls._customer("Ben B", email="ben@dive.test")

    def _subscribed(self, email):
        """Return whether an address gets the list: True, False (left), None (never)."""
        self.env.invalidate_all()
        found = self.env["mailing.subscription"].search(
            [
                ("list_id", "=", self.list.id),
                ("contact_id.email_normalized", "=", email),
            ]
        )
        return any(not one.opt_out for one in found) if found else None

    def _mailing(self, **vals):
        return self.env["mailing.mailing"].create(
            {
                "subject": "Whale sharks",
                "body_html": "<p>Come and see</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", self.people.ids)]),
                **vals,
            }
        )


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

    def test_who_wants_no_mailings_has_withdrawn(self):
        self.ben._dive_answer(self.news, True, "desk")
        refused = self.env["mail.blacklist"]
        refused._add("ben@dive.test")
        self.assertFalse(self._agreed(self.ben))
        # and who says yes again is taken off
        self.ben._dive_answer(self.news, True, "portal")
        self.assertFalse(refused.search([("email", "=", "ben@dive.test")]))
        self.assertTrue(self._agreed(self.ben))


@tagged("post_install", "-at_install", "dive_long")
class TestNewsletter(NewsletterMixin, PortalMixin, DiveCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpNewsletter()

    def setUp(self):
        super().setUp()
        # as many as the tests like
        for name in ("FROM_ONE", "TO_ONE"):
            self.patch(newsletter, name, RateLimit(1000, 60))

    def _ask(self, status=303, **values):
        if not self.session:
            self.authenticate(None, None)
        answer = self.url_open(
            PAGE,
            data={
                "csrf_token": Request.csrf_token(self),
                "list": self.list.id,
                "email": "new@dive.test",
                "name": "New Person",
                **values,
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status)
        return answer

    def _link(self, email="new@dive.test"):
        """Return the path of the link that was last sent to an address."""
        mail = self.env["mail.mail"].search(
            [("email_to", "=", email)], order="id desc", limit=1
        )
        return re.search(rf"{PAGE}/[\w-]+", mail.body_html or "")[0] if mail else None

    def _confirm(self, link):
        return self.url_open(
            link, data={"csrf_token": Request.csrf_token(self)}, allow_redirects=False
        )

    def test_double_opt_in(self):
        page = self.url_open(PAGE)
        self.assertIn("Reef news", page.text)
        self.assertIn(self.news.wording_id.text, page.text)
        answer = self._ask()
        self.assertTrue(answer.headers["Location"].endswith(f"{PAGE}/sent"))
        self.assertIsNone(self._subscribed("new@dive.test"))
        link = self._link()
        # a program that opens links changes nothing
        for _again in range(2):
            self.assertIn("Yes, I agree", self.url_open(link).text)
        self.assertIsNone(self._subscribed("new@dive.test"))
        self.assertIn("Thank you", self._confirm(link).text)
        self.assertTrue(self._subscribed("new@dive.test"))
        row = self.Consent.search([("address", "=", "new@dive.test")])
        self.assertEqual(
            (row.given, row.source, row.wording, row.partner_name),
            (True, "newsletter", self.news.wording_id.text, "New Person"),
        )
        self.assertEqual(self._confirm(link).status_code, 404, "Once")
        self.assertEqual(self.url_open(link).status_code, 404)

    def test_a_customer(self):
        """The same page, the same mail; the answer is the customer's."""
        self._ask(email="Ben@Dive.test")
        self._confirm(self._link("ben@dive.test"))
        self.assertEqual(self._answers(self.ben), [(self.news, True, "newsletter")])
        self.assertTrue(self._subscribed("ben@dive.test"))

    def test_what_cannot_be(self):
        secret = self.env["mailing.list"].create({"name": "Secret"})
        before = self.env["dive.newsletter.request"].search_count([])
        for values in (
            {"email": "nonsense"},
            {"email": ""},
            {"email": "a" * 300 + "@dive.test"},
            {"list": secret.id},
            {"list": ""},
            {"list": "x"},
            {"list": 2**40},
        ):
            self._ask(422, **values)
        self._ask(website="I am a robot")
        self.assertEqual(self.env["dive.newsletter.request"].search_count([]), before)
        self._ask(name="<b>José</b> 🤿" * 50)
        self.assertTrue(self._link())

    def test_not_too_often(self):
        for _time in range(5):
            self._ask()
        requests = self.env["dive.newsletter.request"]
        self.assertEqual(requests.search_count([("email", "=", "new@dive.test")]), 3)
        self.patch(newsletter, "FROM_ONE", RateLimit(0, 60))
        self._ask(429)

    def test_wrong_links_look_the_same(self):
        self._ask()
        link = self._link()
        self.env["dive.newsletter.request"].search([]).expires_at = "2020-01-01"
        pages = {
            self.url_open(path).content
            for path in (link, link[:-1], f"{PAGE}/{'x' * 43}", f"{PAGE}/x")
        }
        self.assertEqual(len(pages), 1)

    # ------------------------------------------------------------------
    # Ending it
    # ------------------------------------------------------------------

    def _letter(self):
        self.list._dive_subscribe("ben@dive.test", "Ben")
        contact = self.env["mailing.contact"].search(
            [("email_normalized", "=", "ben@dive.test")]
        )
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Whale sharks",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [(6, 0, self.list.ids)],
            }
        )
        query = urlencode(
            {
                "document_id": contact.id,
                "email": "ben@dive.test",
                "hash_token": mailing._generate_mailing_recipient_token(
                    contact.id, "ben@dive.test"
                ),
            }
        )
        return f"/mailing/{mailing.id}", query

    def test_opening_ends_nothing(self):
        self.ben._dive_answer(self.news, True, "desk")
        letter, query = self._letter()
        for path in ("unsubscribe", "confirm_unsubscribe"):
            page = self.url_open(f"{letter}/{path}?{query}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("Are you sure", page.text)
            self.assertTrue(self._subscribed("ben@dive.test"), path)

    def test_one_click(self):
        self.ben._dive_answer(self.news, True, "desk")
        letter, query = self._letter()
        forged = query.replace("hash_token=", "hash_token=0")
        self.url_open(f"{letter}/unsubscribe_oneclick?{forged}", data={"x": "y"})
        self.assertTrue(self._subscribed("ben@dive.test"))
        answer = self.url_open(
            f"{letter}/unsubscribe_oneclick?{query}",
            data={"List-Unsubscribe": "One-Click"},
        )
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._subscribed("ben@dive.test"))
        self.assertEqual(self._answers(self.ben)[-1], (self.news, False, "link"))
