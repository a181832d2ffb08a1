"""Since when and until when a card counts, wherever on earth the centre is."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .certification_common import CertificationCommon

ENDS = date(2026, 11, 22)


@tagged("post_install", "-at_install")
class TestCertificationState(CertificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.dive_certification_alert_days = "60,30,7,0"
        cls.card = cls._card(expiry_date=ENDS)
        cls.forever = cls._card(level=cls.night)

    def _states(self):
        """Return the card's state as computed, found, grouped, and through Anna."""
        self.env.invalidate_all()
        states = {self.card.state}
        mine = Domain("id", "in", (self.card | self.forever).ids)
        for state in ("valid", "expiring", "expired"):
            found = self.Card.search(mine & Domain("state", "=", state))
            if self.card in found:
                states.add(state)
            cards = Domain("state", "=", state) & Domain("id", "=", self.card.id)
            divers = self.Partner.search(
                Domain("id", "=", self.anna.id)
                & Domain("dive_certification_ids", "any!", cards)
            )
            if divers:
                states.add(state)
        groups = dict(self.Card._read_group(mine, ["state"], ["id:recordset"]))
        states |= {state for state, cards in groups.items() if self.card in cards}
        self.assertEqual(self.forever.state, "valid")
        self.assertIn(self.forever, groups["valid"])
        return states

    def test_on_each_day(self):
        for day, state in (
            (ENDS - timedelta(days=61), "valid"),
            (ENDS - timedelta(days=60), "expiring"),
            (ENDS, "expiring"),
            (ENDS + timedelta(days=1), "expired"),
        ):
            with freeze_time(f"{day} 12:00:00"):
                self.assertEqual(self._states(), {state}, day)

    def test_the_day_is_the_company_s(self):
        """One moment, three dates: 22 November, 10:30 UTC."""
        for zone, ends, state in (
            ("Pacific/Tongatapu", date(2026, 11, 21), "expired"),  # there it is 23:30
            ("Pacific/Tongatapu", date(2026, 11, 22), "expiring"),
            ("Pacific/Honolulu", date(2026, 11, 22), "expiring"),  # there it is 00:30
            ("Pacific/Honolulu", date(2026, 11, 21), "expired"),
        ):
            self.company.partner_id.tz = zone
            self.card.expiry_date = ends
            with freeze_time("2026-11-22 10:30:00"):
                self.assertEqual(self._states(), {state}, zone)
        self.card.expiry_date = ENDS
        for zone, moment, state in (
            ("Pacific/Tongatapu", "2026-11-22 10:59:59", "expiring"),
            ("Pacific/Tongatapu", "2026-11-22 11:00:00", "expired"),
            ("Pacific/Honolulu", "2026-11-23 09:59:59", "expiring"),
            ("Pacific/Honolulu", "2026-11-23 10:00:00", "expired"),
        ):
            self.company.partner_id.tz = zone
            with freeze_time(moment):
                self.assertEqual(self._states(), {state}, moment)

    def test_the_longest_alert_is_what_expiring_means(self):
        self.company.dive_certification_alert_days = "7"
        with freeze_time(ENDS - timedelta(days=8)):
            self.assertEqual(self._states(), {"valid"})
        with freeze_time(ENDS - timedelta(days=7)):
            self.assertEqual(self._states(), {"expiring"})

    def test_sorting_and_several_states(self):
        cards = self.card | self.forever
        with freeze_time(ENDS + timedelta(days=1)):
            mine = Domain("id", "in", cards.ids)
            self.assertEqual(
                self.Card.search(mine, order="state, id"), self.card + self.forever
            )
            self.assertEqual(
                self.Card.search(mine & Domain("state", "in", ["valid", "expired"])),
                self.Card.search(mine),
            )
            self.assertEqual(
                self.Card.search(mine & Domain("state", "!=", "expired")), self.forever
            )


