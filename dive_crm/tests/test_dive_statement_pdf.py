"""The statement on paper: pages, rows that are not cut, names of all scripts."""

import re
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..tools.page_layout import PageFiller, text_lines
from .common import DiveCommon
from .statement_common import StatementMixin


@contextmanager
def busy_server(asked):
    """Give the address of a server that takes three seconds to say no."""

    class Busy(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            time.sleep(3)
            self.send_error(404)

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@tagged("dive_long")
class TestStatementPdf(StatementMixin, DiveCommon):
    """The paper, with whichever wkhtmltopdf is installed, and as with a plain Qt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()
        cls.company.name = "Reef Centre"

    def _plain(self):
        report = self.env.registry["ir.actions.report"]
        return patch.object(report, "_dive_qt_is_patched", lambda self: False)

    def _check_pages(self, pages, customer, at_least=1):
        """Check numbers, and that each page says whose it is and of when."""
        self.assertGreaterEqual(len(pages), at_least)
        for number, text in enumerate(pages, start=1):
            self.assertRegex(text, rf"Page {number} (of|/) {len(pages)}\b")
            self.assertIn("Reef Centre", text)
            self.assertIn(customer.ref, text)
            self.assertIn("01/01/2026 – 12/31/2026", text)

    def test_nothing_booked(self):
        pages = self._pages(self._wizard(self.ann))
        self._check_pages(pages, self.ann)
        self.assertEqual(len(pages), 1)
        self.assertIn("No bookings in this period", pages[0])
        self.assertIn("No invoices or payments in this period", pages[0])

    def test_one_booking(self):
        [booking] = self._booked(self.ann, [fields.Datetime.to_datetime("2026-03-03")])
        pages = self._pages(self._wizard(self.ann))
        self.assertEqual(len(pages), 1)
        self.assertIn(booking.name, pages[0])
        self.assertIn("Reef 0000", pages[0])

    def _many(self, count):
        start = fields.Datetime.to_datetime("2026-01-02")
        step = timedelta(days=300) / count
        bookings = self._booked(self.ann, [start + step * n for n in range(count)])
        bookings[::7].trip_id.name = "A reef with quite a long name at the far end"
        self._invoices(self.ann, range(100, 112), "2026-02-01")
        return bookings

    def _check_many(self, count):
        bookings = self._many(count)
        pages = self._pages(self._wizard(self.ann, include_upcoming=False))
        self._check_pages(pages, self.ann, at_least=count // 45)
        for text in pages[1:]:
            self.assertRegex(text, "Date (Booking Trip|Document)|Totals per currency")
        text = " ".join(pages)
        for booking in bookings:
            self.assertEqual(text.count(booking.name), 1, booking.name)
        for page in pages:  # a row is not cut: its amount is on the page of its name
            rows = re.findall(r"B0*\d+ (?:Reef|A reef)", page)
            if "Totals per" not in page and "Document" not in page:
                self.assertEqual(len(rows), page.count("100.00"))
        return pages

    def test_1000_bookings(self):
        self._check_many(1000)

    def test_200_bookings_plain(self):
        with self._plain():
            self._check_many(200)

    def _check_several(self):
        customers = self._customer("Zoë Größenwahn-Müller-Lüdenscheidt")
        customers |= self._customer("محمد الغواص")
        customers |= self._customer("潜水 太郎 🤿")
        customers |= self._customer("Donaudampfschifffahrtsgesellschaftskapitänswitwe")
        pages = self._pages(self._wizard(customers))
        for customer in customers:
            self._check_pages(
                [text for text in pages if customer.ref in text], customer
            )
        self.assertEqual(
            sum(bool(re.search(r"Page 1 (of|/)", text)) for text in pages), 4
        )
        self.assertIn("Größenwahn", " ".join(pages))
        return pages

    def test_several_customers(self):
        pages = self._check_several()
        self.assertEqual(len(pages), 4, "each begins on a page of its own")

    def test_several_customers_plain(self):
        with self._plain():
            self._check_several()

    def test_busy_server(self):
        """The page numbers do not wait for styles that a busy server owes.

        wkhtmltopdf leaves a footer out whose styles take longer than a second.
        """
        asked = []
        with busy_server(asked) as url:
            self.env["ir.config_parameter"].set_param("report.url", url)
            pages = self._pages(self._wizard(self.ann))
        self._check_pages(pages, self.ann)
        self.assertFalse(asked)

    def test_language(self):
        """A statement is in the customer's language, dates and numbers included."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.ann.lang = "de_DE"
        self._invoice(self.ann, 1234.5, "2026-02-03")
        text = " ".join(self._pages(self._wizard(self.ann)))
        self.assertIn("1.234,50", text)
        self.assertIn("03.02.2026", text)

    def test_page_filler(self):
        """No page is fuller than it may be, no row is lost, heads are counted."""
        rows = [10 + number % 3 * 20 for number in range(100)]
        filler = PageFiller(200)
        filler.take(120)
        chunks = filler.chunks(rows, 30, lambda row: row, foot=25)
        self.assertEqual([row for chunk in chunks for row in chunk["rows"]], rows)
        self.assertFalse(chunks[0]["break"])
        self.assertLessEqual(120 + 30 + sum(chunks[0]["rows"]), 200)
        for chunk in chunks[1:]:
            self.assertTrue(chunk["break"])
            foot = 25 if chunk["last"] else 0
            self.assertLessEqual(30 + sum(chunk["rows"]) + foot, 200)
        self.assertEqual([chunk["last"] for chunk in chunks].count(True), 1)
        endless = PageFiller().chunks(rows, 30, lambda row: row)
        self.assertEqual(len(endless), 1)
        self.assertEqual(PageFiller(100).chunks([], 30, len)[0]["rows"], [])
        self.assertEqual(text_lines("潜" * 10, 10), 3)
