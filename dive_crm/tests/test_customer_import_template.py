"""The template for customer lists, in Odoo's own import and in ours."""

from datetime import date

from odoo.tests import tagged
from odoo.tools import file_open

from .customer_import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestOdooImport(ImportCommon):
    """Odoo's own import, with our template."""

    def test_template_is_offered_where_customers_are(self):
        partners = self.Partner.with_user(self.front)
        plain = partners.get_import_templates()
        [ours] = partners.with_context(
            default_dive_customer=True
        ).get_import_templates()
        self.assertNotIn(ours, plain)
        self.assertTrue(fixture_of(ours["template"]))

    def test_template_is_understood(self):
        [ours] = self.Partner.with_context(
            default_dive_customer=True
        ).get_import_templates()
        wizard = (
            self.env["base_import.import"]
            .with_user(self.front)
            .with_context(default_dive_customer=True)
            .create(
                {
                    "res_model": "res.partner",
                    "file": fixture_of(ours["template"]),
                    "file_name": "customers.xlsx",
                    "file_type": "application/vnd.openxmlformats-officedocument"
                    ".spreadsheetml.sheet",
                }
            )
        )
        options = {"has_headers": True, "quoting": '"'}
        preview = wizard.parse_preview(options)
        self.assertNotIn("error", preview)
        self.assertEqual(len(preview["matches"]), len(preview["headers"]))
        names = [
            "/".join(preview["matches"][i]) for i in range(len(preview["headers"]))
        ]
        self.assertIn("dive_emergency_contact_ids/phone", names)
        result = wizard.execute_import(names, preview["headers"], preview["options"])
        self.assertFalse(result["messages"])
        ada = self.Partner.browse(result["ids"][0])
        self.assertTrue(ada.dive_customer and ada.ref)
        self.assertEqual(ada.phone, "+44 7400 123456")
        self.assertEqual(ada.birthdate_date, date(1990, 12, 31))
        self.assertEqual(ada.dive_emergency_contact_ids.name, "Ben Example")

    def test_our_own_template_imports_without_a_message(self):
        content = fixture_of("/dive_crm/static/xls/customer_import_template.xlsx")
        record = self._check(content)
        self.assertCounts(record, new=2)
        self.assertFalse(record.unknown_columns)
        self.assertEqual(set(self._kinds(record).values()), {"child_no_email"})
        record.action_import()
        self.assertEqual(record.state, "done")


def fixture_of(url):
    with file_open(url.strip("/"), "rb") as file:
        return file.read()
