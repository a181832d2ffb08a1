"""What the import writes: all or nothing, once, as agreed to; its progress."""

import base64
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..wizards.customer_import.progress import CHANNEL, Progress
from .common import DiveCommon
from .customer_import_common import ImportCommon


@tagged("post_install", "-at_install", "dive_long")
class TestWhole(ImportCommon):
    """All accepted rows or none; what was agreed to and nothing else."""

    TEXT = "Customer no,Name\n" + "".join(f"K{i},Ann {i}\n" for i in range(1, 8))

    def test_one_row_fails_and_nothing_is_written(self):
        before = self._count()
        create = type(self.Partner)._load_records_create
        reason = "No room for Ann 5."

        def refuse_five(self, vals_list):
            partners = create(self, vals_list)
            if any(partner.name == "Ann 5" for partner in partners):
                raise ValidationError(reason)
            return partners

        record = self._check(self.TEXT)
        with patch.object(type(self.Partner), "_load_records_create", refuse_five):
            record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertIn("Row 6 (Ann 5)", record.problem)
        self.assertIn(reason, record.problem)
        self.assertEqual(self._count(), before)
        record.action_import()
        self.assertEqual((record.state, record.problem), ("done", False))
        self.assertEqual(self._count(), before + 7)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_row_at_the_end(self):
        before = self._count()
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT no_ann CHECK (name <> 'Ann 7')"
        )
        record = self._check(self.TEXT)
        record.action_import()
        self.assertIn("Row 8 (Ann 7)", record.problem)
        self.assertEqual(self._count(), before)

    def test_customers_who_changed_since_the_check(self):
        record = self._check(self.TEXT)
        self._customer("Somebody", ref="K3")
        before = self._count()
        record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertIn("Nothing was imported", record.problem)
        self.assertEqual(self._count(), before)
        self.assertCounts(record, new=6, changed=1)
        record.action_import()
        self.assertEqual(record.state, "done")

    def test_import_without_a_check_shows_the_check_first(self):
        record = self._upload(self.TEXT)
        before = self._count()
        record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertEqual(self._count(), before)

    def test_imported_twice_by_one_form(self):
        record = self._import(self.TEXT)
        with self.assertRaises(UserError):
            record.action_import()
        with self.assertRaises(UserError):
            record.action_check()

    def test_progress_is_told_as_it_grows(self):
        self.told.clear()
        self._import(self.TEXT)
        self.assertIn(("check", 7, 7), self.told)
        self.assertEqual(self.told[-2:], [("write", 0, 7), ("write", 7, 7)])

    def test_new_file_forgets_the_old_result(self):
        record = self._check(self.TEXT)
        form = Form(record)
        form.file = base64.b64encode(b"Name\nBo\n")
        self.assertEqual(form.state, "draft")
        self.assertFalse(form.kind_ids)

    def test_queries_do_not_grow_with_rows(self):
        def queries(tag, count):
            rest = "DE,club,Tom,0151 2345678"
            lines = "".join(
                f"{tag}{i},Ann {i},{tag}.{i}@mail.example,{rest}\n"
                for i in range(count)
            )
            header = (
                "Customer no,Name,E-mail,Country,Tags,Emergency name,Emergency phone\n"
            )
            record = self._check(header + lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_import()
            self.env.flush_all()
            self.assertEqual(record.state, "done")
            return self.env.cr.sql_log_count - before

        queries("warm", 80)
        # The users are read once more where there are several rows.
        self.assertLessEqual(queries("many", 80), queries("one", 1) + 1)


@tagged("post_install", "-at_install")
class TestProgress(DiveCommon):
    def test_progress_does_not_wait_for_the_end(self):
        """Messages are sent through a transaction that is over at once."""
        record = self.env["dive.customer.import"].with_user(self.front).create({})
        with self.enter_registry_test_mode():
            Progress(record).phase("check")(3, 10)
        message = self.env["bus.bus"].search(
            [("message", "like", CHANNEL)], order="id desc", limit=1
        )
        self.assertIn(str(self.front.partner_id.id), message.channel)
        for part in ('"done":3', '"total":10', f'"import_id":{record.id}'):
            self.assertIn(part, message.message)
