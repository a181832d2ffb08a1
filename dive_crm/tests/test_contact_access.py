"""The contact log shows nobody more than the messages themselves do."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .contact_common import ContactMixin


@tagged("post_install", "-at_install", "dive_long")
class TestContactAccess(ContactMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpContacts()
        cls.other = cls.env["res.company"].create({"name": "Other Reef"})
        # what others may read of customers is a setting of Odoo: here each its own
        cls.env.ref("base.res_partner_rule").active = True

    def _everything(self):
        """A message on each kind of record, in both companies."""
        agency = self.env["dive.agency"].search([], limit=1)
        level = self.env["dive.certification.level"].search(
            [("agency_id", "=", agency.id)], limit=1
        )
        questionnaire = self.env["dive.medical.questionnaire"].search([], limit=1)
        theirs = self._customer("Theirs", company_id=self.other.id)
        for diver, company in ((self.anna, self.company), (theirs, self.other)):
            records = [
                diver,
                self.env["dive.certification"]
                .with_company(company)
                .create({"partner_id": diver.id, "level_id": level.id}),
                self.env["dive.medical.form"]
                .with_company(company)
                .create({"partner_id": diver.id, "questionnaire_id": questionnaire.id}),
                self.env["account.move"]
                .with_company(self.company)
                .create({"move_type": "out_invoice", "partner_id": self.anna.id}),
            ]
            if company == self.company:
                records.append(self._booking(diver, self._trip()))
            for record in records:
                self._mail_in(diver, record)
                self._mail_out(record, diver) if company == self.company else None
        self.env.flush_all()
        self.env.invalidate_all()
        return self.anna | theirs

    def test_no_more_than_the_messages(self):
        people = self._everything()
        register = self.env["dive.contact"].search([("partner_id", "in", people.ids)])
        self.assertGreater(len(register), 9)
        for user in (self.front, self.instructor, self.medical, self.manager):
            log = self.Log.with_user(user)
            rows = log.search([("partner_id", "in", people.ids)])
            messages = register.message_id
            readable = messages.with_user(user).search([("id", "in", messages.ids)])
            # one may always read what one wrote oneself or was written to
            own = messages.search(
                [("id", "in", readable.ids), ("author_id", "=", user.partner_id.id)]
            )
            # sudo: which messages they are, whoever may read them
            self.assertLessEqual(rows.sudo().message_id, readable, user.name)
            self.assertLessEqual(readable - own, rows.sudo().message_id, user.name)
            self.assertTrue(rows)
            rows.read(["name", "about"])
            # by their numbers, without searching
            hidden = register - register.browse(rows.ids)
            for row in log.browse(hidden.ids):
                with (
                    mute_logger("odoo.addons.base.models.ir_rule"),
                    self.assertRaises(AccessError, msg=user.name),
                ):
                    row.read(["name"])
            groups = log._read_group(
                [("partner_id", "in", people.ids)], [], ["__count"]
            )
            self.assertEqual(groups[0][0], len(rows))

    def test_invoices_only_for_those_who_may_read_them(self):
        people = self._everything()

        def models(user):
            rows = self.Log.with_user(user).search([("partner_id", "in", people.ids)])
            return set(rows.mapped("res_model"))

        self.assertIn("account.move", models(self.front))
        self.assertNotIn("account.move", models(self.instructor))
        self.assertIn("dive.booking", models(self.instructor))

    def test_what_is_said_about_health(self):
        """That there was a message is known; what it says, to medical officers."""
        questionnaire = self.env["dive.medical.questionnaire"].search([], limit=1)
        form = self.env["dive.medical.form"].create(
            {"partner_id": self.anna.id, "questionnaire_id": questionnaire.id}
        )
        self._mail_in(record=form)
        domain = [("partner_id", "=", self.anna.id)]
        for user in (self.front, self.instructor, self.manager):
            log = self.Log.with_user(user)
            row = log.search([*domain, ("res_model", "=", form._name)])
            self.assertEqual(row.kind, "email_in")
            self.assertFalse(row.name, user.name)
            # neither by looking for words
            self.assertFalse(log.search([*domain, ("name", "ilike", "Friday")]))
            with self.assertRaises(ValueError):
                log._read_group(domain, ["name"])
        log = self.Log.with_user(self.medical)
        row = log.search([*domain, ("name", "ilike", "Friday")])
        self.assertEqual(row.name, "Friday")
        self.assertFalse(row.with_user(self.front).name)

    def test_others_see_nothing(self):
        self._call()
        for user in (self.accountant, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.Log.with_user(user).search([("partner_id", "=", self.anna.id)])
