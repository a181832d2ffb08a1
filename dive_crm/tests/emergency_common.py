"""A trip with divers, guides and a chamber; profiles with something in them."""

from contextlib import contextmanager
from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests.common import new_test_user

from ..tools.envelope import new_uid
from ..tools.ticket import with_ticket
from .access_common import LookMixin
from .common import DiveCommon, DiveHttpCommon
from .sealed_common import SealedMixin

#: What no mail, log or message may have in it.
ALLERGY = "SECRET-ALLERGY-6624 penicillin"


class EmergencyMixin(LookMixin, SealedMixin):
    @classmethod
    def setUpEmergency(cls):
        """Call from ``setUpClass``, after ``super()``."""
        cls.setUpKeys()
        cls.Opening = cls.env["dive.emergency.opening"]
        cls.guide = cls.instructor
        cls.other_guide = cls._user("other_guide")
        cls.abroad = cls.env["res.company"].create({"name": "Other centre"})
        cls.foreign = cls._user(
            "foreign",
            "dive_crm.group_manager",
            company_id=cls.abroad.id,
            company_ids=[Command.set(cls.abroad.ids)],
        )
        cls.chamber = cls.env["dive.chamber"].create(
            {"name": "Hyperbaric unit", "phone": "+34 972 555 010"}
        )
        cls.site = cls.env["dive.site"].create(
            {"name": "Arch", "chamber_id": cls.chamber.id, "chamber_minutes": 65}
        )
        cls.company.dive_rescue_phone = "Sea rescue 900 555 202, VHF 16"
        cls.anna = cls._customer(
            "Anna Keller",
            birthdate_date=date(1990, 5, 10),
            dive_emergency_contact_ids=[
                Command.create({"name": "Tom Keller", "phone": "+34 600 100 200"})
            ],
        )
        cls.bob = cls._customer("Bob Reef")
        cls._profile(
            cls.anna,
            allergies=ALLERGY,
            blood_group="AB-",
            insurer="Sea Mutual",
            policy_number="SM-1",
        )
        now = fields.Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
        cls.now = now
        cls.trip = cls._emergency_trip(cls.guide)
        cls.other_trip = cls._emergency_trip(cls.other_guide)
        cls.past_trip = cls._emergency_trip(cls.guide, start=now - timedelta(days=30))
        cls.env.flush_all()

    @classmethod
    def _user(cls, name, groups="dive_crm.group_instructor", **vals):
        return new_test_user(
            cls.env,
            login=f"t_{name}",
            password=f"t_{name}",
            groups=groups,
            name=name.title(),
            email=f"t_{name}@dive.test",
            **vals,
        )

    @classmethod
    def _emergency_trip(cls, guide, divers=None, start=None, **vals):
        trip = cls._trip(
            **{
                "guide_ids": [Command.set(guide.partner_id.ids)],
                "site_ids": [Command.set(cls.site.ids)],
                "capacity": 100,
                **vals,
            }
        )
        divers = divers or (cls.anna | cls.bob)
        cls._booking(divers[0], trip, divers, confirm=True)
        start = start or cls.now  # afterwards: nobody books what is over
        trip.write({"date_start": start, "date_end": start + timedelta(hours=5)})
        return trip

    @classmethod
    def _profile(cls, diver, **vals):
        profiles = with_ticket(cls.env["dive.medical.profile"])
        return profiles.create({"partner_id": diver.id, **vals})

    def _open(self, user, trip=None, divers=None, kind="accident", text=""):
        """Open as a user does; return the opening, as the superuser."""
        env = self.env(user=user)
        trip = env["dive.trip"].browse(trip.id if trip else ())
        if divers is None:
            divers = trip._dive_aboard()
        token = new_uid()
        env["dive.emergency.opening"]._dive_open(token, kind, text, trip, divers)
        return env["dive.emergency.opening"]._dive_of(token)

    @contextmanager
    def _days_later(self, days):
        """Move the trips: the day is then so many days after theirs."""
        trips = self.trip | self.other_trip
        before = trips.mapped("date_start")
        for trip in trips:
            trip.date_start = self.now - timedelta(days=days)
            trip.date_end = trip.date_start + timedelta(hours=5)
        yield
        for trip, start in zip(trips, before, strict=True):
            trip.date_start = start
            trip.date_end = start + timedelta(hours=5)


class EmergencyCommon(EmergencyMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpEmergency()


class EmergencyHttpCommon(EmergencyMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpEmergency()
