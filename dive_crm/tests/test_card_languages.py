"""What holders of prepaid cards read is there in four languages."""

import ast
import re

import polib
from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

from .test_medical_languages import LANGUAGES, PLACES

TEMPLATES = (
    "reports/dive_card_report.xml",
    "reports/dive_statement_card.xml",
    "views/portal_card_templates.xml",
)
#: the same in both: the linter of translations leaves those empty
SAME = {"fr": {"Date"}}
CODE = ("models/dive_discount_card_paper.py", "models/dive_discount_card_words.py")


@tagged("post_install", "-at_install")
class TestCardTerms(TransactionCase):
    def _terms(self):
        """Return the terms, as Odoo finds them in views, and in code."""
        terms = {"%(count)s visit", "%(count)s visits"}
        field = self.env["ir.ui.view"]._fields["arch_db"]
        for name in TEMPLATES:
            tree = etree.parse(file_path(f"dive_crm/{name}"))
            for template in tree.iter("template"):
                view = self.env.ref(f"dive_crm.{template.get('id')}")
                terms.update(field.get_trans_terms(view.with_context(lang=None).arch))
        for name in CODE:
            with open(file_path(f"dive_crm/{name}"), encoding="utf-8") as file:
                tree = ast.parse(file.read())
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args:
                    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    text = getattr(node.args[0], "value", None)
                    if called == "_" and isinstance(text, str):
                        terms.add(text)
        mail = self.env.ref("dive_crm.mail_template_card").with_context(lang=None)
        return terms | {mail.subject, str(mail.body_html)}

    def test_every_term_in_every_language(self):
        terms = {
            " ".join(term.split())
            for term in self._terms()
            if re.search(r"[^\W\d_]", PLACES.sub("", term)) and "{ font" not in term
        }
        self.assertGreater(len(terms), 45)
        for short in LANGUAGES:
            said = {
                " ".join(entry.msgid.split()): entry.msgstr
                for entry in polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
                if not entry.fuzzy
            }
            missing = {term for term in terms if not said.get(term)}
            self.assertEqual(missing, SAME.get(short, set()), short)
            for term in terms - missing:
                self.assertEqual(
                    sorted(PLACES.findall(term)),
                    sorted(PLACES.findall(said[term])),
                    f"{short}: what is filled in, of {term!r}",
                )
