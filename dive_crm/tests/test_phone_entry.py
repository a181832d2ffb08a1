"""The phone field with a country selector: what it asks the server (P6)."""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPhoneCheck(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        cls.partners = cls.env["res.partner"].with_user(
            new_test_user(cls.env, "t_phone_desk", groups="base.group_user")
        )

    def _check(self, number, code=None):
        return self.partners.dive_phone_check(number, code)

    def test_national_numbers_of_the_chosen_country(self):
        for number, code, international in (
            ("07911 123456", "GB", "+44 7911 123456"),
            ("7911123456", "gb", "+44 7911 123456"),
            ("8 912 308-37-78", "RU", "+7 912 308-37-78"),
            ("06 12 34 56 78", None, "+33 6 12 34 56 78"),
            # Local numbers of a Caribbean island, whose code is part of +1.
            ("359 1234", "BS", "+1 242-359-1234"),
            ("06 698 83162", "IT", "+39 06 6988 3162"),
        ):
            with self.subTest(number=number, code=code):
                answer = self._check(number, code)
                self.assertEqual(answer["reason"], "")
                self.assertEqual(answer["international"], international)
                self.assertTrue(answer["ok"])

    def test_what_the_field_sends_before_the_answer_means_the_same(self):
        """The field puts ``+<calling code> <as typed>`` into the record at once."""
        calling = {c["code"]: c["calling_code"] for c in self._countries().values()}
        for number, code in (
            ("07911 123456", "GB"),
            ("8 912 308-37-78", "RU"),
            ("06 12 34 56 78", "FR"),
            ("06 698 83162", "IT"),
            ("011 15-2345-6789", "AR"),
            ("242 359 1234", "BS"),
        ):
            with self.subTest(number=number, code=code):
                self.assertEqual(
                    self._check(f"+{calling[code]} {number}", "DE")["international"],
                    self._check(number, code)["international"],
                )
                self.assertTrue(self._check(number, code)["ok"])

    def test_international_numbers_tell_their_country(self):
        for number, country in (
            ("+44 7911 123456", "GB"),
            ("0044 7911 123456", "GB"),
            ("+1 416 555 0123", "CA"),
            ("+1 242 359 1234", "BS"),
            ("+7 701 123 4567", "KZ"),
            ("+800 1234 5678", ""),
        ):
            with self.subTest(number=number):
                answer = self._check(number, "FR")
                self.assertTrue(answer["ok"], answer["reason"])
                self.assertEqual(answer["country"], country)

    def test_a_chosen_country_stays_where_several_share_a_number(self):
        for number, code in (
            ("0690 00 12 34", "MF"),
            ("0690 00 12 34", "GP"),
            ("07911 123456", "GB"),
            ("07911 123456", "GG"),
        ):
            with self.subTest(number=number, code=code):
                answer = self._check(number, code)
                self.assertTrue(answer["ok"], answer["reason"])
                self.assertEqual(answer["country"], code)

    def test_a_number_that_cannot_exist_has_a_reason(self):
        for number in ("12345", "+44 12", "call me", "1" * 500, "+999 12345678"):
            with self.subTest(number=number[:20]):
                answer = self._check(number, "GB")
                self.assertFalse(answer["ok"])
                self.assertTrue(answer["reason"])
                self.assertEqual(answer["international"], "")

    def test_saving_is_refused_with_the_same_reason(self):
        shown = self._check("+44 12345", "GB")["reason"]
        with self.assertRaises(ValidationError) as refused:
            self.env["res.partner"].create(
                {"name": "Nobody", "dive_customer": True, "phone": "+44 12345"}
            )
        self.assertEqual(refused.exception.args[0], shown)

    def test_no_number_is_no_fault(self):
        answer = self._check("  ", "GB")
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["international"], "")
        self.assertEqual(answer["example"], "07400 123456")
        self.assertEqual(self._check(False, "ZZ")["country"], "FR")

    def _countries(self):
        return {c["code"]: c for c in self.partners.dive_phone_countries()}

    def test_countries(self):
        countries = self._countries()
        self.assertEqual(countries["GB"]["calling_code"], "44")
        self.assertEqual(countries["GB"]["name"], "United Kingdom")
        self.assertTrue(countries["GB"]["main"])
        self.assertFalse(countries["JE"]["main"])
        self.assertEqual(countries["BS"]["phone_code"], "1242")
        self.assertEqual(countries["BS"]["calling_code"], "1")
        self.assertIn("/gb.png", countries["GB"]["image_url"])

    def test_most_used_countries_come_first(self):
        customers = self.env["res.partner"].create(
            [
                {"name": f"Diver {place}", "dive_customer": True, "phone": phone}
                for place, phone in enumerate(
                    ["+49 1512 3456789"] * 120 + ["+34 612 34 56 78"] * 80
                )
            ]
        )
        self.assertEqual(len(customers), 200)
        countries = self._countries()
        ranks = [countries[code]["rank"] for code in ("FR", "DE", "ES", "NZ")]
        self.assertEqual(ranks, [0, 1, 2, 999])

    def test_queries_do_not_grow_with_customers(self):
        phones = [f"+44 7911 12{n:04}" for n in range(80)]
        for some in (phones[:1], phones):
            self.env["res.partner"].create(
                [
                    {"name": phone, "dive_customer": True, "phone": phone}
                    for phone in some
                ]
            )
            self.env.invalidate_all()
            self.partners.dive_phone_countries()
            self.env.invalidate_all()
            with self.subTest(customers=len(some)), self.assertQueryCount(5):
                self.partners.dive_phone_countries()
