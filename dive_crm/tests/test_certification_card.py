"""What a card says: what is refused, what is pointed out, what fills itself."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .certification_common import CertificationCommon

TODAY = "2026-11-22"
QUICK = "dive_crm.view_dive_certification_quick_form"


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestCertificationEntry(CertificationCommon):
    def test_a_few_keys_make_a_card(self):
        cards = self.Card.with_user(self.front).with_context(
            default_partner_id=self.anna.id
        )
        form = Form(cards, view=QUICK)
        [(level_id, _name)] = self.env["dive.certification.level"].name_search(
            "adv zebra"
        )
        form.level_id = self.env["dive.certification.level"].browse(level_id)
        form.number = " 123-456 "
        form.issue_date = date(2020, 3, 1)
        card = form.save()
        self.assertEqual(card.partner_id, self.anna)
        self.assertEqual(card.level_id, self.advanced)
        self.assertEqual(card.agency_id, self.agency)
        self.assertEqual((card.number, card.number_key), ("123-456", "123456"))
        self.assertFalse(card.expiry_date or card.hint)
        self.assertEqual((card.state, card.verification), ("valid", "unverified"))

    def test_the_end_follows_from_the_level(self):
        form = Form(self.Card.with_context(default_partner_id=self.anna.id), view=QUICK)
        form.level_id = self.aid
        form.issue_date = date(2024, 2, 29)
        self.assertEqual(form.expiry_date, date(2026, 2, 28))
        form.level_id = self.open
        self.assertFalse(form.expiry_date, "the open water card never ends")
        form.level_id = self.aid
        form.expiry_date = date(2025, 1, 1)
        card = form.save()
        self.assertEqual(card.expiry_date, date(2025, 1, 1), "as typed")
        card.issue_date = date(2024, 3, 31)
        self.assertEqual(card.expiry_date, date(2025, 1, 1), "read off the card")
        card.expiry_date = date(2026, 3, 31)
        card.issue_date = date(2024, 4, 1)
        self.assertEqual(card.expiry_date, date(2026, 4, 1), "it follows again")

    def test_an_end_without_a_day_of_issue_is_the_card_s(self):
        """What is learnt later about the day of issue does not end the card."""
        ends = date(2027, 12, 27)
        card = self._card(level=self.aid, issue_date=False, expiry_date=ends)
        card.issue_date = date(2020, 1, 1)
        self.assertEqual(card.expiry_date, ends)
        with Form(card.with_user(self.front)) as form:
            form.issue_date = date(2021, 1, 1)
            self.assertEqual(str(form.expiry_date), str(ends))
        self.assertEqual(card.expiry_date, ends)
        card = self._card(level=self.aid, expiry_date="2020-05-01")
        with self.assertRaisesRegex(ValidationError, "before it was issued"):
            card.issue_date = date(2021, 1, 1)

    def test_a_day_after_which_there_is_none(self):
        form = Form(self.Card.with_context(default_partner_id=self.anna.id), view=QUICK)
        form.level_id = self.aid
        form.issue_date = date(9999, 12, 31)
        self.assertFalse(form.expiry_date)
        with self.assertRaisesRegex(ValidationError, "in the future"):
            form.save()

    def _refused(self, text, **vals):
        with self.assertRaisesRegex(ValidationError, text):
            self._card(**vals)

    def test_impossible_dates(self):
        self._refused("in the future", issue_date="2026-11-23")
        self._refused("check the year", issue_date="0202-03-01")
        self._refused("before it was issued", expiry_date="2020-02-29")
        self._refused("leave the end empty", expiry_date="9999-12-31")
        self._refused("leave the end empty", expiry_date="2126-11-23")
        self._refused("was born on 1990-05-10", issue_date="1990-05-10")
        card = self._card(level=self.aid)
        for values, text in (
            ({"issue_date": "2026-11-23"}, "in the future"),
            ({"issue_date": "1990-01-01"}, "was born"),
            ({"expiry_date": "2020-02-29"}, "before it was issued"),
            ({"expiry_date": "9999-01-01"}, "leave the end empty"),
        ):
            with (
                self.assertRaisesRegex(ValidationError, text),
                self.env.cr.savepoint(),
            ):
                card.write(values)
        self.assertEqual(self._card(issue_date=TODAY).state, "valid", "today is fine")
        self._card(level=self.night, number="3", expiry_date="2126-11-22")
        same_day = self._card(level=self.night, expiry_date="2020-03-01")
        self.assertEqual(same_day.state, "expired", "a card of one day is a card")

    def test_the_future_is_that_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Tongatapu"  # UTC+13: the 23rd
        self._card(issue_date="2026-11-23")
        self.company.partner_id.tz = "Pacific/Honolulu"  # UTC−10
        with freeze_time(f"{TODAY} 09:00:00"):  # the 21st there
            self._refused("in the future", issue_date=TODAY)

    def test_archived_catalogue(self):
        self.open.active = False
        self._refused("“Zebra · Zebra Open .ZO.” is archived")
        self.agency.active = False
        self._refused("Zebra is archived", level=self.night)
        self.agency.active = True
        self.open.active = True
        card = self._card()
        self.agency.active = False
        card.note = "Cards that are there stay and can be written to"
        self.assertEqual(card._dive_valid_on(date(2026, 1, 1)), card)

    def test_the_same_card_twice(self):
        card = self._card(number="123 456")
        text = "Anna Keller has this card already: .*123 456, issued 2020-03-01"
        self._refused(text, number="123-456")
        other = self._card(number="654321")
        with self.assertRaisesRegex(ValidationError, text):
            other.number = "123456"
        other.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "stands here twice"):
            self.Card.create(
                [
                    {
                        "partner_id": self.anna.id,
                        "level_id": self.night.id,
                        "number": number,
                    }
                    for number in ("77", "7-7")
                ]
            )
        # one number for all cards of a diver is what several agencies give
        self._card(level=self.advanced, number="123456")
        card.active = False
        again = self._card(number="123456")
        with self.assertRaisesRegex(ValidationError, "has this card already"):
            card.active = True
        card.invalidate_recordset()
        again.active = False
        card.active = True

    def test_odd_numbers(self):
        for number in ("🤿🤿", "ب١٢٣٤٥٦", "\u202e123\u202c", "- -"):
            with self.subTest(number=number):
                card = self._card(diver=self._customer("Bo"), number=number)
                self.assertTrue(card.number)
                self.assertEqual(card.state, "valid")
        self.assertEqual(self._card(number="١٢٣").number_key, "123")
        self.assertFalse(self._card(number="  \t ").number)
        self._refused("at most 64 characters, this text has 1000", number="9" * 1000)

    def test_hints_refuse_nothing(self):
        card = self._card(number="12-34")
        self.assertIn("Zebra usually look different (6 digits)", card.hint)
        card.number = "12 34-56"
        self.assertFalse(card.hint)
        child = self._customer("Kim", birthdate_date=date(2012, 3, 2))
        junior = self._card(child, number="000001", issue_date=date(2023, 3, 1))
        self.assertIn("Kim was 10 on that day", junior.hint)
        junior.issue_date = date(2024, 3, 2)
        self.assertFalse(junior.hint)
        second = self._card(number="222222")
        self.assertIn("has a card of this level already", second.hint)

    def test_a_broken_pattern_speaks_against_no_card(self):
        self.env.cr.execute(
            "UPDATE dive_agency SET number_pattern = '[(' WHERE id = %s",
            [self.agency.id],
        )
        self.agency.invalidate_recordset()
        self.assertFalse(self._card(number="12").hint)

    def test_the_number_of_somebody_else(self):
        self._card(number="123456")
        bea = self._customer("Bea Berg")
        card = self._card(bea, number="123 456").with_user(self.front)
        self.assertIn("Zebra 123 456 stands on the card of Anna Keller too", card.hint)
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        self.anna.company_id = other_company
        card.invalidate_recordset()
        self.assertIn("a customer of another company", card.hint)
        self.assertNotIn("Anna", card.hint)

    def test_cards_with_a_history_are_archived_not_deleted(self):
        bare = self._card()
        bare.with_user(self.manager).unlink()
        card = self._card()
        self._checked(card)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            card.with_user(self.manager).unlink()

    def test_numbers_are_found_however_they_are_written(self):
        card = self._card(number="AB 12-34")
        for typed in ("ab1234", "12 34", "AB-12", "b-1"):
            found = self.Card.search([("any_number", "ilike", typed)])
            self.assertIn(card, found, typed)
        self.assertNotIn(card, self.Card.search([("any_number", "ilike", "1235")]))
        self.assertIn(card, self.Card.search([("any_number", "=", "AB 12-34")]))


@tagged("post_install", "-at_install")
class TestAlertDays(CertificationCommon):
    def test_days_are_read_leniently_and_nonsense_is_refused(self):
        for text, days in (
            ("60,30,7,0", [60, 30, 7, 0]),
            (" 7; 30 60,7 ", [60, 30, 7]),
            ("", []),
            (False, []),
        ):
            self.company.dive_certification_alert_days = text
            self.assertEqual(
                self.company._dive_read_days(
                    self.company.dive_certification_alert_days
                ),
                days,
            )
        for text in ("soon", "-3", "1.5", "99999", "60,,x", "٣"):
            with self.assertRaisesRegex(ValidationError, "Write for example"):
                self.company.dive_certification_alert_days = text
            self.company.invalidate_recordset()
