"""May this diver come along on this trip? Each room is asked one question."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.fitness import Finding, heaviest_first
from ..tools.medical_outcome import age_on

#: a card that ends within so many days after the trip is mentioned
SOON = timedelta(days=30)
GROWN_UP = 18
ICONS = {
    "block": "fa-ban text-danger",
    "warn": "fa-exclamation-triangle text-warning",
    "inform": "fa-info-circle text-muted",
}


class Case(NamedTuple):
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

    @property
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
    def _dive_findings(self, pairs):
        """Return what speaks against each diver on each trip, the heaviest first.

        Of the trip's day, not of today. The number of queries depends neither on how
        many divers nor on how many trips are asked about.

        :param pairs: (trip, partner) records; of new ones what they come from counts
        :return: {(trip id, partner id): [Finding]}
        :rtype: dict
        """
        # sudo: findings are words about a person's papers, never the papers; who may
        # see the words is said by those who ask
        fitness = self.sudo()
        known = {
            (trip.sudo(), partner.sudo()._origin)
            for trip, partner in pairs
            if partner and trip.date_start and trip.type_id.kind != "service"
        }
        found = {
            (trip._origin.id, partner.id): heaviest_first(findings)
            for (trip, partner), findings in fitness._dive_weighed(known).items()
        }
        return {
            (trip._origin.id, partner._origin.id): found.get(
                (trip._origin.id, partner._origin.id), []
            )
            for trip, partner in pairs
        }

    @api.model
    def _dive_findings_of(self, trip, partners):
        """Return what speaks against each of ``partners``: {partner: [Finding]}."""
        found = self._dive_findings([(trip, partner) for partner in partners])
        return {
            partner: found[trip._origin.id, partner._origin.id] for partner in partners
        }

    @api.model
    def _dive_html(self, found):
        """Return what speaks against whom, each reason a link to what it is about.

        :param found: {seat: [Finding]}
        """
        return Markup().join(
            Markup('<div style="break-inside: avoid"><b>{}</b>{}</div>').format(
                seat.partner_id.name,
                Markup().join(self._dive_finding_html(finding) for finding in findings),
            )
            for seat, findings in found.items()
            if findings
        )

    def _dive_finding_html(self, finding):
        severity = "warn" if finding.anyway else finding.severity
        return Markup(
            '<div class="ms-3"><i class="fa {icon} me-1"></i>'
            '<a href="/odoo/{model}/{res_id}">{text}</a> {anyway}</div>'
        ).format(icon=ICONS[severity], **finding._asdict())

    # ------------------------------------------------------------------
    # The questions
    # ------------------------------------------------------------------

    def _dive_weighed(self, pairs):
        """Return {(trip, partner): [Finding]} with what rules and managers say."""
        trips = self.env["dive.trip"].union(*(trip for trip, _partner in pairs))
        rules = self.env["dive.fitness.rule"]._dive_severities(trips)
        anyway = self.env["dive.fitness.override"]._dive_reasons(pairs)
        weighed = {}
        for case in self._dive_cases(pairs):
            key = case.trip, case.partner
            weighed[key] = [
                Finding(
                    code,
                    rules[case.trip][code],
                    text,
                    record._name,
                    record.id,
                    anyway.get((case.trip.id, case.partner.id, code), ""),
                )
                for code, text, record in self._dive_look(case, rules[case.trip])
            ]
        return weighed

    def _dive_cases(self, pairs):
        """Ask each room once, and yield what it said of each diver on each trip."""
        days = {(partner.id, trip._dive_day()) for trip, partner in pairs}
        ids = {partner_id for partner_id, _day in days}
        partners = self.env["res.partner"].browse(ids)
        held = partners._dive_held_on(days)
        medical = partners._dive_medical_on(days)
        no_contact = partners._dive_without_emergency_contact(ids)
        no_insurance = partners._dive_without_insurance(ids)
        seats = self._dive_seats(pairs)
        for trip, partner in pairs:
            day = trip._dive_day()
            mine = seats[partner.id]
            here = mine.filtered(lambda seat, trip=trip: seat.trip_id == trip._origin)
            yield Case(
                trip,
                partner.with_prefetch(partners._prefetch_ids),
                day,
                held[partner.id, day],
                medical[partner.id, day],
                any(here.mapped("guardian_consent")),
                partner.id in no_contact,
                partner.id in no_insurance,
                (mine - here).filtered(
                    lambda seat, trip=trip: (
                        seat.trip_id.date_start < trip.date_end
                        and seat.trip_id.date_end > trip.date_start
                    )
                ),
            )

    def _dive_seats(self, pairs):
        """Return the places of these divers while these trips last, by partner id."""
        seats = defaultdict(lambda: self.env["dive.booking.diver"])
        if not pairs:
            return seats
        trips = [trip for trip, _partner in pairs]
        found = self.env["dive.booking.diver"].search(
            [
                ("partner_id", "in", [partner.id for _trip, partner in pairs]),
                ("state", "not in", ("cancelled", "no_show", "waitlisted")),
                ("trip_id.date_start", "<=", max(trip.date_end for trip in trips)),
                ("trip_id.date_end", ">=", min(trip.date_start for trip in trips)),
                ("trip_id.state", "!=", "cancelled"),
            ]
        )
        for seat in found:
            seats[seat.partner_id.id] |= seat
        return seats

    # ------------------------------------------------------------------
    # The answers, in words
    # ------------------------------------------------------------------

    def _dive_look(self, case, wanted):
        """Yield (code, sentence, record to open) of what is wanted and missing."""
        looks = {
            "elsewhere": self._dive_look_elsewhere,
            "unfit": self._dive_look_unfit,
            "medical": self._dive_look_medical,
            "level": self._dive_look_level,
            "depth": self._dive_look_depth,
            "gas": self._dive_look_gas,
            "autonomy": self._dive_look_autonomy,
            "age": self._dive_look_age,
            "dives": self._dive_look_dives,
            "refresher": self._dive_look_refresher,
            "guardian": self._dive_look_guardian,
            "emergency_contact": self._dive_look_emergency_contact,
            "insurance": self._dive_look_insurance,
            "unverified": self._dive_look_unverified,
            "expiring": self._dive_look_expiring,
        }
        for code in wanted:
            text, record = looks[code](case) or (None, None)
            if text:
                yield code, text, record

    def _dive_look_elsewhere(self, case):
        seat = case.others[:1]
        if seat:
            # another company's booking is nobody's business here
            ours = seat.company_id == case.trip.company_id
            text = (
                self.env._(
                    "On “%(trip)s” at that time, booking %(booking)s.",
                    trip=seat.trip_id.display_name,
                    booking=seat.booking_id.name,
                )
                if ours
                else self.env._("On another trip at that time.")
            )
            return text, seat.booking_id if ours else case.partner
        return None

    def _dive_look_unfit(self, case):
        if case.medical == "unfit":
            return self.env._("Not fit to dive: a physician's word."), case.partner
        return None

    def _dive_look_medical(self, case):
        texts = {
            "none": self.env._("No medical form."),
            "pending": self.env._("The medical form is not finished."),
            "physician": self.env._("A physician's word is missing."),
            "expired": self.env._("The medical form is too old by then."),
        }
        text = texts.get(case.medical)
        return text and (text, case.partner)

    def _dive_no_card(self, case):
        """Say why no card counts, if none does."""
        texts = {
            "none": self.env._("no card on record"),
            "expired": self.env._("no card is valid on that day"),
            "rejected": self.env._("the card was rejected"),
        }
        return texts.get(case.held.why_none)

    def _dive_look_level(self, case):
        level = case.trip.min_level_id
        if not level or level._origin in case.held.levels:
            return None
        best = case.held.best.level_id.display_name
        values = {
            "level": level.display_name,
            "held": best or self._dive_no_card(case) or self.env._("no level"),
        }
        return self.env._("Needs %(level)s; has: %(held)s.", **values), case.partner

    def _dive_look_depth(self, case):
        depth, may = case.trip.depth_m, case.held.depth_m
        if not depth or may >= depth:
            return None
        if not may:
            why = self._dive_no_card(case) or self.env._("no card says how deep")
            text = self.env._("Goes to %(depth)g m; %(why)s.", depth=depth, why=why)
        else:
            text = self.env._(
                "Goes to %(depth)g m; the cards allow %(may)g m.", depth=depth, may=may
            )
        return text, case.partner

    def _dive_look_gas(self, case):
        gas = case.trip.gas
        if not gas or case.held.may_breathe(gas):
            return None
        words = dict(case.trip._fields["gas"]._description_selection(self.env))
        return self.env._("Needs a card for %(gas)s.", gas=words[gas]), case.partner

    def _dive_look_autonomy(self, case):
        if not case.trip.autonomous or case.held.is_autonomous:
            return None
        return self.env._("May dive with a guide only; there is none."), case.partner

    def _dive_look_age(self, case):
        least, age = case.trip.min_age, case.age
        if not least or (age is not None and age >= least):
            return None
        if age is None:
            text = self.env._(
                "From %(least)s years on; the date of birth is missing.", least=least
            )
        else:
            text = self.env._(
                "From %(least)s years on; will be %(age)s.", least=least, age=age
            )
        return text, case.partner

    def _dive_look_dives(self, case):
        least, had = case.trip.min_dives, case.partner.dive_logged_dives
        if had >= least:
            return None
        return (
            self.env._(
                "Needs %(least)s logged dives; has %(had)s.", least=least, had=had
            ),
            case.partner,
        )

    def _dive_look_refresher(self, case):
        months, last = case.trip.refresher_months, case.partner.dive_last_dive_date
        if not months:
            return None
        if not last:
            return self.env._("No dive on record: a refresher?"), case.partner
        if last >= fields.Date.subtract(case.day, months=months):
            return None
        return (
            self.env._(
                "Last dive on %(date)s: a refresher?", date=format_date(self.env, last)
            ),
            case.partner,
        )

    def _dive_look_guardian(self, case):
        if not case.is_minor or case.consent:
            return None
        return self.env._("A minor: the guardian has not agreed yet."), case.partner

    def _dive_look_emergency_contact(self, case):
        if case.no_contact:
            return self.env._("No emergency contact."), case.partner
        return None

    def _dive_look_insurance(self, case):
        if case.no_insurance:
            return self.env._("No insurance on record."), case.partner
        return None

    def _dive_look_unverified(self, case):
        best = case.held.best
        if not best or best.verification == "verified":
            return None
        card = best.level_id.display_name
        return self.env._("Nobody has checked the card: %(card)s.", card=card), best

    def _dive_look_expiring(self, case):
        best = case.held.best
        ends = best.expiry_date
        if not ends or not case.day <= ends <= case.day + SOON:
            return None
        return (
            self.env._(
                "%(card)s ends soon after, on %(date)s.",
                card=best.level_id.display_name,
                date=format_date(self.env, ends),
            ),
            best,
        )
