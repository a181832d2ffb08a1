"""May this diver dive on that day? One answer, computed, found, sorted and grouped."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.dive_crm.models.res_partner_medical import STATUSES
from odoo.addons.dive_crm.tools.medical_outcome import write_answers

from .medical_common import ALL_NO, MedicalCommon

NOW = "2026-11-22 12:00:00"
TODAY = date(2026, 11, 22)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMedicalStatus(MedicalCommon):
    def assertStatus(self, status, day=None, diver=None):
        """Check it as asked for a day; and today's in every way it can be had."""
        diver = diver or self.anna
        self.env.invalidate_all()
        found = diver.with_user(self.front)._dive_medical_status(day)
        self.assertEqual(list(found.values()), [status], day)
        if day is not None:
            if str(day) >= str(self.company._dive_today()):
                coming = diver._dive_medical_coming(fields.Date.to_date(day))
                self.assertEqual(list(coming.values()), [status], day)
            return
        self.assertEqual(diver.with_user(self.front).dive_medical_status, status)
        mine = [("id", "=", diver.id)]
        for name, _label in STATUSES:
            expected = diver if name == status else self.Partner
            self.assertEqual(
                self.Partner.search([*mine, ("dive_medical_status", "=", name)]),
                expected,
                name,
            )
            others = self.Partner.search([*mine, ("dive_medical_status", "!=", name)])
            self.assertEqual(others, diver - expected, name)
            self.assertEqual(
                diver.filtered_domain([("dive_medical_status", "=", name)]), expected
            )
        groups = self.Partner._read_group(mine, ["dive_medical_status"], ["__count"])
        self.assertEqual(groups, [(status, 1)])

    def _days(self, **expected):
        """Check the status on days, written d2026_11_22."""
        for day, status in expected.items():
            year, month, number = map(int, day[1:].split("_"))
            self.assertStatus(status, date(year, month, number))

    # -- one form ------------------------------------------------------------

    def test_none_then_begun_then_signed(self):
        self.assertStatus("none")
        form = self._draft()
        self.assertStatus("pending")
        self._days(d2026_11_21="none", d2027_01_01="pending")
        form.action_submit()
        self.assertStatus("fit")
        self.assertEqual(self.anna.dive_medical_until, date(2027, 11, 22))

    def test_a_day_as_the_web_writes_it(self):
        self._signed()
        self.assertStatus("expired", "2027-11-23")
        self.assertStatus("none", "2026-11-21")

    def test_put_aside_is_no_form(self):
        self._draft().action_close()
        self.assertStatus("none")

    def test_validity_includes_its_last_day(self):
        self._signed()
        self._days(
            d2026_11_21="none",
            d2026_11_22="fit",
            d2027_11_22="fit",
            d2027_11_23="expired",
            d2050_01_01="expired",
        )
        with freeze_time("2027-11-23 12:00:00"):
            self.assertStatus("expired")
            self._days(d2027_11_22="fit", d2026_11_22="fit")

    def test_validity_is_that_of_the_questionnaire(self):
        short = self._own_questionnaire(validity_months=3)
        short.action_activate()
        answers = write_answers({"1": False})
        form = self._signed(questionnaire_id=short.id, answers=answers)
        self.assertEqual(form.valid_until, date(2027, 2, 22))
        self._days(d2027_02_22="fit", d2027_02_23="expired")

    def test_a_physician_is_needed_then_has_spoken(self):
        form = self._signed(yes=["3"])
        self.assertStatus("physician")
        self._days(d2027_11_22="physician", d2027_11_23="expired")
        self._word(form)
        self.assertStatus("fit")
        self._days(d2027_11_22="fit", d2027_11_23="expired")

    def test_fit_until_a_day(self):
        form = self._signed(yes=["3"])
        self._word(form, "fit_until", TODAY, "2027-03-01")
        self.assertEqual(self.anna.dive_medical_until, date(2027, 3, 1))
        self._days(
            d2027_03_01="fit",
            d2027_03_02="physician",
            d2027_11_22="physician",
            d2027_11_23="expired",
        )
        with freeze_time("2027-03-02 12:00:00"):
            self.assertStatus("physician")
            self._word(form, "fit", "2027-03-02")
            self.assertStatus("fit")

    def test_fit_until_beyond_the_form(self):
        form = self._signed(yes=["3"])
        self._word(form, "fit_until", TODAY, "2029-01-01")
        self.assertEqual(self.anna.dive_medical_until, date(2027, 11, 22))
        self._days(d2027_11_22="fit", d2027_11_23="expired")

    # -- several forms -------------------------------------------------------

    def test_the_newest_signed_form_decides_and_drafts_displace_nothing(self):
        self._signed()
        self._draft(yes=["3"])
        self.assertStatus("fit")
        self._signed(yes=["3"])
        self.assertStatus("physician")
        self._draft()
        self.assertStatus("physician")
        self._signed()
        self.assertStatus("fit")

    def test_the_newest_is_the_one_signed_last_not_made_last(self):
        first, second = self._draft(yes=["3"]), self._draft()
        second.action_submit()
        self.assertStatus("fit")
        with freeze_time("2026-11-22 12:00:01"):
            first.action_submit()
        self.assertStatus("physician")

    def test_an_expired_form_and_a_draft(self):
        self._signed()
        with freeze_time("2027-11-23 12:00:00"):
            self._draft()
            self.assertStatus("expired")

    def test_unfit_is_not_lifted_by_answering_again(self):
        form = self._signed(yes=["3"])
        self._word(form, "unfit")
        self.assertStatus("unfit")
        with freeze_time("2026-12-01 12:00:00"):
            new = self._signed()
            self.assertEqual(new.outcome, "fit")
            self.assertStatus("unfit")
        with freeze_time("2030-12-01 12:00:00"):
            self.assertStatus("unfit")
            newer = self._signed()
            self.assertStatus("unfit")
            self._word(newer, "fit", "2030-12-01")
            self.assertStatus("fit")

    def test_unfit_is_lifted_by_a_later_word_not_by_an_earlier_one(self):
        form = self._signed(yes=["3"])
        self._word(form, "unfit", "2026-11-20")
        new = self._signed(yes=["3"])
        self._word(new, "fit", "2026-11-19")
        self.assertStatus("unfit")
        self._word(new, "fit", "2026-11-20")
        self.assertStatus("unfit", day=None)
        self._word(new, "fit", "2026-11-21")
        self.assertStatus("fit")

    def test_a_slip_is_put_right_on_the_same_form(self):
        form = self._signed(yes=["3"])
        self._word(form, "unfit")
        self._word(form, "fit")
        self.assertStatus("fit")
        self._word(form, "unfit")
        self.assertStatus("unfit")

    def test_a_new_form_asks_for_a_new_word(self):
        form = self._signed(yes=["3"])
        self._word(form)
        with freeze_time("2027-01-10 12:00:00"):
            new = self._signed(yes=["3"])
            self.assertStatus("physician")
            # a letter from before the signature, given for this form
            self._word(new, "fit", "2027-01-08")
            self.assertStatus("fit")

    def test_a_word_on_the_old_form_after_the_new_one_counts(self):
        form = self._signed(yes=["3"])
        with freeze_time("2027-01-10 12:00:00"):
            self._signed(yes=["3"])
            self._word(form, "fit", "2027-01-09")
            self.assertStatus("physician")
            self._word(form, "fit", "2027-01-10")
            self.assertStatus("fit")

    def test_days_gone_by(self):
        with freeze_time("2026-01-10 12:00:00"):
            form = self._signed(yes=["3"])
        self._word(form, "fit", "2026-03-10")
        with freeze_time("2026-06-10 12:00:00"):
            self._signed()
        with freeze_time(NOW):
            self._days(
                d2026_01_09="none",
                d2026_01_10="physician",
                d2026_03_09="physician",
                d2026_03_10="fit",
                d2026_06_10="fit",
                d2027_06_10="fit",
                d2027_06_11="expired",
            )

    # -- birthdays -----------------------------------------------------------

    def _signed_at_44(self, **vals):
        self.anna.birthdate_date = date(1982, 2, 28)  # 45 on 28 February 2027
        return self._signed(answers=write_answers(ALL_NO), **vals)

    def test_a_birthday_before_the_trip(self):
        self._signed_at_44()
        self._days(d2027_02_27="fit", d2027_02_28="pending", d2027_11_22="pending")
        self._days(d2027_11_23="expired")
        self.assertEqual(self.anna.dive_medical_until, date(2027, 2, 27))
        with freeze_time("2027-02-28 12:00:00"):
            self.assertStatus("pending")
            self._signed()
            self.assertStatus("fit")
            self.assertEqual(self.anna.dive_medical_until, date(2028, 2, 28))

    def test_born_on_29_february(self):
        self.anna.birthdate_date = date(1980, 2, 29)
        with freeze_time("2025-01-10 12:00:00"):
            self._signed(answers=write_answers(ALL_NO))
            self._days(d2025_02_28="fit", d2025_03_01="pending")

    def test_asked_for_the_day_of_the_trip(self):
        self.anna.birthdate_date = date(1982, 2, 28)
        self._signed(for_date=date(2027, 2, 28))
        self._days(d2027_02_27="fit", d2027_02_28="fit", d2027_11_22="fit")

    def test_the_date_of_birth_was_wrong(self):
        self._signed()
        self.anna.birthdate_date = date(1970, 1, 1)
        self.assertStatus("pending")
        self.anna.birthdate_date = False
        self.assertStatus("pending")
        self.anna.birthdate_date = date(1990, 1, 1)
        self.assertStatus("fit")

    def test_a_birthday_makes_nothing_better(self):
        form = self._signed_at_44(yes=[])
        self._word(form, "unfit")
        self._days(d2027_03_01="unfit")
        self._word(form, "fit")
        # the most that could come of the new questions is that a physician is needed
        self._days(d2027_03_01="fit")
        self.assertEqual(self.anna.dive_medical_until, date(2027, 11, 22))
        bea = self._customer("Bea", birthdate_date=date(1982, 2, 28))
        self._signed(bea, answers=write_answers({**ALL_NO, "3": True}))
        self.assertStatus("physician", date(2027, 3, 1), diver=bea)

    # -- the company's day ---------------------------------------------------

    def test_the_day_is_the_company_s(self):
        with freeze_time("2025-11-22 12:00:00"):
            self._signed()  # counts until 22 November 2026
        self.company.partner_id.tz = "Pacific/Tongatapu"
        with freeze_time("2026-11-22 10:59:59"):
            self.assertStatus("fit")
        with freeze_time("2026-11-22 11:00:00"):
            self.assertStatus("expired")
        self.company.partner_id.tz = "Pacific/Honolulu"
        with freeze_time("2026-11-23 09:59:59"):
            self.assertStatus("fit")
        with freeze_time("2026-11-23 10:00:00"):
            self.assertStatus("expired")

    def test_signed_where_it_is_tomorrow_already(self):
        east = self.env["res.company"].create({"name": "East"})
        east.partner_id.tz = "Pacific/Tongatapu"
        self.company.partner_id.tz = "Pacific/Honolulu"
        form = self._signed(company_id=east.id)
        self.assertEqual(form.signed_on, date(2026, 11, 23))
        self.assertEqual(self.company._dive_today(), TODAY)
        self.assertStatus("fit")

    # -- lists ---------------------------------------------------------------

    def test_sort_group_and_through_others(self):
        bea, cem = self._customer("Bea"), self._customer("Cem")
        all_three = self.anna | bea | cem
        self._signed()
        self._draft(bea)
        mine = [("id", "in", all_three.ids)]
        found = self.Partner.search(mine, order="dive_medical_status, id")
        self.assertEqual(found, self.anna + cem + bea)
        groups = self.Partner._read_group(mine, ["dive_medical_status"], ["__count"])
        self.assertEqual(groups, [("fit", 1), ("none", 1), ("pending", 1)])
        for values, expected in (
            (["none", "fit"], self.anna | cem),
            (["none", "pending", "fit"], all_three),
            ([], self.Partner),
            (["nonsense"], self.Partner),
            ([False], self.Partner),
        ):
            domain = [("dive_medical_status", "in", values)]
            self.assertEqual(self.Partner.search(mine + domain), expected, values)
            domain = [("dive_medical_status", "not in", values)]
            rest = all_three - expected
            self.assertEqual(self.Partner.search(mine + domain), rest, values)
        seats = self._booking(self.anna, self._trip(), all_three).diver_ids
        found = seats.search(
            [
                ("id", "in", seats.ids),
                ("partner_id.dive_medical_status", "=", "pending"),
            ]
        )
        self.assertEqual(found.partner_id, bea)
        forms = self.Form.search([("partner_status", "=", "fit")])
        self.assertIn(self.anna, forms.partner_id)
        self.assertNotIn(bea, forms.partner_id)

    def test_what_is_not_flushed_yet_counts(self):
        form = self._signed()
        form._dive_unlocked().write({"answered_outcome": "physician"})
        self.assertEqual(self.anna._dive_medical_status(), {self.anna: "physician"})
        self.assertEqual(self.anna.dive_medical_status, "physician")

    def test_a_customer_being_typed_in(self):
        new = self.Partner.new({"name": "New"})
        self.assertEqual(new.dive_medical_status, "none")
        self.assertEqual(new._dive_medical_status(), {new: "none"})
        self.assertEqual(self.Partner._dive_medical_status(), {})
        self._signed()
        edited = self.Partner.new(origin=self.anna)
        self.assertEqual(edited.dive_medical_status, "fit")

    def test_asked_for_eighty_as_for_one(self):
        divers = self.Partner.create(
            [
                {"name": f"D{n}", "dive_customer": True, "birthdate_date": "1990-01-01"}
                for n in range(80)
            ]
        )
        for number, diver in enumerate(divers[::2]):
            form = self._signed(diver, yes=["3"] if number % 2 else [])
            if number % 4 == 1:
                self._word(form)
        spec = {"name": {}, "dive_medical_status": {}, "dive_medical_until": {}}
        lists, asked = [], []
        for number in (1, 1, 80):
            some = divers[:number]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Partner.with_user(self.front).web_search_read(
                [("id", "in", some.ids)], spec
            )
            lists.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
            self.company._dive_today()
            before = self.env.cr.sql_log_count
            found = some._dive_medical_status(TODAY + timedelta(days=30))
            asked.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(found), number)
        self.assertEqual(lists[1], lists[2], "queries must not grow with rows")
        self.assertEqual(asked, [1, 1, 1])
        self.assertLessEqual(lists[2], 5)
