"""The morning's run, in real transactions: killed, twice at once, against a word."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import dive_medical_alert_due
from .common import RaceCase

DIVERS = 6


class Killed(BaseException):
    """As the process is by the operating system: nothing of ours catches it."""


@tagged("post_install", "-at_install")
class TestMedicalAlertRun(RaceCase):
    """Half of the divers have a form that ends, half lack a paper for a trip."""

    def setUp(self):
        super().setUp()
        # several batches of few
        batch = patch.object(dive_medical_alert_due, "BATCH", 2)
        batch.start()
        self.addCleanup(batch.stop)
        self.addCleanup(self._remove)
        self.made = {}
        with self._env() as env:
            # whatever else the database holds is not due
            env.cr.execute(
                "UPDATE dive_medical_form SET state = 'closed'"
                " WHERE state = 'submitted' RETURNING id"
            )
            self.others = [form_id for (form_id,) in env.cr.fetchall()]
            self._make(env)

    def _make(self, env):
        house = env.company
        self.cared = house.dive_medical_alert, house.dive_medical_user_id.id
        user = new_test_user(env, "t_race_officer", "dive_crm.group_medical")
        house.write({"dive_medical_alert": True, "dive_medical_user_id": user.id})
        divers = env["res.partner"].create(
            [{"name": f"Race {n}", "email": f"r{n}@race.test"} for n in range(DIVERS)]
        )
        kind = env["dive.trip.type"].create({"name": "Race"})
        trip = env["dive.trip"].create(
            {
                "type_id": kind.id,
                "date_start": fields.Datetime.now() + timedelta(days=3),
                "capacity": DIVERS,
            }
        )
        some = divers[: DIVERS // 2]
        booking = env["dive.booking"].create(
            {
                "partner_id": some[0].id,
                "trip_id": trip.id,
                "diver_ids": [(0, 0, {"partner_id": diver.id}) for diver in some],
            }
        )
        booking.action_confirm()
        today = house._dive_today()
        forms = env["dive.medical.form"].create(
            [{"partner_id": diver.id} for diver in divers]
        )
        forms._dive_unlocked().write(
            {
                "state": "submitted",
                "signed_on": today - timedelta(days=5),
                "signed_at": fields.Datetime.now() - timedelta(days=5),
                "answered_outcome": "physician",
            }
        )
        late = forms[DIVERS // 2 :]._dive_unlocked()
        late.valid_until = today + timedelta(days=10)
        self.forms, self.trip, self.officer = forms.ids, trip.id, user.id
        for records in (trip, booking, forms, divers, kind, user):
            self.made[records._name] = records.ids

    def _remove(self):
        """Remove what was committed; in SQL, since records are kept here."""
        with self._env() as env:
            cr, made = env.cr, self.made
            told = env["dive.medical.alert"].search([("form_id", "in", self.forms)])
            told._dive_retract()
            told.exists().unlink()
            for model in ("dive.trip", "dive.booking", "dive.medical.form"):
                for table in ("mail_message", "mail_activity", "mail_followers"):
                    key = "model" if table == "mail_message" else "res_model"
                    cr.execute(
                        f"DELETE FROM {table} WHERE {key} = %s AND res_id = ANY(%s)",
                        [model, made[model]],
                    )
            for table, key, model in (
                ("dive_medical_form_entry", "form_id", "dive.medical.form"),
                ("dive_medical_form", "id", "dive.medical.form"),
                ("dive_booking_diver", "booking_id", "dive.booking"),
                ("dive_booking", "id", "dive.booking"),
                ("dive_trip", "id", "dive.trip"),
                ("dive_trip_type", "id", "dive.trip.type"),
            ):
                cr.execute(f"DELETE FROM {table} WHERE {key} = ANY(%s)", [made[model]])
            cr.execute(
                "UPDATE dive_medical_form SET state = 'submitted' WHERE id = ANY(%s)",
                [self.others],
            )
            env.invalidate_all()
            alert, cares = self.cared
            env.company.write(
                {"dive_medical_alert": alert, "dive_medical_user_id": cares}
            )
            user = env["res.users"].browse(made["res.users"])
            partners = user.partner_id
            user.unlink()
            partners |= env["res.partner"].browse(made["res.partner"])
            partners.unlink()

    def _marks(self):
        """Return for each form how many marks and mails; and the trip's activities."""
        with self._env() as env:
            forms = env["dive.medical.form"].browse(self.forms)
            rows = []
            for form in forms:
                mails = [("model", "=", form._name), ("res_id", "=", form.id)]
                count = env["mail.mail"].search_count(mails)
                rows.append((len(form.alert_ids), count, len(form.activity_ids)))
            return rows, len(env["dive.trip"].browse(self.trip).activity_ids)

    #: a paper: the activity is on the trip; a form: on itself
    ALL_TOLD = [(1, 1, 0)] * (DIVERS // 2) + [(1, 1, 1)] * (DIVERS // 2), 1

    def _run(self):
        with self._env() as env:
            env["dive.medical.alert"]._cron_tell()

    def test_killed(self):
        """Between commits and inside a batch: nothing twice, nothing lost."""
        commit = self.registry["ir.cron"]._commit_progress
        calls = []

        def killed(self, *args, **kwargs):
            calls.append(1)
            if len(calls) == 3:  # the count at the start, a batch, and then
                raise Killed
            return commit(self, *args, **kwargs)

        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", killed),
            self.assertRaises(Killed),
        ):
            self._run()
        self.assertEqual(sorted(self._marks()[0]), [(0, 0, 0)] * 4 + [(1, 1, 1)] * 2)
        activity = self.registry["mail.activity"]
        with (
            patch.object(activity, "create", side_effect=Killed),
            self.assertRaises(Killed),
        ):
            self._run()
        self.assertEqual(sorted(self._marks()[0]), [(0, 0, 0)] * 4 + [(1, 1, 1)] * 2)
        self._run()
        self.assertEqual(self._marks(), self.ALL_TOLD)
        with self._env() as env:
            env.ref("dive_crm.ir_cron_medical_alert").method_direct_trigger()
        self.assertEqual(self._marks(), self.ALL_TOLD)

    @mute_logger("odoo.sql_db")
    def test_two_at_once(self):
        def run(env):
            env["dive.medical.alert"]._cron_tell()

        self.assertEqual(self._race([run, run, run]), [True] * 3)
        self._run()  # what all three had to skip because another held it
        self.assertEqual(self._marks(), self.ALL_TOLD)

    @mute_logger("odoo.sql_db")
    def test_a_word_at_the_same_moment(self):
        """A word that does not see the reminder yet is noted again, and takes it."""
        today = fields.Date.today()
        with self._env() as env:
            env.cr.execute("SELECT 1")  # its snapshot: no reminder yet
            form = env["dive.medical.form"].browse(self.forms[0])
            form = form.with_user(self.officer)
            self.assertFalse(form.last_alert_date)
            self._run()
            with self.assertRaises(Exception) as caught:
                form.action_physician_word("fit", today)
                env.flush_all()
            self.assertEqual(caught.exception.pgcode, "40001", "Odoo runs it again")
            env.cr.rollback()
        with self._env() as env:
            form = env["dive.medical.form"].browse(self.forms[0])
            form.with_user(self.officer).action_physician_word("fit", today)
        told, of_trip = self._marks()
        self.assertEqual((told[0], of_trip), ((0, 0, 0), 1))
        self.assertEqual(told[1:], self.ALL_TOLD[0][1:])
