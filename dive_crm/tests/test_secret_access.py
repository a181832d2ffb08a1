from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.dive_encrypted_field import EncryptedText
from ..tools.ticket import with_ticket
from .secret_common import MARKER, SecretCommon

ROLES = ("front", "instructor", "accountant", "employee", "portal", "manager")


@tagged("post_install", "-at_install")
class TestSecretAccess(SecretCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "t_admin", groups="base.group_system,base.group_allow_export"
        )

    def _ways(self, profile):
        """Return all ways to read that take a record."""
        model = profile.browse()
        domain = [("id", "=", profile.id)]
        spec = {"conditions": {}, "partner_id": {"fields": {"display_name": {}}}}
        return {
            "field": lambda: profile.conditions,
            "item": lambda: profile["conditions"],
            "mapped": lambda: profile.mapped("conditions"),
            "filtered": lambda: profile.filtered("conditions"),
            "read": lambda: profile.read(["conditions"]),
            "search_read": lambda: model.search_read(domain, ["conditions"]),
            "web_read": lambda: profile.web_read(spec),
            "web_search_read": lambda: model.web_search_read(domain, spec),
            "onchange": lambda: profile.onchange(
                {"blood_group": "A+"}, ["blood_group"], {**spec, "blood_group": {}}
            ),
            "copy_data": lambda: profile.copy_data({"conditions": profile.conditions}),
            "new": lambda: profile.new(origin=profile).conditions,
        }

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def _refused(self, profile, kind=AccessError):
        for way, action in self._ways(profile).items():
            self.env.invalidate_all()
            with self.subTest(way=way, user=profile.env.user.login):
                with self.assertRaises(kind) as caught:
                    action()
                self.assertNotIn("MARKER", str(caught.exception))

    def test_medical_officers_read_and_are_noted(self):
        for way, action in self._ways(self.profile).items():
            self.env.invalidate_all()
            with self.subTest(way=way), self._noted() as notes:
                action()
            self.assertIn(
                ("read", True, "", (self.profile.id,), ("conditions",)), notes, way
            )

    def test_others_do_not(self):
        for role in ROLES:
            self._refused(self._as(role))
        self._refused(self.profile.with_user(self.admin))

    def test_sudo_is_not_enough(self):
        for role in ROLES:
            self._refused(self._as(role).sudo())
        self._refused(self.profile.with_user(self.admin).sudo())
        self._refused(self.profile.with_user(SUPERUSER_ID))
        # nor is the system a medical officer, whatever groups it has
        root = self.env["res.users"].browse(SUPERUSER_ID)
        root.group_ids += self.env.ref("dive_crm.group_medical")
        self._refused(self.profile.with_user(SUPERUSER_ID))
        self._refused(self.env["dive.medical.profile"].sudo().browse(self.profile.id))
        self.assertEqual(self.profile.sudo().conditions, MARKER)

    def test_no_ticket_can_be_forged(self):
        for forged in (True, {}, "object", 1):
            profile = self.env["dive.medical.profile"].with_context(dive_ticket=forged)
            with self.assertRaises(AccessError):
                _read = profile.browse(self.profile.id).conditions
        system = with_ticket(self.profile.with_user(SUPERUSER_ID))
        self.assertEqual(system.conditions, MARKER)

    def test_writing_takes_the_right_as_well(self):
        before = self._rows()
        for role in ROLES:
            for profile in (self._as(role), self._as(role).sudo()):
                for vals in ({"conditions": "x"}, {"conditions": False}):
                    with self.assertRaises(AccessError), self._noted() as notes:
                        profile.write(vals)
                    self.assertIn(False, [note[1] for note in notes])
        with self.assertRaises(AccessError):
            self.profile.with_user(SUPERUSER_ID).conditions = "x"
        self.assertEqual(self._rows(), before)

    def test_creating_takes_the_right_as_well(self):
        vals = {"partner_id": self._customer("Bo").id, "conditions": "x"}
        for role in ROLES:
            for su in (False, True):
                model = self.env["dive.medical.profile"].with_user(getattr(self, role))
                with self.assertRaises(AccessError), self.cr.savepoint():
                    model.sudo(su).create(dict(vals))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["dive.medical.profile"].create(dict(vals))

    def test_managers_with_a_reason(self):
        other = self._profile(
            self._customer("Bo"), self.profiles.env, conditions="asthma"
        )
        manager = self._as("manager")
        with self._reason(self.diver, text="Fainted"):
            for way, action in self._ways(manager).items():
                self.env.invalidate_all()
                with self.subTest(way=way), self._noted() as notes:
                    action()
                self.assertIn(
                    ("read", True, "Fainted", (manager.id,), ("conditions",)), notes
                )
            manager.conditions = "asthma"
            # for this diver only
            with self.assertRaises(AccessError):
                _read = other.with_user(self.manager).conditions
            with self.assertRaises(AccessError):
                (manager + other).read(["conditions"])
        # and not any more when it has expired
        self.env.invalidate_all()
        with self.assertRaisesRegex(AccessError, "Medical"):
            _read = manager.conditions

    def test_what_is_one_divers_becomes_no_other_divers(self):
        """Or a manager would give a reason for whom it is about by then."""
        other = self._customer("Bo")
        profile = self._as("manager")
        with self._reason(other):
            for records in (profile, profile.sudo(), self.profile):
                with self.assertRaises(UserError):
                    records.partner_id = other
            self._refuses(lambda: profile.conditions)
        theirs = self._profile(other, self.profiles.env)
        event = self.env["dive.medical.event"].with_user(self.medical)
        event = event.create({"profile_id": self.profile.id, "text": MARKER})
        with self._reason(other):
            with self.assertRaises(UserError):
                event.with_user(self.manager).profile_id = theirs
        # where nothing is said yet, a slip can be put right
        self.profile.partner_id = self.profile.partner_id
        theirs.partner_id = self._customer("Cy")

    def test_who_has_a_text_is_for_medical_officers_as_well(self):
        domain = [("conditions", "!=", False), ("id", "=", self.profile.id)]
        for su in (False, True):
            manager = self._as("manager").sudo(su)
            for search in (
                lambda manager=manager: manager.search(domain),
                lambda manager=manager: manager.search_count(domain),
                lambda manager=manager: manager.filtered_domain(domain),
            ):
                self.env.invalidate_all()
                self._refuses(search)
        self.assertEqual(self.profiles.search(domain), self.profile)
        system = self.profile.with_user(SUPERUSER_ID)
        self.assertEqual(system.search(domain), self.profile)

    def test_the_right_to_write_is_no_right_to_read(self):
        """What writing has put into the cache is read by those who may."""
        rule = self.env.ref("dive_crm.rule_dive_medical_profile_company")
        rule.write({"domain_force": [("id", "=", 0)], "perm_write": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.profile.write({"insurer": "DAN"})
        with mute_logger("odoo.addons.base"):
            self._refuses(lambda: self.profile.insurer)

    def test_a_reason_lets_nobody_else_in(self):
        with self._reason(self.diver):
            for role in ("front", "instructor", "employee", "portal", "accountant"):
                self._refused(self._as(role))
                self._refused(self._as(role).sudo())

    def test_denials_are_noted(self):
        for role in ("front", "manager"):
            for su in (False, True):
                self.env.invalidate_all()
                profile = self._as(role).sudo(su)
                with self.assertRaises(AccessError), self._noted() as notes:
                    profile.read(["conditions"])
                self.assertTrue(notes)
                self.assertEqual({note[:2] for note in notes}, {("read", False)})

    def test_from_the_cache_nobody_reads_what_another_may(self):
        for role in ROLES:
            for su in (False, True):
                profile = self._as(role).sudo(su)
                self.assertEqual(self.profile.conditions, MARKER)
                self._refuses(lambda profile=profile: profile.conditions)
                self._refuses(lambda profile=profile: profile.read(["conditions"]))

    def test_record_rules_hold_in_sudo_and_from_the_cache(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "t_stranger",
            groups="dive_crm.group_medical",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.diver.company_id = self.company
        self.env.flush_all()
        for su in (True, False):
            profile = self.profile.with_user(stranger).sudo(su)
            self.env.invalidate_all()
            with mute_logger("odoo.addons.base"):
                self._refuses(lambda profile=profile: profile.conditions)
                # now it is in the cache
                self.assertEqual(self.profile.conditions, MARKER)
                self._refuses(lambda profile=profile: profile.conditions)

    def test_the_table_itself_is_for_nobody(self):
        row_id = self._rows()[0][3]
        for role in (*ROLES, "medical"):
            secrets = self.env["dive.secret"].with_user(getattr(self, role))
            for action in (
                lambda secrets=secrets: secrets.search([]),
                lambda secrets=secrets: secrets.browse(row_id).read(["payload"]),
                lambda secrets=secrets: secrets.browse(row_id).write({"res_id": 1}),
                lambda secrets=secrets: secrets.browse(row_id).unlink(),
                lambda secrets=secrets: secrets.create({"field": "x"}),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                    action()

    def test_profiles_are_for_two_roles(self):
        for role in ("front", "instructor", "accountant", "employee", "portal"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self.profiles.with_user(getattr(self, role)).search([])
        for field in self.profile._fields.values():
            if isinstance(field, EncryptedText):
                self.assertTrue(field.groups, field)
