"""A call is noted in two clicks, for whoever has the number."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import DiveCommon
from .contact_common import ContactMixin


@tagged("post_install", "-at_install", "dive_long")
class TestCall(ContactMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpContacts()
        cls.company.country_id = cls.env.ref("base.es")
        cls.anna.phone = "+34 655 12 34 56"

    def _dialog(self, action):
        return (
            self.env[action["res_model"]].with_user(self.front).browse(action["res_id"])
        )

    def _click(self, dialog, outcome=None):
        outcome = (outcome or self.reached).with_user(self.front)
        return outcome.with_context(dive_call_dialog_id=dialog.id).action_dive_log()

    def _from_number(self, number, **vals):
        action = self.env["dive.call.dialog"].with_user(self.front).action_open_number()
        dialog = self._dialog(action)
        with Form(dialog) as form:
            form.phone = number
            for name, value in vals.items():
                form[name] = value
        return dialog

    def test_two_clicks_on_a_customer(self):
        dialog = self._dialog(self.anna.with_user(self.front).action_dive_call())
        self.assertIn(self.reached, dialog.outcome_ids)
        dialog.words = "Asks for <Friday>"
        self._click(dialog)
        row = self._rows()
        self.assertEqual(
            (row.kind, row.direction, row.outcome_id, row.author_id),
            ("call", "out", self.reached, self.front.partner_id),
        )
        self.assertEqual(row.name, "Asks for <Friday>")

    def test_a_second_click_notes_nothing(self):
        dialog = self._dialog(self.anna.with_user(self.front).action_dive_call())
        self._click(dialog)
        self._click(dialog, self.no_answer)
        self.assertEqual(self._rows().outcome_id, self.reached)

    def test_about_a_booking(self):
        booking = self._booking(self.anna, self._trip())
        dialog = self._dialog(booking.with_user(self.front).action_dive_call())
        self._click(dialog, self.no_answer)
        row = self._rows().filtered(lambda row: row.kind == "call")
        self.assertEqual((row.res_model, row.res_id), ("dive.booking", booking.id))

    def test_call_back_is_a_task(self):
        dialog = self._dialog(self.anna.with_user(self.front).action_dive_call())
        day = self.company._dive_today() + timedelta(days=3)
        dialog.write({"call_back_on": day, "words": "About the card"})
        self._click(dialog, self.call_back)
        activity = self.anna.activity_ids
        self.assertEqual((activity.date_deadline, activity.user_id), (day, self.front))
        self.assertIn("About the card", activity.note)
        dialog = self._dialog(self.anna.with_user(self.front).action_dive_call())
        dialog.call_back_on = self.company._dive_today() - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "over"):
            self._click(dialog, self.call_back)

    def test_a_known_number_in_any_form(self):
        for number in ("655 12 34 56", "0034655123456", "+34 655 123 456"):
            dialog = self._from_number(number)
            self.assertEqual(dialog.partner_id, self.anna, number)
        self.assertEqual(dialog.direction, "in")
        action = self._click(dialog)
        self.assertEqual(action["res_id"], self.anna.id)
        self.assertEqual(self._rows().direction, "in")

    def test_a_number_that_two_have(self):
        self.tom.phone = "+34 655 12 34 56"
        dialog = self._from_number("655123456")
        self.assertFalse(dialog.partner_id)
        self.assertEqual(dialog.found, 2)
        with self.assertRaisesRegex(UserError, "choose who it was"):
            self._click(dialog)
        dialog = self._from_number("655123456")
        dialog.partner_id = self.tom
        self._click(dialog)
        self.assertEqual(self._rows(self.tom).kind, "call")

    def test_a_number_that_nobody_has(self):
        dialog = self._from_number("611 22 33 44", name="Eve")
        action = self._click(dialog)
        eve = self.Partner.browse(action["res_id"])
        self.assertEqual(
            (eve.name, eve.phone, eve.dive_customer), ("Eve", "+34 611 22 33 44", True)
        )
        self.assertTrue(eve.ref)
        self.assertEqual(self._rows(eve).kind, "call")
        nameless = self._from_number("611 22 33 55")
        action = self._click(nameless)
        self.assertEqual(
            self.Partner.browse(action["res_id"]).name, "Caller +34 611 22 33 55"
        )

    def test_a_wrong_number_makes_no_customer(self):
        wrong = self.env.ref("dive_crm.call_wrong_number")
        wrong.nobody = True
        before = self.Partner.search_count([])
        action = self._click(self._from_number("611 22 33 99"), wrong)
        self.assertIn("nothing was noted", action["params"]["message"])
        self.assertEqual(self.Partner.search_count([]), before)
        dialog = self._dialog(self.anna.with_user(self.front).action_dive_call())
        self._click(dialog, wrong)
        self.assertEqual(self._rows().outcome_id, wrong)

    def test_bad_numbers(self):
        with self.assertRaisesRegex(UserError, "Type the number"):
            self._click(self._from_number(False))
        with self.assertRaisesRegex(ValidationError, "too few"):
            self._click(self._from_number("12"))
        with self.assertRaises(ValidationError):
            self._click(self._from_number("🤿" * 100))

    def test_roles(self):
        for user in (self.instructor, self.medical, self.accountant, self.portal):
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_dive_call()
        dialog = self._dialog(self.anna.with_user(self.front).action_dive_call())
        with self.assertRaises(AccessError):
            self.reached.with_user(self.manager).with_context(
                dive_call_dialog_id=dialog.id
            ).action_dive_log()
        with self.assertRaisesRegex(UserError, "is closed"):
            self.reached.with_user(self.front).action_dive_log()
        with self.assertRaises(AccessError):
            self.reached.with_user(self.front).name = "Spoken"
        self.reached.with_user(self.manager).name = "Spoken"
