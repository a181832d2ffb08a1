import io
import re
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..reports.dive_statement_report import REPORT
from ..tools.page_layout import PageFiller, text_lines
from .common import DiveCommon, DiveMixin

YEAR = date(2026, 1, 1)


class StatementMixin(DiveMixin):
    @classmethod
    def setUpStatement(cls):
        cls.home = cls.company.currency_id
        cls.foreign = cls.env.ref("base.EUR" if cls.home.name != "EUR" else "base.USD")
        cls.foreign.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.foreign.id,
                "company_id": cls.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        cls.env.registry.clear_cache()
        cls.ann = cls._customer("Ann Payer", email="ann.payer@dive.test")

    @classmethod
    def _invoice(cls, partner, amount, day, post=True, **vals):
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_date_due": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Diving",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _pay(cls, move, amount, day):
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"amount": amount, "payment_date": day})
            ._create_payments()
        )

    @classmethod
    def _wizard(cls, partners, user=None, **vals):
        wizard = cls.env(user=user or cls.front)["dive.statement.wizard"]
        dates = {"period": "custom", "date_from": YEAR, "date_to": date(2026, 12, 31)}
        return wizard.create({"partner_ids": partners.ids, **dates, **vals})

    def _statements(self, wizard):
        report = wizard.env["report.dive_crm.report_dive_statement"]
        return report._get_report_values(wizard.ids)["statements"]

    def _pages(self, wizard):
        """Return the text of each page of the PDF, with blanks made even."""
        report = wizard.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        content, kind = report._render_qweb_pdf(REPORT, wizard.ids)
        self.assertEqual(kind, "pdf")
        return self._text(content)

    def _text(self, content):
        return [
            re.sub(r"\s+", " ", page.extract_text())
            for page in PdfFileReader(io.BytesIO(content)).pages
        ]

    def _booked(self, partner, days, **vals):
        """Make bookings of ``partner`` on trips of these days, in one go."""
        kind = self.env["dive.trip.type"].create({"name": "Boat dive"})
        product = self._product()
        trips = self.env["dive.trip"].create(
            [
                {
                    "name": f"Reef {number:04d}",
                    "type_id": kind.id,
                    "product_id": product.id,
                    "date_start": day,
                    "date_end": day + timedelta(hours=4),
                    "capacity": 4,
                    **vals,
                }
                for number, day in enumerate(days)
            ]
        )
        return self.env["dive.booking"].create(
            [
                {
                    "partner_id": partner.id,
                    "trip_id": trip.id,
                    "diver_ids": [Command.create({"partner_id": partner.id})],
                }
                for trip in trips
            ]
        )


