"""Items: what they must be, their service, and who is reminded of it."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..hooks import _missing_guards
from .common import DiveCommon
from .gear_common import GearMixin


@tagged("post_install", "-at_install")
class TestEquipment(GearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpGear()
        cls.trip = cls._trip(name="Wreck", guide_ids=cls.instructor.partner_id.ids)
        cls._booking(cls.anna, cls.trip, confirm=True)
        cls.today = cls.company._dive_today()

    def _prepared(self):
        self.trip.with_user(self.front).action_prepare_gear()
        return self._gear(self.trip, self.anna, self.bcd)

    def test_labels(self):
        with self.assertRaisesRegex(ValidationError, "M1 is on another item"):
            self._item("Third", barcode=" M1 ")
        with self.assertRaisesRegex(ValidationError, "X is on another item"):
            self.env["dive.equipment"].create(
                [
                    {"name": name, "kind_id": self.bcd.id, "barcode": "X"}
                    for name in "ab"
                ]
            )
        other = self.env["res.company"].create({"name": "Other centre"})
        self._item("Theirs", barcode="M1", company_id=other.id)
        with self.assertRaisesRegex(ValidationError, "M1 is on another item"):
            self._item("Everybody's", barcode="M1", company_id=False)
        with self.assertRaisesRegex(UserError, "rename it, or leave it"):
            self.medium.unlink()
        self.small.unlink()
        self.assertFalse(self._item("No label", barcode=" ").barcode)
        self._item("No label either", barcode="")
        with self.assertRaisesRegex(ValidationError, "no size of Regulator"):
            self.reg_1.size_id = self.medium
        with self.assertRaisesRegex(ValidationError, "given by number"):
            self._item("6 kg", kind_id=self.lead.id)
        with self.assertRaisesRegex(UserError, "in use: make a new kind"):
            self.bcd.counted = True
        self.assertEqual(self.bcd_m1.display_name, "Jacket M1 · M")
        found = self.env["dive.equipment"].name_search("m1")
        self.assertIn(self.bcd_m1.id, [row[0] for row in found])

    def test_states_go_by_buttons(self):
        item = self.bcd_m1.with_user(self.front)
        with self.assertRaisesRegex(UserError, "cannot be set directly"):
            item.state = "out"
        jacket = self._prepared()
        with self.assertRaisesRegex(UserError, "lent to Anna"):
            item.company_id = False
        item.action_retire()
        self.assertEqual((item.state, jacket.state), ("out", "missing"))
        with self.assertRaisesRegex(UserError, "put it back in use first"):
            item.action_serviced()
        item.action_use_again()
        jacket = self._prepared()
        jacket.equipment_id = item
        jacket.action_give_out()
        for leave in (item.action_retire, item.action_archive):
            with self.assertRaisesRegex(UserError, "out with Anna Keller .*Wreck"):
                leave()

    def test_damaged(self):
        """On the quay: back, to service, and another one at once if there is any."""
        jacket = self._prepared().with_user(self.instructor)
        jacket.action_give_out()
        later = self._trip(date_start=self.trip.date_start + timedelta(days=1))
        self._booking(self.tom, later, confirm=True)
        self.tom.dive_size_bcd = "M"
        later.with_user(self.front).action_prepare_gear()
        mine = self._gear(later, self.tom, self.bcd)
        mine.with_user(self.front).equipment_id = self.bcd_m1
        action = jacket.action_damaged()
        dialog = (
            self.env["dive.equipment.damage"]
            .with_user(self.instructor)
            .with_context(**action["context"])
            .create({"note": "Inflator sticks"})
        )
        self.assertIn("Anna Keller", dialog.who)
        self.assertIn("Tom Keller", dialog.reserved)
        self.bcd_m2.sudo().action_retire()
        told = dialog.action_send()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("Anna Keller: nothing free", told["message"])
        self.assertIn("Tom Keller: nothing free", told["message"])
        self.assertEqual(self.bcd_m1.state, "service")
        self.assertEqual((jacket.state, mine.state), ("missing", "missing"))
        self.assertIn("Inflator sticks", str(self.bcd_m1.message_ids.mapped("body")))
        self.assertIn("Tom Keller", str(later.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "in service already"):
            self.bcd_m1._dive_to_service("again")
        # a spare one
        self.bcd_m2.sudo().action_use_again()
        self.trip.with_user(self.instructor).action_prepare_gear()
        self.assertEqual(jacket.equipment_id, self.bcd_m2)
        self.bcd_m1.with_user(self.instructor).action_serviced()
        self.assertEqual(self.bcd_m1.state, "in_use")
        self.assertEqual(self.bcd_m1.last_service_date, self.today)
        self.assertFalse(self.bcd_m1.next_service_date)
        self.reg_1.with_user(self.front).action_serviced()
        self.assertEqual(
            self.reg_1.next_service_date.year, self.reg_1.last_service_date.year + 1
        )

    def _run(self):
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kw: 100
        ):
            self.env["dive.equipment"]._cron_dive_service()

    def test_an_activity_once_for_each_service(self):
        self.company.dive_gear_user_id = self.instructor
        due = self.reg_1 + self.reg_2 + self.bcd_m1
        due.next_service_date = self.today + timedelta(days=14)
        self.bcd_m1.action_retire()
        self.bcd_m2.next_service_date = self.today + timedelta(days=15)
        self._run()
        self._run()
        self.assertEqual(self.reg_1.activity_ids.user_id, self.instructor)
        self.assertEqual(
            self.reg_1.activity_ids.date_deadline, due[0].next_service_date
        )
        self.assertEqual(len(due.activity_ids), 2)
        self.assertFalse((self.bcd_m1 + self.bcd_m2).activity_ids)
        # done: the next one is another service
        self.reg_1.with_user(self.front).action_serviced()
        self.assertFalse(self.reg_1.activity_ids)
        self.reg_1.next_service_date = self.today
        self._run()
        self.assertEqual(len(self.reg_1.activity_ids), 1)
        # who looks after it has left
        self.instructor.active = False
        self.reg_2.next_service_date = self.today
        self._run()
        self.assertEqual(
            self.reg_2.activity_ids.user_id - self.instructor,
            self.company._dive_who_cares("dive_gear_user_id", ()),
        )

    def test_the_run_asks_as_much_for_many(self):
        items = self.env["dive.equipment"].create(
            [{"name": f"R {n}", "kind_id": self.regulator.id} for n in range(80)]
        )
        counts = []
        for some in (items[:1], items[1:2], items[2:]):
            some.next_service_date = self.today
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._run()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(items.activity_ids), 80)
        # the activities themselves are Odoo's, in batches
        self.assertLess(counts[2], counts[1] + 15, counts)

    def test_installing_checks_the_guard(self):
        self.assertFalse(_missing_guards(self.env))
        self.env.cr.execute(
            "ALTER TABLE dive_equipment_loan DROP CONSTRAINT dive_equipment_loan_once"
        )
        self.assertEqual(_missing_guards(self.env), ["dive_equipment_loan_once"])
