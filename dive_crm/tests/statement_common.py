"""What the tests of the statement share: invoices, payments, bookings, its pages."""

import io
import re
from datetime import date, timedelta

from odoo import Command
from odoo.tools.pdf import PdfFileReader

from ..reports.dive_statement_report import REPORT
from .common import DiveMixin

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
        return cls._invoices(partner, [amount], day, post, **vals)

    @classmethod
    def _invoices(cls, partner, amounts, day, post=True, **vals):
        """Make invoices of one day in one go: Odoo synchronizes the lines once."""
        moves = cls.env["account.move"].create(
            [
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
                for amount in amounts
            ]
        )
        if post:
            moves.action_post()
        return moves

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
