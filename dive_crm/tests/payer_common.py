"""What tests about who pays share."""

from datetime import timedelta

from odoo import Command, fields


class PayerMixin:
    """A club of five, a family, and a trip of ten places at 100.00 and 21 % tax."""

    @classmethod
    def setUpPayers(cls):
        """Call from ``setUpClass``, after the users are there."""
        today = fields.Date.today()
        cls.club = cls._customer("Club Aqua", is_company=True)
        cls.mother = cls._customer("Mother Keller")
        cls.child = cls._customer(
            "Child Keller",
            dive_guardian_id=cls.mother.id,
            birthdate_date=today - timedelta(days=12 * 365),
        )
        cls.anna = cls._customer("Anna Five")
        cls.ben = cls._customer("Ben Five")
        cls.cleo = cls._customer("Cleo Five")
        cls.tax = cls.env["account.tax"].create({"name": "21 %", "amount": 21})
        cls.income = cls.env["account.account"].create(
            {"code": "DIVE1", "name": "Diving", "account_type": "income"}
        )
        cls.product = cls._product(
            taxes_id=[Command.set(cls.tax.ids)],
            property_account_income_id=cls.income.id,
        )
        cls.trip = cls._trip(product_id=cls.product.id, capacity=100)

    @classmethod
    def _group(cls, payer=None, divers=None, split="together", confirm=True, **vals):
        """Make a booking of the club's three, as the front desk sees it."""
        divers = divers or cls.anna + cls.ben + cls.cleo
        booking = cls.env["dive.booking"].create(
            {
                "partner_id": (payer or cls.club).id,
                "trip_id": cls.trip.id,
                "split": split,
                "diver_ids": [Command.create({"partner_id": d.id}) for d in divers],
                **vals,
            }
        )
        if confirm:
            booking.action_confirm()
        # as in a request: what was made is read anew
        cls.env.flush_all()
        return booking.with_user(cls.front)

    @classmethod
    def _seat(cls, booking, diver):
        return booking.diver_ids.filtered(lambda seat: seat.partner_id == diver)

    def _invoices(self, booking):
        """Invoice a booking; return payer → the draft."""
        booking.action_create_invoice()
        moves = booking.invoice_ids.filtered(lambda move: move.state == "draft")
        return {move.partner_id: move for move in moves}

    def _pay(self, move, amount=None):
        values = {"amount": amount} if amount else {}
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()


class PayMixin(PayerMixin):
    @classmethod
    def setUpProvider(cls):
        """Make one way to pay on-line; who publishes it has set it up."""
        cls.env["payment.provider"].search([]).state = "disabled"
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Test",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
            }
        )
        cls.env["ir.config_parameter"].set_param(
            "account_payment.enable_portal_payment", "True"
        )
