"""Who may import, and whose customers an import may touch."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .customer_import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestAccess(ImportCommon):
    TEXT = "Customer no,Name,E-mail\nK1,Ann,ann@mail.example\n"

    def test_only_front_desk_and_manager_import(self):
        for role in ("front", "manager"):
            with self.subTest(role=role):
                text = self.TEXT.replace("K1", role).replace("ann", role)
                self._import(text, getattr(self, role))
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._upload(self.TEXT, getattr(self, role))

    def test_others_imports_are_out_of_sight(self):
        mine = self._check("Name,E-mail\nAnn,wrong\n")
        for record in (mine, mine.kind_ids, mine.line_ids):
            self.assertTrue(record)
            theirs = record.with_user(self.manager)
            self.assertFalse(theirs.search([("id", "in", record.ids)]))
            for method in ("read", "unlink"):
                with self.assertRaises(AccessError):
                    getattr(theirs, method)()
        with self.assertRaises(AccessError):
            mine.with_user(self.manager).action_import()

    def test_customers_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        self._customer("Hidden Name", ref="H1", company_id=other.id)
        self._customer("Ann", email="ann@mail.example", company_id=other.id, ref="H2")
        record = self._check(
            "Customer no,Name,E-mail\nH1,Hidden Name,\n"
            + (",Ann,ann@mail.example\n,Bo,ann@mail.example\n")
        )
        self.assertEqual(
            self._kinds(record),
            {2: "number_not_yours", 3: "number_not_yours", 4: "email_two_people"},
        )
        for line in record.line_ids:
            self.assertNotIn("Hidden", line.text)
            self.assertNotIn("H1", line.text)
        both = new_test_user(
            self.env,
            login="t_both",
            groups="dive_crm.group_front_desk",
            company_id=self.company.id,
            company_ids=[(6, 0, (self.company | other).ids)],
        )
        record = (
            self.env["dive.customer.import"]
            .with_user(both)
            .with_context(allowed_company_ids=(self.company | other).ids)
            .create({"file": base64.b64encode(b"Customer no,City\nH1,Kiel\n")})
        )
        record.action_check()
        self.assertCounts(record, changed=1)
