"""What speaks against coming along, in words for the divers themselves."""

from typing import NamedTuple

from odoo import models

from .dive_fitness import TOLD

CARDS = "/my/certifications"
MEDICAL = "/my/medical"
BOOKINGS = "/my/bookings"
CONTACTS = "/my/emergency"
PROFILE = "/my/profile"


class Said(NamedTuple):
    """One reason as a diver reads it, and where something can be done about it."""

    code: str
    severity: str
    text: str
    url: str = ""

    @property
    def blocks(self):
        """Whether it keeps the diver from the trip."""
        return self.severity == "block"


class DiveTrip(models.Model):
    """The sentences say what to do, and nothing that is somebody's health."""

    _inherit = "dive.trip"

    def _dive_fitness_words(self, partners):
        """Return what blocks or warns each diver on this trip.

        :return: {partner: [(severity, sentence, address to go to or "")]}
        """
        self.ensure_one()
        said = self._dive_fitness_said(partners)
        return {
            partner: [(one.severity, one.text, one.url) for one in said[self, partner]]
            for partner in partners
        }

    def _dive_fitness_said(self, partners, **known):
        """Return the same of several trips; the number of queries is fixed.

        :param known: what rooms have said already: see ``_dive_findings``
        :return: {(trip, partner): [Said]}
        """
        found = self.env["dive.fitness"]._dive_findings(
            [(trip, partner) for trip in self for partner in partners], TOLD, **known
        )
        said = {}
        for trip in self:
            words = trip._dive_words_by_code()
            for partner in partners:
                # what a manager has let pass, or is told by the way, is no matter
                said[trip, partner] = [
                    Said(finding.code, finding.severity, *words[finding.code])
                    for finding in found[trip.id, partner.id]
                    if not finding.anyway and finding.severity in TOLD
                ]
        return said

    def _dive_words_by_code(self):
        """Return {code of a finding: (sentence, address)} for this trip."""
        _ = self.env._
        trip = self.sudo()  # sudo: what a trip asks for is told to who wants to come
        gases = dict(trip._fields["gas"]._description_selection(self.env))
        return {
            "elsewhere": (_("Booked on another trip at that time."), BOOKINGS),
            # of all that the medical room can say, only where to go
            "unfit": (_("Please talk to us before you book this trip."), ""),
            "medical": (
                _("The medical form for that day is missing or not complete."),
                MEDICAL,
            ),
            "level": (
                _(
                    "Needs “%(level)s”: send us the card if you have it.",
                    level=trip.min_level_id.display_name or "",
                ),
                CARDS,
            ),
            "depth": (
                _(
                    "This trip goes to %(depth)g m: the cards that we have do not"
                    " allow that.",
                    depth=trip.depth_m,
                ),
                CARDS,
            ),
            "gas": (
                _("Needs a card for %(gas)s.", gas=gases.get(trip.gas, "")),
                CARDS,
            ),
            "autonomy": (
                _("Divers go without a guide: that needs a card which allows it."),
                CARDS,
            ),
            "age": (
                _(
                    "From %(years)s years on; please check the date of birth with us.",
                    years=trip.min_age,
                ),
                PROFILE,
            ),
            "dives": (
                _(
                    "Needs %(number)s logged dives: tell us if we have not heard of"
                    " all.",
                    number=trip.min_dives,
                ),
                PROFILE,
            ),
            "refresher": (
                _("The last dive was a while ago: ask us for a refresher first."),
                "",
            ),
            "guardian": (_("A parent or guardian has to agree."), ""),
            "emergency_contact": (
                _("Tell us whom to call in an emergency."),
                CONTACTS,
            ),
            "insurance": (_("Tell us about the dive insurance."), ""),
            "unverified": (_("We have not checked the card yet: bring it along."), ""),
            "expiring": (_("A card ends soon after the trip."), CARDS),
        }
