"""A small agency, a course of it, and divers, for tests about courses."""

from datetime import timedelta

from odoo import Command, fields


class CourseMixin:
    """Use beside ``DiveMixin``; call :meth:`setUpCourse` after its set-up.

    Levels: ``first`` (rank 20) → ``second`` (30) → ``third`` (40, also needs first
    aid, which lapses) → ``guide_level`` (50, 40 dives, from 18) → ``teacher_level``.
    """

    @classmethod
    def setUpCourse(cls):
        cls.agency = cls.env["dive.agency"].create({"name": "Reef", "code": "REEF"})
        cls.first = cls._level("First", 20, "beginner", min_age=10)
        cls.second = cls._level("Second", 30, "advanced", cls.first, min_age=12)
        cls.first_aid = cls._level("First Aid", 5, "continuing", renewal_months=24)
        cls.third = cls._level("Third", 40, "advanced", cls.second | cls.first_aid)
        cls.guide_level = cls._level(
            "Guide", 50, "professional", cls.third, prerequisite_dives=40, min_age=18
        )
        cls.teacher_level = cls._level(
            "Teacher", 70, "professional", cls.guide_level, autonomy="instructor"
        )
        cls.course_type = cls.env["dive.trip.type"].create(
            {
                "name": "First course",
                "kind": "course",
                "level_id": cls.first.id,
                "dives": 4,
            }
        )
        cls.today = cls.company._dive_today()
        cls.guide = cls.Partner.create({"name": "Abel Guide"})
        cls.teacher = cls.Partner.create({"name": "Zoe Teacher"})
        cls._card(cls.guide, cls.guide_level, number="G1")
        cls._card(cls.teacher, cls.teacher_level, number="T7")
        cls.ann, cls.ben = cls._customer("Ann"), cls._customer("Ben")

    @classmethod
    def _level(cls, name, rank, category, before=(), **vals):
        return cls.env["dive.certification.level"].create(
            {
                "agency_id": cls.agency.id,
                "name": name,
                "code": f"REEF-{name}",
                "rank": rank,
                "category": category,
                "prerequisite_ids": [Command.set([level.id for level in before])],
                **vals,
            }
        )

    @classmethod
    def _card(cls, diver, level, **vals):
        return cls.env["dive.certification"].create(
            {"partner_id": diver.id, "level_id": level.id, **vals}
        )

    @classmethod
    def _course(cls, divers=None, **vals):
        """Make a course that ended yesterday, with its divers booked on it."""
        start = fields.Datetime.now() - timedelta(days=3)
        trip = cls._trip(
            **{
                "type_id": cls.course_type.id,
                "date_start": start,
                "date_end": start + timedelta(days=2),
                "dives": 4,
                "guide_ids": [Command.set((cls.guide | cls.teacher).ids)],
                **vals,
            }
        )
        for diver in divers if divers is not None else cls.ann | cls.ben:
            cls._booking(diver, trip)._confirm_one(late=True)
        # as another request sees it: without the places as they were typed
        cls.env.invalidate_all()
        return trip

    @classmethod
    def _seat(cls, trip, diver):
        return trip.seat_ids.filtered(lambda seat: seat.partner_id == diver)

    def _screen(self, trip, user=None):
        """Return the screen that closes ``trip``."""
        if user:
            trip = trip.with_user(user)
        action = trip.action_close_course()
        return trip.env[action["res_model"]].browse(action["res_id"])

    def _cards(self, trip):
        """Return the cards that ``trip`` has issued, archived ones too."""
        cards = self.env["dive.certification"].with_context(active_test=False)
        return cards.search([("trip_id", "=", trip.id)])
