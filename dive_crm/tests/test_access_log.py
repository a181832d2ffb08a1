import os

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.dive_access_log import note_access
from ..tools import access_chain, access_store, keyring
from .access_common import QUIET_LOG, LookMixin
from .common import ROLE_GROUPS, DiveCommon
from .sealed_common import QUIET, SealedMixin


class LogCommon(LookMixin, SealedMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        cls.divers = cls.Partner.concat(
            *(cls._customer(f"Diver {number:02}") for number in range(80))
        )
        cls.contacts = cls.env["dive.emergency.contact"].create(
            [
                {"partner_id": diver.id, "name": "Tom", "phone": "+49 30 901820"}
                for diver in cls.divers
            ]
        )


@tagged("post_install", "-at_install")
class TestAccessLogRows(LogCommon):
    """What becomes of a look: a row, and which."""

    def test_eighty_records_are_one_row(self):
        divers = self.divers.with_user(self.medical)
        with self._looks() as rows:
            # as a field does it that is decrypted value by value
            for diver in divers:
                for name in ("phone", "email"):
                    note_access(diver, [name], "read")
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0].res_ids, ",".join(map(str, sorted(self.divers.ids))))
        self.assertEqual(rows[0].partner_ids, rows[0].res_ids)
        self.assertEqual(rows[0].field_names, "email,phone")
        self.assertEqual(rows[0].res_model, "res.partner")
        self.assertEqual(rows[0].user_id, self.medical.id)
        self.assertEqual(rows[0].login, "t_medical")
        self.assertEqual(rows[0].user_name, "Test Medical")
        self.assertEqual((rows[0].action, rows[0].allowed), ("read", True))
        self.assertEqual(rows[0].company_id, self.company.id)

    def test_other_fields_are_another_row(self):
        with self._looks() as rows:
            note_access(self.divers[:3], ["phone"], "read")
            note_access(self.divers[2], ["email"], "read")
        self.assertEqual(
            {(row.res_ids, row.field_names) for row in rows},
            {
                (",".join(map(str, self.divers[:2].ids)), "phone"),
                (str(self.divers[2].id), "email,phone"),
            },
        )

    def test_kinds_of_looks_are_kept_apart(self):
        diver = self.divers[0]
        with self._looks() as rows:
            note_access(diver.with_user(self.medical), ["phone"], "read")
            note_access(diver.with_user(self.manager), ["phone"], "read")
            note_access(diver.with_user(self.manager), ["phone"], "read", reason="fall")
            note_access(diver.with_user(self.manager), ["phone"], "read", allowed=False)
            note_access(diver.with_user(self.manager), ["phone"], "print")
        self.assertEqual(
            sorted(
                (row.user_name, row.action, row.allowed, row.reason) for row in rows
            ),
            [
                ("Test Manager", "print", True, ""),
                ("Test Manager", "read", False, ""),
                ("Test Manager", "read", True, ""),
                ("Test Manager", "read", True, "fall"),
                ("Test Medical", "read", True, ""),
            ],
        )

    def test_whom_it_is_about(self):
        with self._looks() as rows:
            note_access(self.contacts[:2], ["phone"], "read")
            note_access(self.contacts[:1], ["name"], "open", partners=self.divers[5:7])
            note_access(self.env["dive.agency"].search([], limit=1), [], "open")
        self.assertEqual(
            [row.partner_ids for row in rows],
            [
                ",".join(map(str, self.divers[:2].ids)),
                ",".join(map(str, self.divers[5:7].ids)),
                "",
            ],
        )

    def test_the_user_behind_sudo(self):
        with self._looks() as rows:
            note_access(self.divers[0].with_user(self.front).sudo(), [], "open")
        self.assertEqual(rows[0].user_id, self.front.id)

    def test_a_refusal_of_nothing_in_particular(self):
        with self._looks() as rows:
            note_access(self.Partner, ["phone"], "export", allowed=False)
            note_access(self.Partner, ["phone"], "export")
        self.assertEqual([(row.res_ids, row.allowed) for row in rows], [("", False)])

    def test_what_is_not_stored_is_nobodys(self):
        with self._looks() as rows:
            note_access(self.Partner.new({"name": "Nobody"}), ["phone"], "read")
            note_access(self.Partner.new(origin=self.divers[0]), ["phone"], "read")
        self.assertEqual([row.res_ids for row in rows], [str(self.divers[0].id)])

    def test_letters_that_the_database_does_not_take(self):
        with self._looks() as rows:
            reason = "nul \0 lone \ud800 🤿 עברית"
            note_access(self.divers[0], ["phone"], "read", reason=reason)
        self.assertEqual(rows[0].reason, "nul  lone ? 🤿 עברית")

    def test_names_of_fields_as_somebody_sends_them(self):
        with self._looks() as rows:
            wrong = ["x" * 9000, 5, None, "\0"]
            note_access(self.divers[0], wrong, "export", allowed=False)
        self.assertEqual(len(rows), 1)
        self.assertLessEqual(len(rows[0].field_names), 5000)

    def test_the_company_is_one_of_the_users(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        diver = self.divers[0].with_user(self.front)
        with self._looks() as rows:
            for chosen in ([other.id], "x", [], ["x"], [[1]], [{}], [True], None):
                look = diver.with_context(allowed_company_ids=chosen)
                note_access(look, [], "open")
        self.assertEqual({row.company_id for row in rows}, {self.company.id})
        self.front.company_ids += other
        with self._looks() as rows:
            note_access(diver.with_context(allowed_company_ids=other.ids), [], "open")
        self.assertEqual(rows[0].company_id, other.id)

    def test_noting_asks_the_database_nothing(self):
        partners = self.divers.with_user(self.medical)
        contacts = self.contacts.with_user(self.medical)
        for records, queries in ((partners, 0), (contacts, 1)):
            for some in (records[:1], records):
                self.env.invalidate_all()
                with self.assertQueryCount(queries):
                    for record in some:
                        note_access(record, ["phone"], "read")

    def test_writing_asks_as_much_for_80_as_for_1(self):
        counts = []
        for some in (self.divers[:1], self.divers):
            note_access(some, ["phone"], "read")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._end_of_looks()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 4)

    def test_in_a_chain(self):
        with self._looks() as rows:
            for diver in self.divers[:3]:
                note_access(diver, [], "open")
                self._end_of_looks()
        with self._looks() as more:
            note_access(self.divers[3], [], "open")
        seqs = [row.seq for row in rows + more]
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 4)))
        keys = keyring.load_keyring(self.key_file)
        coded = [
            found
            for found in access_store.read(self.env.cr)
            if found[0].seq >= seqs[0] - 1
        ]
        previous = "" if seqs[0] == 1 else coded.pop(0)[1]
        for row, code in coded:
            self.assertEqual(row.key_id, keys.current)
            key = keys.log_key(keys.current)
            self.assertEqual(code, access_chain.code_of(key, previous, row))
            previous = code

    def test_true_is_no_company(self):
        """It would be stored as 1, and the row would look altered."""
        diver = self.divers[0].with_user(self.front)
        with self._looks() as rows:
            note_access(diver.with_context(allowed_company_ids=[True]), [], "open")
        key = keyring.load_keyring(self.key_file)
        *_before, (row, code) = access_store.read(self.env.cr)
        self.assertEqual(row.seq, rows[0].seq)
        previous = access_store.code_at(self.env.cr, row.seq - 1)
        self.assertEqual(
            code, access_chain.code_of(key.log_key(row.key_id), previous, row)
        )

    def test_without_a_key_file(self):
        """What is not about health goes on, and is written; health data waits."""
        Log = self.env["dive.access.log"].with_user(self.medical)
        Log._dive_check_writable()
        os.rename(self.key_file, f"{self.key_file}.away")
        self.addCleanup(os.rename, f"{self.key_file}.away", self.key_file)
        with self.assertRaises(UserError) as caught, mute_logger(QUIET):
            Log._dive_check_writable()
        self.assertIn("key file is not there", str(caught.exception))
        with mute_logger(QUIET_LOG), self._looks() as rows:
            note_access(self.divers[0], [], "open")
        self.assertEqual(rows[0].key_id, "")


