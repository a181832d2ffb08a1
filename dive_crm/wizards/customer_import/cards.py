"""The certification columns: which level a row means, and what its card says.

What is wrong about a card never keeps its customer out: the customer is imported
without it, the row is told, and importing the file again brings what was put right.
Only a date that is none, or lies in the future, rejects its row as every date does.
"""

import difflib
import re
from collections import defaultdict
from typing import NamedTuple

from ...models.dive_certification_entry import FIRST_DAY
from ...tools.card_number import MAX_LENGTH, fits, number_key, tidy_number
from ...tools.text_fold import fold

COLUMNS = ("agency", "level", "card_number", "certified_on")
#: How alike two names must be for the one to be suggested for the other.
_ALIKE = 0.6
_SUGGESTIONS = 3


class Card(NamedTuple):
    """What a row says about a card, its level found."""

    level: object
    number: str
    issued: object

    @property
    def key(self):
        """What makes two cards of one diver the same."""
        return self.level.id, number_key(self.number)

    def values(self):
        """Return the values of a ``dive.certification`` without its diver."""
        return {
            "level_id": self.level.id,
            "number": self.number,
            "issue_date": self.issued,
        }


class Catalogue:
    """Finds levels by what people call them; reads the catalogue once for all rows.

    :param env: of the user who imports
    """

    def __init__(self, env):
        self.env = env
        # agency and level by each of their names; archived ones to say so
        self.agencies = {}
        self.levels = defaultdict(dict)
        self._found = {}
        languages = [code for code, _name in env["res.lang"].get_installed()]
        catalogue = env["dive.certification.level"].with_context(active_test=False)
        for language in languages:
            for level in catalogue.with_context(lang=language).search([]):
                self._add(level.with_env(env), level.name)

    def _add(self, level, name):
        agency = level.agency_id
        for said in (agency.code, agency.name, agency.full_name):
            if said:
                self.agencies.setdefault(_plain(said), agency)
        short = level.code.removeprefix(f"{agency.code}-")
        for said in (name, level.abbreviation, level.code, short):
            if said:
                self.levels[agency].setdefault(_plain(said), level)

    def find(self, agency_text, level_text):
        """Return the level that two cells mean, or why there is none.

        :return: (level, None, None), or (None, kind of message, its text)
        """
        key = agency_text, level_text
        if key not in self._found:
            self._found[key] = self._find(agency_text, level_text)
        return self._found[key]

    def _find(self, agency_text, level_text):
        agency_key, level_key = _plain(agency_text), _plain(level_text)
        if not level_key:
            return None, "card_incomplete", self.env._("The level is missing.")
        if not agency_key:
            return self._find_anywhere(level_text)
        agency = self.agencies.get(agency_key)
        if not agency:
            return None, "unknown_agency", self._unknown_agency(agency_text)
        levels = self.levels[agency]
        # “PADI Open Water Diver” in the level's cell as well
        shorter = level_key.removeprefix(agency_key).strip()
        level = levels.get(level_key) or levels.get(shorter)
        if not level:
            return None, "unknown_level", self._unknown_level(agency, level_text)
        return self._if_active(level)

    def _find_anywhere(self, level_text):
        """Find a level without an agency: “PADI AOWD”, or a name that only one has."""
        level_key = _plain(level_text)
        first, _space, rest = level_key.partition(" ")
        if agency := self.agencies.get(first):
            if level := self.levels[agency].get(rest):
                return self._if_active(level)
        found = {
            level for levels in self.levels.values() if (level := levels.get(level_key))
        }
        if len(found) == 1:
            return self._if_active(found.pop())
        text = self.env._(
            "The agency of “%(level)s” is missing.", level=level_text[:80]
        )
        return None, "card_incomplete", text

    def _if_active(self, level):
        if level.active and level.agency_id.active:
            return level, None, None
        text = self.env._(
            "“%(level)s” is archived: unarchive it under Configuration, or write the"
            " level that replaced it.",
            level=level.display_name,
        )
        return None, "unknown_level", text

    def _unknown_agency(self, text):
        near = difflib.get_close_matches(
            _plain(text), self.agencies, _SUGGESTIONS, _ALIKE
        )
        names = dict.fromkeys(self.agencies[key].name for key in near)
        if names:
            return self.env._(
                "There is no agency “%(agency)s”. Did you mean %(names)s?",
                agency=text[:80],
                names=", ".join(names),
            )
        return self.env._(
            "There is no agency “%(agency)s”. Agencies stand under Configuration.",
            agency=text[:80],
        )

    def _unknown_level(self, agency, text):
        levels = self.levels[agency]
        near = difflib.get_close_matches(_plain(text), levels, _SUGGESTIONS, _ALIKE)
        names = dict.fromkeys(levels[key].name for key in near)
        if names:
            return self.env._(
                "%(agency)s has no level “%(level)s”. Did you mean %(names)s?",
                agency=agency.name,
                level=text[:80],
                names=", ".join(names),
            )
        return self.env._(
            "%(agency)s has no level “%(level)s”. Levels stand under Configuration.",
            agency=agency.name,
            level=text[:80],
        )


def _plain(text):
    """Return what two spellings of a name share: words without signs, but * and +."""
    return " ".join(re.findall(r"[\w*+]+", fold(text)))


class CardReader:
    """Reads the certification columns of one row after the other.

    :param checker: the :class:`~.row.RowChecker`
    """

    def __init__(self, checker):
        self.env = checker.env
        self.say = checker.say
        self.catalogue = None
        if any(name in checker.columns.fields for name in COLUMNS):
            self.catalogue = Catalogue(checker.env)

    def read_card(self, checked):
        """Set the card of a row whose other cells are read; tell what is odd."""
        said = checked.said
        if not self.catalogue or not any(name in said for name in COLUMNS):
            return
        agency, text = said.get("agency", ""), said.get("level", "")
        level, kind, why = self.catalogue.find(agency, text)
        if kind:
            wrong = "agency" if kind == "unknown_agency" else "level"
            column = next(name for name in (wrong, *COLUMNS) if name in said)
            self.say(checked, kind, column, why)
            return
        number = tidy_number(said.get("card_number", ""))
        if number and len(number) > MAX_LENGTH:
            why = self.env._(
                "At most %(max)s characters are a card number.", max=MAX_LENGTH
            )
            self.say(checked, "card_impossible", "card_number", why)
            return
        if checked.certified_on and checked.certified_on < FIRST_DAY:
            # what many programs export in place of an empty date
            why = self.env._(
                "Certified on %(date)s: check the year.", date=checked.certified_on
            )
            self.say(checked, "card_impossible", "certified_on", why)
            return
        checked.card = Card(level, number, checked.certified_on)
        self._note_number(checked, level, number)

    def _note_number(self, checked, level, number):
        agency = level.agency_id
        if fits(agency.number_pattern, number):
            return
        text = self.env._(
            "%(number)s is unusual for %(agency)s (%(hint)s).",
            number=number,
            agency=agency.name,
            hint=agency.number_hint or agency.number_pattern,
        )
        self.say(checked, "card_number_odd", "card_number", text)
