"""What a diver could learn next, and what is missing for it."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from .res_partner_certification import LADDER

#: how many levels are worth a look
SHOWN = 8
#: a birthday further away than this is no plan
YEARS_AHEAD = 3
#: a level without known prerequisites is next only if it is this close in rank
RANK_STEP = 10


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_next(self, cards, valid, begun, today):
        """Return the levels that come next for this diver, the nearest first.

        Candidates are the ladder of the agency of the highest card, what a technical
        or freediving card leads to, and the courses of this centre. Near is what lacks
        one level at most, first aid not counted, and at most three years of age.

        :param cards: the diver's cards that are not rejected, ended ones too
        :param valid: those of them that count today
        :param begun: courses begun, as ``_dive_begun`` lists them
        :return: list of dicts: ``name``, ``agency``, ``ready``, ``lacks`` (words),
            ``text`` (a sentence), ``course`` (name or empty) and ``trip_id``, ``when``
            of the next one
        """
        courses = self._dive_offered_courses()
        levels = self._dive_next_candidates(cards) | courses.level_id
        held = valid.level_id._dive_counts_as()
        top = max((card.rank for card in cards if card.category in LADDER), default=0)
        levels = levels.filtered(
            lambda level: (
                level not in held
                and level not in valid.level_id
                and (level.category not in LADDER or level.rank > top)
            )
        )
        missing = self._dive_missing_levels(levels, held)
        near = levels.filtered(
            lambda level: self._dive_is_near(level, missing[level], top, courses, today)
        )
        lacks = {
            level: self._dive_lacks(level, missing[level], today) for level in near
        }
        offered = courses.level_id
        near = near.sorted(
            lambda level: (
                bool(lacks[level]),
                level not in offered,
                level.rank,
                len(lacks[level]),
                level.sequence,
                level.id,
            )
        )[:SHOWN]
        trips = self._dive_next_trips(courses.filtered(lambda c: c.level_id in near))
        going = {item["level_id"] for item in begun}
        return [
            self._dive_next_item(level, lacks[level], level.id in going, courses, trips)
            for level in near
        ]

    # ------------------------------------------------------------------
    # Candidates
    # ------------------------------------------------------------------

    def _dive_offered_courses(self):
        """Return the courses of this company that lead to a level."""
        return self.env["dive.trip.type"].search(
            [
                ("kind", "=", "course"),
                ("level_id", "!=", False),
                ("level_id.active", "=", True),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )

    def _dive_next_candidates(self, cards):
        """Return the levels to which the agencies of these cards lead."""
        ladder = cards.filtered(lambda card: card.category in LADDER)
        own = ladder.sorted(lambda card: (card.rank, card.id))[-1:].agency_id
        beside = cards.agency_id.filtered(
            lambda agency: agency.kind in ("technical", "freedive")
        )
        domain = Domain("agency_id", "=", own.id) & Domain("category", "in", LADDER)
        domain |= Domain("agency_id", "in", beside.ids) & Domain(
            "prerequisite_ids", "in", cards.level_id.ids
        )
        return self.env["dive.certification.level"].search(domain)

    def _dive_missing_levels(self, levels, held):
        """Return for each level which others are still missing, step by step.

        What is held is not looked behind: it was reached in whatever way.

        :return: level → levels, the highest first
        """
        before = levels._dive_catalogue()[0]
        have = set(held.ids)
        found = {}
        for level in levels:
            missing, todo = set(), list(before.get(level.id, ()))
            while todo:
                step = todo.pop()
                if step not in have and step not in missing:
                    missing.add(step)
                    todo += before.get(step, ())
            found[level] = missing
        # one recordset, so that their names are read in one go
        every = levels.browse({i for ids in found.values() for i in ids})
        return {
            level: every.filtered(lambda step, ids=ids: step.id in ids).sorted(
                lambda step: (-step.rank, step.id)
            )
            for level, ids in found.items()
        }

    def _dive_is_near(self, level, missing, top, courses, today):
        if len(missing.filtered(lambda step: step.category != "continuing")) > 1:
            return False
        comes = self._dive_old_enough_on(level)
        if comes and comes > today + relativedelta(years=YEARS_AHEAD):
            return False
        if level.prerequisite_ids or level in courses.level_id:
            return True
        return level.rank <= max(top, RANK_STEP) + RANK_STEP

    def _dive_old_enough_on(self, level):
        """Return the birthday from which the diver may take this level, if known."""
        if not level.min_age or not self.birthdate_date:
            return None
        return self.birthdate_date + relativedelta(years=level.min_age)

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _dive_lacks(self, level, missing, today):
        """Return in words what this diver lacks for a level: dives, levels, age."""
        lacks = []
        dives = (level.prerequisite_dives or 0) - (self.dive_logged_dives or 0)
        if dives == 1:
            lacks.append(self.env._("1 dive"))
        elif dives > 0:
            lacks.append(self.env._("%(count)s dives", count=dives))
        lacks += [
            step.name
            if step.agency_id == level.agency_id
            else f"{step.agency_id.name} {step.name}"
            for step in missing
        ]
        comes = self._dive_old_enough_on(level)
        if comes and comes > today:
            lacks.append(
                self.env._(
                    "age (from %(age)s, %(in_time)s)",
                    age=level.min_age,
                    in_time=self._dive_from_today((comes - today).days),
                )
            )
        return lacks

    def _dive_next_trips(self, courses):
        """Return for each course its next trip, one with free places if possible."""
        if not courses:
            return {}
        trips = self.env["dive.trip"].search(
            [
                ("type_id", "in", courses.ids),
                ("state", "=", "open"),
                ("date_start", ">", fields.Datetime.now()),
                ("company_id", "=", self.env.company.id),
            ],
            order="date_start, id",
        )
        return {
            course: (same.filtered(lambda trip: trip.seats_free > 0) or same)[:1]
            for course, same in trips.grouped("type_id").items()
        }

    def _dive_next_item(self, level, lacks, begun, courses, trips):
        mine = courses.filtered(lambda course: course.level_id == level)
        course = mine.filtered(lambda course: course in trips)[:1] or mine[:1]
        trip = trips.get(course, self.env["dive.trip"])
        if lacks:
            text = self.env._("You lack: %(what)s", what=", ".join(lacks))
        elif begun:
            text = self.env._("You have begun: go on.")
        else:
            text = self.env._("You may begin.")
        when = ""
        if trip:
            when = self.env._(
                "%(date)s, %(free)s",
                date=self._dive_date(trip._dive_day()),
                free=trip._dive_free_text(),
            )
        return {
            "id": level.id,
            "name": level.name,
            "agency": level.agency_id.name,
            "abbreviation": level.abbreviation or "",
            "ready": not lacks,
            "lacks": lacks,
            "text": text,
            "course": course.name or "",
            "trip_id": trip.id,
            "when": when,
        }