@tagged("post_install", "-at_install")
class TestAccessLogKept(LogCommon):
    """Who reads it; that nobody changes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env["dive.access.log"]

    def setUp(self):
        super().setUp()
        with self._looks() as rows:
            note_access(self.divers.with_user(self.medical), ["phone"], "read")
        self.row = rows[0]

    def test_only_managers_read_it(self):
        for role in ROLE_GROUPS:
            with self.subTest(role=role):
                row = self.row.with_user(getattr(self, role))
                if role == "manager":
                    self.assertEqual(row.read(["login"])[0]["login"], "t_medical")
                    self.assertTrue(row.search_count([("id", "=", row.id)]))
                    continue
                for action in (
                    lambda row=row: row.read(["login"]),
                    lambda row=row: row.search([]),
                    lambda row=row: row._export_rows([["login"]]),
                    lambda row=row: row._read_group([], ["login"], ["__count"]),
                ):
                    with self.assertRaises(AccessError):
                        action()

    def test_a_manager_of_another_company_does_not(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        self.manager.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(
            self.Log.with_user(self.manager).search_count([("id", "=", self.row.id)])
        )

    def test_nobody_changes_it_here(self):
        for role in (*ROLE_GROUPS, "root"):
            user = self.env.ref("base.user_root") if role == "root" else None
            row = self.row.with_user(user or getattr(self, role))
            for one in (row, row.sudo()):
                for action in (
                    lambda one=one: one.write({"login": "x"}),
                    lambda one=one: one.unlink(),
                    lambda one=one: one.create({"seq": 1, "login": "x"}),
                    lambda one=one: one.copy(),
                    lambda one=one: one.load(["login"], [["x"]])["ids"] or one.copy(),
                    lambda one=one: setattr(one, "login", "x"),
                ):
                    # an AccessError is one
                    with self.subTest(role=role), self.assertRaises(UserError):
                        action()
                        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.row.login, "t_medical")

    def test_nor_in_the_database(self):
        for query in (
            "UPDATE dive_access_log SET login = 'x'",
            "UPDATE dive_access_log SET login = 'x' WHERE false",
            "DELETE FROM dive_access_log",
            "TRUNCATE dive_access_log",
        ):
            with (
                self.subTest(query=query),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege) as caught,
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)
            self.assertIn("only added", str(caught.exception))

    def test_the_trigger_comes_back_with_an_update(self):
        cr = self.env.cr
        self.assertTrue(access_store.is_guarded(cr, "dive_access_log"))
        cr.execute("ALTER TABLE dive_access_log DISABLE TRIGGER USER")
        self.assertFalse(access_store.is_guarded(cr, "dive_access_log"))
        self.Log.init()
        self.assertTrue(access_store.is_guarded(cr, "dive_access_log"))
        access_store.unguard(cr)
        self.assertFalse(access_store.is_guarded(cr, "dive_access_log"))
        cr.execute("SELECT 1 FROM pg_proc WHERE proname = %s", [access_store.TRIGGER])
        self.assertFalse(cr.fetchall())
        self.Log.init()
        self.assertTrue(access_store.is_guarded(cr, "dive_access_log"))

    def test_it_keeps_nobody(self):
        """No foreign key: customers are deleted and merged as before."""
        self.env.cr.execute(
            "SELECT 1 FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid = 'dive_access_log'::regclass"
        )
        self.assertFalse(self.env.cr.fetchall())
