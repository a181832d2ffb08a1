"""Divers answer themselves: in the portal, and by the link in a message."""

import re
from urllib.parse import parse_qs, urlencode, urlparse

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import DiveCommon
from .portal_common import PortalMixin
from .test_consent import ConsentMixin

MY, LINK = "/my/consents", "/dive/consents"


@tagged("post_install", "-at_install", "dive_long")
class TestConsentLink(ConsentMixin, PortalMixin, DiveCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpConsents()
        cls.setUpPortal()
        cls.diver.email = "petra@dive.test"
        cls.ward = cls._ward(cls.diver)
        cls.query = cls._query("email", "petra@dive.test")

    @classmethod
    def _query(cls, channel, address):
        partners = cls.env["res.partner"]
        link = partners._dive_consent_link(channel, address)
        return {key: value[0] for key, value in parse_qs(urlparse(link).query).items()}

    def _post(self, url, **values):
        if not self.session:
            self.authenticate(None, None)
        return self.url_open(
            url,
            data={"csrf_token": Request.csrf_token(self), **values},
            allow_redirects=False,
        )

    def _state(self, partner, purpose):
        self.env.invalidate_all()
        states = partner.dive_consent_state_ids
        return states.filtered(lambda state: state.purpose_id == purpose)

    # ------------------------------------------------------------------
    # The portal
    # ------------------------------------------------------------------

    def test_own_page(self):
        self.authenticate("t_portal", "t_portal")
        page = self.url_open(MY).text
        self.assertIn("You have not answered yet", page)
        self.assertIn(self.ward.name, page)
        answer = self._post(MY, diver=self.diver.id, purpose=self.news.id, answer="yes")
        self.assertEqual(answer.status_code, 303)
        state = self._state(self.diver, self.news)
        self.assertEqual((state.given, state.source), (True, "portal"))
        row = self._rows(self.diver)
        self.assertEqual(row.user_name, self.portal.name)
        self.assertIn("You have agreed", self.url_open(MY).text)
        self._post(MY, diver=self.ward.id, purpose=self.pictures.id, answer="no")
        self.assertFalse(self._state(self.ward, self.pictures).given)
        self.assertTrue(self._state(self.ward, self.pictures))

    def _words(self, page):
        return re.findall(r'name="words" value="([^"]*)"', page)

    def test_a_yes_is_to_the_words_that_were_there(self):
        """Words that were changed while the page was open are read first."""
        self.authenticate("t_portal", "t_portal")
        shown = self._words(self.url_open(MY).text)
        mark = self.news.wording_id._dive_mark()
        self.assertIn(mark, shown)
        link = f"{LINK}?{urlencode(self.query)}"
        self.assertEqual(self._words(self.url_open(link).text), [mark])
        values = {"purpose": self.news.id, "words": mark}
        for change in (
            lambda: self.news.wording_ids.create(
                {"purpose_id": self.news.id, "text": "Other words"}
            ),
            lambda: self.news.wording_id.write({"text": "And yet others"}),
        ):
            values["words"] = self.news.wording_id._dive_mark()
            change()
            # each change is in a transaction of its own, but here
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE dive_consent_wording SET write_date = clock_timestamp()"
            )
            self.env.invalidate_all()
            answer = self._post(MY, diver=self.diver.id, answer="yes", **values)
            self.assertIn("said=words", answer.headers["Location"])
            answer = self._post(LINK, **self.query, answer="yes", **values)
            self.assertIn("Please read them again", answer.text)
            self.assertFalse(self._state(self.diver, self.news))
        self.assertIn("Please read them", self.url_open(f"{MY}?said=words").text)
        # to say no, nothing needs to be read again
        self._post(MY, diver=self.diver.id, answer="no", **values)
        self.assertFalse(self._state(self.diver, self.news).given)
        values["words"] = self.news.wording_id._dive_mark()
        self._post(MY, diver=self.diver.id, answer="yes", **values)
        self.assertTrue(self._state(self.diver, self.news).given)

    def test_what_is_not_theirs(self):
        self.authenticate("t_portal", "t_portal")
        for diver, purpose, said in (
            (self.other.id, self.news.id, "yes"),
            (self.ward.id, self.news.id, "yes"),  # messages go to the guardian
            (self.diver.id, 0, "yes"),
            (self.diver.id, 2**40, "yes"),
            ("x", self.news.id, "yes"),
            ("", "", ""),
            (self.diver.id, self.news.id, "maybe"),
            ("１", self.news.id, "yes"),
        ):
            answer = self._post(MY, diver=diver, purpose=purpose, answer=said)
            self.assertEqual(answer.status_code, 404, (diver, purpose, said))
        self.assertFalse(self.Consent.search([("partner_id", "=", self.other.id)]))
        self.assertFalse(self._state(self.ward, self.news))

    def test_without_login(self):
        answer = self.url_open(MY, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    def test_opening_changes_nothing(self):
        self.diver._dive_answer(self.news, True, "desk")
        before = self.Consent.search_count([])
        for _again in range(3):
            page = self.url_open(f"{LINK}?{urlencode(self.query)}")
            self.assertEqual(page.status_code, 200)
        self.assertIn("petra@dive.test", page.text)
        self.assertIn("You have agreed", page.text)
        self.assertNotIn("Pictures", page.text)
        self.assertEqual(
            self.url_open(f"{LINK}/stop?{urlencode(self.query)}").status_code, 405
        )
        self.assertEqual(self.Consent.search_count([]), before)
        self.assertTrue(self._state(self.diver, self.news).given)

    def test_stopping_on_the_page(self):
        self.diver._dive_answer(self.news, True, "desk")
        answer = self._post(LINK, **self.query, purpose=self.news.id, answer="no")
        self.assertIn("It is written down", answer.text)
        state = self._state(self.diver, self.news)
        self.assertEqual((state.given, state.source), (False, "link"))
        self.assertEqual(
            self._post(
                LINK, **self.query, purpose=self.pictures.id, answer="yes"
            ).status_code,
            404,
            "Not what the link is about",
        )

    def test_one_click_of_a_mail_program(self):
        """RFC 8058: a POST without cookies, session or token of a form."""
        self.diver._dive_answer(self.news, True, "desk")
        self.diver._dive_answer(self.texts, True, "desk")
        self.opener.cookies.clear()
        answer = self.url_open(
            f"{LINK}/stop?{urlencode(self.query)}",
            data={"List-Unsubscribe": "One-Click"},
        )
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._state(self.diver, self.news).given)
        self.assertTrue(self._state(self.diver, self.texts).given, "Another channel")
        # twice is once
        rows = self._rows(self.diver)
        self.url_open(f"{LINK}/stop?{urlencode(self.query)}", data={"x": "y"})
        self.assertEqual(self._rows(self.diver), rows)

    def test_who_is_no_customer_is_not_asked(self):
        """A colleague of another shop in the same Odoo has the same address."""
        self.diver.dive_customer = False
        answer = self._post(LINK, **self.query, purpose=self.news.id, answer="yes")
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._rows(self.diver))

    def test_wrong_links_look_the_same(self):
        self.diver._dive_answer(self.news, True, "desk")
        wrong = [
            {},
            {**self.query, "s": self.query["s"][:-1]},
            {**self.query, "s": ""},
            {**self.query, "s": "é"},
            {**self.query, "a": "otto@dive.test"},
            {**self.query, "c": "sms"},
            {**self.query, "c": "post"},
            {**self.query, "a": "x" * 5000},
        ]
        pages = set()
        for query in wrong:
            answer = self.url_open(f"{LINK}?{urlencode(query)}")
            self.assertEqual(answer.status_code, 404)
            pages.add(answer.content)
            answer = self.url_open(f"{LINK}/stop?{urlencode(query)}", data={"a": "b"})
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(len(pages), 1)
        self.assertTrue(self._state(self.diver, self.news).given)

    def test_the_link_follows_the_address(self):
        """Two customers made one: the link goes on. Another address: it is over."""
        self.diver.email = "petra@new.test"
        twin = self._customer("Petra P", email="petra@dive.test")
        twin._dive_answer(self.news, True, "desk")
        self.url_open(f"{LINK}/stop?{urlencode(self.query)}", data={"x": "y"})
        self.assertFalse(self._state(twin, self.news).given)
        twin.email = "petra@elsewhere.test"
        twin._dive_answer(self.news, True, "desk")
        page = self.url_open(f"{LINK}?{urlencode(self.query)}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("We send no news", page.text)
        self.url_open(f"{LINK}/stop?{urlencode(self.query)}", data={"x": "y"})
        self.assertTrue(self._state(twin, self.news).given)
