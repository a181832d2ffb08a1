"""What the tests of the import share: an upload, its check, what became of it."""

import base64
from datetime import date
from unittest.mock import patch

from odoo.tools import file_open

from ..wizards.customer_import.progress import Progress
from .common import DiveCommon

TODAY = date(2026, 11, 22)


def fixture(name):
    with file_open(f"dive_crm/tests/data/{name}", "rb") as file:
        return file.read()


class ImportMixin:
    """Use beside ``DiveMixin``; call :meth:`setUpImport` after its set-up."""

    @classmethod
    def setUpImport(cls):
        cls.company.country_id = cls.env.ref("base.de")
        # Progress goes through a transaction of its own: see TestProgress.
        cls.told = []
        cls.startClassPatcher(
            patch.object(Progress, "_send", lambda self, *args: cls.told.append(args))
        )

    @classmethod
    def _on_the_day(cls):
        """Return a patch: the company's day is the one the files were made for."""
        return patch.object(type(cls.company), "_dive_today", lambda company: TODAY)

    def _upload(self, content, user=None, **vals):
        """Return an import of the user of the front desk."""
        if isinstance(content, str):
            content = content.encode()
        return (
            self.env["dive.customer.import"]
            .with_user(user or self.front)
            .create({"file": base64.b64encode(content), "filename": "list.csv", **vals})
        )

    def _check(self, content, user=None, **vals):
        record = self._upload(content, user, **vals)
        record.action_check()
        return record

    def _import(self, content, user=None, **vals):
        """Check and import; the test fails unless all went well."""
        record = self._check(content, user, **vals)
        record.action_import()
        self.assertFalse(record.problem)
        self.assertEqual(record.state, "done")
        return record

    def _kinds(self, record):
        """Return the kinds of messages of each row, in order of the screen."""
        kinds = {}
        for line in record.line_ids.sorted(lambda line: line.kind_id.sequence):
            kinds.setdefault(line.row, []).append(line.kind_id.code)
        return {row: " ".join(codes) for row, codes in kinds.items()}

    def _found(self, ref):
        customer = self.Partner.search(
            [("dive_customer", "=", True), ("ref", "=", ref)]
        )
        self.assertEqual(len(customer), 1, ref)
        return customer

    def _count(self):
        return self.Partner.with_context(active_test=False).search_count([])

    def assertCounts(self, record, new=0, changed=0, unchanged=0, rejected=0):
        self.assertEqual(
            {
                "new": record.new_count,
                "changed": record.changed_count,
                "unchanged": record.unchanged_count,
                "rejected": record.rejected_count,
            },
            {
                "new": new,
                "changed": changed,
                "unchanged": unchanged,
                "rejected": rejected,
            },
        )


class ImportCommon(ImportMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpImport()
        cls.startClassPatcher(cls._on_the_day())
