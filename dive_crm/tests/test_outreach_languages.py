"""What divers read of messages and consents is there in four languages."""

import re

import polib

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from .test_medical_languages import LANGUAGES, PLACES

#: Where such a term stands, as the list of all terms says.
PLACES_OF = re.compile(
    r"model_terms:ir\.ui\.view,arch_db:dive_crm\."
    r"(consent_|newsletter_|portal_my_consents|portal_my_home_consents|portal_breadcrumbs_consents)"
    r"|model:dive\.consent\.(purpose,name|wording,text):"
    r"|model:mailing\.list,dive_title:"
    r"|model:mail\.template,(subject|body_html):dive_crm\.mail_template_"
    r"|model:sms\.template,body:dive_crm\.sms_template_"
    r"|code:addons/dive_crm/models/dive_(certification_rejected|portal_home_outreach)\.py"
)
CODE = (
    "No more of it: %(link)s",
    "You get this because you have agreed to news and offers.",
    "No more of it, or something else",
    "%(card)s ended on %(date)s",
    "%(card)s is valid until %(date)s",
    "It ended on %(date)s.",
    "It ends in %(days)s days, on %(date)s.",
    "It ends today, %(date)s.",
    "It ends tomorrow, %(date)s.",
)
#: The same in both: the linter of translations leaves those empty.
SAME = {"es": {"No"}, "fr": {"E-mail"}, "it": {"E-mail", "No"}}


@tagged("post_install", "-at_install", "dive_long")
class TestOutreachTerms(BaseCase):
    def test_every_term_in_every_language(self):
        terms = {
            entry.msgid
            for entry in polib.pofile(file_path("dive_crm/i18n/dive_crm.pot"))
            if entry.msgid in CODE
            or (
                any(PLACES_OF.match(place) for place, _line in entry.occurrences)
                # what is made of values alone needs no translation
                and re.search(r"[^\W\d_]", PLACES.sub("", entry.msgid))
            )
        }
        self.assertGreater(len(terms), 40)
        self.assertLessEqual(set(CODE), terms)
        for short in LANGUAGES:
            entries = polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
            said = {entry.msgid: entry.msgstr for entry in entries if not entry.fuzzy}
            missing = {term for term in terms if not said.get(term, "").strip()}
            self.assertEqual(missing, SAME.get(short, set()), short)
            for term in terms - missing:
                if len(term) > 20:
                    self.assertNotEqual(said[term], term, short)
