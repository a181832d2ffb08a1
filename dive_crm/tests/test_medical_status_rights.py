"""Who knows of a medical status; and what it costs those who do not ask."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .medical_common import MedicalCommon


@tagged("post_install", "-at_install")
class TestMedicalStatusRights(MedicalCommon):
    def test_the_dive_centre_sees_it_and_nobody_else(self):
        self._signed()
        for user in (self.front, self.instructor, self.medical, self.manager):
            anna = self.anna.with_user(user)
            self.assertEqual(anna.dive_medical_status, "fit", user.login)
            found = anna.search([("dive_medical_status", "=", "fit")])
            self.assertIn(anna, found)
            self.assertTrue(anna.search([], order="dive_medical_status", limit=1))
        for user in (self.accountant, self.employee, self.portal):
            anna = self.anna.with_user(user)
            names = [
                name for name in anna.fields_get() if name.startswith("dive_medical")
            ]
            self.assertEqual(names, [], user.login)
            for refused in (
                lambda anna=anna: anna.read(["dive_medical_status"]),
                lambda anna=anna: anna.search([("dive_medical_status", "=", "fit")]),
                lambda anna=anna: anna.search([("dive_medical_status", "!=", "fit")]),
                lambda anna=anna: anna.search([], order="dive_medical_status"),
                lambda anna=anna: anna._read_group([], ["dive_medical_status"]),
                lambda anna=anna: anna.search(
                    [("dive_medical_form_ids.outcome", "=", "fit")]
                ),
            ):
                with self.assertRaises(AccessError, msg=user.login):
                    refused()

    def test_others_lists_ask_nothing_about_forms(self):
        """An app that is not ours makes and lists contacts at no cost of ours."""
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            partner = self.Partner.create({"name": "Somebody"})
            self.env.flush_all()
            self.env.invalidate_all()
            partner.with_user(self.employee).web_search_read(
                [("id", "=", partner.id)], {"name": {}, "email": {}, "phone": {}}
            )
        # columns of the company are called so as well
        self.assertNotRegex("\n".join(log.output), r"(?i)(from|join) \W*dive_medical")
