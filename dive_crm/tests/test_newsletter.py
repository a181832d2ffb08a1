"""Newsletters: asked for, confirmed, ended; each with its proof."""

import re
from urllib.parse import parse_qsl, urlencode

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..controllers import newsletter
from ..tools.rate import RateLimit
from .common import DiveCommon
from .newsletter_common import NewsletterMixin
from .portal_common import PortalMixin

PAGE = "/dive/newsletter"


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

    def _confirm(self, link, **values):
        values["csrf_token"] = Request.csrf_token(self)
        return self.url_open(link, data=values, allow_redirects=False)

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

    def test_the_words_that_were_there(self):
        self._ask()
        link = self._link()
        [mark] = re.findall(r'name="words" value="([^"]*)"', self.url_open(link).text)
        self.news.wording_ids.create({"purpose_id": self.news.id, "text": "Others"})
        answer = self._confirm(link, words=mark)
        self.assertIn("Please read them again", answer.text)
        self.assertIn("Others", answer.text)
        self.assertFalse(self.Consent.search([("address", "=", "new@dive.test")]))
        [mark] = re.findall(r'name="words" value="([^"]*)"', answer.text)
        self.assertIn("Thank you", self._confirm(link, words=mark).text)
        row = self.Consent.search([("address", "=", "new@dive.test")])
        self.assertEqual(row.wording, "Others")

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

    def test_opening_ends_nothing_of_customers(self):
        """A mailing to customers has no list to leave: it is refused as such."""
        self.ben._dive_answer(self.news, True, "desk")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Wrecks",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        token = mailing._generate_mailing_recipient_token(self.ben.id, self.ben.email)
        query = urlencode(
            {"document_id": self.ben.id, "email": self.ben.email, "hash_token": token}
        )
        page = self.url_open(f"/mailing/{mailing.id}/unsubscribe?{query}")
        self.assertEqual(page.status_code, 200)
        self.assertTrue(self.ben._dive_agreed("email"))
        self.url_open(
            f"/mailing/{mailing.id}/unsubscribe_oneclick?{query}", data={"x": "y"}
        )
        self.env.invalidate_all()
        self.assertFalse(self.ben._dive_agreed("email"))

    def test_back_on_the_page_of_odoo(self):
        """It knows no words: they come in a message, and nothing before that counts."""
        self.authenticate(None, None)
        letter, query = self._letter()
        self.list._update_subscription_from_email("ben@dive.test", opt_out=True)
        values = {
            **dict(parse_qsl(query)),
            "mailing_id": int(letter.rpartition("/")[2]),
            "lists_optin_ids": self.list.ids,
        }
        values["document_id"] = int(values["document_id"])
        update = "/mailing/list/update"
        forged = {**values, "hash_token": "x"}
        self.assertEqual(self.make_jsonrpc_request(update, forged), "unauthorized")
        self.assertIsNone(self._link("ben@dive.test"))
        self.make_jsonrpc_request(update, values)
        self.assertFalse(self.ben._dive_agreed("email"))
        self.assertIn("ben@dive.test", self.list._dive_left())
        self._confirm(self._link("ben@dive.test"))
        self.assertEqual(self.ben._dive_agreed("email"), self.ben)
        self.assertFalse(self.list._dive_left())
        last = self._link("ben@dive.test")
        self.make_jsonrpc_request(update, values)
        self.assertEqual(self._link("ben@dive.test"), last, "Said yes already")

    def test_a_stranger_chooses_without_a_login(self):
        email = "new@dive.test"
        self._ask()
        page = self._confirm(self._link())
        link = re.search(r'href="([^"]*/dive/consents\?[^"]*)"', page.text)[1]
        link = link.replace("&amp;", "&")
        path = link[link.index("/dive/consents") :]
        page = self.url_open(path)
        self.assertIn(email, page.text)
        self.assertTrue(self._subscribed(email))
        query = dict(parse_qsl(path.partition("?")[2]))
        values = {
            **query,
            "csrf_token": Request.csrf_token(self),
            "purpose": self.news.id,
        }
        for answer, gets in (("no", False), ("no", False), ("yes", True)):
            page = self.url_open("/dive/consents", data={**values, "answer": answer})
            self.assertIn("It is written down", page.text)
            self.assertEqual(self._subscribed(email), gets)
        rows = self.Consent.search([("address", "=", email)], order="id")
        self.assertEqual(rows.mapped("given"), [True, False, True])
        forged = {**query, "s": "0" * 32}
        self.url_open(f"/dive/consents/stop?{urlencode(forged)}", data={"x": "y"})
        self.assertTrue(self._subscribed(email))
        self.url_open(f"/dive/consents/stop?{urlencode(query)}", data={"x": "y"})
        self.assertFalse(self._subscribed(email))

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
