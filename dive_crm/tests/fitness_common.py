"""What tests of dive.fitness share."""

from .certification_common import CertificationMixin


class FitnessMixin(CertificationMixin):
    """Anna lacks nothing, on a trip that asks for nothing."""

    @classmethod
    def setUpFitness(cls):
        """Make a trip that asks for nothing, and Anna, who lacks nothing."""
        cls.setUpCertifications()
        cls.Rule = cls.env["dive.fitness.rule"]
        cls.trip = cls._trip()
        cls.day = cls.trip._dive_day()
        cls._contact(cls.anna)
        # medical forms and insurance: see test_fitness_medical
        cls._rule("medical").severity = "off"
        cls._rule("insurance").severity = "off"

    @classmethod
    def _rule(cls, code):
        return cls.env.ref(f"dive_crm.dive_fitness_rule_{code}")

    @classmethod
    def _contact(cls, diver):
        cls.env["dive.emergency.contact"].create(
            {"partner_id": diver.id, "name": "Kim", "phone": "+14155552671"}
        )

    def _findings(self, trip=None, diver=None):
        diver = diver or self.anna
        return self.env["dive.fitness"]._dive_findings_of(trip or self.trip, diver)[
            diver
        ]
