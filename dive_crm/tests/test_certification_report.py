"""Certifications on paper, in lists, and how many queries all of it takes."""

from datetime import timedelta
from unittest.mock import patch

from lxml.html import fromstring

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .certification_common import CertificationCommon

LIST = "dive_crm.report_dive_certification_list"
LETTER = "dive_crm.report_dive_certification_letter"


@tagged("post_install", "-at_install", "dive_long")
class TestCertificationPaper(CertificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = cls.company._dive_today()
        cls.bea = cls._customer("Bea Berg", city="Porto")
        cls.ending = cls._card(
            cls.bea, cls.aid, number="No. B1", expiry_date=today + timedelta(days=9)
        )
        cls.ended = cls._card(
            cls.bea, cls.night, number="No. B2", expiry_date=today - timedelta(days=9)
        )
        cls.rejected = cls._card(cls.bea, number="No. B3")
        cls._checked(cls.rejected, "rejected", reason="Wrong photograph")

    def _html(self, report, cards, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.front)
        page, _type = reports._render_qweb_html(report, cards.ids)
        return page.decode()

    def test_the_list_groups_by_diver(self):
        mine = self._card(number="No. A1")
        cards = self.ending | mine | self.rejected | self.ended
        for user in (self.front, self.instructor, self.medical):
            page = self._html(LIST, cards, user)
            order = ("Anna Keller", "No. A1", "Bea Berg", "No. B2", "No. B3", "No. B1")
            places = [page.index(text) for text in order]
            self.assertEqual(places, sorted(places))
            self.assertEqual(page.count("Bea Berg"), 1)
        with self.assertRaises(UserError):
            self._html(LIST, cards, self.accountant)

    def test_each_row_has_all_its_cells(self):
        """A card without a number took the dates of its row one column to the left."""
        cards = self._card() | self.ending | self.rejected
        for report, cells in ((LIST, 6), (LETTER, 3)):
            page = fromstring(self._html(report, cards[report == LETTER :]))
            rows = page.xpath("//div[hasclass('o_dive_cards')]//tbody/tr")
            self.assertTrue(rows)
            for row in rows:
                self.assertEqual(len(row.xpath("td")), cells, report)

    def test_a_letter_says_what_ends_and_what_was_rejected(self):
        cards = self.ending | self.ended | self.rejected
        html = self._html(LETTER, cards)
        for text in (
            "Dear Bea Berg",
            "Porto",
            "are about to end",
            "have ended",
            "Wrong photograph",
        ):
            self.assertIn(text, html)
        with self.assertRaisesRegex(UserError, "nothing to write"):
            self._html(LETTER, self._card(number="No. A1"))
        # what the diver has corrected is for us to look at, not for the diver
        self.rejected.number = "No. B4"
        self.assertTrue(self.rejected.corrected)
        self.assertNotIn("Wrong photograph", self._html(LETTER, cards))
        with self.assertRaisesRegex(UserError, "nothing to write"):
            self._html(LETTER, self.rejected)

    def test_a_letter_speaks_the_diver_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        view = self.env.ref(f"{LETTER}_document")
        view.update_field_translations("arch_db", {"fr_FR": {"Dear": "Bonjour"}})
        self.bea.lang = "fr_FR"
        html = self._html(LETTER, self.ending)
        self.assertIn("Bonjour", html)
        self.assertNotIn("Dear", html)
        self.assertIn(f"{self.ending.expiry_date:%d/%m/%Y}", html)

    def test_a_child_s_letter_goes_to_the_guardian(self):
        today = self.company._dive_today()
        child = self._customer(
            "Kim Berg",
            birthdate_date=today - timedelta(days=12 * 366),
            dive_guardian_id=self.bea.id,
        )
        card = self._card(child, expiry_date=today, issue_date=today, number="No. K1")
        html = self._html(LETTER, card)
        self.assertIn("Dear Bea Berg", html)
        self.assertIn(
            "certifications of <t>Kim Berg</t>".replace("<t>", "").replace("</t>", ""),
            html,
        )

    def test_the_guardian_is_a_contact_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.bea.company_id = other
        born = self.company._dive_today() - timedelta(days=12 * 366)
        child = self._customer(
            "Kim Berg",
            birthdate_date=born,
            dive_guardian_id=self.bea.id,
            company_id=self.company.id,
        )
        card = self._card(child, expiry_date=self.company._dive_today())
        for user in (self.front, self.instructor):
            self.env.flush_all()
            self.env.invalidate_all()
            html = self._html(LETTER, card, user)
            self.assertIn("Dear Bea Berg", html)
            self.assertIn("Porto", html)

    def test_pdf_with_either_renderer(self):
        cards = (
            self.ending
            | self.ended
            | self._card(number="No. A1", expiry_date="2021-01-01")
        )
        report = self.env.registry["ir.actions.report"]
        for patched in (None, False):
            reports = self.env["ir.actions.report"].with_user(self.front)
            reports = reports.with_context(force_report_rendering=True)
            for name in (LIST, LETTER):
                if patched is None:
                    pdf, _type = reports._render_qweb_pdf(name, cards.ids)
                else:
                    with patch.object(
                        report, "_dive_qt_is_patched", lambda self: False
                    ):
                        pdf, _type = reports._render_qweb_pdf(name, cards.ids)
                self.assertTrue(pdf.startswith(b"%PDF"), (name, patched))


@tagged("post_install", "-at_install")
class TestCertificationQueries(CertificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.divers = cls.Partner.create(
            [
                {
                    "name": f"Diver {n}",
                    "dive_customer": True,
                    "birthdate_date": "1990-01-01",
                }
                for n in range(80)
            ]
        )
        cls.cards = cls.Card.create(
            [
                {
                    "partner_id": diver.id,
                    "level_id": cls.open.id,
                    "number": f"{n:06}",
                    "issue_date": "2015-01-01",
                }
                for n, diver in enumerate(cls.divers)
            ]
        )

    def _count(self, records, view):
        """Return how many queries a page of ``view`` takes to read ``records``."""
        records = records.with_user(self.front)
        arch = records.get_view(self.env.ref(view).id, "list")
        names = [name for name in arch["models"][records._name] if name in arch["arch"]]
        spec = {
            name: {"fields": {"display_name": {}}}
            if records._fields[name].type == "many2one"
            else {}
            for name in names
        }
        for _turn in range(2):  # the first one warms the caches of the registry
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_search_read([("id", "in", records.ids)], spec)
            count = self.env.cr.sql_log_count - before
        return count

    def test_lists(self):
        for records, view in (
            (self.cards, "dive_crm.view_dive_certification_list"),
            (self.divers, "dive_crm.view_partner_dive_list"),
        ):
            with self.subTest(view=view):
                self.assertEqual(
                    self._count(records[:1], view), self._count(records, view)
                )

    def test_hints_and_states_of_a_list(self):
        for some in (self.cards[:1], self.cards[:1], self.cards):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.front).mapped("hint")
            some.mapped("state")
            count = self.env.cr.sql_log_count - before
            if len(some) == 1:
                one = count
        self.assertEqual(count, one)

    def test_other_apps_pay_nothing(self):
        """Creating and listing partners does not look at cards."""
        partners = self.Partner.with_user(self.employee)
        with patch.object(
            type(self.Card), "search_fetch", side_effect=AssertionError("looked")
        ):
            partners.search([], limit=80).mapped("name")
            self.env["res.partner"].create({"name": "Plain contact"})
            with Form(self.env["res.partner"].with_user(self.front)) as form:
                form.name = "Another one"