@tagged("post_install", "-at_install")
@freeze_time("2026-11-22 12:00:00")
class TestCertificationPeriods(CertificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._card(
            level=cls.aid, issue_date=date(2022, 6, 1), number="123456"
        ).with_user(cls.front)

    def _valid(self, *days):
        return [bool(self.card._dive_valid_on(date(*day))) for day in days]

    def test_first_and_last_day_count(self):
        self.assertEqual(self.card.expiry_date, date(2024, 6, 1))
        self.assertEqual(
            self._valid((2022, 5, 31), (2022, 6, 1), (2024, 6, 1), (2024, 6, 2)),
            [False, True, True, False],
        )

    def test_renewed_late_there_is_a_gap(self):
        self.card._dive_renew(date(2025, 1, 10))
        self.assertEqual(self.card.expiry_date, date(2027, 1, 10))
        self.assertEqual(
            self._valid(
                (2024, 6, 1), (2024, 6, 2), (2025, 1, 9), (2025, 1, 10), (2027, 1, 10)
            ),
            [True, False, False, True, True],
        )
        self.assertFalse(self._valid((2027, 1, 11))[0])

    def test_renewed_early_nothing_is_lost(self):
        self.card._dive_renew(date(2024, 3, 1))
        self.assertEqual(self.card.expiry_date, date(2026, 6, 1))
        self.card._dive_renew(date(2026, 11, 22))
        self.assertEqual(self.card.expiry_date, date(2028, 11, 22))
        self.assertEqual(
            self._valid((2024, 6, 2), (2026, 6, 1), (2026, 6, 2), (2026, 11, 22)),
            [True, True, False, True],
        )

    def test_taken_back_the_end_is_the_card_s_again(self):
        self.card._dive_renew(date(2024, 3, 1))
        self.assertTrue(self.card.renewed)
        with self.assertRaisesRegex(UserError, "was renewed until"):
            self.card.expiry_date = date(2024, 7, 1)
        self.card.renewal_ids.action_withdraw()
        self.assertFalse(self.card.renewed)
        with Form(self.card) as form:
            form.expiry_date = date(2024, 7, 1)
        self.assertEqual(self.card.expiry_date, date(2024, 7, 1))

    def test_the_dialog(self):
        action = self.card.action_renew()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.front)
            .with_context(**action["context"])
        )
        self.assertEqual(form.date, date(2026, 11, 22))
        self.assertEqual(form.expiry_date, date(2028, 11, 22))
        form.date = date(2024, 5, 1)
        self.assertEqual(form.expiry_date, date(2026, 6, 1))
        form.save().action_renew()
        self.assertEqual(self.card.expiry_date, date(2026, 6, 1))
        self.assertEqual(self.card.renewal_ids.user_id, self.front)

    def _dialog(self, cards):
        """Return the dialog as it opens; it is saved when its button is pressed."""
        action = cards.action_renew()
        return Form(
            self.env[action["res_model"]]
            .with_user(self.front)
            .with_context(**action["context"])
        )

    def test_a_second_press_renews_nothing(self):
        other = self._card(level=self.aid, number="2").with_user(self.front)
        cards = self.card | other
        dialog, late = self._dialog(cards), self._dialog(other)
        wizard = dialog.save()
        self.assertFalse(wizard.expiry_date, "by the months of each level")
        wizard.action_renew()
        ends = cards.mapped("expiry_date")
        self.assertEqual(ends, [date(2028, 11, 22)] * 2)
        # pressed again, and in the dialog that somebody else had open meanwhile
        for again in (wizard, late.save()):
            with self.assertRaisesRegex(UserError, "ends on 2028-11-22 by now"):
                again.action_renew()
        self.assertEqual(cards.mapped("expiry_date"), ends)
        self.assertEqual(len(cards.renewal_ids), 2)
        self._dialog(other).save().action_renew()
        self.assertEqual(other.expiry_date, date(2030, 11, 22))

    def test_queries_do_not_grow_with_cards(self):
        """Whether the new ends are one day or as many days as there are cards."""
        counts = []
        for total in (2, 1, 80):
            cards = self.Card.create(
                [
                    {
                        "partner_id": self._customer(f"Diver {number}").id,
                        "level_id": self.aid.id,
                        "number": f"{total} {number}",
                        "issue_date": date(2024, 11, 1) + timedelta(days=number),
                    }
                    for number in range(total)
                ]
            ).with_user(self.front)
            wizard = self._dialog(cards).save()
            wizard.expiry_date = False  # by the level, as for several cards
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.with_context(tracking_disable=False).action_renew()
            self.env.flush_all()
            self.env.cr.precommit.run()  # what the chatter tracks
            counts.append(self.env.cr.sql_log_count - before)
            self.assertIn("2026-11-", cards[0].message_ids[0].body)
            self.assertGreater(min(cards.mapped("expiry_date")), date(2028, 11, 1))
        self.assertEqual(counts[1], counts[2])

    def test_what_cannot_be_renewed(self):
        forever = self._card()
        rejected = self._card(level=self.aid, number="2")
        self._checked(rejected, "rejected")
        for card, days, text in (
            (forever, (), "it never ends"),
            (rejected, (), "it was rejected"),
            (self.card, (date(2026, 11, 23),), "in the future"),
            (self.card, (date(2022, 5, 31),), "issued after"),
            (self.card, (date(2026, 1, 1), date(2024, 6, 1)), "is not after"),
        ):
            with self.assertRaisesRegex(ValidationError, text):
                card._dive_renew(*days)
        self.assertFalse((self.card | forever | rejected).renewal_ids)

    def test_an_end_that_means_never(self):
        """Of a database from before such an end was refused."""
        with self.assertRaisesRegex(ValidationError, "more than 100 years away"):
            self.card._dive_renew(expiry_date=date(9999, 1, 1))
        self.card._dive_unlocked().write({"expiry_date": date(9999, 12, 31)})
        action = self.card.action_renew()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        with Form(wizard.with_user(self.front)) as form:
            form.expiry_date = date(2030, 1, 1)
        for ends in (date(2030, 1, 1), False):
            form.record.expiry_date = ends
            with self.assertRaisesRegex(ValidationError, "leave it empty"):
                form.record.action_renew()
        self.card.expiry_date = False
        with self.assertRaisesRegex(ValidationError, "it never ends"):
            self.card._dive_renew()

    def test_a_wrong_renewal_is_taken_back(self):
        self.card._dive_renew(date(2025, 1, 10))
        first = self.card.renewal_ids
        self.card._dive_renew(date(2026, 11, 1))
        with self.assertRaisesRegex(UserError, "Only the newest"):
            first.action_withdraw()
        newest = self.card.renewal_ids - first
        with self.assertRaisesRegex(UserError, "ask them or a manager"):
            newest.with_user(self.instructor).action_withdraw()
        newest.with_user(self.manager).action_withdraw()
        self.assertEqual(newest.state, "withdrawn")
        self.assertEqual(self.card.expiry_date, date(2027, 1, 10))
        first.action_withdraw()
        self.assertEqual(self.card.expiry_date, date(2024, 6, 1))
        self.assertEqual(len(self.card.renewal_ids), 4, "nothing is deleted")
        self.assertEqual(
            self._valid((2024, 6, 1), (2025, 6, 1), (2026, 11, 22)),
            [True, False, False],
        )
        with self.assertRaises(UserError):
            first.action_withdraw()

    def test_the_end_of_a_renewed_card_is_the_renewal_s(self):
        self.card.expiry_date = date(2024, 7, 1)
        self.card._dive_renew(date(2025, 1, 10))
        with self.assertRaisesRegex(UserError, "was renewed until 2027-01-10"):
            self.card.expiry_date = date(2030, 1, 1)
        self.card.invalidate_recordset()
        self.card.issue_date = date(2022, 6, 2)
        self.assertEqual(self.card.expiry_date, date(2027, 1, 10))
        self.assertEqual(self._valid((2022, 6, 1), (2022, 6, 2)), [False, True])

    def test_renewals_are_appended_only(self):
        self.card._dive_renew(date(2025, 1, 10))
        renewal = self.card.renewal_ids
        for user in (self.front, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                renewal.with_user(user).write({"expiry_date": "2050-01-01"})
            with self.assertRaises(UserError):
                renewal.with_user(user).unlink()
            with self.assertRaises(UserError):
                renewal.with_user(user).create(
                    {
                        "certification_id": self.card.id,
                        "date_from": "2025-01-01",
                        "expiry_date": "2050-01-01",
                        "user_id": user.id,
                    }
                )
        with self.assertRaises(UserError):
            renewal.sudo().write({"note": "x"})
        self.assertEqual(renewal.expiry_date, date(2027, 1, 10))
