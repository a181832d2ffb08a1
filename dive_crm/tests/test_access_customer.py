from odoo.tests.common import tagged

from .common import DiveHttpCommon

ACCESS = "odoo.exceptions.AccessError"
STAFF = ("front", "manager", "instructor", "medical")


@tagged("post_install", "-at_install", "dive_long")
class TestAccessCustomer(DiveHttpCommon):
    """Customers and emergency contacts over the web API, a role at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer", email="customer@mail.example")
        cls.contact = cls.env["dive.emergency.contact"].create(
            {"partner_id": cls.customer.id, "name": "Tom", "phone": "+49 30 901820"}
        )
        cls.abroad = cls.env["res.company"].create({"name": "Other centre"})
        cls.hidden = cls._customer("Hidden", company_id=cls.abroad.id)
        cls.hidden_contact = cls.env["dive.emergency.contact"].create(
            {"partner_id": cls.hidden.id, "name": "Eve", "phone": "+49 30 901820"}
        )

    def test_staff_read_customers_and_emergency_contacts(self):
        for role in STAFF:
            with self.subTest(role=role):
                rows = self._rpc(
                    role,
                    "res.partner",
                    "read",
                    self.customer.ids,
                    ["dive_status", "ref"],
                )
                self.assertEqual(rows[0]["dive_status"], "guest")
                rows = self._rpc(
                    role, "dive.emergency.contact", "read", self.contact.ids, ["phone"]
                )
                self.assertEqual(rows[0]["phone"], "+49 30 901820")

    def test_desk_and_manager_write_the_others_do_not(self):
        contact = {"partner_id": self.customer.id, "name": "Ann", "phone": "1"}
        for role in ("front", "manager"):
            with self.subTest(role=role):
                new = self._rpc(role, "dive.emergency.contact", "create", [contact])
                self._rpc(role, "dive.emergency.contact", "write", new, {"name": "B"})
                self._rpc(role, "dive.emergency.contact", "unlink", new)
                customer = self._rpc(
                    role,
                    "res.partner",
                    "create",
                    [{"name": "N", "dive_customer": True}],
                )
                self._rpc(
                    role, "res.partner", "write", customer, {"dive_diet": "no nuts"}
                )
        for role in ("instructor", "medical"):
            with self.subTest(role=role):
                for model, record, vals in (
                    ("dive.emergency.contact", self.contact, contact),
                    ("res.partner", self.customer, {"name": "N"}),
                ):
                    for method, args in (
                        ("create", [[vals]]),
                        ("write", [record.ids, vals]),
                        ("unlink", [record.ids]),
                    ):
                        refused = self._rpc_refused(role, model, method, *args)
                        self.assertEqual(refused, ACCESS, (role, model, method))

    def test_others_see_no_emergency_contacts(self):
        for role in ("employee", "accountant", "portal"):
            with self.subTest(role=role):
                for method, args in (
                    ("search_read", [[], ["name"]]),
                    ("read", [self.contact.ids, ["name"]]),
                    ("create", [[{"partner_id": self.customer.id}]]),
                    ("write", [self.contact.ids, {"name": "X"}]),
                    ("unlink", [self.contact.ids]),
                ):
                    refused = self._rpc_refused(
                        role, "dive.emergency.contact", method, *args
                    )
                    self.assertEqual(refused, ACCESS, (role, method))

    def test_companies_are_kept_apart(self):
        for role in STAFF:
            with self.subTest(role=role):
                found = self._rpc(
                    role,
                    "dive.emergency.contact",
                    "search",
                    [("id", "in", (self.contact | self.hidden_contact).ids)],
                )
                self.assertEqual(found, self.contact.ids)
                refused = self._rpc_refused(
                    role, "res.partner", "read", self.hidden.ids, ["name"]
                )
                self.assertEqual(refused, ACCESS)

    def test_portal_reads_no_customer(self):
        refused = self._rpc_refused(
            "portal", "res.partner", "read", self.customer.ids, ["phone"]
        )
        self.assertEqual(refused, ACCESS)

    def test_people_of_other_departments_read_all_that_is_theirs(self):
        """Reading every field of ours of a contact meets nothing that is forbidden."""
        for role in ("employee", "accountant", *STAFF):
            with self.subTest(role=role):
                fields = self._rpc(role, "res.partner", "fields_get", [], ["type"])
                ours = [name for name in fields if name.startswith(("dive_", "birth"))]
                self.assertGreater(len(ours), 30)
                row = self._rpc(role, "res.partner", "read", self.customer.ids, ours)[0]
                self.assertEqual("dive_emergency_contact_ids" in row, role in STAFF)

    def test_private_helpers_are_not_public(self):
        for method in ("_dive_erase_bookings", "_dive_archive_from_warning"):
            self._rpc_refused("manager", "res.partner", method, self.customer.ids)

    def test_only_managers_and_up_configure(self):
        for role in STAFF:
            tag = [[{"name": f"Tag {role}"}]]
            if role in ("front", "manager"):
                self._rpc(role, "res.partner.category", "create", *tag)
            else:
                self._rpc_refused(role, "res.partner.category", "create", *tag)
