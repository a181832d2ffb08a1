"""Papers of medical forms, made by a stand-in for wkhtmltopdf unless told otherwise."""

import os
from unittest.mock import patch

from odoo.exceptions import AccessError

from . import scan_files as files
from .access_common import LookMixin
from .medical_common import MedicalCommon, MedicalMixin

#: What the stand-in prints: no encrypted file may show it.
PRINTED = b"PRINTED-PAPER-2209"


class PaperMixin(LookMixin, MedicalMixin):
    @classmethod
    def setUpMedical(cls):
        done = super().setUpMedical()
        # the papers of demo divers are not what is counted
        cls.env.cr.execute(
            "UPDATE dive_medical_form SET paper_state = 'made'"
            " WHERE paper_state = 'due'"
        )
        return done

    def setUp(self):
        super().setUp()
        self.printed = []
        reports = self.registry["ir.actions.report"]
        stand_in = patch.object(
            reports,
            "_dive_call_wkhtmltopdf",
            lambda reports, args, folder: self._print(args, folder),
        )
        stand_in.start()
        self.addCleanup(stand_in.stop)

    def _print(self, args, folder):
        """Note what is printed, as wkhtmltopdf is given it."""
        with open(
            os.path.join(folder, "report.body.tmp.0.html"), encoding="utf-8"
        ) as file:
            self.printed.append(file.read())
        with open(args[-1], "wb") as file:
            file.write(files.pdf(text=PRINTED))

    def _run(self, method):
        """Run a scheduled action as Odoo does."""
        with self._no_commit() as commits:
            getattr(self.Form.with_user(self.env.ref("base.user_root")), method)()
        self.env.invalidate_all()
        return sum(commits)

    def _make_papers(self):
        return self._run("_cron_dive_papers")

    def _send_papers(self):
        return self._run("_cron_dive_send_papers")


class PaperCommon(PaperMixin, MedicalCommon):
    """For tests about ``self.form``."""

    def _as(self, role, form=None):
        return (form or self.form).with_user(getattr(self, role))

    def _refused(self, action):
        # Odoo's assertRaises empties the cache before an AccessError happens
        try:
            action()
        except AccessError:
            return
        self.fail("not refused")
