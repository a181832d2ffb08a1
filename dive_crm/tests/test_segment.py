"""Saved segments of customers."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestSegment(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Segment = cls.env["dive.segment"].with_user(cls.front)
        cls.ann = cls._customer("Ann Reef", email="ann@dive.test", city="Moraira")
        cls.segment = cls.Segment.create(
            {"name": "From Moraira", "domain": "[('city', '=', 'Moraira')]"}
        )

    def test_always_as_it_is_now(self):
        self.assertEqual(self.segment.count, 1)
        self._customer("Ben Reef", city="Moraira")
        self.env["res.partner"].create({"name": "No diver", "city": "Moraira"})
        self.segment.invalidate_recordset()
        self.assertEqual(self.segment.count, 2)
        action = self.segment.action_customers()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(found.mapped("name")), {"Ann Reef", "Ben Reef"})

    def test_written_to(self):
        for name, model in (
            ("action_email", "mail.compose.message"),
            ("action_sms", "sms.composer"),
        ):
            action = getattr(self.segment, name)()
            self.assertEqual(action["res_model"], model)
            composer = self.env[model].with_user(self.front)
            form = Form(composer.with_context(**action["context"]))
            self.assertTrue(form.dive_marketing)
            self.assertIn("1 of 1 are left out", form.dive_left_out)
        self.ann.active = False
        with self.assertRaisesRegex(UserError, "Nobody is in this segment"):
            self.segment.action_email()

    def test_mailing(self):
        self.front.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        action = self.segment.action_mailing()
        mailing = self.env["mailing.mailing"].with_user(self.front)
        mailing = mailing.with_context(**action["context"]).create({"subject": "Hi"})
        self.assertEqual(mailing._get_recipients(), self.ann.ids)

    def test_chosen_by_hand(self):
        ben = self._customer("Ben Reef")
        lead = self.env["res.partner"].create({"name": "No diver"})
        add = self.env["dive.segment.add"].with_user(self.front)
        ticked = add.with_context(active_ids=(self.ann | ben | lead).ids)
        with Form(ticked) as form:
            self.assertEqual(form.number, 2)
            form.segment_id = self.Segment.create(
                {"name": "For the wreck", "kind": "chosen"}
            )
        for _time in range(2):
            form.record.action_add()
        segment = form.record.segment_id
        self.assertEqual(segment.count, 2)
        action = segment.action_customers()
        found = self.env["res.partner"].with_user(self.front).search(action["domain"])
        self.assertEqual(found, self.ann | ben)
        with self.assertRaisesRegex(UserError, "Tick the customers"):
            Form(add.with_context(active_ids=lead.ids))

    def test_what_one_may_not_read_chooses_nobody(self):
        """Health is no way to choose people: not even how many they are is said."""
        for field in ("answers", "uid"):
            domain = repr([(f"dive_medical_form_ids.{field}", "!=", False)])
            with self.subTest(field), self.assertRaises(UserError):
                self.Segment.create({"name": "Ill", "domain": domain})

    def test_nonsense(self):
        for domain in ("nonsense", "[('no_such_field', '=', 1)]", "[1]", "{}", "1"):
            with self.assertRaises(ValidationError):
                self.segment.domain = domain

    def test_roles(self):
        for user in (self.instructor, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.segment.with_user(user).read(["name"])
        other = self.env["res.company"].create({"name": "Other Reef"})
        theirs = self.env["dive.segment"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.front).read(["name"])
