"""Types, cards and movements on the screen, and their settings."""

from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCardScreen(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def _invoice(self, card):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": card.partner_id.id,
                "invoice_line_ids": [Command.create({"product_id": self.dive.id})],
            }
        )

    # ------------------------------------------------------------------
    # Types
    # ------------------------------------------------------------------

    def test_suggested_value_with_one_click(self):
        kind = self._type("Ten", service_ids=self.dive.ids, value=3800, price=3500)
        kind.with_user(self.manager).action_use_suggested_value()
        self.assertEqual(kind.value, 4000)
        with self.assertRaises(AccessError):
            kind.with_user(self.front).action_use_suggested_value()
        anything = self._type("Anything")
        anything.action_use_suggested_value()
        self.assertEqual(anything.value, 4000, "nothing is suggested, so it stays")
        kind.price = 3900
        self.dive.list_price = 380
        with self.assertRaisesRegex(ValidationError, "nobody saves"):
            kind.action_use_suggested_value()

    def test_cards_of_a_type(self):
        card = self._sold()
        self._card()  # new: not sold
        kind = self.type.with_user(self.front)
        self.assertEqual(kind.card_count, 1)
        action = kind.action_view_cards()
        found = self.env["dive.discount.card"].search(action["domain"])
        self.assertIn(card, found)
        self.assertEqual(found.type_id, kind)
        self.assertFalse(self._type("Other").card_count)

    def test_type_form(self):
        with Form(self.env["dive.discount.type"].with_user(self.manager)) as form:
            form.name = "Ten dives"
            form.unit = "visits"
            form.visits = 10
            form.service_ids.add(self.dive)
            self.assertEqual(form.value, 4000)
            form.service_ids.add(self.night)
            form.price = 3500
            with form.weight_ids.new() as row:
                row.product_id = self.night
                row.weight = 1.5
        self.assertEqual(form.record.weight_ids.weight, 1.5)

    # ------------------------------------------------------------------
    # Cards
    # ------------------------------------------------------------------

    def test_what_cards_are_called(self):
        """As the menus call them, also in the chatter."""
        card = self._card()
        self.assertEqual(card._creation_message(), "Prepaid card created")
        for model in ("type", "card", "card.use", "card.entry", "card.alert"):
            name = self.env[f"dive.discount.{model}"]._description
            self.assertIn("repaid card", name)

    def test_words(self):
        card = self._card()
        self.assertFalse(card.balance_words, "nothing is on it yet")
        card = self._sold()
        self.assertEqual(card.balance_words, card.currency_id.format(4000))
        self.assertEqual(card.left_percent, 100)
        ten = self._sold(self._type("T", unit="visits", visits=10, value=600, price=5))
        self.assertEqual(ten.balance_words, "10 visits")
        self.assertEqual(ten.entry_ids.amount_words, "10 visits")
        for amount, words in (
            (1, "1 visit"),
            (-1, "-1 visit"),
            (1.5, "1.5 visits"),
            (-2, "-2 visits"),
            (0, "0 visits"),
        ):
            self.assertEqual(ten._dive_in_words(amount), words)

    def test_a_new_holder_is_a_customer(self):
        """Whom the desk adds while it sells a card is found in the customers' list."""
        view = (
            self.env["dive.discount.card"]
            .with_user(self.front)
            .get_view(self.env.ref("dive_crm.view_dive_discount_card_form").id)
        )
        (field,) = etree.fromstring(view["arch"]).xpath("//field[@name='partner_id']")
        for state, xmlid in (
            ("draft", "dive_crm.view_partner_dive_quick_form"),
            ("active", "dive_crm.view_partner_dive_form"),  # with the history
        ):
            context = safe_eval(field.get("context") or "{}", {"state": state})
            partners = self.Partner.with_user(self.front).with_context(**context)
            form = partners.get_views([(False, "form")])["views"]["form"]
            self.assertEqual(form["id"], self.env.ref(xmlid).id)
            self.assertTrue(partners.create({"name": "Walked in"}).dive_customer)

    def test_a_new_card_is_not_outdated(self):
        """The form of a card that is being sold warns of nothing."""
        kind = self._type(
            "Ten", unit="visits", visits=10, price=50, service_ids=self.dive.ids
        )
        cards = self.env["dive.discount.card"].with_user(self.front)
        form = Form(cards)
        form.partner_id = self.anna
        for chosen in (kind, self.type):
            form.type_id = chosen
            self.assertFalse(form.outdated, chosen.name)
        card = form.save()
        kind.price = 60
        with Form(card) as form:
            form.type_id = kind
            self.assertFalse(form.outdated)

    def test_a_transfer_moves_nothing(self):
        card = self._sold()
        card.with_user(self.manager).action_transfer(self._customer("Bea"), "A gift")
        entry = card.entry_ids.filtered(lambda row: row.kind == "transfer")
        self.assertFalse(entry.amount_words)
        self.assertEqual(entry.left_words, card.balance_words)

    def test_ends_soon(self):
        card = self._sold()
        today = self.env.company._dive_today()
        for days, soon in ((31, False), (30, True), (0, True), (-1, True)):
            card._dive_unlocked().write({"expiry_date": today + timedelta(days)})
            self.assertEqual(card.ends_soon, soon, days)
        card._dive_unlocked().write({"state": "expired"})
        self.assertFalse(card.ends_soon)

    def test_found_by_number_customer_and_phone(self):
        self.anna.phone = "+32 470 12 34 56"
        card = self._sold()
        cards = self.env["dive.discount.card"].with_user(self.front)
        for text in (card.name, "Keller", "0470 12 34 56"):
            domain = ["|", ("name", "ilike", text), ("partner_id", "ilike", text)]
            self.assertIn(card, cards.search(domain), text)

    # ------------------------------------------------------------------
    # Movements
    # ------------------------------------------------------------------

    def test_lists_take_no_query_per_row(self):
        """Of 80 cards and their movements as many as of one."""
        cards = self.env["dive.discount.card"].create(
            [
                {"type_id": self.type.id, "partner_id": self.anna.id}
                for _number in range(81)
            ]
        )
        for card in cards:
            card._dive_claim("draft", "unpaid")
            card._dive_activate()
        costs = []
        for some in (cards[:1], cards[:1], cards[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.front).read(
                ["display_name", "balance_words", "whole_words", "ends_soon"]
            )
            some.entry_ids.with_user(self.front).read(
                ["card_id", "partner_id", "source_words", "amount_words", "left_words"]
            )
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[1], costs[2], "the first reads what is kept for all")

    def test_a_movement_opens_what_it_was_for(self):
        card = self._sold()
        sale = card.entry_ids.with_user(self.front)
        action = sale.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("account.move", card.sale_move_id.id),
        )
        move = self._invoice(card)
        use = card.redeem(100, invoice=move)
        self.assertEqual(use.action_open()["res_id"], move.id)
        move.name = "INV/7"
        use.invalidate_recordset(["source_words"])
        self.assertIn("INV/7", use.with_user(self.front).source_words)
        move.name = False
        move.unlink()
        self.assertEqual(use.source_words, use.source)
        action = use.with_user(self.front).action_open()
        self.assertEqual((action["res_model"], action["res_id"]), (card._name, card.id))
        told = card._dive_move("transfer", source="She asked for it")
        self.assertEqual(told.action_open()["res_model"], card._name)
        with self.assertRaises(AccessError):
            use.with_user(self.instructor).action_open()

    def test_a_movement_opens_nothing_that_its_reader_may_not_see(self):
        card = self._sold()
        secret = self.env["dive.access.reason"].search([], limit=1)
        entry = card._dive_move("transfer", source="x")
        # as a row that somebody has brought in might say
        self.env.cr.execute("ALTER TABLE dive_discount_card_entry DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE dive_discount_card_entry SET source_model = %s, source_id = %s"
            " WHERE id = %s",
            ["res.users.apikeys", secret.id or 1, entry.id],
        )
        self.env.cr.execute("ALTER TABLE dive_discount_card_entry ENABLE TRIGGER USER")
        entry.invalidate_recordset()
        mine = entry.with_user(self.front)
        try:
            action = mine.action_open()
        except AccessError:
            return
        self.assertEqual(action["res_model"], card._name)

    # ------------------------------------------------------------------
    # Settings
    # ------------------------------------------------------------------

    def test_settings(self):
        """Who runs the house sets them: a manager who may open Odoo's settings."""
        boss = new_test_user(
            self.env,
            "t_boss",
            "base.group_system,dive_crm.group_manager",
            company_id=self.company.id,
        )
        account = self.company._dive_card_account()
        settings = Form(self.env["res.config.settings"].with_user(boss))
        settings.dive_card_activation = "sold"
        settings.dive_card_account_id = account
        settings.dive_card_alert_days = "45, 5"
        settings.dive_card_alert_percent = 15
        settings.dive_card_alert_expired = False
        settings.dive_card_user_id = self.front
        settings.save().execute()
        self.assertEqual(self.company.dive_card_activation, "sold")
        self.assertEqual(
            self.company._dive_read_days(self.company.dive_card_alert_days), [45, 5]
        )
        self.assertEqual(self.company.dive_card_alert_percent, 15)
        self.assertFalse(self.company.dive_card_alert_expired)
        self.assertEqual(self.company._dive_card_caretaker(), self.front)
        settings = Form(self.env["res.config.settings"].with_user(boss))
        settings.dive_card_alert_days = "45, x"
        with self.assertRaisesRegex(ValidationError, "not a number of days"):
            settings.save().execute()

    def test_settings_of_nobody_else(self):
        for role in ("front", "instructor", "medical", "manager", "accountant"):
            user = getattr(self, role)
            with self.assertRaises(AccessError, msg=role):
                self.env["res.config.settings"].with_user(user).create({}).execute()
            with self.assertRaises(AccessError, msg=role):
                self.company.with_user(user).dive_card_alert_percent = 50

    def test_who_looks_after_cards(self):
        """Who may not see cards is not told whose card ends."""
        for user, chosen in (
            (self.employee, False),
            (self.medical, False),
            (self.instructor, False),
            (self.front, True),
            (self.manager, True),
        ):
            self.company.dive_card_user_id = user
            self.assertEqual(self.company._dive_card_caretaker() == user, chosen)
