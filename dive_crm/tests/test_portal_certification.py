from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.dive_certification_portal_send import DAILY_LIMIT
from ..tools.scan import SIZE_LIMIT
from .portal_certification_common import (
    LIST,
    NEW,
    SVG,
    PortalCertificationCommon,
)
from .scan_files import jpeg


@tagged("post_install", "-at_install", "dive_long")
class TestPortalCertification(PortalCertificationCommon):
    """What a diver sees and sends; plain requests, so without JavaScript."""

    def setUp(self):
        super().setUp()
        self._login("t_portal")

    # -- look ----------------------------------------------------------------

    def test_home_leads_to_the_cards(self):
        self.assertIn(f'href="{LIST}"', self._get("/my"))
        self._card(self.diver)
        self._card(self._ward(self.diver))
        self._card(self.other)
        counted = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["dive_certification_count"]}
        )
        self.assertEqual(counted, {"dive_certification_count": 2})

    def test_nothing_yet(self):
        page = self._get(LIST)
        self.assertIn("Send your first card", page)
        self.assertIn(f'href="{NEW}"', page)

    def test_words_for_validity_and_check(self):
        today = self.company._dive_today()
        soon = self.company._dive_alert_horizon() - 1
        for days, words in ((400, "Valid until"), (soon, "Runs out on"), (-1, "Ran ")):
            self._card(self.diver, self.aid, expiry_date=today + timedelta(days=days))
            with self.subTest(words):
                self.assertIn(words, self._get(LIST))
        self._card(self.diver)
        self.assertIn("Does not run out", self._get(LIST))

    def test_words_for_each_check(self):
        card = self._card(self.diver)
        self.assertIn("Being checked", self._get(LIST))
        self._checked(card)
        self.assertIn("Checked", self._get(LIST))
        self._checked(card, "rejected", reason="The <b>picture</b> is blurred")
        for path in (LIST, f"{LIST}/{card.id}"):
            page = self._get(path)
            self.assertIn("Not accepted", page)
            self.assertIn("The &lt;b&gt;picture&lt;/b&gt; is blurred", page)

    def test_by_diver(self):
        self._card(self._ward(self.diver))
        page = self._get(LIST)
        self.assertIn("Wanda Ward", page)
        self.assertNotIn("Petra Portal</h4>", page)
        self._card(self.diver)
        page = self._get(LIST)
        self.assertLess(page.index("Petra Portal</h4>"), page.index("Wanda Ward"))

    def test_pages(self):
        for number in range(25):
            self._card(self.diver, number=str(number))
        first, second = self._get(LIST), self._get(f"{LIST}/page/2")
        count = [page.count('class="o_dive_card ') for page in (first, second)]
        self.assertEqual(count, [20, 5])
        self.assertIn(f'href="{LIST}/page/2"', first)
        self.assertIn('class="o_dive_card ', self._get(f"{LIST}/page/9"))

    def test_no_more_queries_for_80_cards(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cards = self.Card.with_user(self.portal)._dive_portal_cards()
            self.assertTrue(cards._dive_portal_tiles())
            return self.env.cr.sql_log_count - before

        levels = self.open | self.advanced | self.night | self.aid
        self._card(self.diver)
        self._checked(self._card(self._ward(self.diver), self.aid), "rejected")
        count()
        few = count()
        ward = self._ward(self.diver, "Willy")
        for number in range(78):
            self._card(ward, levels[number % 4], number=str(number))
        count()  # making them has emptied caches
        self.assertLessEqual(count(), few)

    # -- send ----------------------------------------------------------------

    def test_send_with_pictures(self):
        """One plain form makes a card that waits to be checked, and staff know."""
        self.company.dive_certification_user_id = self.front
        form = self._form()
        answer = self._post(NEW, form, files={"front": jpeg(), "back": jpeg()})
        card = self._cards()
        self.assertEqual(len(card), 1)
        self.assertURLEqual(answer.headers["Location"], f"{LIST}/{card.id}?said=sent")
        self.assertEqual(card.source, "portal")
        self.assertEqual(card.verification, "unverified")
        self.assertEqual(card.level_id, self.open)
        self.assertEqual(card.number, "654321")
        self.assertEqual(fields.Date.to_string(card.issue_date), "2020-05-17")
        self.assertEqual(card.create_uid, self.portal)
        self.assertNotIn(self.diver, card.message_partner_ids)
        page = self._get(f"{LIST}/{card.id}")
        self.assertIn("Being checked", page)
        for file in (card.front_id, card.back_id):
            self.assertIn(f"/dive/file/{file.id}", page)
            picture = self.url_open(f"/dive/file/{file.id}")
            self.assertEqual(picture.headers["Content-Type"], "image/jpeg")
        activity = card.activity_ids
        self.assertEqual(activity.summary, "Check the card of Petra Portal")
        self.assertEqual(activity.user_id, self.front)

    def test_send_twice_makes_one(self):
        form = self._form()
        first = self._post(NEW, form)
        second = self._post(NEW, form)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self._cards()), 1)

    def test_one_activity_per_diver(self):
        for number in ("111111", "222222", "333333"):
            self._post(NEW, self._form(number=number))
        cards = self._cards()
        self.assertEqual(len(cards), 3)
        self.assertEqual(len(cards.activity_ids), 1)
        # done with the card that it is on: the next one waiting gets it
        first = cards.activity_ids
        self._checked(self.Card.browse(first.res_id))
        self.assertEqual(len(cards.activity_ids), 1)
        self.assertNotEqual(cards.activity_ids, first)
        for card in cards:
            self._checked(card)
        self.assertFalse(cards.activity_ids)

    def test_card_of_a_ward(self):
        self.assertNotIn('name="partner_id"', self._get(NEW))
        ward = self._ward(self.diver)
        self.assertIn('name="partner_id"', self._get(NEW))
        self._post(NEW, self._form(partner_id=str(ward.id)))
        self.assertFalse(self._cards())
        self.assertEqual(self._cards(ward).source, "portal")

    def test_level_not_in_the_list(self):
        """The diver's own words reach staff, and verify nothing by themselves."""
        form = self._form(level_id="other", level_text=" CEDIP  2 star\0")
        self._post(NEW, form, files={"front": jpeg()})
        card = self._cards()
        self.assertEqual(card.level_text, "CEDIP 2 star")
        self.assertTrue(card.front_id)
        self.assertIn("CEDIP 2 star", self._get(LIST))
        self.assertNotIn("Level not in the list", self._get(LIST))
        self.assertFalse(self.diver.dive_level_id)
        with self.assertRaisesRegex(Exception, "CEDIP 2 star"):
            self._checked(card)
        card.with_user(self.front).level_id = self.open
        self._checked(card)
        self.assertIn("Zebra Open", self._get(LIST))

    def test_two_levels_in_words_with_one_number(self):
        for words in ("CEDIP 1", "CEDIP 2"):
            self._post(NEW, self._form(level_id="other", level_text=words))
        self.assertEqual(
            sorted(self._cards().mapped("level_text")), ["CEDIP 1", "CEDIP 2 · 654321"]
        )

    def test_expiry_by_the_level(self):
        self._post(NEW, self._form(level_id=str(self.aid.id)))
        self.assertEqual(fields.Date.to_string(self._cards().expiry_date), "2022-05-17")

    # -- wrong ---------------------------------------------------------------

    def _refused(self, words, files=None, **values):
        answer = self._post(NEW, self._form(**values), 422, files=files)
        self.assertIn(words, answer.text)
        self.assertFalse(self._cards(), words)
        return answer.text

    def test_wrong_values_are_told_and_nothing_is_lost(self):
        tomorrow = fields.Date.to_string(fields.Date.today() + timedelta(days=2))
        self.diver.birthdate_date = "2010-01-01"
        for words, values in (
            ("Choose the level", {"level_id": ""}),
            ("Choose the level", {"level_id": "999999"}),
            ("Choose the level", {"level_id": "9" * 30}),
            ("Choose the level", {"level_id": "²"}),
            ("Write which level it is", {"level_id": "other"}),
            ("Give the number of the card", {"number": "  "}),
            ("too long for the number", {"number": "9" * 65}),
            ("This is not a date", {"issue_date": "yesterday"}),
            ("cannot be issued in the future", {"issue_date": tomorrow}),
            ("was not born yet", {"issue_date": "2009-12-31"}),
            ("before it was issued", {"expiry_date": "2019-01-01"}),
            ("leave the end empty", {"expiry_date": "9999-12-31"}),
        ):
            with self.subTest(words, **values):
                page = self._refused(words, **values)
                if "number" not in values:
                    self.assertIn('value="654321"', page)
                self.assertEqual(
                    page.count('class="text-danger small" role="alert"'), 1
                )

    def test_archived_level(self):
        self.open.active = False
        self._refused("Choose the level")

    def test_files_are_what_their_bytes_say(self):
        for content, words in (
            (SVG, "it is SVG"),
            (b"MZ\x90\x00 a program", "not a JPEG, PNG or PDF"),
            (b"", "This file is empty"),
            (jpeg() + b"\0" * SIZE_LIMIT, "10 MB is the most"),
        ):
            with self.subTest(words):
                page = self._refused(words, files={"front": jpeg(), "back": content})
                self.assertIn("Please choose the pictures again", page)
        self.assertFalse(
            self.env["dive.sealed.file"]
            .search([])
            .filtered(lambda file: file.create_uid == self.portal)
        )

    def test_daily_limit(self):
        for number in range(DAILY_LIMIT):
            self._card(self.diver, number=str(number), source="portal")
        cards = self._cards()
        cards.flush_recordset()
        self.env.cr.execute(
            "UPDATE dive_certification SET create_uid = %s WHERE id IN %s",
            [self.portal.id, cards._ids],
        )
        answer = self._post(NEW, self._form(), 422)
        self.assertIn("You have sent 20 cards", answer.text)
        self.assertIn('value="654321"', answer.text)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.Card.with_user(self.portal)._dive_portal_check_limit()

    # -- twice, and somebody else's ------------------------------------------

    def test_own_card_again(self):
        card = self._card(self.diver, number="65-43-21")
        answer = self._post(NEW, self._form())
        self.assertURLEqual(answer.headers["Location"], f"{LIST}/{card.id}?said=known")
        self.assertEqual(self._cards(), card)
        self.assertFalse(card.activity_ids)

    def test_renewed_card_again(self):
        """Later dates for a card that is verified: staff look, nothing changes."""
        card = self._card(self.diver, self.aid, number="654321")
        self._checked(card)
        ends = card.expiry_date
        form = self._form(level_id=str(self.aid.id), issue_date="2024-05-17")
        self._post(NEW, form)
        self.assertEqual((self._cards(), card.expiry_date), (card, ends))
        self.assertEqual(len(card.activity_ids), 1)
        self.assertIn("renewed", card.message_ids[0].body)

    def test_number_of_somebody_else(self):
        """The diver is told nothing, staff are warned."""
        self.other.name = "Secret Somebody"
        self._card(self.other, number="654321")
        self._post(NEW, self._form())
        card = self._cards()
        self.assertEqual(len(card), 1)
        page = self._get(f"{LIST}/{card.id}")
        self.assertNotIn("Secret", page)
        self.assertFalse(card.with_user(self.portal).hint)
        self.assertIn("Secret Somebody", card.with_user(self.front).hint)

    def test_unusual_number(self):
        card = self._card(self.diver, number="77")
        self.assertIn("6 digits", self._get(f"{LIST}/{card.id}"))
        self._checked(card)
        self.assertNotIn("6 digits", self._get(f"{LIST}/{card.id}"))

    # -- find a level ----------------------------------------------------------

    def test_find_a_level(self):
        found = self.url_open(f"{LIST}/levels?q=adv zeb").json()
        self.assertEqual([level["id"] for level in found], [self.advanced.id])
        self.assertIn("Zebra Advanced", found[0]["name"])
        self.assertFalse(found[0]["renews"])
        self.assertTrue(self.url_open(f"{LIST}/levels?q=zebra aid").json()[0]["renews"])
        self.assertEqual(self.url_open(f"{LIST}/levels?q=z").json(), [])
        self.assertLessEqual(len(self.url_open(f"{LIST}/levels?q=di").json()), 20)
        self.assertEqual(self.url_open(f"{LIST}/levels?q=not in the list").json(), [])

    @mute_logger("odoo.http")
    def test_find_levels_not_too_often(self):
        answers = [
            self.url_open(f"{LIST}/levels?q=zebra").status_code for _turn in range(62)
        ]
        self.assertEqual((answers[0], answers[-1]), (200, 429))
