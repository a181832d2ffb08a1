"""What becomes of forms when customers are merged or erased: none is lost."""

from datetime import date

from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from .medical_common import MedicalCommon

BORN = date(1990, 5, 10)


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalMerge(MedicalCommon):
    def setUp(self):
        super().setUp()
        self.double = self._customer("Anna Keler", birthdate_date=BORN)

    def _merge(self):
        """Make one of Anna and her double; return her status, as all ways say it."""
        self._merge_partners(self.anna, self.double)
        self.assertFalse(self.double.exists())
        status = self.anna._dive_medical_status()[self.anna]
        self.assertEqual(self.anna.dive_medical_status, status)
        return status

    def test_both_histories_survive(self):
        forms = self._signed() | self._signed(self.double, yes=["3"]) | self._draft()
        forms |= self._draft(self.double)
        self._word(forms[1])
        self._merge()
        self.assertEqual(self.anna.dive_medical_form_ids, forms.sorted())
        self.assertEqual(len(self.anna.dive_medical_form_ids.entry_ids), 1)

    def test_the_stricter_status_stays(self):
        """Whichever of the two was signed last, and whichever record is kept."""
        for strict, expected in ((["3"], "physician"), ("unfit", "unfit")):
            for first_is_strict in (True, False):
                for strict_is_kept in (True, False):
                    with self.subTest(
                        strict, first=first_is_strict, kept=strict_is_kept
                    ):
                        self.anna = self._customer("Anna", birthdate_date=BORN)
                        self.double = self._customer("Anna", birthdate_date=BORN)
                        mine = self.anna if strict_is_kept else self.double
                        for is_strict in (first_is_strict, not first_is_strict):
                            owner = mine
                            if not is_strict:
                                owner = (self.anna | self.double) - mine
                            form = self._signed(owner, ["3"] if is_strict else [])
                            if is_strict and strict == "unfit":
                                self._word(form, "unfit", "2026-01-10")
                        self.assertEqual(self._merge(), expected)

    def test_a_later_word_in_the_other_record_does_not_lift_it(self):
        """It was said by somebody who did not know of the other record."""
        self._word(self._signed(self.double, ["3"]), "unfit", "2026-01-10")
        mine = self._signed(yes=["3"])
        self._word(mine, "fit", "2026-02-10")
        self.assertEqual(self._merge(), "unfit")
        self.assertEqual(mine.held_status, "unfit")
        self._signed()
        self.env.invalidate_all()
        self.assertEqual(self.anna.dive_medical_status, "unfit", "not by answering")
        newest = self.anna.dive_medical_form_ids[0]
        self._word(newest, "unfit", "2026-03-01")
        self.assertEqual(self.anna.dive_medical_status, "unfit")
        self._word(newest, "fit", "2026-03-02")
        self.env.invalidate_all()
        self.assertEqual(self.anna.dive_medical_status, "fit")
        self.assertFalse(mine.held_status)

    def test_held_for_a_physician_until_a_word_or_a_new_form(self):
        for lift in ("word", "form"):
            self.anna = self._customer("Anna", birthdate_date=BORN)
            self.double = self._customer("Anna", birthdate_date=BORN)
            self._signed(self.double, yes=["3"])
            mine = self._signed(self.anna)
            self.assertEqual(self._merge(), "physician")
            self.assertEqual(mine.outcome, "fit", "what was answered stays")
            if lift == "word":
                self._word(mine)
            else:
                self._signed(self.anna)
            self.env.invalidate_all()
            self.assertEqual(self.anna.dive_medical_status, "fit", lift)

    def test_a_double_without_forms_changes_nothing(self):
        form = self._signed()
        self.assertEqual(self._merge(), "fit")
        self.assertFalse(form.held_status)

    def test_forms_of_the_double_alone(self):
        self._signed(self.double)
        self._draft()
        self.assertEqual(self._merge(), "fit")

    def test_contacts_that_are_no_customers(self):
        self.anna.dive_customer = self.double.dive_customer = False
        self._signed(self.double, yes=["3"])
        self._signed()
        self.assertEqual(self._merge(), "physician")


@tagged("post_install", "-at_install")
class TestMedicalDelete(MedicalCommon):
    def test_a_customer_with_a_form_is_archived(self):
        self._draft()
        with self.assertRaises(RedirectWarning):
            self.anna.with_user(self.front).unlink()

    def test_an_administrator_erases_all(self):
        form = self._signed(yes=["3"])
        self._word(form)
        entry = form.entry_ids
        self.anna.with_user(self.env.ref("base.user_admin")).unlink()
        self.assertFalse(form.exists() or entry.exists())
