"""The diver's page, those below it, certifications: in all languages that we have."""

import re

import polib
from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from .test_medical_languages import LANGUAGES, PLACES
from .test_trip_languages import markup

TEMPLATES = (
    "views/portal_certification_form_templates.xml",
    "views/portal_certification_templates.xml",
    "views/portal_diving_templates.xml",
    "views/portal_emergency_templates.xml",
    "views/portal_profile_templates.xml",
    "views/portal_statement_templates.xml",
)
CODE = (
    "controllers/portal_diving.py",
    "controllers/portal_emergency.py",
    "controllers/portal_profile.py",
    "controllers/portal_statement.py",
    "models/dive_certification_portal.py",
    "models/dive_certification_portal_send.py",
    "models/dive_portal_home.py",
    "models/dive_portal_home_booking.py",
    "models/dive_portal_home_money.py",
    "models/dive_portal_home_papers.py",
    "models/dive_portal_home_self.py",
    "models/res_partner_portal.py",
)
#: choices of the profile, periods of the statement
BEGIN = (
    "model:ir.model.fields.selection,name:dive_crm.selection__res_partner__dive_comfort",
    "model:ir.model.fields.selection,name:dive_crm.selection__dive_statement_wizard__",
)
#: The same in both: the linter of translations leaves those empty.
SAME = {"de": {"Name"}, "es": set(), "fr": {"Certifications", "Photos"}, "it": set()}


def expected_references():
    """Return the places whose terms are to be translated."""
    places = {f"code:addons/dive_crm/{name}" for name in CODE}
    for name in TEMPLATES:
        for template in etree.parse(file_path(f"dive_crm/{name}")).iter("template"):
            view = f"dive_crm.{template.get('id')}"
            places.add(f"model_terms:ir.ui.view,arch_db:{view}")
    return places


@tagged("post_install", "-at_install")
class TestPortalTerms(BaseCase):
    def test_every_term_in_every_language(self):
        expected = expected_references()
        terms = set()
        for entry in polib.pofile(file_path("dive_crm/i18n/dive_crm.pot")):
            places = {place for place, _line in entry.occurrences}
            mine = [one for one in places if one in expected or one.startswith(BEGIN)]
            if mine and re.search(r"[^\W\d_]", PLACES.sub("", entry.msgid)):
                terms.add(entry.msgid)
        self.assertTrue(terms)
        for short in LANGUAGES:
            entries = polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
            said = {entry.msgid: entry.msgstr for entry in entries if not entry.fuzzy}
            missing = {term for term in terms if not said.get(term, "").strip()}
            self.assertLessEqual(missing, SAME[short], short)
            for term in terms - missing:
                self.assertEqual(markup(term), markup(said[term]), f"{short}: {term}")
                if len(term) > 20:
                    self.assertNotEqual(said[term], term, short)
