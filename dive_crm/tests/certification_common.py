from datetime import date

from .common import DiveCommon, DiveHttpCommon


class CertificationMixin:
    """An agency with a ladder of its own, and short ways to make cards."""

    @classmethod
    def setUpCertifications(cls):
        """Call from ``setUpClass``, after ``super()``."""
        cls.Card = cls.env["dive.certification"]
        cls.Check = cls.env["dive.certification.check"]
        cls.agency = cls.env["dive.agency"].create(
            {
                "name": "Zebra",
                "code": "ZEB",
                "number_pattern": "[0-9]{6}",
                "number_hint": "6 digits",
                "verification_url": "https://zebra.example/check",
            }
        )
        cls.open = cls._level("Zebra Open", "ZO", 20, min_age=12)
        cls.advanced = cls._level(
            "Zebra Advanced", "ZA", 30, category="advanced", prerequisite_ids=cls.open
        )
        cls.night = cls._level("Zebra Night", "ZN", 25, category="specialty")
        cls.aid = cls._level(
            "Zebra Aid", "ZF", 5, category="continuing", renewal_months=24
        )
        cls.anna = cls._customer("Anna Keller", birthdate_date=date(1990, 5, 10))

    @classmethod
    def _level(cls, name, short, rank, category="beginner", **vals):
        if "prerequisite_ids" in vals:
            vals["prerequisite_ids"] = [(6, 0, vals["prerequisite_ids"].ids)]
        return cls.env["dive.certification.level"].create(
            {
                "agency_id": cls.agency.id,
                "name": name,
                "abbreviation": short,
                "code": f"ZEB-{short}",
                "category": category,
                "rank": rank,
                **vals,
            }
        )

    @classmethod
    def _card(cls, diver=None, level=None, **vals):
        """Make a card; Anna's Open Water of 2020 without a number unless told."""
        return cls.Card.create(
            {
                "partner_id": (diver or cls.anna).id,
                "level_id": (level or cls.open).id,
                "issue_date": date(2020, 3, 1),
                **vals,
            }
        )

    @classmethod
    def _checked(cls, card, result="verified", user=None, **vals):
        """Note a check of ``card``; a rejection has a reason."""
        reason = "The name is another one" if result == "rejected" else False
        return cls.Check.with_user(user or cls.front).create(
            {
                "certification_id": card.id,
                "method": "website",
                "result": result,
                "reason": reason,
                **vals,
            }
        )


class CertificationCommon(CertificationMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCertifications()


class CertificationHttpCommon(CertificationMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCertifications()
