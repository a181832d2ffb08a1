"""The ledger of checks: who looked, what they found, and what follows from it."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .certification_common import CertificationCommon


@tagged("post_install", "-at_install")
class TestCertificationCheck(CertificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._card(number="123456")

    def _dialog(self, cards=None, user=None):
        """Return the form of the dialog that the button Check opens."""
        cards = (cards or self.card).with_user(user or self.front)
        action = cards.action_check()
        if action["type"] == "ir.actions.client":
            action = action["params"]["action"]
        self.assertEqual(action["target"], "new")
        wizard = self.env[action["res_model"]].with_user(user or self.front)
        return Form(wizard.with_context(**action["context"]))

    def test_check_opens_the_agency_s_page_and_the_dialog(self):
        action = self.card.with_user(self.front).action_check()
        self.assertEqual(action["tag"], "dive_crm.open_beside")
        self.assertEqual(action["params"]["url"], "https://zebra.example/check")
        self.agency.write(
            {"verification_url": False, "website": "https://zebra.example"}
        )
        action = self.card.with_user(self.front).action_check()
        self.assertEqual(action["params"]["url"], "https://zebra.example")
        self.agency.website = False
        action = self.card.with_user(self.front).action_check()
        self.assertEqual(action["type"], "ir.actions.act_window")
        form = self._dialog()
        self.assertEqual(form.method, "card")

    def test_a_page_is_a_page(self):
        """What somebody got into the catalogue otherwise is not run as a script."""
        self.env.cr.execute(
            "UPDATE dive_agency SET verification_url = 'javascript:alert(1)'"
            " WHERE id = %s",
            [self.agency.id],
        )
        self.agency.invalidate_recordset()
        self.assertEqual(self.card.action_check()["type"], "ir.actions.act_window")

    @freeze_time("2026-11-22 09:30:00")
    def test_who_when_how_and_what(self):
        form = self._dialog()
        self.assertEqual((form.diver, form.number), ("Anna Keller", "123456"))
        self.assertEqual(form.method, "website")
        self.assertFalse(form.result, "nothing is verified by pressing Enter")
        form.result = "verified"
        form.evidence = "Reference 77"
        form.next_check_date = date(2027, 11, 22)
        form.save().action_save()
        [row] = self.card.check_ids
        self.assertEqual(
            (row.user_id, row.date, row.method, row.result, row.evidence),
            (
                self.front,
                datetime(2026, 11, 22, 9, 30),
                "website",
                "verified",
                "Reference 77",
            ),
        )
        self.assertEqual(self.card.verification, "verified")
        self.assertEqual(self.card.next_check_date, date(2027, 11, 22))
        self.assertEqual(self.card.last_check_date, row.date)

    def test_a_rejection_has_a_reason_and_counts_at_once(self):
        self.assertTrue(self.anna._dive_holds(self.open))
        form = self._dialog()
        form.result = "rejected"
        with self.assertRaises(AssertionError, msg="the reason is required"):
            form.save()
        form.reason = "Issued to somebody else"
        form.save().action_save()
        self.assertEqual(self.card.verification, "rejected")
        self.assertEqual(self.card.rejection_reason, "Issued to somebody else")
        self.assertFalse(self.anna._dive_holds(self.open))
        self.assertFalse(self.anna._dive_holds(self.open, date(2021, 1, 1)))
        self.assertFalse(self.anna.dive_level_id)
        self.assertNotIn(
            self.anna, self.Partner.search([("dive_level_id", "=", self.open.id)])
        )
        with self.assertRaisesRegex(ValidationError, "Say why"):
            self._checked(self.card, "rejected", reason=" ")

    def test_the_newest_decision_counts(self):
        for result, outcome in (
            ("inconclusive", "unverified"),
            ("verified", "verified"),
            ("inconclusive", "verified"),
            ("rejected", "rejected"),
            ("inconclusive", "rejected"),
            ("verified", "verified"),
        ):
            self._checked(self.card, result)
            self.assertEqual(self.card.verification, outcome)
        self.assertFalse(self.card.rejection_reason)
        self.assertEqual(len(self.card.check_ids), 6)

    def test_several_cards_at_once(self):
        other = self._card(level=self.night)
        form = self._dialog(self.card | other)
        self.assertFalse(form.diver)
        form.result = "verified"
        form.save().action_save()
        self.assertEqual((self.card | other).mapped("verification"), ["verified"] * 2)

    def test_another_card_is_not_verified(self):
        for values, was in (
            ({"number": "654321"}, "Number was 123456"),
            ({"level_id": self.advanced.id}, "Level was Zebra · Zebra Open (ZO)"),
            ({"issue_date": "2020-03-02"}, "Issued was 2020-03-01"),
        ):
            card = self._card(diver=self._customer("Bo"), number="123456")
            self._checked(card)
            card.with_user(self.front).write(values)
            self.assertEqual(card.verification, "unverified")
            newest = card.check_ids.sorted("id")[-1]
            self.assertEqual((newest.result, newest.user_id), ("changed", self.front))
            self.assertEqual(newest.reason, was)

    def test_what_is_not_another_card(self):
        self._checked(self.card)
        self.card.write({"number": "12-34 56", "note": "x", "place": "Malta"})
        self.card.write({"issue_date": "2020-03-01", "level_id": self.open.id})
        self.assertEqual(self.card.verification, "verified")
        self.assertEqual(len(self.card.check_ids), 1)

    def test_a_corrected_number_of_a_rejected_card(self):
        """It counts when somebody has looked again, whoever corrected it."""
        self._checked(self.card, "rejected")
        self.assertFalse(self.card.corrected)
        for result in ("changed", "inconclusive"):
            if result == "changed":
                self.card.number = "123457"
            else:
                self._checked(self.card, result)
            self.assertEqual(self.card.check_ids.sorted("id")[-1].result, result)
            self.assertEqual(self.card.verification, "rejected")
            self.assertEqual(self.card.rejection_reason, "The name is another one")
            self.assertTrue(self.card.corrected)
            self.assertFalse(self.anna._dive_holds(self.open))
        self._checked(self.card)
        self.assertEqual(self.card.verification, "verified")
        self.assertFalse(self.card.rejection_reason or self.card.corrected)
        self.card.number = "123458"
        self.assertEqual(self.card.verification, "unverified")

    def test_a_corrected_card_is_to_be_looked_at(self):
        self._checked(self.card, "rejected")
        self.assertFalse(self.card.check_due)
        self.assertFalse(self.anna.dive_card_unverified)
        self.card.number = "123457"
        self.assertTrue(self.card.check_due)
        self.assertIn(self.card, self.Card.search([("check_due", "=", True)]))
        self.assertTrue(self.anna.dive_card_unverified)
        self._checked(self.card, "rejected")
        self.assertFalse(self.card.check_due)
        self.assertFalse(self.anna.dive_card_unverified)

    def test_verification_is_set_by_checks_only(self):
        admin = self.env.ref("base.user_admin")
        for user in (self.front, self.manager, admin):
            for values in (
                {"verification": "verified"},
                {"rejection_reason": "x"},
                {"corrected": True},
                {"next_check_date": "2030-01-01"},
                {"last_check_date": "2020-01-01 00:00:00"},
            ):
                with self.assertRaises(UserError):
                    self.card.with_user(user).write(values)
                with self.assertRaises(UserError):
                    self._card(diver=self.anna, **values).with_user(user)
        forged = self.Card.with_user(self.front).with_context(
            default_verification="verified", dive_unlock=True
        )
        card = forged.create({"partner_id": self.anna.id, "level_id": self.night.id})
        self.assertEqual(card.verification, "unverified")

    def test_nobody_rewrites_the_ledger(self):
        row = self._checked(self.card)
        admin = self.env.ref("base.user_admin")
        for user in (self.front, self.instructor, self.manager, admin):
            with self.assertRaises(UserError):
                row.with_user(user).write({"result": "rejected", "reason": "x"})
            with self.assertRaises(UserError):
                row.with_user(user).unlink()
        with self.assertRaises(UserError):
            row.sudo().write({"evidence": "x"})
        with self.assertRaises(UserError):
            row.sudo().unlink()
        with self.assertRaises(UserError):
            self._checked(self.card, "changed")

    def test_nobody_signs_for_others(self):
        row = self._checked(
            self.card, user_id=self.manager.id, date="2020-01-01 00:00:00"
        )
        self.assertEqual(row.user_id, self.front)
        self.assertGreater(row.date, datetime(2026, 1, 1))

    def test_to_look_at_again(self):
        later = self._card(level=self.night)
        self._checked(self.card, next_check_date="2026-11-22")
        self._checked(later, next_check_date="2026-11-23")
        self.company.partner_id.tz = "Pacific/Honolulu"
        for moment, due in (
            ("2026-11-22 09:59:59", self.card.browse()),  # the 21st there
            ("2026-11-22 10:00:00", self.card),
            ("2026-11-23 10:00:00", self.card | later),
        ):
            with freeze_time(moment):
                self.env.invalidate_all()
                found = self.Card.search(
                    [("check_due", "=", True), ("partner_id", "=", self.anna.id)]
                )
                self.assertEqual(found, due.sorted("id", reverse=True) & found)
                self.assertEqual(found, due & found | due)
                self.assertEqual(self.card.check_due, self.card in due)
        with freeze_time("2026-11-22 12:00:00"):
            form = self._dialog()
            form.result = "verified"
            form.next_check_date = date(2026, 11, 21)
            with self.assertRaisesRegex(UserError, "choose a later day"):
                form.save().action_save()
