"""What cards say about a diver: level, what they hold, marks; merge and deletion."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from .certification_common import CertificationCommon

NOW = "2026-11-22 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDiveLevel(CertificationCommon):
    def setUp(self):
        super().setUp()
        self.bea = self._customer("Bea Berg")

    def _found(self, *values):
        return self.Partner.search(
            [("id", "in", (self.anna | self.bea).ids), ("dive_level_id", *values)]
        )

    def _level_of(self, partner, user=None):
        """Return the level as computed, found and grouped: all say the same."""
        self.env.invalidate_all()
        level = partner.with_user(user or self.front).dive_level_id
        if level:
            self.assertIn(
                partner, self.Partner.search([("dive_level_id", "=", level.id)])
            )
            self.assertIn(
                partner, self.Partner.search([("dive_level_id.name", "=", level.name)])
            )
        else:
            self.assertIn(partner, self.Partner.search([("dive_level_id", "=", False)]))
        groups = dict(
            self.Partner._read_group(
                [("id", "in", (self.anna | self.bea).ids)],
                ["dive_level_id"],
                ["id:recordset"],
            )
        )
        self.assertIn(partner, groups[level.with_env(self.env)])
        return level

    def test_highest_valid_and_not_rejected(self):
        self.assertFalse(self._level_of(self.anna))
        self._card(level=self.night)
        self._card(level=self.aid)
        self.assertFalse(self._level_of(self.anna), "beside the ladder")
        self._card()
        self.assertEqual(self._level_of(self.anna), self.open)
        advanced = self._card(level=self.advanced)
        self.assertEqual(self._level_of(self.anna), self.advanced)
        for change, undo in (
            ({"expiry_date": "2026-11-21"}, {"expiry_date": "2026-11-22"}),
            ({"active": False}, {"active": True}),
        ):
            advanced.write(change)
            self.assertEqual(self._level_of(self.anna), self.open)
            advanced.write(undo)
            self.assertEqual(self._level_of(self.anna), self.advanced)
        self._checked(advanced, "rejected")
        self.assertEqual(self._level_of(self.anna), self.open)

    def test_the_day_is_the_company_s(self):
        self._card(expiry_date="2026-11-22")
        self.company.partner_id.tz = "Pacific/Tongatapu"
        with freeze_time("2026-11-22 10:59:59"):
            self.assertTrue(self._level_of(self.anna))
        with freeze_time("2026-11-22 11:00:00"):
            self.assertFalse(self._level_of(self.anna))
        self.company.partner_id.tz = "Pacific/Honolulu"
        with freeze_time("2026-11-23 09:59:59"):
            self.assertTrue(self._level_of(self.anna))

    def test_search_sort_and_group(self):
        self._card()
        self._card(self.bea, self.advanced)
        both = self.anna | self.bea
        self.assertEqual(self._found("=", self.open.id), self.anna)
        self.assertEqual(self._found("in", (self.open | self.advanced).ids), both)
        self.assertEqual(self._found("!=", self.open.id), self.bea)
        self.assertEqual(self._found("=", False), self.Partner)
        self.assertEqual(self._found("!=", False), both)
        self.assertEqual(self._found("ilike", "zebra adv"), self.bea)
        mine = [("id", "in", both.ids)]
        self.assertEqual(
            self.Partner.search(mine, order="dive_level_id"), self.anna + self.bea
        )
        self.assertEqual(
            self.Partner.search(mine, order="dive_level_id desc"), self.bea + self.anna
        )
        seats = self._booking(self.anna, self._trip(), both).diver_ids
        found = seats.search(
            [
                ("id", "in", seats.ids),
                ("partner_id.dive_level_id", "=", self.advanced.id),
            ]
        )
        self.assertEqual(found.partner_id, self.bea)

    def test_marks(self):
        old = self._card(level=self.night, expiry_date="2026-11-21")
        self._card(self.bea)
        self._checked(old)
        both = self.anna | self.bea
        for name, owner in (
            ("dive_card_expired", self.anna),
            ("dive_card_unverified", self.bea),
        ):
            mine = [("id", "in", both.ids)]
            self.assertEqual(both.filtered(name), owner)
            self.assertEqual(self.Partner.search([*mine, (name, "=", True)]), owner)
            self.assertEqual(
                self.Partner.search([*mine, (name, "=", False)]), both - owner
            )
            groups = dict(self.Partner._read_group(mine, [name], ["id:recordset"]))
            self.assertEqual(groups[True], owner)

    def test_others_see_no_level_and_nothing_breaks(self):
        self._card()
        for user in (self.employee, self.accountant):
            partners = self.Partner.with_user(user)
            self.assertFalse(partners.browse(self.anna.id).dive_level_id)
            self.assertFalse(partners.search([("dive_level_id", "=", self.open.id)]))
            self.assertTrue(partners.search([], order="dive_level_id", limit=1))
            groups = partners._read_group([], ["dive_level_id"], ["__count"])
            self.assertEqual(len(groups), 1)
            names = [name for name in partners.fields_get() if name.startswith("dive_")]
            self.assertIn("dive_level_id", names)
            [values] = partners.browse(self.anna.id).read(names)
            self.assertNotIn("dive_certification_ids", values)
            self.assertNotIn("dive_card_expired", values)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDiveHolds(CertificationCommon):
    def test_what_a_level_counts_as(self):
        self._card(level=self.advanced, issue_date="2022-05-01")
        self.assertTrue(self.anna._dive_holds(self.advanced))
        self.assertTrue(self.anna._dive_holds(self.open), "its prerequisite")
        self.assertFalse(self.anna._dive_holds(self.night))
        self.assertFalse(self.anna._dive_holds(self.open, date(2022, 4, 30)))
        self.assertTrue(self.anna._dive_holds(self.open, date(2022, 5, 1)))
        self.assertTrue(self.anna._dive_holds(self.open, date(2050, 1, 1)))

    def test_on_a_day_past_or_to_come(self):
        card = self._card(level=self.aid, issue_date="2022-06-01")
        card._dive_renew(date(2026, 1, 10))
        for day, holds in (
            (date(2024, 6, 1), True),
            (date(2025, 1, 1), False),
            (date(2026, 1, 10), True),
            (date(2028, 1, 10), True),
            (date(2028, 1, 11), False),
        ):
            self.assertEqual(self.anna._dive_holds(self.aid, day), holds, day)

    def test_what_a_lapsed_membership_leaves(self):
        """An instructor who has not renewed is still the diver of before."""
        teacher = self._level(
            "Zebra Instructor",
            "ZI",
            70,
            category="professional",
            renewal_months=12,
            prerequisite_ids=self.advanced | self.aid,
        )
        card = self._card(level=teacher, issue_date="2022-01-01")
        days = before, during, after = (
            date(2021, 12, 31),
            date(2022, 6, 1),
            date(2024, 6, 1),
        )
        for level, holds in (
            (teacher, (False, True, False)),
            (self.advanced, (False, True, True)),
            (self.open, (False, True, True)),
            (self.aid, (False, False, False)),
        ):
            for day, expected in zip(days, holds, strict=True):
                held = self.anna._dive_holds(level, day)
                self.assertEqual(held, expected, (level.name, day))
        self._checked(card, "rejected")
        self.assertFalse(self.anna._dive_holds(self.open, after))
        self.assertFalse(self.anna._dive_holds(self.open, during))
        self.assertFalse(self.anna._dive_holds(self.open, before))

    def test_asked_for_forty_as_for_one(self):
        divers = self.Partner.concat(
            *(self._customer(f"Diver {number}") for number in range(40))
        )
        for diver in divers:
            self._card(diver, self.advanced)
            self._card(diver, self.night, expiry_date="2021-01-01")
            self._card(diver, self.aid)._dive_renew()
        divers[0]._dive_held_levels()  # the catalogue is read once
        counts = []
        for some in (divers[:1], divers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            held = some._dive_held_levels(date(2026, 12, 1))
            counts.append(self.env.cr.sql_log_count - before)
            for diver in some:
                self.assertEqual(held[diver], self.advanced | self.open | self.aid)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestCertificationMerge(CertificationCommon):
    def setUp(self):
        super().setUp()
        self.double = self._customer("Anna Keler")

    def _merge(self):
        self._merge_partners(self.anna, self.double)
        self.assertFalse(self.double.exists())

    def test_all_cards_survive(self):
        cards = (
            self._card(number="1")
            | self._card(self.double, number="2")
            | self._card(self.double, self.advanced, number="1")
            | self._card()
            | self._card(self.double)
        )
        self._merge()
        self.assertEqual(self.anna.dive_certification_ids, cards)

    def test_the_same_card_becomes_one_with_both_histories(self):
        end = date.today() - timedelta(days=30)
        mine = self._card(level=self.aid, number="12-34", expiry_date=end)
        hers = self._card(
            self.double, self.aid, number="1234", place="Malta", expiry_date=end
        )
        self._checked(hers, evidence="hers")
        self._checked(mine, "inconclusive", evidence="mine")
        mine._dive_renew()
        self._merge()
        card = self.anna.dive_certification_ids
        self.assertEqual(len(card), 1)
        self.assertEqual(card.verification, "verified")
        self.assertEqual(set(card.check_ids.mapped("evidence")), {"hers", "mine"})
        self.assertEqual(len(card.renewal_ids), 1)
        self.assertEqual(card.place, "Malta")
        every = self.Card.with_context(active_test=False).search(
            [("partner_id", "=", self.anna.id)]
        )
        self.assertEqual(every, mine | hers, "archived, not deleted")
        self.assertEqual(card, hers)
        self.assertEqual(card.expiry_date, mine.expiry_date, "with the renewal")
        self.assertEqual(card.state, "valid")
        self.assertTrue(card._dive_valid_on())

    def test_what_was_told_of_the_double_is_not_told_again(self):
        end = date.today() + timedelta(days=30)
        mine = self._card(level=self.aid, number="1234", expiry_date=end)
        hers = self._card(self.double, self.aid, number="1234", expiry_date=end)
        Alert = self.env["dive.certification.alert"]
        for card, days in ((mine, 60), (hers, 60), (hers, 30)):
            Alert.create(
                {
                    "certification_id": card.id,
                    "expiry_date": end,
                    "days": days,
                    "channel": "email",
                }
            )
        self._checked(mine)
        self._merge()
        self.assertEqual(sorted(mine.alert_ids.mapped("days")), [30, 60])
        self.assertEqual(hers.alert_ids.mapped("days"), [60])


@tagged("post_install", "-at_install")
class TestCertificationDelete(CertificationCommon):
    def test_a_customer_with_cards_is_archived(self):
        card = self._card()
        card.active = False
        with self.assertRaises(RedirectWarning):
            self.anna.with_user(self.front).unlink()

    def test_an_administrator_erases_all(self):
        card = self._card(level=self.aid)
        self._checked(card)
        card._dive_renew()
        card.renewal_ids.action_withdraw()
        self.anna.with_user(self.env.ref("base.user_admin")).unlink()
        self.assertFalse(card.exists())

    def test_instructors_on_cards_of_others_stay(self):
        tom = self._customer("Tom")
        self._card(instructor_id=tom.id)
        with self.assertRaisesRegex(UserError, "name them as instructor"):
            tom.with_user(self.env.ref("base.user_admin")).unlink()
