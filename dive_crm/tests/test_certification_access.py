"""Who reads, records, checks and deletes cards: each role, over the web API."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .certification_common import CertificationHttpCommon

CARD, CHECK = "dive.certification", "dive.certification.check"
RENEWAL = "dive.certification.renewal"
DENIED = "odoo.exceptions.AccessError"
REFUSED = "odoo.exceptions.UserError"


@tagged("post_install", "-at_install", "dive_long")
class TestCertificationAccess(CertificationHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._card(level=cls.aid, number="123456")
        cls._checked(cls.card)
        cls.card._dive_renew()

    def _values(self, **vals):
        return {"partner_id": self.anna.id, "level_id": self.open.id, **vals}

    def _check_values(self, **vals):
        return {
            "certification_id": self.card.id,
            "method": "card",
            "result": "verified",
            **vals,
        }

    def test_front_desk_and_instructors_record_and_check(self):
        for role in ("front", "instructor", "manager"):
            with self.subTest(role=role):
                number = f"00000{len(role)}"
                [made] = self._rpc(role, CARD, "create", [self._values(number=number)])
                self._rpc(role, CARD, "write", [made], {"place": "Malta"})
                [row] = self._rpc(role, CHECK, "create", [self._check_values()])
                user = self.env[CHECK].browse(row).user_id
                self.assertEqual(user.login, f"t_{role}")
                action = self._rpc(role, CARD, "action_check", [made])
                self.assertEqual(action["tag"], "dive_crm.open_beside")
                deleted = self._rpc if role == "manager" else self._rpc_refused
                deleted(role, CARD, "unlink", [made])

    def test_the_medical_officer_reads(self):
        [values] = self._rpc("medical", CARD, "read", [self.card.id], ["number"])
        self.assertEqual(values["number"], "123456")
        for model, method, args in (
            (CARD, "create", ([self._values()],)),
            (CARD, "write", ([self.card.id], {"place": "x"})),
            (CARD, "unlink", ([self.card.id],)),
            (CHECK, "create", ([self._check_values()],)),
        ):
            name = self._rpc_refused("medical", model, method, *args)
            self.assertEqual(name, DENIED, method)

    def test_others_do_not_know_of_cards(self):
        for role in ("accountant", "employee"):
            for model in (CARD, CHECK, RENEWAL):
                name = self._rpc_refused(role, model, "search_read", [], ["id"])
                self.assertEqual(name, DENIED, (role, model))
            name = self._rpc_refused(
                role, "res.partner", "read", [self.anna.id], ["dive_certification_ids"]
            )
            self.assertEqual(name, DENIED)
            [values] = self._rpc(
                role, "res.partner", "read", [self.anna.id], ["dive_level_id"]
            )
            self.assertFalse(values["dive_level_id"])
            found = self._rpc(
                role, "res.partner", "search", [["dive_level_id", "!=", False]]
            )
            self.assertFalse(found)
            for name in ("dive_card_expired", "dive_card_unverified"):
                for value in (True, False):
                    asked = [[name, "=", value]]
                    refused = self._rpc_refused(role, "res.partner", "search", asked)
                    self.assertEqual(refused, DENIED, (role, name))

    def test_nobody_sets_what_checks_decide(self):
        for role in ("front", "manager"):
            for values in ({"verification": "rejected"}, {"rejection_reason": "x"}):
                name = self._rpc_refused(role, CARD, "write", [self.card.id], values)
                self.assertEqual(name, REFUSED)
                name = self._rpc_refused(role, CARD, "create", [self._values(**values)])
                self.assertEqual(name, REFUSED)
        for model in (CHECK, RENEWAL):
            rows = self._rpc("manager", model, "search", [])
            for method, args in (("write", [{"create_uid": 1}]), ("unlink", [])):
                self._rpc_refused("manager", model, method, rows, *args)

    def test_nobody_points_a_card_at_a_file(self):
        self._rpc_refused("manager", CARD, "write", [self.card.id], {"front_id": 1})

    def test_levels_of_a_club_s_members_are_not_their_fellows_to_read(self):
        """Odoo shows the portal all contacts of the same company."""
        club = self.Partner.create({"name": "Club", "is_company": True})
        self.portal.partner_id.parent_id = club
        fellow = self._customer("Fellow", parent_id=club.id)
        self._card(fellow)
        self.assertEqual(fellow.with_user(self.front).dive_level_id, self.open)
        ids = [["id", "in", fellow.ids]]
        self.assertEqual(
            self._rpc("portal", "res.partner", "search", ids), fellow.ids, "as in Odoo"
        )
        for domain in (
            [*ids, ["dive_level_id", "=", self.open.id]],
            [*ids, ["dive_level_id.name", "=", self.open.name]],
        ):
            self.assertFalse(self._rpc("portal", "res.partner", "search", domain))
        [row] = self._rpc(
            "portal", "res.partner", "read", fellow.ids, ["dive_level_id"]
        )
        self.assertFalse(row["dive_level_id"])

    def test_branches_see_the_cards_of_their_parents_customers(self):
        """As they see the customers themselves."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.anna.company_id = self.company
        self.front.write(
            {"company_ids": [Command.set(branch.ids)], "company_id": branch.id}
        )
        found = self._rpc("front", CARD, "search", [["id", "in", self.card.ids]])
        self.assertEqual(found, self.card.ids)
        self._rpc("front", CHECK, "create", [self._check_values()])

    def test_cards_follow_the_company_of_their_diver(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.anna.company_id = other
        ids = self.card.ids
        self.assertFalse(self._rpc("front", CARD, "search", [["id", "in", ids]]))
        self.assertFalse(
            self._rpc("front", CHECK, "search", [["certification_id", "in", ids]])
        )
        self.assertEqual(
            self._rpc_refused("front", CARD, "read", ids, ["number"]), DENIED
        )
        self.assertEqual(
            self._rpc_refused("front", CHECK, "create", [self._check_values()]), DENIED
        )
        self.front.company_ids += other
        self.assertEqual(
            self._rpc(
                "front",
                CARD,
                "search",
                [["id", "in", ids]],
                context={"allowed_company_ids": [self.company.id, other.id]},
            ),
            ids,
        )

    def test_the_portal_reads_own_and_wards_cards(self):
        diver = self.portal.partner_id
        ward = self._customer("Kim", dive_guardian_id=diver.id)
        grown_up = self._customer(
            "Lou", dive_guardian_id=diver.id, birthdate_date="2000-02-29"
        )
        self._card(grown_up, number="3")
        own = self._card(diver, number="1") | self._card(ward, number="2")
        found = self._rpc("portal", CARD, "search", [])
        self.assertEqual(set(found), set(own.ids))
        names = ["display_name", "number", "state", "verification", "rejection_reason"]
        self.assertEqual(len(self._rpc("portal", CARD, "read", own.ids, names)), 2)
        self._rpc_refused("portal", CARD, "read", self.card.ids, ["number"])
        for method, args in (
            ("create", ([self._values(partner_id=diver.id)],)),
            ("write", (own.ids[:1], {"number": "9"})),
            ("unlink", (own.ids[:1],)),
            ("action_renew", (own.ids[:1],)),
        ):
            with self.subTest(method=method):
                if method == "action_renew":
                    action = self._rpc("portal", CARD, method, *args)
                    self._rpc_refused(
                        "portal",
                        action["res_model"],
                        "create",
                        [{"certification_ids": [Command.set(own.ids[:1])]}],
                    )
                    continue
                self.assertEqual(
                    self._rpc_refused("portal", CARD, method, *args), DENIED
                )
        for model in (CHECK, RENEWAL):
            self.assertEqual(
                self._rpc_refused("portal", model, "search_read", [], ["id"]), DENIED
            )

    def test_wizards_are_one_s_own(self):
        wizard = (
            self.env["dive.certification.check.wizard"]
            .with_user(self.front)
            .create({"certification_ids": self.card.ids, "result": "rejected"})
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.instructor).action_save()
