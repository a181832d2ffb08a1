"""Ways around the rights on medical data that somebody has tried: each is closed."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from ..models import dive_access_mixin
from ..tools.envelope import new_uid
from ..tools.ticket import with_ticket
from . import scan_files as files
from .medical_common import MedicalCommon, MedicalHttpCommon
from .secret_common import MARKER, SecretCommon

PARTNER_MANAGER = "base.group_user,base.group_partner_manager"


@tagged("post_install", "-at_install")
class TestMedicalRightsPortal(MedicalHttpCommon):
    """Whom somebody acts for in the portal stands in fields that the desk writes."""

    def test_staff_let_themselves_in_to_nobody(self):
        """As a guardian of somebody whose date of birth they take away."""
        form = self._signed(yes=["3"])
        draft = self._draft(yes=["3"])
        form._dive_unlocked()._dive_sealed_put("signed", files.pdf())
        form._dive_unlocked().paper_state = "made"
        me = self.front.partner_id
        self.anna.with_user(self.front).write(
            {"dive_guardian_id": me.id, "birthdate_date": False}
        )
        self.assertIn(
            self.anna, self.Partner.with_user(self.front)._dive_portal_people()
        )
        self.authenticate("t_front", "t_front")
        base = f"/my/medical/{self.anna.id}"
        for end in ("", "/sign", "/signed", "/packet", "/physician"):
            answer = self.url_open(f"{base}{end}", allow_redirects=False)
            self.assertEqual(answer.status_code, 404, end)
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(f"{base}/answers", {"answers": {"4": "no"}})
        # nor as the diver, whose record a merge has made their own
        with_ticket(form | draft)._dive_unlocked().partner_id = me
        me.write({"dive_customer": True, "birthdate_date": "1990-05-10"})
        base = f"/my/medical/{me.id}"
        for end in ("/signed", "/packet"):
            answer = self.url_open(f"{base}{end}", allow_redirects=False)
            self.assertEqual(answer.status_code, 404, end)
        page = self.url_open(base).text
        self.assertIn('name="q_1"', page)
        self.assertNotIn("checked", page)
        self.assertNotIn("/signed", self.url_open("/my/medical").text)
        # what they have signed themselves is theirs
        form._dive_unlocked().signed_user_id = self.front
        answer = self.url_open(f"{base}/signed", allow_redirects=False)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")


@tagged("post_install", "-at_install")
class TestMedicalRights(MedicalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "t_seller", groups=PARTNER_MANAGER)
        cls.admin = new_test_user(cls.env, "t_admin", groups="base.group_system")

    def test_who_hands_the_questions_out(self):
        """Whoever has the address can sign: so those who may begin a form."""
        for user in (self.front, self.medical, self.manager):
            action = self.anna.with_user(user).action_dive_answer_medical()
            wizards = self.env[action["res_model"]].with_user(user)
            wizard = wizards.with_context(**action["context"]).create({})
            token = action["context"]["dive_medical_token"]
            self.assertTrue(wizard.url.endswith(f"/dive/medical/{token}"))
            self.assertTrue(wizard.qr_code)
            self.assertEqual(wizard.partner_id, self.anna)
            # the address is in no row, and the dialog is for nobody else
            self.env.invalidate_all()
            self.assertFalse(wizards.browse(wizard.id).url)
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                _read = wizard.with_user(self.other_than(user)).partner_id
        links = self.env["dive.medical.link"].search_count([])
        for user in (
            self.instructor,
            self.seller,
            self.accountant,
            self.employee,
            self.admin,
            self.portal,
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self.anna.with_user(user).action_dive_answer_medical()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self.env["dive.medical.link.wizard"].with_user(user).create(
                    {"partner_id": self.anna.id}
                )
        self.assertEqual(self.env["dive.medical.link"].search_count([]), links)

    def other_than(self, user):
        return self.medical if user != self.medical else self.front

    def test_no_address_but_ours(self):
        wizards = self.env["dive.medical.link.wizard"].with_user(self.front)
        for forged in ("../../web/login", "x" * 43 + "?a=b", "x", True, 1):
            wizard = wizards.with_context(dive_medical_token=forged).create(
                {"partner_id": self.anna.id}
            )
            self.assertFalse(wizard.url or wizard.qr_code, forged)

    def test_the_desk_merges_no_diver_into_staff(self):
        """Its own record would then have the diver's papers, in the portal."""
        self._signed(yes=["3"])
        me = self.front.partner_id
        self.anna.email = me.email
        wizards = self.env["base.partner.merge.automatic.wizard"]

        def merge(user, target):
            wizard = wizards.with_user(user).create(
                {
                    "partner_ids": [Command.set((self.anna | target).ids)],
                    "dst_partner_id": target.id,
                }
            )
            wizard.action_merge()

        with self.assertRaisesRegex(UserError, "manager"):
            merge(self.front, me)
        self.assertTrue(self.anna.exists())
        double = self.Partner.create({"name": "Anna K", "email": me.email})
        merge(self.front, double)
        self.assertFalse(self.anna.exists())
        self.assertEqual(double.dive_medical_status, "physician")

    def test_companies_and_branches(self):
        """What is about a diver is where the diver is; a branch sees its parent's."""
        companies = self.env["res.company"]
        other = companies.create({"name": "Other centre"})
        branch = companies.create({"name": "Branch", "parent_id": self.company.id})
        where = {"here": self.company, "other": other, "branch": branch}
        profiles = with_ticket(self.env["dive.medical.profile"])
        for name, company in where.items():
            diver = self._customer(
                name, company_id=company.id, birthdate_date="1990-05-10"
            )
            self._signed(diver, ["3"], company_id=company.id)
            profile = profiles.create({"partner_id": diver.id, "conditions": "one"})
            with_ticket(profile.event_ids).create(
                {"profile_id": profile.id, "text": "two"}
            )
            profile.conditions = "three"
        both = new_test_user(
            self.env,
            "t_both",
            groups="dive_crm.group_medical",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | other).ids)],
        )
        there = new_test_user(
            self.env,
            "t_branch",
            groups="dive_crm.group_medical",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        for user, active, seen in (
            (self.medical, self.company, {"here"}),
            (both, self.company, {"here"}),
            (both, other, {"other"}),
            (both, self.company | other, {"here", "other"}),
            (there, branch, {"here", "branch"}),
        ):
            for model in ("form", "profile", "event", "change"):
                with self.subTest(user=user.login, active=active.ids, model=model):
                    records = (
                        self.env[f"dive.medical.{model}"]
                        .with_user(user)
                        .with_context(allowed_company_ids=active.ids)
                    )
                    found = records.search([("partner_id.name", "in", list(where))])
                    self.assertEqual(set(found.partner_id.mapped("name")), seen)
        self.env.invalidate_all()
        hidden = self.env["dive.medical.profile"].search(
            [("partner_id.name", "=", "other")]
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            _read = hidden.with_user(there).sudo().conditions

    def test_the_link_of_a_form_leads_to_its_diver(self):
        form = self._draft()
        self.assertEqual(form.access_url, "/my/medical")


@tagged("post_install", "-at_install")
class TestSecretWrittenDown(SecretCommon):
    """What an administrator can set up without being let in, to have a text kept."""

    def test_no_template_opens_anything(self):
        """Whatever is called in it: what it says is kept in clear."""
        Form = self.env["dive.medical.form"]
        form = Form.create({"partner_id": self.diver.id})
        form._dive_record_answers({"3": True})
        officer = self.medical.id
        for model, record, expression in (
            (
                "dive.medical.profile",
                self.profile,
                "object.with_context(dive_secrets_closed=False).conditions",
            ),
            (
                "res.partner",
                self.diver,
                f"object.with_user({officer}).env['dive.medical.profile']"
                ".with_context(dive_secrets_closed=0).search([]).mapped('conditions')",
            ),
            ("dive.medical.form", form, "object._dive_answers()"),
            ("dive.medical.form", form, "object._dive_page_questions()"),
        ):
            for user in (self.medical, self.env.ref("base.user_admin")):
                templates = self.env["mail.template"].with_user(user).sudo()
                with (
                    self.assertRaises(UserError, msg=expression),
                    mute_logger("odoo.addons.mail.models.mail_render_mixin"),
                ):
                    templates._render_template(
                        f"{{{{ {expression} }}}}", model, record.ids
                    )
        # and then it opens as before
        self.assertEqual(self.profile.conditions, MARKER)

    def test_no_report_opens_anything(self):
        self.env["ir.ui.view"].create(
            {
                "name": "leak",
                "type": "qweb",
                "key": "dive_crm.test_leak_2",
                "arch": '<t t-name="dive_crm.test_leak_2"><t t-foreach="docs"'
                ' t-as="doc"><p t-out="doc.with_context(dive_secrets_closed=False)'
                '.conditions"/></t></t>',
            }
        )
        report = self.env["ir.actions.report"].create(
            {
                "name": "Leak",
                "model": "dive.medical.profile",
                "report_type": "qweb-html",
                "report_name": "dive_crm.test_leak_2",
            }
        )
        self.env.flush_all()
        reports = report.with_user(self.medical).sudo()
        with self.assertRaises(Exception) as caught, mute_logger("odoo"):
            reports._render_qweb_html(report.id, self.profile.ids)
        self.assertIn("Health data", str(caught.exception))
        self.assertEqual(self.profile.conditions, MARKER)

    def test_no_mail_takes_an_emergency_sheet_along(self):
        """Who has opened it may print it; as an attachment it would be kept."""
        openings = self.env["dive.emergency.opening"].with_user(self.medical)
        openings._dive_open("a" * 32, "drill", "", self.env["dive.trip"], self.diver)
        opening = openings._dive_of("a" * 32)
        report = self.env.ref("dive_crm.action_report_dive_emergency")
        template = self.env["mail.template"].create(
            {
                "name": "Leak",
                "model_id": self.env["ir.model"]._get_id(opening._name),
                "report_template_ids": [Command.set(report.ids)],
            }
        )
        template = template.with_user(self.medical).sudo()
        with self.assertRaisesRegex(AccessError, "Health data"), mute_logger("odoo"):
            template._generate_template_attachments(
                opening.ids, ["report_template_ids"]
            )
        content = (
            report.with_user(self.medical)
            .sudo()
            ._render_qweb_html(report.id, opening.ids)
        )
        self.assertIn(MARKER, str(content[0], "utf-8"))  # the control

    def test_nobody_is_told_how_a_diver_is(self):
        """On a contact everybody reads what is to be done."""
        openings = self.env["dive.emergency.opening"].with_user(self.medical)
        trip = self.env["dive.trip"]
        for kind, said in (("unwell", False), ("accident", False), ("drill", True)):
            self.diver.activity_ids.unlink()
            openings._dive_open(new_uid(), kind, "", trip, self.diver)
            label = dict(openings._fields["kind"].selection)[kind]
            notes = str(self.diver.activity_ids.mapped("note"))
            self.assertIn("opened the emergency sheet of Ada Diver", notes)
            self.assertEqual(label in notes, said, kind)

    def test_a_search_that_is_refused_is_noted(self):
        with self._noted() as notes:
            self._refuses(
                lambda: self._as("manager").search([("allergies", "!=", False)])
            )
        self.assertIn(("read", False, "", (), ()), notes)

    def test_no_field_keeps_what_another_shows(self):
        """Neither over two fields, nor in words, nor as a change in the chatter."""
        self.addCleanup(self.registry.reset_changes)
        fields = self.env["ir.model.fields"]

        def field(model, name, related, **vals):
            return {
                "model_id": self.env["ir.model"]._get_id(model),
                "name": name,
                "ttype": "text",
                "related": related,
                "readonly": True,
                "store": False,
                **vals,
            }

        fields.create(field("dive.medical.event", "x_one", "profile_id.conditions"))
        for vals in (
            field("dive.medical.event", "x_two", "x_one", store=True),
            field("dive.medical.form", "x_two", "answers", tracking=100),
            field(
                "dive.medical.form.entry",
                "x_two",
                "form_id.answers_shown",
                ttype="html",
                store=True,
            ),
            field(
                "dive.medical.form.entry",
                "x_two",
                "form_id.signed_file",
                ttype="binary",
                store=True,
            ),
        ):
            with (
                self.assertRaises(TypeError, msg=str(vals)),
                mute_logger("odoo.registry"),
                self.cr.savepoint(),
            ):
                fields.create(vals)
            self.registry.reset_changes()

    def test_a_manager_changes_no_event_without_a_reason(self):
        """Not its day and kind either, which no encryption asks about."""
        events = self.env["dive.medical.event"]
        event = events.with_user(self.medical).create({"profile_id": self.profile.id})
        theirs = event.with_user(self.manager)
        vals = {"profile_id": self.profile.id, "kind": "incident"}
        for action in (
            lambda: theirs.write({"kind": "treatment"}),
            lambda: theirs.write({"date": "2020-01-01"}),
            lambda: events.with_user(self.manager).create(dict(vals)),
            lambda: self._as("manager").write({"event_ids": [Command.create(vals)]}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                action()
        self.assertEqual(event.kind, "symptom")
        with self._reason(self.diver):
            theirs.kind = "treatment"
            events.with_user(self.manager).create(dict(vals))
        self.assertEqual(event.kind, "treatment")

    def test_an_export_is_noted(self):
        """Of what is in clear too: who has a form and what came of it."""
        notes = []
        self.patch(
            dive_access_mixin,
            "note_access",
            lambda records, fields, action, allowed=True: notes.append(
                (records._name, records._ids, action, allowed)
            ),
        )
        form = self.env["dive.medical.form"].create({"partner_id": self.diver.id})
        for user in (self.front, self.accountant):
            user.group_ids += self.env.ref("base.group_allow_export")
        form.with_user(self.front).export_data(["partner_id/name", "outcome"])
        for names in (["outcome"], ["answers"]):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                form.with_user(self.accountant).export_data(names)
        name = "dive.medical.form"
        self.assertEqual(
            notes,
            [
                (name, form._ids, "export", True),
                (name, form._ids, "export", False),
                (name, form._ids, "export", False),
            ],
        )
