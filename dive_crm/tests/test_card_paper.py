"""A card on paper: what stands on it, for whom, in which language."""

import base64
import io
import re
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from ..models.dive_discount_card_paper import REPORT
from ..tools.qr_code import qr_code
from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardPaper(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.company.name = "Reef Centre"

    def _html(self, cards, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.front)
        html, _kind = report._render_qweb_html(REPORT, cards.ids)
        return html.decode()

    def _pages(self, cards):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORT, cards.ids)
        self.assertEqual(kind, "pdf")
        return [
            re.sub(r"\s+", " ", page.extract_text())
            for page in PdfFileReader(io.BytesIO(content)).pages
        ]

    def _visits(self, **vals):
        weight = {"product_id": self.night.id, "weight": 1.5}
        return self._type(
            "Ten dives",
            unit="visits",
            visits=10,
            service_ids=(self.dive | self.night).ids,
            weight_ids=[Command.create(weight)],
            **vals,
        )

    def test_pages(self):
        """What the holder needs is on one page, also where names are long."""
        self.company.dive_card_conditions = "Bring it along"
        self.anna.name = "Donaudampfschifffahrtsgesellschaftskapitänswitwe " * 2
        long = [self._service(f"Excursion to reef {n:02d}", 9).id for n in range(40)]
        cards = self._sold() | self._sold(self._visits())
        cards |= self._sold(self._type("For all who dive " * 6, service_ids=long))
        pages = self._pages(cards)
        self.assertEqual(len(pages), 3)
        for card, text in zip(cards, pages, strict=True):
            for word in ("Reef Centre", card.name, "Bring it along"):
                self.assertIn(word, text)
            self.assertIn("Donaudampf", text)
            self.assertIn(card.expiry_date.strftime("%m/%d/%Y"), text)
        self.assertIn("4,000.00", pages[0])
        self.assertIn("All our services", pages[0])
        self.assertIn("10 visits", pages[1])
        self.assertIn("Night dive (counts 1.5)", pages[1].replace(" )", ")"))
        self.assertRegex(pages[2], r"reef 00 .*and \d+ more")

    def test_with_a_plain_qt(self):
        """A renderer that takes one document a run makes them all."""
        report = self.env.registry["ir.actions.report"]
        with patch.object(report, "_dive_qt_is_patched", lambda self: False):
            self.assertEqual(len(self._pages(self._sold() | self._sold())), 2)

    def test_the_balance_is_that_of_now(self):
        card = self._sold(pay=False)
        self.assertIn("To pay", self._html(card))
        self._pay(card.sale_move_id)
        card._dive_move("use", amount=-1234.5)
        html = self._html(card)
        self.assertNotIn("To pay", html)
        self.assertIn("2,765.50", html)

    def test_who_gets_the_code(self):
        """The desk prints it; an accountant sees the card, and no code."""
        card = self._sold()
        code = qr_code(card.code)
        self.assertTrue(base64.b64decode(code).startswith(b"\x89PNG"))
        self.assertIn(code, self._html(card))
        self.assertNotIn(card.code, self._html(card), "only in the picture")
        html = self._html(card, self.accountant)
        self.assertIn(card.name, html)
        self.assertNotIn("data:image/png", html)
        for user in (self.instructor, self.employee, self.portal):
            with self.assertRaises(AccessError, msg=user.login):
                self._html(card, user)

    def test_a_code_that_can_be_typed(self):
        """On a card for whoever has its code, and for nobody but the desk."""
        card = self._sold(self._type("Gift", who="anyone"))
        self.assertIn(card.code, self._html(card))
        self.assertNotIn(card.code, self._html(card, self.accountant))

    def test_how_much_a_use_takes(self):
        """Weights stand beside the services, as the language writes them."""
        self.env["res.lang"]._activate_lang("de_DE")
        card = self._sold(self._visits())
        self.assertIn("as many as stand beside the service", self._html(card))
        german = card.with_context(lang="de_DE")
        self.assertIn("1,5", german._dive_told_services()[1])
        plain = self._type("Five dives", unit="visits", visits=5)
        self.assertIn("takes one visit.<", self._html(self._sold(plain)))

    def test_what_is_over(self):
        """What was paid back ends on no day, and has nothing left to expire."""
        card = self._sold()
        ends = f"{card.expiry_date:%m/%d/%Y}"
        self.assertEqual(self._html(card).count(ends), 2)
        card.action_refund()
        self.assertNotIn(ends, self._html(card))

    def test_never_sold(self):
        card = self._card()
        for call in (card.action_print_card, lambda: self._html(card)):
            with self.assertRaisesRegex(UserError, "sell it first"):
                call()
        with self.assertRaisesRegex(UserError, "does not exist"):
            self._html(card.browse(card.id + 1000))

    def test_the_language_of_who_gets_it(self):
        """A child's card is in the guardian's language; right to left is turned."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["res.lang"]._activate_lang("ar_001")
        self.type.with_context(lang="de_DE").name = "Vier für dreieinhalb"
        guardian = self._customer("Gerda", lang="de_DE")
        child = self._customer(
            "Kim", birthdate_date="2015-01-01", dive_guardian_id=guardian.id
        )
        html = self._html(self._sold(partner=child))
        for text in ("Vier für dreieinhalb", "4.000,00", "Kim"):
            self.assertIn(text, html)
        arab = self._customer("محمد الغواص", lang="ar_001")
        html = self._html(self._sold(partner=arab))
        self.assertIn('dir="rtl"', html)
        self.assertIn("محمد الغواص", html)

    def test_query_count(self):
        """As many queries for eighty cards as for one."""
        several = self.env["dive.discount.card"].create(
            [{"type_id": self.type.id, "partner_id": self.anna.id} for _n in range(80)]
        )
        several._dive_unlocked().write({"state": "active", "expiry_date": "2030-01-01"})
        counts = []
        for cards in (several[:1], several[:1], several):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._html(cards)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[2], counts[1])
