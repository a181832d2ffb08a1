"""The statement in the portal: one's own, with the figures of the paper."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import portal_statement
from ..tools.rate import RateLimit
from .common import DiveHttpCommon
from .portal_common import PortalMixin
from .statement_common import StatementMixin

START = "/my/statement"


@tagged("post_install", "-at_install", "dive_long")
class TestPortalStatement(StatementMixin, PortalMixin, DiveHttpCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        cls.setUpStatement()
        cls.today = cls.company._dive_today()
        cls.ward = cls._ward(cls.diver, birthdate_date=date(2015, 1, 1))
        cls._invoice(cls.diver, 120, cls.today)
        cls._invoice(cls.diver, 30, cls.today.replace(year=cls.today.year - 1))
        cls._invoice(cls.other, 999, cls.today)

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")

    def _render(self, wizard):
        """Return the paper as HTML: what the PDF is made of."""
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "dive_crm.report_dive_statement", wizard.ids
        )
        return html.decode()

    def test_figures_of_the_paper(self):
        page = self._get(START).text
        for amount in ("30.00", "120.00", "150.00"):
            self.assertIn(amount, page)
        self.assertNotIn("999", page)
        wizard, said = self.diver._dive_portal_statement("this_year", self.diver)
        paper = self._render(wizard)
        [section] = said["sections"]
        self.assertEqual(
            (section["opening"], section["charges"], section["closing"]),
            (30, 120, 150),
        )
        self.assertIn("150.00", paper)
        report = self.env["report.dive_crm.report_dive_statement"]
        [(currency, open_now)] = report._balances(self.company, self.diver)
        self.assertEqual((currency, open_now), (self.home, 150))
        self.assertIn("Open: ", self._get("/my/diving").text)
        page = self._get(f"{START}?period=last_year").text
        self.assertIn("30.00", page)
        self.assertNotIn("150.00", page)
        # what is no period is this year
        self.assertIn("150.00", self._get(f"{START}?period=custom&x=' OR 1").text)

    def test_pdf(self):
        answer = self._get(f"{START}/{self.diver.id}/pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self._get(f"{START}/{self.ward.id}/pdf")

    def test_often(self):
        with patch.object(portal_statement, "PRINTS", RateLimit(0, 60)):
            answer = self._get(f"{START}/{self.diver.id}/pdf", 429)
        self.assertIn("very often", answer.text)

    def test_foreign(self):
        grown_up = self._ward(self.diver, "Grown Up", birthdate_date=date(1990, 1, 1))
        for number in (self.other.id, grown_up.id, 0, 2**31, 10**30):
            self._get(f"{START}/{number}/pdf", 404)
            self._get(f"{START}?diver={number}", 404)
        self.logout(keep_db=True)
        self._get(f"{START}/{self.diver.id}/pdf", 303)
        # the wizard that was made of it is not for others over the web
        wizard, _said = self.diver._dive_portal_statement("all", self.diver)
        self.authenticate("t_portal_b", "t_portal_b")
        path = f"/report/html/dive_crm.report_dive_statement/{wizard.id}"
        with mute_logger("odoo.http"):
            page = self.url_open(path)
        self.assertNotIn("150.00", page.text)

    def test_account_of_a_club(self):
        """The account of a club is not for each of its members."""
        club = self.Partner.create({"name": "Club", "is_company": True})
        self._invoice(club, 5000, self.today)
        self.diver.parent_id = club
        self.diver._compute_commercial_partner()
        self.env.flush_all()
        page = self._get(START).text
        self.assertIn("in the name of somebody else", page)
        self.assertNotIn("5,000", page)
        self.assertNotIn("5,000", self._get("/my/diving").text)
        wizard, _said = self.diver._dive_portal_statement("all", self.diver)
        self.assertNotIn("5,000", self._render(wizard))

    def test_another_company(self):
        """Each company's books are its own."""
        company = self.env["res.company"].create({"name": "Other centre"})
        self.portal.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        page = self._get(START).text
        self.assertNotIn("150.00", page)
        self.assertNotIn("120.00", page)
