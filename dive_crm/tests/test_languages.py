"""All that anybody reads is there in German, Spanish, French and Italian."""

import json
import re
from collections import Counter

import polib

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

LANGUAGES = ("de", "es", "fr", "it")
#: What is filled in, and the markup with its attributes.
PLACES = re.compile(
    r"%\(\w+\)[.\d]*[sdf]|%[sd]|\$\{.*?\}|\{\{.*?\}\}|<!--.*?-->|</?[a-z]+[^>]*>", re.S
)
#: Words within these, which are translated.
WORDS = re.compile(
    r"(?<=\s)(alt|title|aria-label|placeholder)=([\"']).*?\2|(?<= or )'[^']*'", re.S
)
#: Names that agencies give: some are translated, some are the same everywhere.
NAMES = ("model:dive.agency,", "model:dive.certification.level,")


def markup(term):
    return Counter(PLACES.findall(WORDS.sub("", term)))


def needs_words(entry):
    """Return whether a term without a translation is an oversight."""
    if not re.search(r"[^\W\d_]", PLACES.sub("", entry.msgid)):
        return False  # made of values alone
    return not all(place.startswith(NAMES) for place, _line in entry.occurrences)


@tagged("post_install", "-at_install")
class TestLanguages(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = polib.pofile(file_path("dive_crm/i18n/dive_crm.pot"))
        # The linter of translations empties what is the same in both: these are
        # reviewed, anything else that is empty was forgotten.
        with open(file_path("dive_crm/tests/data/same_words.json"), "rb") as file:
            cls.same = json.load(file)
        cls.said = {
            short: {
                entry.msgid: entry.msgstr
                for entry in polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
                if not entry.fuzzy
            }
            for short in LANGUAGES
        }

    def test_every_term_in_every_language(self):
        self.assertGreater(len(self.terms), 4900)
        for short, said in self.said.items():
            with self.subTest(short):
                terms = {entry.msgid for entry in self.terms}
                self.assertFalse(terms - set(said), "has no entry")
                missing = {
                    entry.msgid
                    for entry in self.terms
                    if not said[entry.msgid].strip() and needs_words(entry)
                }
                self.assertFalse(missing - set(self.same[short]), "has no translation")
                self.assertFalse(set(self.same[short]) - missing, "is translated")

    def test_what_is_filled_in_and_the_markup_stay(self):
        for short, said in self.said.items():
            for msgid, text in said.items():
                if text:
                    self.assertEqual(markup(msgid), markup(text), f"{short}: {msgid!r}")

    def test_made_of_values_alone_and_not_the_same_everywhere(self):
        for short, said in self.said.items():
            colon = "%(label)s\N{NO-BREAK SPACE}: %(text)s" if short == "fr" else ""
            self.assertEqual(said["%(label)s: %(text)s"], colon)

    def test_no_term_is_of_a_test(self):
        places = {place for entry in self.terms for place, _line in entry.occurrences}
        self.assertFalse({place for place in places if "/tests/" in place})
