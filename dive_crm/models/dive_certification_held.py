"""What one diver's cards add up to on a day."""

from dataclasses import dataclass
from functools import cached_property

from odoo import models

from .res_partner_certification import LADDER

#: the gases of cards, each including those before it
GASES = ("air", "nitrox", "advanced_nitrox", "trimix")


@dataclass(frozen=True)
class Held:
    """What a diver holds on a day: see :meth:`DiveCertification._dive_held`."""

    #: the levels, with what they count as
    levels: models.Model
    #: the cards that count on that day
    cards: models.Model
    #: why none does: none, rejected, expired; empty if one does
    why_none: str

    # worked out once: a list of forty asks each of them two or three times
    @cached_property
    def best(self):
        """The card that says how far the diver has come, if there is one."""
        return self.cards.filtered(lambda card: card.category in LADDER)._dive_highest()

    @cached_property
    def depth_m(self):
        """How deep the diver may go, 0 if no card says."""
        return max(self.levels.mapped("max_depth_m"), default=0)

    @cached_property
    def is_autonomous(self):
        """Whether the diver may dive without a guide."""
        return bool(set(self.levels.mapped("autonomy")) - {False, "supervised"})

    def may_breathe(self, gas):
        """Tell whether a card is for this gas, or for one that includes it."""
        enough = GASES[GASES.index(gas) :]
        return bool(set(self.levels.mapped("gas")) & {*enough, "rebreather"})


class DiveCertification(models.Model):
    _inherit = "dive.certification"

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
            known[key] = self.env["dive.certification.level"].union(
                *(level._dive_counts_as() for level in valid.level_id),
                *(level._dive_outlasts() for level in ended.level_id),
            )
        return Held(known[key], valid, "" if valid else self._dive_why_none(day))
