from odoo.tests.common import tagged

from ..models.dive_access_log import note_access
from .access_common import LookMixin
from .common import DiveCommon, DiveHttpCommon

LINE = {
    "date": {},
    "user_name": {},
    "action": {},
    "allowed": {},
    "model_name": {},
    "customer_names": {},
    "field_names": {},
    "reason": {},
}


@tagged("post_install", "-at_install")
class TestAccessLogScreen(LookMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env["dive.access.log"].with_user(cls.manager)
        cls.ada = cls._customer("Ada Diver")
        cls.bob = cls._customer("Bob Diver")
        cls.divers = cls.Partner.concat(
            *(cls._customer(f"Diver {number:02}") for number in range(80))
        )

    def _look(self, role, records, *args, **kwargs):
        """Return the row, as the manager sees it."""
        with self._looks() as rows:
            note_access(records.with_user(getattr(self, role)), *args, **kwargs)
        return rows[0].with_user(self.manager)

    def _found(self, *domain):
        return self.Log.search([("seq", ">", self.begun), *domain], order="seq")

    def setUp(self):
        super().setUp()
        self.begun = self.Log.sudo().search([], limit=1).seq

    def test_by_customer(self):
        one = self._look("front", self.ada, [], "open")
        both = self._look("front", self.ada + self.bob, ["name"], "export")
        other = self._look("front", self.divers, ["name"], "export")
        self.assertEqual(self._found(("customer_ids", "in", self.ada.ids)), one + both)
        self.assertEqual(self._found(("customer_ids", "=", self.bob.id)), both)
        self.assertEqual(self._found(("customer_ids", "ilike", "ada div")), one + both)
        self.assertEqual(
            self._found(("customer_ids", "in", [self.bob.id, self.divers[7].id])),
            both + other,
        )
        self.assertFalse(self._found(("customer_ids", "ilike", "nobody like this")))
        self.assertEqual(self._found(("customer_ids", "not in", self.ada.ids)), other)
        # a number is not found in a longer one
        ids = {str(partner_id) for partner_id in self.divers.ids}
        short = self.Partner.browse(int(str(self.divers[0].id)[:-1]))
        if str(short.id) not in ids:
            self.assertFalse(self._found(("customer_ids", "in", short.ids)))

    def test_by_person(self):
        desk = self._look("front", self.ada, [], "open")
        medical = self._look("medical", self.ada, [], "open")
        self.assertEqual(self._found(("person_id", "=", self.front.id)), desk)
        self.assertEqual(self._found(("person_id", "ilike", "test medical")), medical)
        self.assertEqual(self._found(("user_name", "ilike", "test medical")), medical)
        self.medical.active = False
        self.assertEqual(self._found(("person_id", "ilike", "test medical")), medical)
        self.assertEqual(medical.person_id, self.medical)

    def test_by_kind(self):
        denied = self._look("front", self.ada, ["x"], "read", allowed=False)
        reason = self._look("manager", self.ada, ["x"], "read", reason="A call")
        self.assertEqual(self._found(("allowed", "=", False)), denied)
        self.assertEqual(self._found(("reason", "!=", False)), reason)
        self.assertEqual(self._found(("date", ">=", "today -6d")), denied + reason)

    def test_names(self):
        few = self._look("front", self.ada + self.bob, [], "export")
        many = self._look("front", self.divers, [], "export")
        company = self._look("front", self.env.user.company_id, [], "open")
        self.assertEqual(few.customer_names, "Ada Diver, Bob Diver")
        self.assertEqual(
            many.customer_names, "Diver 00, Diver 01, Diver 02, and 77 more"
        )
        self.assertEqual(few.customer_ids, self.ada + self.bob)
        self.assertEqual(few.model_name, "Contact")
        self.assertEqual(few.person_id, self.front)
        number = self.bob.id
        self.bob.unlink()
        self.env.invalidate_all()
        self.assertEqual(few.customer_names, f"Ada Diver, No. {number}")
        self.assertEqual(few.customer_ids, self.ada)
        self.assertEqual(company.customer_names, str(self.company.partner_id.name))

    def test_of_another_company_only_the_number(self):
        abroad = self.env["res.company"].create({"name": "Other centre"})
        row = self._look("front", self.ada, [], "open")
        self.ada.company_id = abroad
        self.env.invalidate_all()
        self.assertEqual(row.customer_names, f"No. {self.ada.id}")
        self.assertFalse(row.customer_ids)

    def test_a_page_asks_as_much_for_80_lines_as_for_one(self):
        rows = self.Log.browse()
        for number, diver in enumerate(self.divers):
            role = ("front", "medical", "instructor", "manager")[number % 4]
            rows += self._look(role, diver + self.ada, [], "open")
        rows[:1].web_read(LINE)
        counts = []
        for some in (rows[:1], rows):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.Log.web_search_read([("id", "in", some.ids)], LINE)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(found["length"], len(some))
            self.assertTrue(all(row["customer_names"] for row in found["records"]))
        self.assertEqual(counts[0], counts[1])

    def test_grouped(self):
        self._look("front", self.ada, [], "open")
        for group in ("user_name", "action", "date:day"):
            groups = self.Log.web_read_group([("seq", ">", self.begun)], [group])
            self.assertEqual(groups["length"], 1)

    def test_an_empty_screen_says_what_comes(self):
        action = self.env.ref("dive_crm.action_dive_access_log")
        self.assertIn("appears here by itself", action.help)
        self.assertEqual(action.res_model, "dive.access.log")

    def test_only_managers_have_the_menu(self):
        menu = self.env.ref("dive_crm.menu_dive_access_log")
        for role in ("front", "instructor", "medical", "manager", "accountant"):
            visible = menu.with_user(getattr(self, role))._visible_menu_ids()
            self.assertEqual(menu.id in visible, role == "manager", role)


@tagged("post_install", "-at_install")
class TestAccessLogWeb(LookMixin, DiveHttpCommon):
    def test_over_the_web_api(self):
        diver = self._customer("Ada Diver")
        with self._looks() as rows:
            note_access(diver.with_user(self.front), ["phone"], "read")
        row = rows[0]
        line = self._rpc("manager", "dive.access.log", "read", row.ids, list(LINE))[0]
        self.assertEqual(line["customer_names"], "Ada Diver")
        for kind in ("list", "form", "search"):
            view = self._rpc("manager", "dive.access.log", "get_view", view_type=kind)
            self.assertIn("dive.access.log", view["models"])
        for role in ("front", "instructor", "medical", "accountant", "portal"):
            with self.subTest(role=role):
                for method, args in (
                    ("read", [row.ids, ["login"]]),
                    ("search_read", [[], ["login"]]),
                    ("web_search_read", [[], {"login": {}}]),
                    ("formatted_read_group", [[], ["login"], ["__count"]]),
                    ("export_data", [row.ids, ["login"]]),
                ):
                    self._rpc_refused(role, "dive.access.log", method, *args)
        for method, args in (
            ("write", [row.ids, {"login": "x"}]),
            ("unlink", [row.ids]),
            ("create", [[{"seq": 1}]]),
            ("note_access", [row.ids]),
            ("_cron_dive_keep_end", []),
        ):
            self._rpc_refused("manager", "dive.access.log", method, *args)
