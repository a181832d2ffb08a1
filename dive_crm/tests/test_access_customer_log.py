import json
from collections import deque
from contextlib import nullcontext
from unittest.mock import patch

from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import test_cursor
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..reports.dive_certification_report import LIST
from ..reports.dive_statement_report import REPORT
from . import scan_files as files
from .access_common import LookMixin
from .certification_common import CertificationMixin
from .common import DiveCommon, DiveHttpCommon, RpcError
from .sealed_common import SealedCommon, b64

FORM = {"name": {}, "dive_guardian_id": {}, "dive_customer": {}, "phone": {}}


def summary(rows):
    """Return what is the same in each run."""
    return [(row.res_model, row.res_ids, row.action, row.allowed) for row in rows]


def queries(action):
    """Return how many queries an action takes with the log, and without."""
    env = action.__defaults__[0].env
    counts = []
    plain = env.registry["base"]
    mixin = env.registry["dive.access.mixin"]
    for context in (
        nullcontext(),
        patch.multiple(mixin, web_read=plain.web_read, export_data=plain.export_data),
    ):
        with context:
            for _warm in range(2):
                env.invalidate_all()
                before = env.cr.sql_log_count
                action()
            counts.append(env.cr.sql_log_count - before)
    return counts


@tagged("post_install", "-at_install")
class TestOpening(LookMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diver = cls._customer("Ada Diver")
        cls.contact = cls.Partner.create({"name": "No Customer"})
        cls.divers = cls.Partner.concat(
            *(cls._customer(f"Diver {number:02}") for number in range(80))
        )

    def test_a_customer_is_opened(self):
        for role in ("front", "instructor", "medical", "manager", "employee"):
            with self._looks() as rows:
                self.diver.with_user(getattr(self, role)).web_read(FORM)
            self.assertEqual(
                summary(rows), [("res.partner", str(self.diver.id), "open", True)]
            )
            self.assertEqual(rows[0].login, f"t_{role}")
            self.assertEqual(rows[0].partner_ids, str(self.diver.id))

    def test_the_forms_ask_for_it(self):
        """Ours and that of Contacts; and no list asks in the way forms do."""
        for view, asks in (
            ("dive_crm.view_partner_dive_form", True),
            ("base.view_partner_form", True),
            ("dive_crm.view_partner_dive_list", False),
            ("dive_crm.view_partner_dive_kanban", False),
        ):
            arch = self.Partner.with_user(self.manager).get_view(
                self.env.ref(view).id, self.env.ref(view).type
            )["arch"]
            self.assertEqual('name="dive_guardian_id"' in arch, asks, view)
            # without it, one query more
            self.assertTrue('name="dive_customer"' in arch or not asks, view)
        arch = self.env["dive.certification"].get_view(view_type="form")["arch"]
        self.assertIn('name="check_ids"', arch)
        arch = self.env["dive.certification"].get_view(view_type="list")["arch"]
        self.assertNotIn('name="check_ids"', arch)

    def test_saving_shows_it_again(self):
        with self._looks() as rows:
            self.diver.with_user(self.front).web_save({"name": "Ada"}, FORM)
        self.assertEqual([row.action for row in rows], ["open"])

    def test_what_is_no_opening(self):
        front = self.front
        with self._looks() as rows:
            self.contact.with_user(front).web_read(FORM)
            self.divers.with_user(front).web_read(FORM)
            self.divers.with_user(front).web_search_read([], FORM, limit=80)
            self.diver.with_user(front).web_read({"name": {}, "phone": {}})
            self.diver.with_user(front).read(["name", "dive_guardian_id"])
            self.diver.with_user(front).web_read({})
            self.diver.with_user(front).onchange({}, [], FORM)
        self.assertEqual(summary(rows), [])

    def test_opening_what_one_may_not(self):
        abroad = self.env["res.company"].create({"name": "Other centre"})
        self.diver.company_id = abroad
        self.contact.company_id = abroad
        with self._looks() as rows:
            for partner in (self.diver, self.contact):
                with (
                    self.assertRaises(AccessError),
                    mute_logger("odoo.addons.base.models.ir_rule"),
                ):
                    partner.with_user(self.front).web_read(FORM)
        self.assertEqual(
            summary(rows), [("res.partner", str(self.diver.id), "open", False)]
        )

    def test_opening_what_is_gone(self):
        gone = self.Partner.create({"name": "Gone"})
        gone.unlink()
        with self._looks() as rows:
            gone.with_user(self.front).web_read({"dive_guardian_id": {}})
        self.assertEqual(summary(rows), [])

    def test_it_asks_the_database_nothing_more(self):
        """Not of customers, and not of the contacts of other apps."""
        for partner in (self.diver, self.contact):
            for spec in (FORM, {"name": {}}):
                mine = partner.with_user(self.front)
                with self.subTest(partner=partner, spec=spec):
                    self.assertEqual(*queries(lambda m=mine, s=spec: m.web_read(s)))


@tagged("post_install", "-at_install")
class TestExporting(LookMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.front.group_ids += cls.env.ref("base.group_allow_export")
        cls.contact = cls.Partner.create({"name": "No Customer"})
        cls.divers = cls.Partner.concat(
            *(cls._customer(f"Diver {number:02}") for number in range(80))
        )

    def test_customers_are_exported(self):
        with self._looks() as rows:
            chosen = (self.divers + self.contact).with_user(self.front)
            data = chosen.export_data(["name", "dive_certification_ids/number"])
        self.assertEqual(len(data["datas"]), 81)
        ids = ",".join(map(str, sorted(self.divers.ids)))
        self.assertEqual(summary(rows), [("res.partner", ids, "export", True)])
        self.assertEqual(rows[0].field_names, "dive_certification_ids/number,name")

    def test_contacts_of_others_are_not(self):
        with self._looks() as rows:
            self.contact.with_user(self.front).export_data(["name"])
        self.assertEqual(summary(rows), [])

    def test_without_the_right(self):
        with self._looks() as rows, self.assertRaises(UserError):
            self.divers.with_user(self.instructor).export_data(["name", "phone"])
        ids = ",".join(map(str, sorted(self.divers.ids)))
        self.assertEqual(summary(rows), [("res.partner", ids, "export", False)])
        self.assertEqual(rows[0].field_names, "name,phone")

    def test_it_asks_the_database_nothing_more(self):
        for some in (self.contact, self.divers[:1], self.divers):
            mine = some.with_user(self.front)
            with self.subTest(number=len(some)):
                with_log, without = queries(lambda m=mine: m.export_data(["name"]))
                self.assertEqual(with_log, without)


@tagged("post_install", "-at_install")
class TestPrinting(LookMixin, CertificationMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCertifications()
        cls.diver = cls._customer("Ada Diver")
        cls.other = cls._customer("Bob Diver")
        cls.cards = cls._card(cls.diver) + cls._card(cls.other)

    def test_a_list_of_cards(self):
        report = self.env["ir.actions.report"].with_user(self.front)
        with self._looks() as rows:
            report._render_qweb_pdf(LIST, self.cards.ids)
        ids = ",".join(map(str, sorted(self.cards.ids)))
        self.assertEqual(summary(rows), [("dive.certification", ids, "print", True)])
        about = ",".join(map(str, sorted((self.diver + self.other).ids)))
        self.assertEqual(rows[0].partner_ids, about)
        self.assertEqual(rows[0].field_names, LIST)

    def test_statements(self):
        wizard = (
            self.env["dive.statement.wizard"]
            .with_user(self.front)
            .create(
                {"partner_ids": [Command.set((self.diver + self.other).ids)]},
            )
        )
        with self._looks() as rows:
            self.env["ir.actions.report"].with_user(self.front)._render_qweb_html(
                REPORT, wizard.ids
            )
        ids = ",".join(map(str, sorted((self.diver + self.other).ids)))
        self.assertEqual(summary(rows), [("res.partner", ids, "print", True)])

    def test_refused(self):
        report = self.env["ir.actions.report"].with_user(self.employee)
        with self._looks() as rows, self.assertRaises(AccessError):
            report._render_qweb_html(LIST, self.cards[:1].ids)
        ids = str(self.cards[0].id)
        self.assertEqual(summary(rows), [("dive.certification", ids, "print", False)])

    def test_a_card_is_opened(self):
        with self._looks() as rows:
            self.cards[0].with_user(self.instructor).web_read({"check_ids": {}})
            self.cards.with_user(self.instructor).web_read({"check_ids": {}})
            # as a line of the customer's form
            self.cards[0].with_user(self.instructor).web_read({"number": {}})
        ids = str(self.cards[0].id)
        self.assertEqual(summary(rows), [("dive.certification", ids, "open", True)])
        self.assertEqual(rows[0].partner_ids, str(self.diver.id))


@tagged("post_install", "-at_install")
class TestSealedLogged(LookMixin, SealedCommon):
    """Scans about health are logged, pictures of cards are not."""

    def setUp(self):
        super().setUp()
        self.card.front_image = b64(files.jpeg())

    def _look(self):
        self.env.invalidate_all()
        with self._looks() as rows:
            self.card.with_user(self.front)._dive_sealed_open("front")
            self.card.with_user(self.front).with_context(bin_size=True).read(
                ["front_image"]
            )
            with self.assertRaises(AccessError):
                self.card.with_user(self.employee)._dive_sealed_open("front")
        return rows

    def test_as_the_model_says(self):
        self.assertEqual(self._look(), [])
        with patch.object(
            self.registry["dive.certification"], "_dive_sealed_logged", True
        ):
            rows = self._look()
        ids = str(self.card.id)
        self.assertEqual(
            summary(rows),
            [
                ("dive.certification", ids, "read", True),
                ("dive.certification", ids, "read", False),
            ],
        )
        self.assertEqual({row.field_names for row in rows}, {"front"})


@tagged("post_install", "-at_install", "dive_long")
class TestAccessOverHttp(LookMixin, DiveHttpCommon):
    """From the web client to the log, through a whole request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diver = cls._customer("Ada Diver")
        cls.front.group_ids += cls.env.ref("base.group_allow_export")

    def setUp(self):
        super().setUp()
        commit = test_cursor.TestCursor.commit

        def committed(cursor):
            """As a real one does it: run what waits for the commit."""
            waiting, data = (
                deque(cursor.postcommit._funcs),
                dict(cursor.postcommit.data),
            )
            commit(cursor)
            cursor.postcommit._funcs, cursor.postcommit.data = waiting, data
            cursor.postcommit.run()

        self.patch(test_cursor.TestCursor, "commit", committed)

    def test_opened(self):
        with self._looks() as rows:
            self._rpc("front", "res.partner", "web_read", self.diver.ids, FORM)
        self.assertEqual(
            summary(rows), [("res.partner", str(self.diver.id), "open", True)]
        )

    def test_refused(self):
        self.diver.company_id = self.env["res.company"].create({"name": "Other"})
        with self._looks() as rows:
            # not assertRaises: it rolls back what the request wrote
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                try:
                    self._rpc("front", "res.partner", "web_read", self.diver.ids, FORM)
                    self.fail("opened")
                except RpcError as error:
                    self.assertEqual(error.name, "odoo.exceptions.AccessError")
        self.assertEqual(
            summary(rows), [("res.partner", str(self.diver.id), "open", False)]
        )

    def test_exported(self):
        self.authenticate("t_front", "t_front")
        data = {
            "model": "res.partner",
            "fields": [{"name": "name", "label": "Name", "type": "char"}],
            "ids": self.diver.ids,
            "domain": [],
            "import_compat": False,
        }
        with self._looks() as rows:
            answer = self.url_open(
                "/web/export/csv",
                data={
                    "data": json.dumps(data),
                    "csrf_token": http.Request.csrf_token(self),
                },
            )
            self.assertIn("Ada Diver", answer.text)
        self.assertEqual(
            summary(rows), [("res.partner", str(self.diver.id), "export", True)]
        )
