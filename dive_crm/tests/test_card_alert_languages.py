"""What holders of cards are told, in German, Spanish, French and Italian."""

import re

import polib

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from .test_medical_languages import LANGUAGES, PLACES

#: The same in the source: where words of a holder's are.
CODE = ("models/dive_discount_card_alert.py",)
TEMPLATES = (
    "mail.template,subject:dive_crm.mail_template_card_",
    "mail.template,body_html:dive_crm.mail_template_card_",
    "sms.template,body:dive_crm.sms_template_card_",
)
#: In words that are made elsewhere.
OTHERS = ("%(count)s visits",)


@tagged("post_install", "-at_install")
class TestCardAlertTerms(BaseCase):
    def test_every_term_in_every_language(self):
        terms = set()
        for entry in polib.pofile(file_path("dive_crm/i18n/dive_crm.pot")):
            places = [
                place
                for place, _line in entry.occurrences
                if place.removeprefix("code:addons/dive_crm/") in CODE
                or place.removeprefix("model:").startswith(TEMPLATES)
                or place.removeprefix("model_terms:").startswith(TEMPLATES)
            ]
            if places and re.search(r"[^\W\d_]", PLACES.sub("", entry.msgid)):
                terms.add(entry.msgid)
        terms.update(OTHERS)
        for short in LANGUAGES:
            entries = polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
            said = {entry.msgid: entry.msgstr for entry in entries if not entry.fuzzy}
            self.assertFalse({term for term in terms if not said.get(term)}, short)
            for term in terms:
                self.assertEqual(
                    sorted(PLACES.findall(term)),
                    sorted(PLACES.findall(said[term])),
                    f"{short}: what is filled in, or the markup, of {term!r}",
                )
                if len(term) > 20:
                    self.assertNotEqual(said[term], term, short)