class TestStatementAccount(StatementMixin, DiveCommon):
    """The figures are those of the receivable account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()

    def _receivable(self, partners, until, field="balance", currency=None):
        domain = [
            ("partner_id", "in", partners.ids),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("company_id", "=", self.company.id),
            ("date", "<=", until),
        ]
        if currency:
            domain.append(("currency_id", "=", currency.id))
        return sum(self.env["account.move.line"].search(domain).mapped(field))

    def _assert_agrees(self, wizard, accounts):
        [statement] = self._statements(wizard)
        before = wizard.date_from - timedelta(days=1)
        for section in statement["sections"]:
            currency = section["currency"]
            for figure, until in (("opening", before), ("closing", wizard.date_to)):
                self.assertAlmostEqual(
                    section[figure],
                    self._receivable(accounts, until, "amount_currency", currency),
                    msg=f"{figure} in {currency.name}",
                )
            self.assertAlmostEqual(
                section["opening"] + section["charges"] - section["payments"],
                section["closing"],
            )
            if section["lines"]:
                self.assertEqual(section["lines"][-1]["running"], section["closing"])
        books = statement["books"] or statement["sections"][0]
        self.assertAlmostEqual(books["opening"], self._receivable(accounts, before))
        self.assertAlmostEqual(
            books["closing"], self._receivable(accounts, wizard.date_to)
        )
        return statement

    def test_all_kinds_of_movement(self):
        """Invoices, part payments, credit notes, entries by hand, currencies, and what
        was cancelled or is a draft: opening and closing agree with the account."""
        old = self._invoice(self.ann, 300, "2025-11-30")
        self._pay(old, 120, "2025-12-20")
        self._pay(old, 80, "2026-02-03")
        self._invoice(self.ann, 77.77, "2026-03-01")
        self._invoice(self.ann, 50, "2026-03-02", move_type="out_refund")
        euros = self._invoice(self.ann, 100, "2026-04-01", currency_id=self.foreign.id)
        self._pay(euros, 33.33, "2026-04-05")
        self._invoice(self.ann, 1000, "2026-05-01", post=False)
        cancelled = self._invoice(self.ann, 2000, "2026-05-02")
        cancelled.button_draft()
        cancelled.button_cancel()
        self._invoice(self.ann, 4000, "2026-05-03").button_draft()
        self._invoice(self.ann, 11, "2027-01-01")
        receivable = self.ann.property_account_receivable_id
        other = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        self.env["account.move"].create(
            {
                "date": "2026-06-01",
                "journal_id": self.env["account.journal"]
                .search([("type", "=", "general")], limit=1)
                .id,
                "line_ids": [
                    Command.create(
                        {
                            "name": "Written off by hand",
                            "account_id": receivable.id,
                            "partner_id": self.ann.id,
                            "credit": 5.55,
                        }
                    ),
                    Command.create({"account_id": other.id, "debit": 5.55}),
                ],
            }
        ).action_post()
        statement = self._assert_agrees(self._wizard(self.ann), self.ann)
        home, foreign = statement["sections"]
        self.assertEqual(home["currency"], self.home)
        self.assertEqual(home["opening"], 180)
        self.assertEqual(home["charges"], 77.77)
        self.assertAlmostEqual(home["payments"], 80 + 50 + 5.55)
        self.assertEqual(foreign["currency"], self.foreign)
        self.assertAlmostEqual(foreign["closing"], 66.67)
        self.assertEqual(
            [line["kind"] for line in home["lines"]],
            ["payment", "invoice", "refund", "entry"],
        )
        self.assertEqual(statement["books"]["currency"], self.home)

    def test_agrees_with_odoos_own_figure(self):
        """Over all dates the closing balance is what Odoo shows as total receivable."""
        self._pay(self._invoice(self.ann, 500, "2025-05-01"), 123.45, "2026-01-15")
        self._invoice(self.ann, 10, "2026-01-16", currency_id=self.foreign.id)
        wizard = self._wizard(self.ann, date_from=False, date_to=date(2100, 1, 1))
        [statement] = self._statements(wizard)
        self.ann.invalidate_recordset(["credit"])
        self.assertAlmostEqual(statement["books"]["closing"], self.ann.credit)
        self.assertEqual(statement["books"]["opening"], 0)

    def test_exchange_difference(self):
        """A gain of the exchange moves the books, not what is owed in the currency."""
        invoice = self._invoice(
            self.ann, 100, "2026-02-01", currency_id=self.foreign.id
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.foreign.id,
                "company_id": self.company.id,
                "name": "2026-03-01",
                "rate": 0.8,
            }
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "amount": 100,
                "currency_id": self.foreign.id,
                "payment_date": "2026-03-02",
            }
        )._create_payments()
        statement = self._assert_agrees(self._wizard(self.ann), self.ann)
        self.assertEqual(statement["sections"][-1]["closing"], 0)
        self.assertAlmostEqual(statement["books"]["closing"], 0)

    def test_locked_year(self):
        """An invoice of a locked year counts on the day it is booked, not dated."""
        self.company.fiscalyear_lock_date = "2026-01-31"
        move = self._invoice(self.ann, 60, "2025-12-15")
        self.assertGreater(move.date, date(2026, 1, 31))
        [statement] = self._statements(
            self._wizard(self.ann, date_to=date(2026, 1, 31))
        )
        self.assertEqual(statement["sections"][0]["closing"], 0)
        self._assert_agrees(self._wizard(self.ann, date_to=move.date), self.ann)

    def test_contact_of_a_company(self):
        """The account is that of the commercial partner, and the paper says so."""
        house = self._customer("Azure Travel", is_company=True)
        contact = self._customer("Carl Contact", parent_id=house.id)
        self._invoice(contact, 40, "2026-02-01")
        self._invoice(house, 60, "2026-02-02")
        statement = self._assert_agrees(self._wizard(contact), house)
        self.assertEqual(statement["sections"][0]["closing"], 100)
        text = " ".join(self._pages(self._wizard(contact)))
        self.assertIn("kept in the name of Azure Travel", text)

    def test_lines_from_before_joining_a_company(self):
        """What was booked on a person stays in the account when they join a firm."""
        person = self._customer("Pia Person")
        self._invoice(person, 25, "2026-02-01")
        house = self._customer("Blue Ltd", is_company=True)
        person.parent_id = house
        statement = self._assert_agrees(self._wizard(person), person | house)
        self.assertEqual(statement["sections"][0]["closing"], 25)

    def test_archived_customer(self):
        self._invoice(self.ann, 42, "2026-02-01")
        self.ann.active = False
        statement = self._assert_agrees(self._wizard(self.ann), self.ann)
        self.assertEqual(statement["sections"][0]["closing"], 42)

    def test_other_company_stays_out(self):
        """Only the wizard's company, also for a user of two."""
        second = self.env["res.company"].create({"name": "Second Centre"})
        self.front.company_ids += second
        self._invoice(self.ann, 42, "2026-02-01")
        wizard = self._wizard(self.ann).with_context(
            allowed_company_ids=[self.company.id, second.id]
        )
        wizard.company_id = second
        [statement] = self._statements(wizard)
        self.assertEqual(statement["sections"][0]["closing"], 0)
        with self.assertRaises(AccessError):
            wizard.with_context(allowed_company_ids=self.company.ids).action_print()

    def test_bookings(self):
        """Payers see amounts and all divers, divers see their own place, cancelled
        bookings do not count, upcoming ones stand apart."""
        ben = self._customer("Ben Diver")
        past = fields.Datetime.now() - timedelta(days=10)
        first, cancelled = self._booked(self.ann, [past, past + timedelta(days=1)])
        first.diver_ids = [Command.create({"partner_id": ben.id})]
        cancelled.action_cancel()
        [upcoming] = self._booked(self.ann, [past + timedelta(days=20)])
        wizard = self._wizard(
            self.ann | ben, date_from=past.date(), date_to=past.date() + timedelta(5)
        )
        mine, his = (
            {s["partner"]: s for s in self._statements(wizard)}[partner]
            for partner in (self.ann, ben)
        )
        self.assertEqual(
            [row["name"] for row in mine["bookings"]], [first.name, cancelled.name]
        )
        self.assertEqual(mine["bookings"][0]["divers"], "Ann Payer, Ben Diver")
        self.assertEqual(mine["booking_totals"], [(self.home, 1, 200.0)])
        self.assertEqual([row["name"] for row in mine["upcoming"]], [upcoming.name])
        self.assertEqual(his["bookings"][0]["divers"], "Ben Diver")
        self.assertEqual(his["bookings"][0]["amount"], 0)
        self.assertEqual(his["booking_totals"], [])

    def test_query_count(self):
        """As many queries for 80 lines, bookings and customers as for one."""
        several = self.Partner.create(
            [{"name": f"Customer {n}", "dive_customer": True} for n in range(80)]
        )
        one = several[0]
        days = [fields.Datetime.now() - timedelta(days=n) for n in range(80)]
        self._booked(several[1], days)
        for partner in several[2:]:
            self._booked(partner, days[:1])
        for number in range(80):
            self._invoice(several[1], 10 + number, "2026-02-01")
        self._booked(one, days[:1])
        self._invoice(one, 10, "2026-02-01")
        counts = []
        for partners in (one, one, several[1], several):
            wizard = self._wizard(partners)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            wizard.env["ir.actions.report"]._render_qweb_html(REPORT, wizard.ids)
            counts.append(self.env.cr.sql_log_count - start)
        # the first one also fills the caches of the templates
        self.assertEqual(counts[2], counts[1], "80 lines and bookings")
        self.assertLessEqual(counts[3], counts[1] + 3, "80 customers")
        self.assertLessEqual(counts[1], 26)


