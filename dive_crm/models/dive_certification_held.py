"""What one diver's cards add up to on a day."""

from dataclasses import dataclass
from functools import cached_property

from odoo import models

from .res_partner_certification import LADDER

#: the gases of cards, each including those before it
GASES = ("air", "nitrox", "advanced_nitrox", "trimix")


@dataclass(frozen=True)
class Levels:
    """What some levels allow together: one for all divers who hold the same."""

    levels: models.Model

    # worked out once: a list of forty asks each of them two or three times
    @cached_property
    def depth_m(self):
        """How deep who holds them may go, 0 if no card says."""
        return max(self.levels.mapped("max_depth_m"), default=0)

    @cached_property
    def is_autonomous(self):
        """Whether who holds them may dive without a guide."""
        return bool(set(self.levels.mapped("autonomy")) - {False, "supervised"})

    @cached_property
    def gases(self):
        """What cards for a gas there are."""
        return set(self.levels.mapped("gas")) - {False}


@dataclass(frozen=True)
class Held:
    """What a diver holds on a day: see :meth:`DiveCertification._dive_held`."""

    #: all cards of the diver
    all_cards: models.Model
    #: those that count on the day
    cards: models.Model
    day: object
    #: of the levels, with what they count as
    allows: Levels

    @property
    def levels(self):
        """The levels held, with what they count as."""
        return self.allows.levels

    @property
    def depth_m(self):
        """How deep the diver may go, 0 if no card says."""
        return self.allows.depth_m

    @property
    def is_autonomous(self):
        """Whether the diver may dive without a guide."""
        return self.allows.is_autonomous

    @cached_property
    def best(self):
        """The card that says how far the diver has come, if there is one."""
        return self.cards._dive_on_ladder()._dive_highest()

    @property
    def why_none(self):
        """Why no card counts: none, rejected, expired; empty if one does."""
        return "" if self.cards else self.all_cards._dive_why_none(self.day)

    @property
    def best_state(self):
        """Whether the best card was checked; without one, why there is none."""
        if self.best:
            return self.best.verification
        return self.all_cards._dive_on_ladder()._dive_why_none(self.day)

    def may_breathe(self, gas):
        """Tell whether a card is for this gas, or for one that includes it."""
        return not self.allows.gases.isdisjoint(
            {*GASES[GASES.index(gas) :], "rebreather"}
        )


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_on_ladder(self):
        """Return those of ``self`` that say how far a diver has come."""
        return self.filtered(lambda card: card.level_id.category in LADDER)

    def _dive_held(self, day, periods, known):
        """Return what these cards, all of one diver, add up to on a day.

        :param periods: what :meth:`_dive_periods` says of them
        :param dict known: what the levels of others count as; those of ``self`` are
            added
        :rtype: Held
        """
        valid = self._dive_valid_on(day, periods)
        ended = self._dive_ended_on(day) - valid
        key = tuple(valid.level_id.ids), tuple(ended.level_id.ids)
        if key not in known:
            known[key] = Levels(
                self.env["dive.certification.level"].union(
                    *(level._dive_counts_as() for level in valid.level_id),
                    *(level._dive_outlasts() for level in ended.level_id),
                )
            )
        return Held(self, valid, day, known[key])
