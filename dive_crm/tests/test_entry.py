"""A new customer step by step: saved at each, resumed, no duplicates."""

from itertools import pairwise

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from .certification_common import CertificationMixin
from .common import DiveCommon

STEPS = ("details", "contacts", "medical", "cards", "preferences")


class TestEntry(CertificationMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCertifications()
        cls.desk = cls.Partner.with_user(cls.front)

    def _form(self, step, partner=None):
        action = self.env.ref(f"dive_crm.action_dive_entry_{step}")
        customers = self.desk.with_context(default_dive_customer=True, dive_step=step)
        return Form(partner or customers, view=action.view_id)

    def _next(self, partner, step, button="next"):
        action = getattr(
            partner.with_context(dive_step=step), f"action_dive_entry_{button}"
        )()
        return action["id"] if "id" in action else action["res_model"]

    def test_the_walk(self):
        """Each step leads to the next, whatever was filled in, and back."""
        ids = {
            step: self.env.ref(f"dive_crm.action_dive_entry_{step}").id
            for step in STEPS
        }
        with self._form("details") as form:
            form.name = "Nina Walkin"
            self.assertEqual(form.dive_entry_step, "details")
        nina = form.record
        self.assertTrue(nina.dive_customer)
        self.assertTrue(nina.ref)
        for step, then in pairwise(STEPS):
            self.assertEqual(self._next(nina, step), ids[then])
            self.assertEqual(self._next(nina, then, "back"), ids[step])
        self.assertEqual(self._next(nina, "preferences"), "res.partner")
        self.assertEqual(self._next(nina, "nonsense"), ids["contacts"])
        self.assertEqual(nina.action_dive_entry()["res_id"], nina.id)

    def test_what_is_done(self):
        """Counted from what is known, and resumed where something is missing."""
        nina = self.desk.create({"name": "Nina Walkin", "dive_customer": True})

        def left(done):
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(nina.dive_entry_text, f"{len(done)} of 5 done")
            self.assertEqual(nina._dive_entry_done(), done)
            self.assertEqual(nina.dive_entry_left, len(done) < 5)
            action = nina.action_dive_entry()["id"]
            step = next(step for step in STEPS if step not in done)
            self.assertEqual(
                action, self.env.ref(f"dive_crm.action_dive_entry_{step}").id
            )

        left([])
        with self._form("details", nina) as form:
            form.birthdate_date = "1990-02-03"
            form.phone = "+14155552671"
        left(["details"])
        with self._form("contacts", nina) as form:
            with form.dive_emergency_contact_ids.new() as line:
                line.name, line.phone = "Kim", "+14155552671"
        left(["details", "contacts"])
        with self._form("preferences", nina) as form:
            form.dive_size_suit = "M"
        left(["details", "contacts", "preferences"])
        self._card(nina.sudo())
        left(["details", "contacts", "cards", "preferences"])
        # a minor needs somebody who decides
        nina.birthdate_date = "2020-02-03"
        left(["details", "cards", "preferences"])

    def test_who_might_be_the_same(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        tom = self._customer(
            "Tom Reef", email="tom@reef.test", phone="+14155552671", ref="T-1"
        )
        self._customer("Tom Reef", company_id=other.id, email="tom@else.test")
        self.Partner.create({"name": "Tom Reef"})  # no customer
        with self._form("details") as form:
            form.name = "Tom"
            self.assertFalse(form.dive_alike)
            form.name = "reef tom"
            self.assertEqual(
                form.dive_alike,
                [{"id": tom.id, "name": "Tom Reef", "text": "T-1 · same name"}],
            )
            form.name = "T. R."
            self.assertFalse(form.dive_alike)
            form.phone = "+1 415 555"
            self.assertFalse(form.dive_alike)
            form.phone = "+1 (415) 555-2671"
            self.assertEqual(form.dive_alike[0]["text"], "T-1 · same phone")
            form.phone = False
            form.email = "Tom@Reef.test"
            self.assertEqual(form.dive_alike[0]["text"], "T-1 · same e-mail")
            form.email = False
        self.assertFalse(tom.with_user(self.front).dive_alike, "not oneself")

    def test_the_way_into_the_portal(self):
        """Of a minor, the guardian's."""
        mum = self._customer("Mum Reef", email="mum@reef.test")
        kid = self._customer(
            "Kid Reef", birthdate_date="2020-01-01", dive_guardian_id=mum.id
        )
        action = kid.with_user(self.front).action_dive_portal_access()
        wizard = self.env[action["res_model"]].with_user(self.front)
        dialog = wizard.browse(action["res_id"])
        self.assertEqual(dialog.line_ids.person_id, mum)
        dialog.action_invite()
        self.assertTrue(mum.user_ids._is_portal())
        with self.assertRaises(AccessError):
            kid.with_user(self.instructor).action_dive_portal_access()

    def test_access(self):
        """For the desk; others see what they saw before, and no field of it."""
        tom = self._customer("Tom Reef")
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                tom.with_user(user).read(["dive_alike"])
        for step in STEPS:
            action = self.env.ref(f"dive_crm.action_dive_entry_{step}")
            self.assertEqual(
                action.group_ids, self.env.ref("dive_crm.group_front_desk")
            )
        menu = self.env.ref("dive_crm.menu_dive_entry")
        for user, seen in ((self.front, True), (self.instructor, False)):
            menus = self.env["ir.ui.menu"].with_user(user)
            self.assertEqual(menu.id in menus._visible_menu_ids(), seen)

    def test_a_diver_made_while_booking(self):
        """From the line: name, phone, e-mail, birth; and what they need is asked."""
        view = self.env.ref("dive_crm.view_partner_dive_quick_form")
        with Form(self.desk.with_context(default_dive_customer=True), view) as form:
            form.name = "Nina Walkin"
            form.phone = "+14155552671"
            form.email = "nina@reef.test"
            form.birthdate_date = "1990-02-03"
        booking = self.env["dive.booking"].with_user(self.front)
        booking = booking.create(
            {
                "partner_id": form.record.id,
                "trip_id": self._trip().id,
                "diver_ids": [Command.create({"partner_id": form.record.id})],
            }
        )
        self.assertEqual(booking.diver_ids.partner_id.name, "Nina Walkin")
