"""Trips and bookings in German, Spanish, French and Italian: nothing is left over."""

import re

import polib
from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from .test_medical_languages import FIELDS, LANGUAGES, PLACES

#: What divers, payers and strangers see; all of each is translated.
TEMPLATES = (
    "views/dive_trip_media_views.xml",
    "views/offer_templates.xml",
    "views/online_code_templates.xml",
    "views/online_templates.xml",
    "views/portal_booking_templates.xml",
    "views/portal_dive_templates.xml",
    "views/portal_trip_templates.xml",
)
RECORDS = (
    "data/dive_brochure_data.xml",
    "data/dive_match_data.xml",
    "data/dive_online_data.xml",
    "data/dive_message_plan_data.xml",
    "data/dive_wait_data.xml",
)
CODE = (
    "controllers/online_booking.py",
    "controllers/portal_trip.py",
    "models/dive_booking_diver_online.py",
    "models/dive_booking_notice.py",
    "models/dive_booking_notice_pay.py",
    "models/dive_booking_notice_words.py",
    "models/dive_booking_online.py",
    "models/dive_booking_portal.py",
    "models/dive_online_request.py",
    "models/dive_trip_fitness_words.py",
    "models/dive_trip_invitation.py",
    "models/dive_trip_online.py",
    "models/res_partner_match.py",
)
#: The beginnings of other places: states and gases, gear, kinds of trips, a tile.
BEGIN = (
    "model:dive.equipment.kind,name:dive_crm.",
    "model:dive.trip.type,name:dive_crm.",
    "model:ir.model.fields.selection,name:dive_crm.selection__dive_booking_diver__state",
    "model:ir.model.fields.selection,name:dive_crm.selection__dive_logged_dive__gas__",
    "model:ir.model.fields.selection,name:dive_crm.selection__dive_trip__gas__",
    "model_terms:ir.ui.view,arch_db:dive_crm.portal_my_home",
)
#: The same in both: the linter of translations leaves those empty.
SAME = {
    "de": {"Name", "Nitrox", "Trimix"},
    "es": {"Gas: %(gas)s", "Nitrox", "Trimix", "min"},
    "fr": {"Air", "Certifications", "E-mail", "Nitrox", "Photos", "Trimix", "min"},
    "it": {"E-mail", "Gas: %(gas)s", "Nitrox", "Trimix", "min"},
}
#: Words within the markup, which are translated.
WORDS = re.compile(r'(?<= )(alt|title)="[^"]*"')


def expected_references():
    """Return the places whose terms are to be translated."""
    places = {f"code:addons/dive_crm/{name}" for name in CODE}
    for name in TEMPLATES:
        for template in etree.parse(file_path(f"dive_crm/{name}")).iter("template"):
            view = f"dive_crm.{template.get('id')}"
            places.add(f"model_terms:ir.ui.view,arch_db:{view}")
    for name in RECORDS:
        for record in etree.parse(file_path(f"dive_crm/{name}")).iter("record"):
            if record.get("model") not in ("mail.template", "sms.template"):
                continue
            for field in FIELDS[record.get("model")]:
                model = f"model:{record.get('model')},{field}"
                places.add(f"{model}:dive_crm.{record.get('id')}")
    return places


def markup(term):
    return sorted(PLACES.findall(WORDS.sub("", term)))


@tagged("post_install", "-at_install")
class TestTripTerms(BaseCase):
    def test_every_term_in_every_language(self):
        expected = expected_references()
        terms, seen = set(), set()
        for entry in polib.pofile(file_path("dive_crm/i18n/dive_crm.pot")):
            places = {
                place
                for place, _line in entry.occurrences
                if place in expected or place.startswith(BEGIN)
            }
            # what is made of values alone needs no translation
            if places and re.search(r"[^\W\d_]", PLACES.sub("", entry.msgid)):
                terms.add(entry.msgid)
                seen |= places
        self.assertGreater(len(terms), 200)
        moved = {place for place in expected - seen if place.startswith("code:")}
        self.assertFalse(moved, "files that are not there, or say nothing any more")
        for begin in BEGIN:
            self.assertTrue([place for place in seen if place.startswith(begin)], begin)
        for short in LANGUAGES:
            entries = polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
            said = {entry.msgid: entry.msgstr for entry in entries if not entry.fuzzy}
            missing = {term for term in terms if not said.get(term, "").strip()}
            self.assertEqual(missing, SAME[short], short)
            for term in terms - missing:
                self.assertEqual(
                    markup(term),
                    markup(said[term]),
                    f"{short}: what is filled in, or the markup, of {term!r}",
                )
                if len(term) > 20:
                    self.assertNotEqual(said[term], term, short)
            # of values alone, and yet not the same everywhere
            colon = "%(label)s\N{NO-BREAK SPACE}: %(text)s" if short == "fr" else ""
            self.assertEqual(said["%(label)s: %(text)s"], colon)
