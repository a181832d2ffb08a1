"""May this diver come along on this trip? Each room is asked one question."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from odoo import api, models

from ..tools.fitness import heaviest_first
from ..tools.medical_outcome import age_on
from ..tools.seats import SEAT_HELD

GROWN_UP = 18
#: what is looked at only where a trip asks for something, by the field that asks
NEEDS = {
    "level": "min_level_id",
    "depth": "depth_m",
    "gas": "gas",
    "autonomy": "autonomous",
    "age": "min_age",
    "dives": "min_dives",
    "refresher": "refresher_months",
}
#: what the cards answer
CARDS = {"level", "depth", "gas", "autonomy", "unverified", "expiring"}
#: what divers are told of; the rest is for staff
TOLD = ("block", "warn")
ICONS = {
    "block": "fa-ban text-danger",
    "warn": "fa-exclamation-triangle text-warning",
    "inform": "fa-info-circle text-muted",
}
DIVER_HTML = '<div style="break-inside: avoid"><b>%s</b>%s</div>'
FINDING_HTML = (
    '<div class="ms-3"><i class="fa %s me-1"></i><a href="/odoo/%s/%s">%s</a> %s</div>'
)


@dataclass(frozen=True)
class Case:
    """One diver on one trip, with what the rooms have said."""

    trip: models.Model
    partner: models.Model
    day: object
    held: object
    medical: str
    consent: bool
    no_contact: bool
    no_insurance: bool
    others: models.Model

    @cached_property
    def age(self):
        """The age on the day of the trip; None if the date of birth is unknown."""
        born = self.partner.birthdate_date
        return age_on(born, self.day) if born else None

    @property
    def is_minor(self):
        """Whether somebody else decides for the diver."""
        # a ward of unknown age is one: as everywhere
        if self.age is None:
            return bool(self.partner.dive_guardian_id)
        return self.age < GROWN_UP


class DiveFitness(models.AbstractModel):
    """The rules on who may come along: asked, never stored.

    A trip that no diver dives on (a service) asks for nothing.
    """

    _name = "dive.fitness"
    _description = "Fit for a trip"

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    @api.model
    def _dive_findings(self, pairs, only=None, **known):
        """Return what speaks against each diver on each trip, the heaviest first.

        Of the trip's day, not of today. The number of queries depends neither on how
        many divers nor on how many trips are asked about.

        :param pairs: (trip, partner) records; of new ones what they come from counts
        :param only: the severity, or severities, that are asked about; all if none
        :param known: what rooms have said already, by the name of the answer in
            :class:`Case`: {(partner id, day): …}
        :return: {(trip id, partner id): [Finding]}
        :rtype: dict
        """
        # sudo: findings are words about a person's papers, never the papers; who may
        # see the words is said by those who ask
        trips = {
            trip: (trip._origin.id, trip.sudo()) for trip in {pair[0] for pair in pairs}
        }
        asked = {}
        for trip, partner in pairs:
            trip_id, its_trip = trips[trip]
            diver = partner.sudo()._origin
            asked[trip_id, diver.id] = (its_trip, diver)
        dived = {
            trip
            for _id, trip in trips.values()
            if trip.date_start and trip.type_id.kind != "service"
        }
        wanted = {
            (trip, partner)
            for trip, partner in asked.values()
            if partner and trip in dived
        }
        weighed = self.sudo()._dive_weighed(wanted, only, **known)
        return {
            ids: heaviest_first(weighed.get(pair, ())) for ids, pair in asked.items()
        }

    @api.model
    def _dive_findings_of(self, trip, partners):
        """Return what speaks against each of ``partners``: {partner: [Finding]}."""
        found = self._dive_findings([(trip, partner) for partner in partners])
        return {
            partner: found[trip._origin.id, partner._origin.id] for partner in partners
        }

    @api.model
    def _dive_told_codes(self, trip):
        """Return what divers are told of on a trip, if they lack it: a set of codes."""
        trip = trip.sudo()  # sudo: as in _dive_findings
        if trip.type_id.kind == "service":
            return set()
        severities = self.sudo().env["dive.fitness.rule"]._dive_severities(trip)[trip]
        return set(self._dive_asked(trip, severities, TOLD))

    @api.model
    def _dive_html(self, partner, findings):
        """Return what speaks against a diver, each reason a link to what it is about.

        :param findings: [Finding]; nothing is returned of none
        """
        if not findings:
            return Markup()
        # one Markup for all, of words escaped before: there are hundreds on a trip
        lines = [
            FINDING_HTML
            % (
                ICONS["warn" if finding.anyway else finding.severity],
                finding.model,
                finding.res_id,
                escape(finding.text),
                escape(finding.anyway),
            )
            for finding in findings
        ]
        return Markup(DIVER_HTML % (escape(partner.name or ""), "".join(lines)))

    # ------------------------------------------------------------------
    # The questions
    # ------------------------------------------------------------------

    def _dive_weighed(self, pairs, only=None, **known):
        """Return {(trip, partner): [Finding]} with what rules and managers say."""
        trips = self.env["dive.trip"].union(*{trip for trip, _partner in pairs})
        rules = {
            trip: self._dive_asked(trip, severities, only)
            for trip, severities in self.env["dive.fitness.rule"]
            ._dive_severities(trips)
            .items()
        }
        weighed = {
            (case.trip, case.partner): self._dive_look(case, rules[case.trip])
            for case in self._dive_cases(pairs, set().union(*rules.values()), **known)
        }
        return self._dive_with_overrides(weighed)

    def _dive_asked(self, trip, severities, only):
        """Return the severity of each question that this trip asks."""
        wanted = (only,) if isinstance(only, str) else only or severities.values()
        return {
            code: severity
            for code, severity in severities.items()
            if severity in wanted and (code not in NEEDS or trip[NEEDS[code]])
        }

    def _dive_with_overrides(self, weighed):
        """Add the manager's word to what would keep a diver from the trip."""
        barred = {
            pair
            for pair, findings in weighed.items()
            if any(finding.blocks for finding in findings)
        }
        if not barred:
            return weighed
        anyway = self.env["dive.fitness.override"]._dive_reasons(barred)
        return {
            (trip, partner): [
                finding._replace(
                    anyway=anyway.get((trip.id, partner.id, finding.code), "")
                )
                for finding in findings
            ]
            for (trip, partner), findings in weighed.items()
        }

    def _dive_cases(self, pairs, codes, held=None, medical=None):
        """Ask each room once, and yield what it said of each diver on each trip.

        A room that no question of ``codes`` is for is not asked.
        """
        day_of = {trip: trip._dive_day() for trip in {trip for trip, _who in pairs}}
        days = {(partner.id, day_of[trip]) for trip, partner in pairs}
        ids = {partner_id for partner_id, _day in days}
        partners = self.env["res.partner"].browse(ids)
        if held is None:
            held = partners._dive_held_on(days) if codes & CARDS else {}
        if medical is None:
            asked = codes & {"unfit", "medical"}
            medical = partners._dive_medical_on(days) if asked else {}
        no_contact = no_insurance = ()
        if "emergency_contact" in codes:
            no_contact = partners._dive_without_emergency_contact(ids)
        if "insurance" in codes:
            no_insurance = partners._dive_without_insurance(ids)
        seats = self._dive_seats(pairs) if codes & {"elsewhere", "guardian"} else {}
        for trip, partner in pairs:
            day = day_of[trip]
            consent, others = self._dive_places(trip, seats.get(partner.id, ()))
            yield Case(
                trip,
                partner.with_prefetch(partners._prefetch_ids),
                day,
                held.get((partner.id, day)),
                medical.get((partner.id, day)),
                consent,
                partner.id in no_contact,
                partner.id in no_insurance,
                others,
            )

    def _dive_places(self, trip, seats):
        """Return whether a guardian has agreed to this trip, and places elsewhere then.

        :param seats: a diver's places while this trip and others last
        """
        consent, others = False, self.env["dive.booking.diver"]
        for seat in seats:
            there = seat.trip_id
            if there == trip._origin:
                consent = consent or bool(seat.guardian_consent)
            elif (
                seat.state in SEAT_HELD  # who only asked for a place is free
                and there.date_start < trip.date_end
                and there.date_end > trip.date_start
            ):
                others |= seat
        return consent, others

    def _dive_seats(self, pairs):
        """Return the places of these divers while these trips last, by partner id."""
        # lists, and no unions: a union forgets with whom a place is read together
        seats = defaultdict(list)
        if not pairs:
            return seats
        trips = [trip for trip, _partner in pairs]
        found = self.env["dive.booking.diver"].search(
            [
                ("partner_id", "in", [partner.id for _trip, partner in pairs]),
                ("state", "not in", ("cancelled", "no_show", "waitlisted")),
                (
                    "trip_id",
                    "any",
                    [
                        ("date_start", "<=", max(trip.date_end for trip in trips)),
                        ("date_end", ">=", min(trip.date_start for trip in trips)),
                        ("state", "!=", "cancelled"),
                    ],
                ),
            ]
        )
        for seat in found:
            seats[seat.partner_id.id].append(seat)
        return seats
