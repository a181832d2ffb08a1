"""What the medical room says of a diver on the day of a trip, as dive.fitness asks."""

from datetime import timedelta

from ..tools.ticket import with_ticket
from .medical_common import MedicalCommon


class TestFitnessMedical(MedicalCommon):
    def setUp(self):
        super().setUp()
        self.trip = self._trip()
        self.env.ref("dive_crm.dive_fitness_rule_emergency_contact").severity = "off"
        self.insurance = self.env.ref("dive_crm.dive_fitness_rule_insurance")
        self.insurance.severity = "off"

    def _texts(self, trip=None):
        fitness = self.env["dive.fitness"].with_user(self.front)
        trip = (trip or self.trip).with_user(self.front)
        anna = self.anna.with_user(self.front)
        return [
            (finding.code, finding.severity, finding.text)
            for finding in fitness._dive_findings_of(trip, anna)[anna]
        ]

    def test_status_on_the_day(self):
        """The desk learns the status in words, never why."""
        self.assertEqual(self._texts(), [("medical", "warn", "No medical form.")])
        form = self._signed()
        self.assertEqual(self._texts(), [])
        late = self._trip(
            date_start=self.trip.date_start + timedelta(days=370), name="Next year"
        )
        self.assertEqual(
            self._texts(late),
            [("medical", "warn", "The medical form is too old by then.")],
        )
        form = self._signed(yes=["3"])
        self.assertEqual(
            self._texts(), [("medical", "warn", "A physician's word is missing.")]
        )
        self._word(form, "unfit")
        self.assertEqual(
            self._texts(), [("unfit", "block", "Not fit to dive: a physician's word.")]
        )
        self._signed()
        self.assertEqual([code for code, _s, _t in self._texts()], ["unfit"])
        self._word(form, "fit")
        self.assertEqual(self._texts(), [])

    def test_taken_anyway_without_a_word_of_health(self):
        self._word(self._signed(yes=["3"]), "unfit")
        booking = self._booking(self.anna, self.trip)
        self.env["dive.fitness.override"].with_user(self.manager)._dive_add(
            booking.diver_ids, "Comes along in the boat"
        )
        note = booking.message_ids[:1].body
        self.assertIn("Comes along in the boat", note)
        for word in ("fit", "physician", "medical"):
            self.assertNotIn(word, note.lower())

    def test_insurance_is_there_or_not(self):
        """That there is one is told; which one is not read."""
        self._signed()
        self.insurance.severity = "warn"
        self.assertEqual(
            self._texts(), [("insurance", "warn", "No insurance on record.")]
        )
        profile = self.env["dive.medical.profile"].create({"partner_id": self.anna.id})
        self.assertEqual(len(self._texts()), 1)
        with_ticket(profile).policy_number = "M-1"
        self.assertEqual(self._texts(), [])
