from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.ticket import with_ticket
from .secret_common import ALLERGY, MARKER, SecretCommon


@tagged("post_install", "-at_install")
class TestMedicalProfile(SecretCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Ada Divver")

    def test_the_button_opens_it(self):
        action = self.diver.with_user(self.medical).action_dive_medical_profile()
        self.assertEqual(action["res_model"], "dive.medical.profile")
        self.assertEqual(action["res_id"], self.profile.id)
        # of somebody who has none, an empty one
        action = self.other.with_user(self.medical).action_dive_medical_profile()
        self.assertFalse(action["res_id"])
        with Form(self.profiles.with_context(**action["context"])) as form:
            form.conditions = "none"
        self.assertEqual(form.record.partner_id, self.other)
        self.assertEqual(form.record.conditions, "none")

    def test_the_button_is_for_two_roles(self):
        view = self.env.ref("dive_crm.view_partner_dive_form")
        for role in ("front", "instructor", "medical", "manager"):
            arch = self.Partner.with_user(getattr(self, role)).get_view(view.id)["arch"]
            self.assertEqual(
                "action_dive_medical_profile" in arch, role in ("medical", "manager")
            )
        for role in ("front", "instructor", "accountant", "employee"):
            diver = self.diver.with_user(getattr(self, role))
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                diver._dive_give_reason("I would like to know it")
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                diver.env["dive.medical.profile"].search([])

    def test_a_manager_gives_a_reason_first(self):
        diver = self.diver.with_user(self.manager)
        action = diver.action_dive_medical_profile()
        self.assertEqual(action["res_model"], "dive.access.reason.wizard")
        with self._reason(self.diver):
            action = diver._dive_reason_given()
            self.assertEqual(action["res_id"], self.profile.id)
            with Form(self._as("manager")) as form:
                self.assertEqual(form.conditions, MARKER)
                form.insurer = "DAN"
            self.assertEqual(self.profile.insurer, "DAN")
            # and of somebody else not even a new one
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.profiles.with_user(self.manager).create(
                    {"partner_id": self.other.id, "conditions": "x"}
                )

    def test_the_form_has_no_history_for_managers(self):
        view = self.env.ref("dive_crm.view_dive_medical_profile_form")
        for role in ("medical", "manager"):
            arch = self._as(role).get_view(view.id)["arch"]
            self.assertIn("conditions", arch)
            self.assertEqual("change_ids" in arch, role == "medical")

    def test_deleting_a_customer_with_a_profile(self):
        for role in ("front", "manager"):
            with self.assertRaises(RedirectWarning) as caught:
                self.diver.with_user(getattr(self, role)).unlink()
            self.assertNotIn("MARKER", str(caught.exception))
        self.assertTrue(self.profile.exists())
        # those of demo divers, who stay
        self.profile.sudo().search([("id", "!=", self.profile.id)])._dive_erase()
        self.env["dive.medical.form"].sudo().search([])._dive_unlocked().unlink()
        self.profile.conditions = "changed"
        self._event(text="was sick")
        admin = new_test_user(
            self.env, "t_admin", groups="base.group_system,base.group_partner_manager"
        )
        self.diver.with_user(admin).unlink()
        self.assertFalse(self.diver.exists() or self.profile.exists())
        self.env.cr.execute(
            "SELECT count(*) FROM dive_secret WHERE res_model LIKE 'dive.medical.%'"
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_nobody_deletes_a_profile(self):
        for role in ("front", "medical", "manager"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self._as(role).unlink()

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def _event(self, profile=None, **vals):
        return (
            self.env["dive.medical.event"]
            .with_user(self.medical)
            .create(
                {"profile_id": (profile or self.profile).id, "kind": "symptom", **vals}
            )
        )

    def test_two_profiles_become_one(self):
        double = self._profile(
            self.other,
            self.profiles.env,
            conditions=f"diabetes\n{MARKER}",
            medications="insulin",
            blood_group="O-",
            insurer="DAN",
        )
        self.profile.insurer = "Aqua Med"
        self.profile.write({"medications": "aspirin"})
        self.profile.write({"medications": "ibuprofen"})
        double.write({"medications": "insulin, daily"})
        events = self._event(text="one") + self._event(double, text="two")
        changes = len(self.profile.change_ids + double.change_ids)
        self._merge_partners(self.diver, self.other)
        self.assertFalse(self.other.exists() or double.exists())
        profile = self.profile
        self.assertEqual(profile.conditions, f"{MARKER}\ndiabetes")
        self.assertEqual(profile.medications, "ibuprofen\ninsulin, daily")
        self.assertEqual(profile.allergies, ALLERGY)
        self.assertEqual(profile.insurer, "Aqua Med / DAN")
        # of two blood groups neither is believed, and both can be read
        self.assertFalse(profile.blood_group)
        self.assertIn("A+", profile.procedures)
        self.assertIn("O-", profile.procedures)
        self.assertEqual(profile.event_ids, events.sorted(reverse=True))
        self.assertEqual(set(events.mapped("text")), {"one", "two"})
        history = profile.change_ids.mapped("previous")
        self.assertLessEqual({"aspirin", "ibuprofen", "insulin", "A+"}, set(history))
        self.assertGreater(len(profile.change_ids), changes)

    def test_the_only_profile_comes_along(self):
        self._merge_partners(self.other, self.diver)
        self.assertEqual(self.profile.partner_id, self.other)
        self.assertEqual(self.profile.conditions, MARKER)
        self.assertEqual(self.profile.blood_group, "A+")

    def test_merging_shows_nobody_anything(self):
        self._profile(self.other, self.profiles.env, conditions="diabetes")
        self._merge_partners(self.diver, self.other)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            _read = self._as("manager").conditions
        told = str(self.diver.message_ids.mapped("body"))
        self.assertNotIn("MARKER", told)
        self.assertNotIn("diabetes", told)

    def test_what_does_not_open_is_not_merged(self):
        double = self._profile(self.other, self.profiles.env, conditions="diabetes")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dive_medical_profile SET dive_uid = 'x' WHERE id = %s", [double.id]
        )
        self.env.invalidate_all()
        with (
            self.assertRaises(UserError),
            mute_logger("odoo.addons.dive_crm.models.dive_key_holder"),
        ):
            self._merge_partners(self.diver, self.other)
        self.assertTrue(double.exists() and self.other.exists())


@tagged("post_install", "-at_install")
class TestMedicalHistory(SecretCommon):
    def _event(self, **vals):
        return (
            self.env["dive.medical.event"]
            .with_user(self.medical)
            .create({"profile_id": self.profile.id, "kind": "symptom", **vals})
        )

    def _history(self):
        return [
            (change.field, change.previous, change.user_id.login)
            for change in self.profile.change_ids.sorted("id")
        ]

    def test_each_change_keeps_what_was_there(self):
        self.profile.write({"conditions": "asthma", "medications": "spray"})
        self.profile.conditions = "asthma"  # no change
        with self._reason(self.diver):
            self._as("manager").conditions = False
        self.env.invalidate_all()
        self.assertEqual(
            self._history(),
            [
                ("conditions", MARKER, "t_medical"),
                ("medications", False, "t_medical"),
                ("conditions", "asthma", "t_manager"),
            ],
        )
        self.assertEqual(self.profile.change_ids[-1:].label, "Conditions")
        self.assertNotIn(
            b"MARKER", b"".join(row[2] for row in self._rows(self.profile.change_ids))
        )

    def test_events_keep_it_too(self):
        event = self._event(text="dizzy", date="2026-03-01")
        event.text = "dizzy for an hour"
        self.env.invalidate_all()
        [change] = self.profile.change_ids
        self.assertEqual((change.event_id, change.previous), (event, "dizzy"))
        self.assertEqual(change.label, "What happened")
        self.assertEqual(event.text, "dizzy for an hour")
        self.assertEqual(event.partner_id, self.diver)

    def test_for_the_medical_officer_only(self):
        self.profile.conditions = "asthma"
        change = self.profile.change_ids
        self.assertEqual(change.previous, MARKER)
        self.env.invalidate_all()
        with self._reason(self.diver):
            for role in ("manager", "front", "instructor", "employee", "portal"):
                user = getattr(self, role)
                for records in (change.with_user(user), change.with_user(user).sudo()):
                    with self.assertRaises(AccessError), mute_logger("odoo.addons"):
                        records.read(["previous"])
            for role in ("manager", "front"):
                with self.assertRaises(AccessError), mute_logger("odoo.addons"):
                    change.with_user(getattr(self, role)).search([])
                with self.assertRaises(AccessError), mute_logger("odoo.addons"):
                    self._as(role).read(["change_ids"])

    def test_nobody_edits_history(self):
        self.profile.conditions = "asthma"
        change = self.profile.change_ids
        for role in ("medical", "manager"):
            for su in (False, True):
                records = change.with_user(getattr(self, role)).sudo(su)
                for action in (
                    lambda records=records: records.write({"previous": "x"}),
                    lambda records=records: records.write({"date": "2020-01-01"}),
                    lambda records=records: records.unlink(),
                    lambda records=records: records.create(
                        {
                            "profile_id": self.profile.id,
                            "field": "conditions",
                            "previous": "forged",
                        }
                    ),
                ):
                    if su and "create" in action.__code__.co_names:
                        continue
                    with self.assertRaises(UserError), mute_logger("odoo.addons"):
                        action()
        self.assertEqual(change.previous, MARKER)

    def test_what_was_lost_is_told(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dive_secret SET payload = substr(payload, 1, 40)"
            " WHERE res_model = %s AND res_id = %s AND field = 'conditions'",
            [self.profile._name, self.profile.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.dive_crm.models.dive_key_holder"):
            self.profile.conditions = False
        [change] = self.profile.change_ids
        self.assertTrue(change.lost)
        self.assertFalse(change.previous)

    def test_an_incident_on_a_trip(self):
        trip = self._trip()
        event = self._event(kind="incident", trip_id=trip.id, text=MARKER)
        self.env.invalidate_all()
        self.assertEqual(event.with_user(self.medical).text, MARKER)
        for role in ("front", "instructor", "manager"):
            records = event.with_user(getattr(self, role))
            for su in (False, True):
                with self.assertRaises(AccessError), mute_logger("odoo.addons"):
                    records.sudo(su).read(["text"])
        self.assertEqual(with_ticket(event.sudo()).text, MARKER)

    def test_lists_do_not_grow_in_queries(self):
        events = self.env["dive.medical.event"].with_user(self.medical)
        for number in range(80):
            events += self._event(text=f"day {number}")
        counts = []
        for records in (events[:1], events[1:2], events):
            self.env.invalidate_all()
            records.browse().check_access("read")
            before = self.env.cr.sql_log_count
            records.web_read({"text": {}, "kind": {}, "date": {}, "partner_id": {}})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        events.write({"text": "changed"})
        self.env.flush_all()
        counts = []
        changes = self.profile.change_ids
        self.assertEqual(len(changes), 80)
        # each looked at for the first time: the log asks whose it is only once
        for records in (changes[:1], changes[1:2], changes):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_read(
                {"previous": {}, "label": {}, "user_id": {"fields": {"name": {}}}}
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
