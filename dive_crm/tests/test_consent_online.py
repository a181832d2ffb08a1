"""Consents that are asked when somebody books on-line: they count from the link on."""

import re
from datetime import date

from lxml import html

from odoo.tests import tagged

from .common import DiveHttpCommon
from .online_common import NewcomerMixin
from .test_consent import ConsentMixin


class BoxesMixin(ConsentMixin, NewcomerMixin):
    @classmethod
    def setUpBoxes(cls):
        cls.setUpConsents()
        cls.setUpOnline()
        cls.purposes = cls.news | cls.texts | cls.pictures
        cls.anna = cls._customer(
            "Anna Keller",
            email="anna@keller.test",
            phone="+32 470 12 34 56",
            birthdate_date=date(1990, 2, 3),
        )

    def _box(self, purpose):
        return f"agree_{purpose.wording_id.id}"

    def _boxes(self, page):
        """Return name → whether it is ticked."""
        found = html.fromstring(page).xpath("//input[starts-with(@name, 'agree_')]")
        for one in found:
            self.assertEqual(one.get("type"), "checkbox")
            self.assertTrue(one.getparent().xpath(f"label[@for='{one.get('id')}']"))
        return {one.get("name"): one.get("checked") is not None for one in found}

    def _nothing(self):
        self.env.flush_all()
        return not self.Consent.search(
            [("purpose_id", "in", self.purposes.ids)]
        ) and not self.State.search([("purpose_id", "in", self.purposes.ids)])


