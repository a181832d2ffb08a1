"""Two at once by one address of a physician: see dive.physician.link."""

from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import dive_physician_link
from . import scan_files as files
from .common import RaceCase
from .medical_common import SIGNATURE
from .medical_paper_common import PaperMixin
from .test_medical_race import WRITERS

PAGE = files.pdf(text=b"SIGNED-PAGE-7718")
BORN = "1990-05-10"


@tagged("post_install", "-at_install")
class TestPhysicianRace(PaperMixin, RaceCase):
    """Two pages at the same moment are one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()

    def _form(self, env, **vals):
        """Make a form that waits for a physician."""
        diver = env["res.partner"].create(
            {
                "name": "Race",
                "birthdate_date": date(1990, 1, 1),
                "email": "race@physician.test",
            }
        )
        own = self._own_questionnaire(env, name="Race", code="RACE")
        own.action_activate()
        self.addCleanup(self._remove, diver.id, own.id)
        now = fields.Datetime.now()
        form = env["dive.medical.form"]._dive_unlocked()
        return form.create(
            {
                "partner_id": diver.id,
                "questionnaire_id": own.id,
                "state": "submitted",
                "answered_outcome": "physician",
                "signed_on": now.date(),
                "signed_at": now,
                "signature": SIGNATURE,
                **vals,
            }
        )

    def test_one_mail(self):
        """Two runs at once, and one more: the papers are sent once."""
        with self._env() as env:
            form_id = self._form(env, papers_state="due").id

        def run(env):
            env["dive.medical.form"]._cron_dive_send_papers()

        outcome = self._race([run] * 3)
        self.assertEqual(outcome, [True] * 3)
        with self._env() as env:
            run(env)
            form = env["dive.medical.form"].browse(form_id)
            self.assertEqual(form.papers_state, "sent")
            links = env["dive.physician.link"].search([("form_id", "=", form_id)])
            self.assertEqual(len(links), 1)
            mails = env["mail.mail"].search(
                [("recipient_ids", "in", form.partner_id.ids)]
            )
            self.assertEqual(mails, form.papers_mail_id)
            self.assertEqual(len(mails), 1)
            mails.unlink()

    def test_five_dates_of_birth_at_most(self):
        """Eight wrong ones at the same moment: five are looked at, then it is shut."""
        with self._env() as env:
            token = env["dive.physician.link"]._dive_issue(self._form(env))[-43:]
        looked = []

        def compare(said, known):
            looked.append(said)
            return said == known

        def guess(env, born):
            link = env["dive.physician.link"]._dive_of(token)
            if link:
                link._dive_try(born)

        born = [f"1990-02-0{number}" for number in range(1, 9)]
        with patch.object(dive_physician_link.hmac, "compare_digest", compare):
            outcome = self._race([lambda env, one=one: guess(env, one) for one in born])
            self.assertEqual(outcome, [True] * 8)
            self.assertEqual(len(looked), 5)
            with self._env() as env:
                self.assertFalse(env["dive.physician.link"]._dive_of(token))
                guess(env, "1990-01-01")
        self.assertEqual(len(looked), 5)

    def test_one_page(self):
        with self._env() as env:
            form = self._form(env)
            links = env["dive.physician.link"]
            tokens = [links._dive_issue(form)[-43:] for _number in range(2)]
            form_id = form.id
        taken = []

        def send(env, token):
            link = env["dive.physician.link"]._dive_of(token)
            taken.append(bool(link and link._dive_receive(PAGE)))

        # both through one address, and others through another one
        outcome = self._race(
            [
                lambda env, token=tokens[number % 2]: send(env, token)
                for number in range(WRITERS)
            ]
        )
        self.assertEqual(outcome, [True] * WRITERS)
        self.assertEqual([first for first in taken if first], [True])
        with self._env() as env:
            form = env["dive.medical.form"].browse(form_id)
            self.assertTrue(form.physician_page_on)
            self.assertEqual(len(form.activity_ids), 1)
            stored = env["dive.sealed.file"].search(
                [("res_model", "=", form._name), ("res_id", "=", form_id)]
            )
            self.assertEqual(len(stored), 1)
            links = env["dive.physician.link"].search([("form_id", "=", form_id)])
            self.assertTrue(all(link.used_at for link in links))

    def _remove(self, diver_id, questionnaire_id):
        with self._env() as env:
            diver = env["res.partner"].browse(diver_id)
            diver._dive_erase_medical_forms()
            diver.unlink()
            own = env["dive.medical.questionnaire"].browse(questionnaire_id)
            own._dive_unlocked().in_use = False
            own.flush_recordset()
            own.unlink()
