from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.dive_access_reason import MINUTES
from .access_common import AccessLogCase, LookMixin
from .common import ROLE_GROUPS, DiveCommon, DiveHttpCommon

WHY = "The boat called: who may treat her?"


@tagged("post_install", "-at_install", "dive_long")
class TestAccessReason(LookMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diver = cls._customer("Ada Diver")
        cls.other = cls._customer("Bob Diver")

    def _as(self, role, diver=None):
        return (diver or self.diver).with_user(getattr(self, role))

    def test_a_manager_gives_a_reason(self):
        with self._looks() as rows:
            self._as("manager")._dive_give_reason(f"  {WHY}\n ")
        self.assertEqual(self._as("manager")._dive_access_reason(), WHY)
        self.assertEqual(
            [(row.action, row.allowed, row.reason, row.user_id) for row in rows],
            [("reason", True, WHY, self.manager.id)],
        )
        self.assertEqual(rows[0].partner_ids, str(self.diver.id))

    def test_for_one_diver_one_person(self):
        self._as("manager")._dive_give_reason(WHY)
        self.assertEqual(self._as("manager", self.other)._dive_access_reason(), "")
        for role in ROLE_GROUPS:
            held = self._as(role).sudo()._dive_access_reason()
            self.assertEqual(held, WHY if role == "manager" else "", role)
        self.assertEqual(self.diver._dive_access_reason(), "")
        both = (self.diver + self.other).with_user(self.manager)
        self.assertEqual(both._dive_access_reasons(), {self.diver.id: WHY})

    def test_for_half_an_hour(self):
        now = fields.Datetime.now()
        with freeze_time(now):
            self._as("manager")._dive_give_reason(WHY)
        for minutes, holds in ((MINUTES - 1, WHY), (MINUTES, ""), (MINUTES + 1, "")):
            with freeze_time(now + timedelta(minutes=minutes)):
                self.assertEqual(self._as("manager")._dive_access_reason(), holds)

    def test_the_newest_counts(self):
        self._as("manager")._dive_give_reason(WHY)
        self._as("manager")._dive_give_reason("Her doctor has asked")
        self.assertEqual(
            self._as("manager")._dive_access_reason(), "Her doctor has asked"
        )

    def test_others_give_none(self):
        for role in ROLE_GROUPS.keys() - {"manager"}:
            for diver in (self._as(role), self._as(role).sudo()):
                with self.subTest(role=role):
                    with self._looks() as rows, self.assertRaises(AccessError):
                        diver._dive_give_reason(WHY)
                    self.assertEqual(diver._dive_access_reason(), "")
                    self.assertEqual(
                        [(row.action, row.allowed) for row in rows], [("reason", False)]
                    )

    def test_nor_of_another_company(self):
        abroad = self.env["res.company"].create({"name": "Other centre"})
        hidden = self._customer("Hidden", company_id=abroad.id)
        for diver in (
            hidden.with_user(self.manager),
            hidden.with_user(self.manager).sudo(),
        ):
            with self.assertRaises(AccessError):
                diver._dive_give_reason(WHY)

    def test_too_short(self):
        for reason in ("", False, None, "x", "         x         ", "1234 5678"):
            with self.subTest(reason=reason), self.assertRaises(UserError):
                self._as("manager")._dive_give_reason(reason)
        self.assertEqual(self._as("manager")._dive_access_reason(), "")

    def test_nobody_adds_reads_or_changes_one_by_hand(self):
        self._as("manager")._dive_give_reason(WHY)
        row = self.env["dive.access.reason"].search([("user_id", "=", self.manager.id)])
        self.assertEqual(len(row), 1)
        vals = {
            "date": row.date,
            "user_id": self.front.id,
            "partner_id": self.diver.id,
            "reason": WHY,
            "until": row.until + timedelta(days=99),
        }
        for role in ROLE_GROUPS:
            mine = row.with_user(getattr(self, role))
            with self.subTest(role=role):
                for action in (
                    lambda mine=mine: mine.read(["reason"]),
                    lambda mine=mine: mine.search([]),
                ):
                    with self.assertRaises(AccessError):
                        action()
                for one in (mine, mine.sudo()):
                    forged = one.with_context(dive_adding=True)
                    for action in (
                        lambda one=one: one.create(vals),
                        lambda forged=forged: forged.create(vals),
                        lambda one=one: one.write({"until": vals["until"]}),
                        lambda one=one: one.unlink(),
                    ):
                        with self.assertRaises(UserError):
                            action()
        with (
            self.assertRaises(psycopg2.errors.InsufficientPrivilege),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE dive_access_reason SET until = now()")

    def test_it_keeps_nobody(self):
        """The customer is deleted and merged as before: no foreign key."""
        self._as("manager", self.other)._dive_give_reason(WHY)
        self.other.unlink()
        self.assertFalse(self.other.exists())

    def test_many_ask_once(self):
        divers = self.Partner.concat(*(self._customer(f"D{n}") for n in range(80)))
        for some in (divers[:1], divers):
            with self.assertQueryCount(1):
                some.with_user(self.manager)._dive_access_reasons()


@tagged("post_install", "-at_install")
class TestAccessReasonDialog(DiveHttpCommon):
    """The dialog over the web API, as the web client uses it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diver = cls._customer("Ada Diver")

    def test_a_manager(self):
        action = self._rpc(
            "manager", "res.partner", "action_dive_access_reason", self.diver.ids
        )
        wizard = self._rpc(
            "manager",
            action["res_model"],
            "web_save",
            [],
            {
                "partner_id": action["context"]["default_partner_id"],
                "reason": "too short",
            },
            {},
        )[0]["id"]
        refused = self._rpc_refused(
            "manager", action["res_model"], "action_give", wizard
        )
        self.assertEqual(refused, "odoo.exceptions.UserError")
        self._rpc("manager", action["res_model"], "write", wizard, {"reason": WHY})
        shown = self._rpc("manager", action["res_model"], "action_give", wizard)
        self.assertEqual(shown["res_model"], "dive.medical.profile")
        diver = self.diver.with_user(self.manager)
        self.assertEqual(diver._dive_access_reason(), WHY)

    def test_others_do_not_get_it(self):
        for role in ROLE_GROUPS.keys() - {"manager"}:
            with self.subTest(role=role):
                refused = self._rpc_refused(
                    role,
                    "dive.access.reason.wizard",
                    "create",
                    [{"partner_id": self.diver.id, "reason": WHY}],
                )
                self.assertEqual(refused, "odoo.exceptions.AccessError")
        for method in ("_dive_give_reason", "_dive_access_reason"):
            self._rpc_refused("manager", "res.partner", method, self.diver.ids)


@tagged("post_install", "-at_install")
class TestAccessReasonRolledBack(AccessLogCase):
    def test_a_reason_that_is_rolled_back_is_in_the_log(self):
        with self._env() as env:
            manager = env["res.users"].search(
                [("group_ids", "in", env.ref("dive_crm.group_manager").id)], limit=1
            )
            partner = env["res.partner"].search([], limit=1).with_user(manager)
            partner._dive_give_reason(WHY)
            self.assertEqual(partner._dive_access_reason(), WHY)
            env.cr.rollback()
            self.assertEqual(partner._dive_access_reason(), "")
        self.assertEqual([row.reason for row in self._rows()], [WHY])