@tagged("post_install", "-at_install", "dive_long")
class TestConsentOnline(BoxesMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpBoxes()

    # ------------------------------------------------------------------
    # Without a login
    # ------------------------------------------------------------------

    def test_boxes_are_empty(self):
        """None is ticked, none is needed; a phone is nobody's who only typed it."""
        page = self._get(f"/dive/trips/{self.trip.id}").text
        self.assertEqual(
            self._boxes(page),
            {self._box(self.news): False, self._box(self.pictures): False},
        )
        self.assertIn("News? Stop with one click.", page)
        # what was ticked is still ticked when something else is wrong
        page = self._ask(422, name="", **{self._box(self.news): "1"}).text
        self.assertTrue(self._boxes(page)[self._box(self.news)])
        self.assertFalse(self._boxes(page)[self._box(self.pictures)])
        self.pictures.online = False
        self.news.active = False
        page = self._get(f"/dive/trips/{self.trip.id}").text
        self.assertFalse(self._boxes(page))
        self.assertNotIn("o_dive_agree", page)

    def test_counts_from_the_link_on(self):
        ticks = {self._box(one): "1" for one in self.purposes}
        self._ask(**ticks)
        link = self._link()
        self.assertTrue(self._nothing(), "an e-mail is not theirs because they type it")
        page = self._get(link).text
        self.assertTrue(self._nothing(), "opening changes nothing")
        self.assertIn("News? Stop with one click.", page)
        self._open(link)
        nora = self._mine().partner_id
        self.assertEqual(
            self._answers(nora),
            [(self.news, True, "booking"), (self.pictures, True, "booking")],
        )
        row = self._rows(nora)[-1]
        self.assertEqual(row.wording_id, self.news.wording_id)
        self.assertEqual(row.wording, "News? Stop with one click.")
        self.assertEqual(row.address, "nora@new.test")
        self.assertIn("Reef tour", row.detail)
        self.assertIn("nora@new.test", row.detail)
        self.assertEqual(nora._dive_agreed("email"), nora)
        self.assertFalse(nora._dive_agreed("sms"))

    def test_never_opened_is_never_agreed(self):
        self._ask(email="anna@keller.test", **{self._box(self.news): "1"})
        self.assertTrue(self._nothing())
        request = self.Request.search([("email", "=", "anna@keller.test")])
        request.expires_at = self._soon(-1)
        self._get(self._link("anna@keller.test"), 404)
        self.assertTrue(self._nothing())

    def test_not_ticking_is_no_withdrawal(self):
        self.anna._dive_answer(self.news, True, "desk")
        self.anna._dive_answer(self.pictures, False, "desk")
        self._confirmed(
            name="Anna Keller",
            email="anna@keller.test",
            birthdate_date=date(1990, 2, 3),
        )
        self.assertTrue(self._mine())
        self.assertEqual(
            self._answers(self.anna),
            [(self.news, True, "desk"), (self.pictures, False, "desk")],
        )

    def test_the_words_that_were_shown(self):
        """In the visitor's language, and of the version that stood there."""
        self.env["res.lang"]._activate_lang("de_DE")
        old = self.news.wording_id
        old.with_context(lang="de_DE").text = "Neuigkeiten? Abbestellen mit einem Klick"
        page = self._get(f"/de/dive/trips/{self.trip.id}").text
        self.assertIn("Neuigkeiten? Abbestellen mit einem Klick", page)
        # new words between looking and sending: what was shown is what counts
        self.env["dive.consent.wording"].create(
            {"purpose_id": self.news.id, "text": "Newer"}
        )
        self.csrf = self._token_of(page)
        self._ask(**{f"agree_{old.id}": "1"})
        # the button may be pressed in another language
        token = self._link().rpartition("/")[2]
        self.Request._dive_of(token)._dive_confirm()
        row = self._rows(self._mine().partner_id)
        self.assertEqual(row.wording_id, old)
        self.assertEqual(row.wording, "Neuigkeiten? Abbestellen mit einem Klick")

    def test_words_that_were_changed_meanwhile(self):
        """Nobody has agreed to what they have not read: the desk asks."""
        self._ask(**{self._box(self.news): "1"})
        self.news.wording_id.text = "News, and we sell your address?"
        self._open(self._link())
        booking = self._mine()
        self.assertTrue(booking)
        self.assertTrue(self._nothing())
        self.assertIn("News", self._todo(booking).note)

    def test_others_of_the_mailbox(self):
        """A shared mailbox agrees to what goes to it, not to pictures of somebody."""
        ticks = [self._box(self.news), self._box(self.pictures)]
        self._ask(
            name="Bert Keller", email="anna@keller.test", **dict.fromkeys(ticks, "1")
        )
        self._open(self._link("anna@keller.test"))
        self.assertEqual(self._mine().partner_id, self.anna)
        self.assertEqual(self._answers(self.anna), [(self.news, True, "booking")])
        self.assertIn("Pictures", self._todo(self._mine()).note)

    def test_an_address_of_a_firm(self):
        """The new customer has no address on record: none is agreed to."""
        self._customer("Club Aqua", email="nora@new.test", is_company=True)
        self._ask(**{self._box(self.news): "1"})
        self._open(self._link())
        self.assertFalse(self._mine().partner_id.email)
        self.assertTrue(self._nothing())
        self.assertIn("News", self._todo(self._mine()).note)

    def test_bad_input(self):
        other = self.env["res.company"].create({"name": "Other Reef"})
        foreign = self.news.copy({"company_id": other.id})
        foreign.wording_ids = [(0, 0, {"text": "Foreign"})]
        odd = [
            "agree_0",
            "agree_x",
            "agree_-1",
            "agree_99999999999",
            "agree_",
            "agree_٣",
        ]
        odd += [self._box(foreign), self._box(self.texts)]
        self._ask(**dict.fromkeys(odd, "1"))
        request = self.Request.search([("email", "=", "nora@new.test")])
        self.assertFalse(request.agreed)
        self._open(self._link())
        self.assertTrue(self._mine())
        self.assertTrue(self._nothing())

    def test_withdrawn_between(self):
        """A purpose that is no longer asked for when the link is opened."""
        self._ask(**{self._box(self.news): "1"})
        self.news.active = False
        self._open(self._link())
        self.assertTrue(self._mine())
        self.assertTrue(self._nothing())

    def test_once_more(self):
        """Somebody who is on the trip already agrees all the same."""
        values = {
            "name": "Anna Keller",
            "email": "anna@keller.test",
            "birthdate_date": date(1990, 2, 3),
        }
        self._confirmed(**values)
        wording = self.news.wording_id
        self._confirmed(**values, agreed=[[wording.id, wording.text]])
        self.assertEqual(self._answers(self.anna), [(self.news, True, "booking")])

    # ------------------------------------------------------------------
    # With a login
    # ------------------------------------------------------------------

    def _book(self, page, **values):
        key = re.search(r'name="key" value="([^"]+)"', page)[1]
        answer = self.url_open(
            f"/my/trips/{self.trip.id}",
            data={
                "csrf_token": self._token_of(page),
                "key": key,
                "diver": self.diver.id,
                **values,
            },
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer

    def test_in_the_portal(self):
        """Asked what is not answered yet; for oneself, at once."""
        self.diver._dive_answer(self.pictures, False, "portal")
        self.authenticate("t_portal", "t_portal")
        page = self._get(f"/my/trips/{self.trip.id}").text
        self.assertEqual(
            self._boxes(page),
            {self._box(self.news): False, self._box(self.texts): False},
        )
        # refused: nothing is written down, and what was ticked stays
        answer = self._book(page, diver="", **{self._box(self.news): "1"})
        self.assertEqual(answer.status_code, 422)
        self.assertTrue(self._boxes(answer.text)[self._box(self.news)])
        self.assertFalse(self.diver._dive_agreed("email"))
        ticks = [self._box(self.news), self._box(self.pictures), "agree_0"]
        self._book(answer.text, **dict.fromkeys(ticks, "1"))
        self.assertTrue(self._mine())
        self.assertEqual(
            self._answers(self.diver),
            [(self.pictures, False, "portal"), (self.news, True, "booking")],
        )
        self.assertFalse(self._rows(self.ward))
