"""The wizard of the statement: periods, who is on it, who may, and the mail."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DiveCommon
from .statement_common import StatementMixin


@tagged("dive_long")
class TestStatementWizard(StatementMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()

    def test_periods(self):
        """Each preset gives its dates by the company's day; own dates stay."""
        with patch.object(
            type(self.company), "_dive_today", lambda self: date(2024, 2, 29)
        ):
            form = Form(self.env(user=self.front)["dive.statement.wizard"])
            for period, first, last in (
                ("this_year", date(2024, 1, 1), date(2024, 2, 29)),
                ("last_year", date(2023, 1, 1), date(2023, 12, 31)),
                ("last_12_months", date(2023, 3, 1), date(2024, 2, 29)),
                ("all", False, date(2024, 2, 29)),
                ("custom", False, date(2024, 2, 29)),
            ):
                form.period = period
                self.assertEqual((form.date_from, form.date_to), (first, last), period)

    def test_opens_for_the_selection(self):
        """From a list or a form, archived customers too, they are filled in."""
        gone = self._customer("Gone", active=False)
        action = self.env(user=self.front)["dive.statement.wizard"].with_context(
            **(self.ann | gone).action_dive_statement()["context"]
        )
        self.assertEqual(action.create({}).partner_ids, self.ann | gone)

    def test_what_is_missing_is_said(self):
        names = ("account", "balance", "bookings", "upcoming", "cards")
        nothing = dict.fromkeys(names, False)
        for vals, message in (
            ({"partner_ids": []}, "at least one customer"),
            ({f"include_{name}": no for name, no in nothing.items()}, "nothing is"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._wizard(self.ann, **vals).action_print()
        with self.assertRaisesRegex(UserError, "begin before it ends"):
            self._wizard(self.ann, date_from=date(2027, 1, 1))
        with (
            patch(
                "odoo.addons.dive_crm.wizards.dive_statement_wizard.MAX_CUSTOMERS", 1
            ),
            self.assertRaisesRegex(UserError, "too many"),
        ):
            self._wizard(self.ann | self._customer("B")).action_print()

    def test_gone_wizard(self):
        """A link to a wizard that is no longer kept says so."""
        wizard = self._wizard(self.ann)
        wizard.sudo().unlink()
        with self.assertRaisesRegex(UserError, "no longer kept"):
            self._statements(wizard)

    def test_send(self):
        """Each customer gets one mail with their own PDF, a minor's goes to the
        guardian, and who gets none is named."""
        self.env["res.lang"]._activate_lang("de_DE")
        today = self.company._dive_today()
        self.ann.lang = "de_DE"
        kim = self._customer(
            "Kim Child",
            birthdate_date=today - timedelta(days=3650),
            dive_guardian_id=self.ann.id,
        )
        orphan = self._customer("Lone Child", birthdate_date=today)
        mute = self._customer("Mute Max")
        ben = self._customer("Ben Mail", email="ben.mail@dive.test")
        before = self.env["mail.mail"].search([])
        wizard = self._wizard(self.ann | kim | orphan | mute | ben)
        self.assertIn("Mute Max: no e-mail", wizard.unreachable)
        action = wizard.action_send()
        message = action["params"]["message"]
        self.assertIn("Lone Child: a minor without guardian", message)
        self.assertIn("Mute Max: no e-mail", message)
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(
            sorted(mails.recipient_ids.mapped("name")), ["Ann Payer", "Ben Mail"]
        )
        self.assertEqual(len(mails), 3)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        for mail in mails:
            [attachment] = mail.attachment_ids
            text = " ".join(self._text(attachment.raw))
            [whose] = [
                partner
                for partner in self.ann | kim | ben
                if partner.name in attachment.name
            ]
            self.assertIn(whose.ref, text)
            self.assertIn("Page 1", text.replace("Seite", "Page"))
            self.assertEqual(mail.recipient_ids, self.ann if whose == kim else whose)
            for other in (self.ann | kim | ben) - whose:
                self.assertNotIn(other.ref, text)
            # nothing that shows money hangs on the customer
            self.assertFalse(attachment.with_user(self.instructor).has_access("read"))
        self.assertIn("ann.payer@dive.test", kim.message_ids[0].body)
        self.assertFalse(kim.message_ids.attachment_ids)

    def test_send_to_nobody(self):
        with self.assertRaisesRegex(UserError, "Nobody.*\n?.*No Mail: no e-mail"):
            self._wizard(self._customer("No Mail")).action_send()

    def test_access(self):
        """Front desk, manager and accountant; nobody else, and no wizard of others."""
        wizard = self._wizard(self.ann)
        for user in (self.front, self.manager, self.accountant):
            self._wizard(self.ann, user=user).action_print()
        for user in (self.instructor, self.medical, self.employee, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._wizard(self.ann, user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._statements(wizard.with_user(user))
        with self.assertRaises(AccessError):
            self._statements(wizard.with_user(self.manager))

    def test_hidden_customer_is_refused(self):
        """A customer of a company that the user is not in is refused, not left out."""
        second = self.env["res.company"].create({"name": "Second Centre"})
        hidden = self._customer("Hidden", company_id=second.id)
        wizard = self._wizard(self.ann)
        wizard.sudo().partner_ids.browse()
        self.env.cr.execute(
            "INSERT INTO dive_statement_wizard_res_partner_rel VALUES (%s, %s)",
            [wizard.id, hidden.id],
        )
        wizard.invalidate_recordset()
        for method in (wizard.action_print, wizard.action_preview, wizard.action_send):
            with self.assertRaises(AccessError):
                method()
        with self.assertRaises(AccessError):
            self._statements(wizard)
