"""What divers read of tickets in German, Spanish, French and Italian."""

import re

import polib
from babel.messages.extract import extract_from_file
from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

from .test_medical_languages import LANGUAGES, PLACES

TEMPLATES = "views/portal_ticket_templates.xml"
CODE = (
    "controllers/portal_ticket.py",
    "models/dive_ticket_feedback.py",
    "models/dive_ticket_portal.py",
)


@tagged("post_install", "-at_install", "dive_long")
class TestTicketTerms(TransactionCase):
    def _terms(self):
        """Return all that has to be translated: of pages, of the mail, of the code."""
        terms = set()
        views = etree.parse(file_path(f"dive_crm/{TEMPLATES}")).iter("template")
        for template in views:
            view = self.env.ref(f"dive_crm.{template.get('id')}")
            terms.update(view._fields["arch_db"].get_trans_terms(view.arch_db))
        for name in ("rating", "received"):
            mail = self.env.ref(f"dive_crm.mail_template_ticket_{name}")
            terms.update(mail._fields["body_html"].get_trans_terms(mail.body_html))
            terms.add(mail.subject)
        for name in CODE:
            path = file_path(f"dive_crm/{name}")
            found = extract_from_file("python", path, keywords={"_": None})
            terms.update(message for _line, message, *_rest in found)
        # what is made of values alone needs no translation
        return {
            term for term in terms if re.search(r"[^\W\d_]", PLACES.sub("", str(term)))
        }

    def test_every_term_in_every_language(self):
        terms = self._terms()
        self.assertGreater(len(terms), 25)
        for short in LANGUAGES:
            entries = polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
            said = {entry.msgid: entry.msgstr for entry in entries if not entry.fuzzy}
            missing = {term for term in terms if not said.get(term, "").strip()}
            self.assertFalse(missing, short)
            for term in terms - missing:
                self.assertEqual(
                    sorted(PLACES.findall(term)), sorted(PLACES.findall(said[term]))
                )
                if len(term) > 20:
                    self.assertNotEqual(said[term], term, short)
