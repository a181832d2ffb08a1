"""The sale of a card: an invoice, a debt of ours, and a card once it is paid."""

from ast import literal_eval

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCardSale(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.today = cls.env.company._dive_today()

    def test_two_fields_and_two_clicks(self):
        form = Form(self.env["dive.discount.card"].with_user(self.front))
        form.partner_id = self.anna
        form.type_id = self.type
        self.assertEqual((form.price, form.value), (3500, 4000))
        card = form.save()
        self.assertRegex(card.name, r"^K\d+$")
        action = card.action_sell()
        move = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(move.partner_id, self.anna)
        self.assertEqual((move.state, move.amount_total), ("draft", 3500))
        self.assertEqual(card.state, "unpaid")
        self.assertEqual(
            card.expiry_date, fields.Date.add(card.sold_on, months=6), card.sold_on
        )
        # again, or by the other desk: the same invoice
        self.assertEqual(card.action_sell()["res_id"], move.id)
        action = card.action_pay()
        self.assertEqual(move.state, "posted")
        self.assertEqual((card.state, card.balance), ("unpaid", 0))
        register = self.env[action["res_model"]].with_user(self.front)
        register.with_context(**action["context"]).create({})._create_payments()
        self.assertEqual((card.state, card.balance), ("active", 4000))
        with self.assertRaisesRegex(UserError, "paid already"):
            card.action_pay()

    def test_who_sells_stays_on_the_card(self):
        """The button of the form; the invoice is one click away."""
        card = self._card()
        arch = etree.fromstring(
            card.with_user(self.front).get_view(False, "form")["arch"]
        )
        button = arch.find(".//button[@name='action_sell']")
        here = card.with_user(self.front).with_context(
            **literal_eval(button.get("context"))
        )
        self.assertIs(here.action_sell(), True)
        self.assertEqual(card.state, "unpaid")
        self.assertEqual(here.action_view_sale()["res_id"], card.sale_move_id.id)

    def test_a_price_that_can_be_read(self):
        """Before taxes too: with as many decimals as money has, where that does."""
        tax = self._tax(15, price_include_override="tax_excluded")
        service = self._service("Dive", 60, taxes_id=[Command.set(tax.ids)])
        kind = self._type("Ten", price=480, value=600, service_ids=service.ids)
        move = self._sold(kind).sale_move_id
        self.assertEqual(move.invoice_line_ids.price_unit, 417.39)
        self.assertEqual((move.amount_untaxed, move.amount_total), (417.39, 480))

    def test_what_is_sold_is_owed(self):
        card = self._sold(pay=False)
        line = card.sale_move_id.invoice_line_ids
        account = self.env.company.dive_card_account_id
        self.assertEqual(line.account_id, account)
        self.assertEqual(account.account_type, "liability_current")
        self.assertFalse(line.tax_ids)
        self.assertEqual((self._liability(card), card.booked), (3500, 3500))
        entry = self._sold().entry_ids
        self.assertEqual(
            (entry.kind, entry.amount, entry.balance_before, entry.balance_after),
            ("sale", 4000, 0, 4000),
        )
        self.assertEqual(self._liability(), 7000)

    def test_taxed_when_sold(self):
        """To the cent what the card costs, also where prices are without taxes."""
        for include in ("tax_included", "tax_excluded"):
            tax = self._tax(21, price_include_override=include)
            service = self._service("Dive", 400, taxes_id=[Command.set(tax.ids)])
            for price in (3500, 99.99, 47.11, 83.33):
                kind = self._type("Single", price=price, service_ids=service.ids)
                card = self._sold(kind)
                move = card.sale_move_id
                self.assertEqual(move.amount_total, price)
                self.assertEqual(move.invoice_line_ids.tax_ids, tax)
                self.assertAlmostEqual(card.booked, move.amount_untaxed)
                self.assertAlmostEqual(self._liability(card), move.amount_untaxed)
                self.assertEqual(card.state, "active")

    def test_a_type_that_changes_changes_no_card(self):
        card = self._card()
        self.type.write({"price": 10, "value": 20, "service_ids": self.dive.ids})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((card.price, card.value, card.whole), (3500, 4000, 4000))
        self.assertFalse(card.service_ids)
        self.type.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            card.action_sell()
        self.assertEqual(card.state, "draft")

    def test_visits(self):
        kind = self._type("Ten", unit="visits", visits=10, price=480, value=600)
        card = self._sold(kind)
        self.assertEqual((card.balance, card.visits, card.booked), (10, 0, 480))

    def test_works_once_posted_where_the_company_says_so(self):
        self.env.company.dive_card_activation = "sold"
        card = self._card()
        card.action_sell()
        self.assertEqual(card.sale_move_id.state, "posted")
        self.assertEqual((card.state, card.balance), ("active", 4000))
        self._pay(card.sale_move_id)
        self.assertEqual((card.balance, len(card.entry_ids)), (4000, 1))

    def test_an_invoice_that_goes_away(self):
        card = self._card()
        card.action_sell()
        card.sale_move_id.button_cancel()
        self.assertEqual((card.state, card.expiry_date), ("draft", False))
        card.action_sell()
        card.sale_move_id.unlink()
        self.assertEqual(card.state, "draft")
        card.action_sell()
        self.assertEqual((card.state, card.sale_move_id.amount_total), ("unpaid", 3500))

    def test_a_sale_that_was_changed_is_not_posted(self):
        card = self._card()
        card.action_sell()
        line = card.sale_move_id.invoice_line_ids
        line.price_unit = 3000
        with self.assertRaisesRegex(UserError, "the card costs"):
            card.sale_move_id.action_post()
        card.sale_move_id.invoice_line_ids = [
            Command.update(line.id, {"price_unit": 3500})
        ]
        line.account_id = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        with self.assertRaisesRegex(UserError, "not the one of prepaid cards"):
            card.sale_move_id.action_post()

    def test_taxes_of_the_sale_that_were_changed(self):
        """What is due with the sale is not taken off, or made another, on its draft."""
        kind = self._type("Single", service_ids=self.dive.ids)
        for taxes in (self.env["account.tax"], self._tax(7)):
            card = self._card(kind)
            card.action_sell()
            sale = card.sale_move_id
            changed = {"tax_ids": taxes, "price_unit": 3499, "extra_tax_data": False}
            sale.invoice_line_ids.write(changed)
            sale.invoice_line_ids.price_unit = 3500
            self.assertEqual(sale.amount_total, 3500)
            with self.assertRaisesRegex(UserError, "its taxes are not those"):
                sale.action_post()
            self.assertEqual((card.state, self._liability(card)), ("unpaid", 0))

    def test_taxed_whoever_buys(self):
        """A tax that depended on the buyer would not be known: see accounting.md."""
        nothing = self._tax(0)
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        nothing.write(
            {"fiscal_position_ids": abroad.ids, "original_tax_ids": self.tax.ids}
        )
        self.assertEqual(abroad.map_tax(self.tax), nothing)
        self.anna.property_account_position_id = abroad
        card = self._card(self._type("Single", service_ids=self.dive.ids))
        card.action_sell()
        sale = card.sale_move_id
        self.assertEqual(sale.fiscal_position_id, abroad)
        sale.action_update_fpos_values()
        self.assertEqual(sale.invoice_line_ids.tax_ids, self.tax)
        sale.action_post()
        self.assertEqual((sale.amount_total, card.booked), (3500, 2892.56))
        self._pay(sale)
        used = self._invoice(self.dive)
        self.assertEqual(used.invoice_line_ids.tax_ids, nothing)
        card.redeem(used.amount_total, invoice=used)
        used.action_post()
        self.assertEqual((used.amount_total, used.payment_state), (0, "paid"))
        self._check_books(card)

    def test_ended_date(self):
        day = fields.Date.subtract(self.today, days=1)
        kind = self._type("Old", validity="date", valid_until=day)
        with self.assertRaisesRegex(UserError, "was valid until"):
            self._card(kind).action_sell()
        kind.valid_until = self.today
        self.assertEqual(self._sold(kind).expiry_date, self.today)

    def test_nobody_writes_what_follows(self):
        card = self._sold()
        front = card.with_user(self.front)
        for vals in (
            {"balance": 9000},
            {"state": "expired"},
            {"expiry_date": "2099-01-01"},
            {"value": 9000},
            {"price": 1},
            {"consumed": 1},
            {"partner_id": self._customer("Bea").id},
            {"type_id": self._type("Other").id},
        ):
            with self.assertRaises(UserError, msg=vals):
                front.write(vals)
        entry = card.entry_ids
        for user in (self.front, self.manager, self.env.user):
            with self.assertRaises(UserError):
                entry.with_user(user).write({"amount": 1})
            with self.assertRaises(UserError):
                entry.with_user(user).unlink()
        with self.assertRaises(UserError):
            card.unlink()
        with (
            self.assertRaisesRegex(Exception, "dive_discount_card_balance_range"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE dive_discount_card SET balance = -1 WHERE id = %s", [card.id]
            )

    def test_a_user_who_sold_cards_can_be_deleted(self):
        """The ledger keeps the name, and no link that a deletion would change."""
        user = self.front.copy({"login": "t_leaving", "name": "Leaving Soon"})
        self.env.company.dive_card_activation = "sold"
        card = self._card().with_user(user)
        card.action_sell()
        self.env.flush_all()
        partner = user.partner_id
        user.unlink()
        self.env.flush_all()
        self.assertTrue(partner.exists())
        self.assertEqual(card.sudo().entry_ids.user_name, "Leaving Soon")

    def test_roles_and_companies(self):
        card = self._sold()
        for role in ("front", "manager", "accountant"):
            self.assertEqual(card.with_user(getattr(self, role)).balance, 4000)
        for role in ("instructor", "medical", "employee", "portal"):
            with self.assertRaises(AccessError):
                card.with_user(getattr(self, role)).read(["balance"])
        other = self.env["res.company"].create({"name": "Other centre"})
        self.front.write({"company_ids": [Command.link(other.id)]})
        elsewhere = self.front.with_user(self.front).with_company(other)
        cards = elsewhere.env["dive.discount.card"].with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(cards.search([("id", "=", card.id)]))
        with self.assertRaises(AccessError):
            cards.browse(card.id).read(["balance"])

    def test_the_type_has_changed_meanwhile(self):
        card = self._card()
        self.assertFalse(card.outdated)
        for change in ({"price": 3600}, {"value": 4100}, {"service_ids": self.dive}):
            self.type.write(change)
            self.assertTrue(card.outdated, change)
            with self.assertRaisesRegex(UserError, "has changed since"):
                card.action_sell()
            self.assertEqual((card.state, card.sale_move_id.ids), ("draft", []))
            card.with_user(self.front).action_take_terms()
            self.assertFalse(card.outdated)
        card.action_sell()
        self.assertEqual(card.sale_move_id.amount_total, 3600)
        self.type.price = 3700
        card.action_take_terms()
        self.assertEqual((card.price, card.outdated), (3600, False))

    def test_the_taxes_have_changed_meanwhile(self):
        kind = self._type("Single", service_ids=(self.dive | self.night).ids)
        self.assertEqual(kind.treatment, "single")
        self.night.taxes_id = self._tax(7)
        with self.assertRaisesRegex(UserError, "cannot be taxed when sold"):
            self._card(kind).action_sell()