class TestStatementWizard(StatementMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()

    def test_periods(self):
        """Each preset gives its dates by the company's day; own dates stay."""
        with patch.object(
            type(self.company), "_dive_today", lambda self: date(2024, 2, 29)
        ):
            form = Form(self.env(user=self.front)["dive.statement.wizard"])
            for period, first, last in (
                ("this_year", date(2024, 1, 1), date(2024, 2, 29)),
                ("last_year", date(2023, 1, 1), date(2023, 12, 31)),
                ("last_12_months", date(2023, 3, 1), date(2024, 2, 29)),
                ("all", False, date(2024, 2, 29)),
                ("custom", False, date(2024, 2, 29)),
            ):
                form.period = period
                self.assertEqual((form.date_from, form.date_to), (first, last), period)

    def test_opens_for_the_selection(self):
        """From a list or a form, archived customers too, they are filled in."""
        gone = self._customer("Gone", active=False)
        action = self.env(user=self.front)["dive.statement.wizard"].with_context(
            **(self.ann | gone).action_dive_statement()["context"]
        )
        self.assertEqual(action.create({}).partner_ids, self.ann | gone)

    def test_what_is_missing_is_said(self):
        nothing = dict.fromkeys(("account", "balance", "bookings", "upcoming"), False)
        for vals, message in (
            ({"partner_ids": []}, "at least one customer"),
            ({f"include_{name}": no for name, no in nothing.items()}, "nothing is"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._wizard(self.ann, **vals).action_print()
        with self.assertRaisesRegex(UserError, "begin before it ends"):
            self._wizard(self.ann, date_from=date(2027, 1, 1))
        with (
            patch(
                "odoo.addons.dive_crm.wizards.dive_statement_wizard.MAX_CUSTOMERS", 1
            ),
            self.assertRaisesRegex(UserError, "too many"),
        ):
            self._wizard(self.ann | self._customer("B")).action_print()

    def test_gone_wizard(self):
        """A link to a wizard that is no longer kept says so."""
        wizard = self._wizard(self.ann)
        wizard.sudo().unlink()
        with self.assertRaisesRegex(UserError, "no longer kept"):
            self._statements(wizard)

    def test_send(self):
        """Each customer gets one mail with their own PDF, a minor's goes to the
        guardian, and who gets none is named."""
        self.env["res.lang"]._activate_lang("de_DE")
        today = self.company._dive_today()
        self.ann.lang = "de_DE"
        kim = self._customer(
            "Kim Child",
            birthdate_date=today - timedelta(days=3650),
            dive_guardian_id=self.ann.id,
        )
        orphan = self._customer("Lone Child", birthdate_date=today)
        mute = self._customer("Mute Max")
        ben = self._customer("Ben Mail", email="ben.mail@dive.test")
        before = self.env["mail.mail"].search([])
        wizard = self._wizard(self.ann | kim | orphan | mute | ben)
        self.assertIn("Mute Max: no e-mail", wizard.unreachable)
        action = wizard.action_send()
        message = action["params"]["message"]
        self.assertIn("Lone Child: a minor without guardian", message)
        self.assertIn("Mute Max: no e-mail", message)
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(
            sorted(mails.recipient_ids.mapped("name")), ["Ann Payer", "Ben Mail"]
        )
        self.assertEqual(len(mails), 3)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        for mail in mails:
            [attachment] = mail.attachment_ids
            text = " ".join(self._text(attachment.raw))
            [whose] = [
                partner
                for partner in self.ann | kim | ben
                if partner.name in attachment.name
            ]
            self.assertIn(whose.ref, text)
            self.assertIn("Page 1", text.replace("Seite", "Page"))
            self.assertEqual(mail.recipient_ids, self.ann if whose == kim else whose)
            for other in (self.ann | kim | ben) - whose:
                self.assertNotIn(other.ref, text)
            # nothing that shows money hangs on the customer
            self.assertFalse(attachment.with_user(self.instructor).has_access("read"))
        self.assertIn("ann.payer@dive.test", kim.message_ids[0].body)
        self.assertFalse(kim.message_ids.attachment_ids)

    def test_send_to_nobody(self):
        with self.assertRaisesRegex(UserError, "Nobody.*\n?.*No Mail: no e-mail"):
            self._wizard(self._customer("No Mail")).action_send()

    def test_access(self):
        """Front desk, manager and accountant; nobody else, and no wizard of others."""
        wizard = self._wizard(self.ann)
        for user in (self.front, self.manager, self.accountant):
            self._wizard(self.ann, user=user).action_print()
        for user in (self.instructor, self.medical, self.employee, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._wizard(self.ann, user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._statements(wizard.with_user(user))
        with self.assertRaises(AccessError):
            self._statements(wizard.with_user(self.manager))

    def test_hidden_customer_is_refused(self):
        """A customer of a company that the user is not in is refused, not left out."""
        second = self.env["res.company"].create({"name": "Second Centre"})
        hidden = self._customer("Hidden", company_id=second.id)
        wizard = self._wizard(self.ann)
        wizard.sudo().partner_ids.browse()
        self.env.cr.execute(
            "INSERT INTO dive_statement_wizard_res_partner_rel VALUES (%s, %s)",
            [wizard.id, hidden.id],
        )
        wizard.invalidate_recordset()
        for method in (wizard.action_print, wizard.action_preview, wizard.action_send):
            with self.assertRaises(AccessError):
                method()
        with self.assertRaises(AccessError):
            self._statements(wizard)


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
        for number in range(12):
            self._invoice(self.ann, 100 + number, "2026-02-01")
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


@tagged("post_install", "-at_install")
class TestStatementWeb(StatementMixin, HttpCase):
    """The same over the web, where nothing is hidden by a view."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpStatement()

    def _call(self, model, method, args):
        response = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {"model": model, "method": method, "args": args, "kwargs": {}}
            },
        ).json()
        return response.get("result"), response.get("error")

    def test_roles(self):
        for user in (self.front, self.manager, self.accountant):
            self.authenticate(user.login, user.login)
            [wizard_id], error = self._call(
                "dive.statement.wizard", "create", [[{"partner_ids": self.ann.ids}]]
            )
            self.assertFalse(error)
            action, error = self._call(
                "dive.statement.wizard", "action_print", [[wizard_id]]
            )
            self.assertFalse(error)
            self.assertEqual(action["report_name"], REPORT)
            page = self.url_open(f"/report/html/{REPORT}/{wizard_id}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("Ann Payer", page.text)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_roles_without_money(self):
        wizard = self._wizard(self.ann)
        for user in (self.instructor, self.medical, self.employee, self.portal):
            self.authenticate(user.login, user.login)
            _result, error = self._call(
                "dive.statement.wizard", "create", [[{"partner_ids": self.ann.ids}]]
            )
            self.assertIn("AccessError", error["data"]["name"], user.login)
            for method in ("action_print", "action_preview", "action_send"):
                _result, error = self._call(
                    "dive.statement.wizard", method, [[wizard.id]]
                )
                self.assertIn("AccessError", error["data"]["name"], user.login)
            page = self.url_open(f"/report/html/{REPORT}/{wizard.id}")
            self.assertNotIn("Closing balance", page.text)
            self.assertNotEqual(page.status_code, 200)
