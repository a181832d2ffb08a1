"""Where a text could get out: defaults, forms, exports, names, mails, reports."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from .secret_common import ALLERGY, MARKER, NAMES, SecretCommon

ROLES = ("front", "instructor", "accountant", "employee", "portal", "manager")


@tagged("post_install", "-at_install")
class TestSecretOut(SecretCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "t_admin", groups="base.group_system,base.group_allow_export"
        )

    def test_defaults_of_all_kinds_are_not_taken(self):
        other = self._customer("Bo")
        context = {f"default_{name}": MARKER for name in NAMES}
        profiles = self.profiles.with_context(**context)
        self.assertFalse(profiles.default_get(list(NAMES)))
        made = profiles.create({"partner_id": other.id})
        self.assertFalse(made.conditions or self._rows(made))
        for user in (self.medical, self.admin):
            with self.assertRaises(UserError):
                self.env["ir.default"].with_user(user).set(
                    "dive.medical.profile", "conditions", MARKER, user_id=True
                )
        with self.assertRaises(UserError):
            self.env["ir.default"].create(
                {
                    "field_id": self.env["ir.model.fields"]
                    ._get("dive.medical.profile", "conditions")
                    .id,
                    "json_value": '"x"',
                }
            )

    def test_a_form_for_those_who_may(self):
        with Form(self.profile) as form:
            self.assertEqual(form.conditions, MARKER)
            form.medications = "none"
        self.env.invalidate_all()
        self.assertEqual(self.profile.medications, "none")
        self.assertEqual(self.profile.conditions, MARKER)

    def test_an_onchange_gives_others_nothing(self):
        spec = {"partner_id": {}, "conditions": {}}
        values = {"partner_id": self.diver.id}
        for role in ("front", "employee", "portal"):
            model = self.profiles.with_user(getattr(self, role))
            with self.assertRaises(AccessError):
                model.onchange(dict(values), ["partner_id"], spec)
        for profile in (self._as("manager"), self._as("manager").sudo()):
            with self.assertRaises(AccessError):
                profile.onchange(dict(values), ["partner_id"], spec)
        made = self.profiles.onchange(dict(values), ["partner_id"], spec)
        self.assertNotIn("MARKER", str(made))

    def test_exports_have_nothing(self):
        self.medical.group_ids += self.env.ref("base.group_allow_export")
        with self._noted() as notes:
            rows = self.profile.export_data(
                ["partner_id/name", "conditions", "dive_uid", "allergies", ".id"]
            )["datas"]
        self.assertEqual(rows, [["Ada Diver", "", "", "", str(self.profile.id)]])
        self.assertFalse([note for note in notes if note[0] == "read" and note[1]])

    def test_names_have_nothing(self):
        self.assertNotIn("MARKER", self.profile.display_name)
        found = self.profiles.name_search("Ada")
        self.assertIn((self.profile.id, self.profile.display_name), found)
        self.assertFalse(self.profiles.name_search(MARKER[:6]))
        # not even where somebody makes it the name
        self.patch(self.registry["dive.medical.profile"], "_rec_name", "conditions")
        self.patch(
            self.registry["dive.medical.profile"], "_rec_names_search", ["conditions"]
        )
        with self.assertRaises(UserError):
            self.profiles.name_search("SECRET")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            _name = self._as("front").sudo().display_name

    @mute_logger(
        "odoo.addons.mail.models.mail_render_mixin",
        "odoo.addons.mail.models.mail_template",
    )
    def test_mails_have_nothing(self):
        template = {
            "name": "Leak",
            "model_id": self.env["ir.model"]._get_id("dive.medical.profile"),
            "subject": "About {{ object.partner_id.name }}",
            "body_html": '<p t-out="object.conditions"/>',
        }
        # Odoo tries a template on the first record: that must be the one with the text
        profiles = self.profile.with_user(self.env.ref("base.user_root")).sudo()
        profiles.search([("id", "!=", self.profile.id)])._dive_erase()
        for user in (self.medical, self.front):
            templates = self.env["mail.template"].with_user(user).sudo()
            with self.assertRaises(UserError) as caught:
                templates.create(template)
            self.assertNotIn("MARKER", str(caught.exception))
            for engine, source in (
                ("inline_template", "{{ object.conditions }}"),
                ("qweb", '<p t-out="object.conditions"/>'),
            ):
                with self.assertRaises(UserError) as caught:
                    templates._render_template(
                        source,
                        "dive.medical.profile",
                        self.profile.ids,
                        engine=engine,
                    )
                self.assertNotIn("MARKER", str(caught.exception))
            # the control: what is not encrypted is rendered
            rendered = templates._render_template(
                "{{ object.partner_id.name }}",
                "dive.medical.profile",
                self.profile.ids,
            )
            self.assertEqual(rendered, {self.profile.id: "Ada Diver"})

    def test_reports_have_nothing(self):
        self.env["ir.ui.view"].create(
            {
                "name": "leak",
                "type": "qweb",
                "key": "dive_crm.test_leak",
                "arch": '<t t-name="dive_crm.test_leak"><t t-foreach="docs"'
                ' t-as="doc"><p t-out="doc.conditions"/></t></t>',
            }
        )
        report = self.env["ir.actions.report"].create(
            {
                "name": "Leak",
                "model": "dive.medical.profile",
                "report_type": "qweb-html",
                "report_name": "dive_crm.test_leak",
            }
        )
        self.env.flush_all()
        for user in (self.medical, self.front):
            reports = self.env["ir.actions.report"].with_user(user).sudo()
            with self.assertRaises(Exception) as caught, mute_logger("odoo"):
                reports._render_qweb_html(report.id, self.profile.ids)
            self.assertIn("Health data", str(caught.exception))
            self.assertNotIn("MARKER", str(caught.exception))

    def test_nothing_is_tracked_or_posted(self):
        before = self.env["mail.tracking.value"].search_count([])
        self.profile.write({"conditions": ALLERGY, "allergies": False})
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.tracking.value"].search_count([]), before)


@tagged("post_install", "-at_install", "dive_long")
class TestSecretRelated(SecretCommon):
    """A field that an administrator adds, with the tools that Odoo has for it."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.reset_changes)
        partner = self.env["ir.model"]._get_id("res.partner")
        self.fields = self.env["ir.model.fields"]
        self.fields.create(
            {
                "model_id": partner,
                "name": "x_profile_id",
                "ttype": "many2one",
                "relation": "dive.medical.profile",
            }
        )
        self.related = {
            "model_id": partner,
            "name": "x_conditions",
            "ttype": "text",
            "related": "x_profile_id.conditions",
            "readonly": True,
            "store": False,
        }

    def _related(self):
        self.fields.create(self.related)
        diver = self.env["res.partner"].browse(self.diver.id)
        diver.x_profile_id = self.profile.id
        self.env.flush_all()
        self.env.invalidate_all()
        return diver

    def test_it_shows_each_what_each_may_see(self):
        diver = self._related()
        for user in (self.front, self.manager, self.env.user):
            for su in (False, True):
                other = diver.with_user(user).sudo(su)
                self.env.invalidate_all()
                self._refuses(lambda other=other: other.x_conditions)
                # now it is in the cache, in her name
                self.assertEqual(diver.with_user(self.medical).x_conditions, MARKER)
                self._refuses(lambda other=other: other.x_conditions)

    def test_it_is_neither_searched_nor_exported(self):
        diver = self._related()
        self.medical.group_ids += self.env.ref("base.group_allow_export")
        partners = diver.with_user(self.medical)
        found = partners.search([("x_conditions", "!=", False)])
        self.assertEqual(found, diver)
        for action in (
            lambda: partners.search([("x_conditions", "ilike", "SECRET")]),
            lambda: partners.search([], order="x_conditions", limit=1),
            lambda: partners._read_group([], ["x_conditions"]),
            lambda: partners.export_data(["x_conditions"]),
        ):
            self.env.invalidate_all()
            with self.assertRaises(UserError):
                action()
        self.assertNotIn(
            "MARKER", str(partners.export_data(["x_profile_id/conditions"]))
        )
        self.assertFalse(
            partners.fields_get(["x_conditions"])["x_conditions"]["sortable"]
        )

    def test_it_cannot_be_stored(self):
        with self.assertRaises(TypeError), mute_logger("odoo.registry"):
            self.fields.create({**self.related, "store": True})
