"""The morning's run, in real transactions: killed, twice at once, against a word."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .alert_race_common import TOLD, UNTOLD, AlertRaceMixin
from .common import RaceCase

DIVERS = 6


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalAlertRun(AlertRaceMixin, RaceCase):
    """Half of the divers have a form that ends, half lack a paper for a trip."""

    run_model = "dive.medical.alert"
    run_job = "dive_crm.ir_cron_medical_alert"
    made_last = "mail.activity"
    batch = 2

    def setUp(self):
        super().setUp()
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
        with self._env() as env:
            forms = env["dive.medical.form"].browse(self.forms)
            rows = []
            for form in forms:
                mails = [("model", "=", form._name), ("res_id", "=", form.id)]
                # of a form that ends on itself, of a paper on the trip
                todo = form.activity_ids | form.alert_ids.activity_id
                count = env["mail.mail"].search_count(mails)
                rows.append((len(form.alert_ids), count, len(todo)))
            return rows

    def _assert_told(self, count=None):
        result = super()._assert_told(count)
        if count is None:
            self._assert_one_of_the_trip()
        return result

    def _assert_one_of_the_trip(self):
        """However many batches its divers were in."""
        with self._env() as env:
            self.assertEqual(len(env["dive.trip"].browse(self.trip).activity_ids), 1)

    @mute_logger("odoo.sql_db")
    def test_a_word_at_the_same_moment(self):
        """A word that does not see the reminder yet is noted again, and takes it."""
        self._overtaken_by_run(
            "dive.medical.form",
            self.forms[0],
            lambda form: form.with_user(self.officer).action_physician_word(
                "fit", fields.Date.today()
            ),
        )
        self.assertEqual(self._marks(), [UNTOLD] + [TOLD] * (DIVERS - 1))
        self._assert_one_of_the_trip()
