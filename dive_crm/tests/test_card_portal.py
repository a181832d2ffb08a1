"""Prepaid cards in the portal: whose, what of them, and what of nobody."""

from urllib.parse import urlsplit

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.portal_trip import LARGEST_ID
from .card_common import CardMixin
from .common import DiveHttpCommon
from .portal_common import PortalMixin


@tagged("post_install", "-at_install", "dive_long")
class TestCardPortal(CardMixin, PortalMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        cls.setUpCards()
        cls.ward = cls._ward(cls.diver, birthdate_date="2015-01-01")
        cls.mine = cls._sold(partner=cls.diver)
        cls.wards = cls._sold(cls._type("Junior"), partner=cls.ward)
        cls.theirs = cls._sold(cls._type("Foreign"), partner=cls.other)
        cls.draft = cls._card(cls._type("Not sold"), partner=cls.diver)

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")

    def _use(self, card, amount, *services, post=True, **vals):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": card.partner_id.id,
                "invoice_line_ids": [
                    Command.create({"product_id": service.id}) for service in services
                ],
                **vals,
            }
        )
        card.redeem(amount, invoice=move)
        if post:
            move.action_post()
        return move

    def test_list(self):
        page = self._get("/my/cards").text
        for text in ("4,000 for 3,500", "Junior", "Wanda Ward", self.mine.name):
            self.assertIn(text, page)
        for text in ("Foreign", "Not sold", self.theirs.name, "Petra Portal</"):
            self.assertNotIn(text, page.split("o_dive_prepaid_card", 1)[1])
        self.assertEqual(page.count("4,000.00"), 2)

    def test_home(self):
        """Counted where there are cards; the tile shows by the count alone."""
        self.assertIn("/my/cards", self._get("/my").text)

        def counted():
            answer = self.url_open(
                "/my/counters", json={"params": {"counters": ["dive_prepaid_count"]}}
            )
            return answer.json()["result"]["dive_prepaid_count"]

        self.assertEqual(counted(), 2)
        self.ward.dive_guardian_id = False
        self.mine._dive_unlocked().write({"partner_id": self.anna.id})
        self.assertEqual(counted(), 0)
        self.assertIn("No cards yet", self._get("/my/cards").text)

    def test_page(self):
        move = self._use(self.mine, 400, self.dive)
        self._use(self.mine, 500, self.night, post=False).button_cancel()
        draft = self._use(self.mine, 100, self.dive, post=False)
        page = self._get(f"/my/cards/{self.mine.id}").text
        for text in (
            "Card bought",
            "Given back",
            move.name,
            f'href="/my/invoices/{move.id}"',
            "3,500.00",
            "All our services",
            "For the holder only.",
        ):
            self.assertIn(text, page)
        own = page[page.index("o_dive_prepaid_page") :]
        for text in (
            self.env.user.name,
            "Draft",
            f"* {draft.id}",
            f"/my/invoices/{draft.id}",
            self.mine.sudo().code,
        ):
            self.assertNotIn(text, own)

    def test_words_of_staff_are_not_told(self):
        """Why a manager did something, and whose the card was, stays inside."""
        self.mine._dive_move("extension", source="Complained to Bob; was Sue's")
        self.mine._dive_move("expiry", source="Bob", amount=-100)
        page = self._get(f"/my/cards/{self.mine.id}").text
        self.assertIn("Valid for longer", page)
        self.assertIn("Expired", page)
        own = page[page.index("o_dive_prepaid_page") :]
        for text in ("Bob", "Sue"):
            self.assertNotIn(text, own)

    def test_a_new_holder(self):
        """Sees how the card came to what is left, not what others did with it."""
        old = self._use(self.theirs, 400, self.dive)
        self.theirs.action_transfer(self.diver, "A present of Otto's")
        new = self._use(self.theirs, 400, self.dive)
        page = self._get(f"/my/cards/{self.theirs.id}").text
        for text in ("New holder", new.name, "3,600.00", "3,200.00"):
            self.assertIn(text, page)
        for text in (old.name, "A present", "Otto"):
            self.assertNotIn(text, page)
        self.authenticate("t_portal_b", "t_portal_b")
        self._get(f"/my/cards/{self.theirs.id}", 404)

    def test_links_lead_to_own_papers_only(self):
        """An invoice of somebody else that the card has paid is a text."""
        move = self._use(self.mine, 400, self.dive)
        other = self._use(self.mine, 400, self.dive)
        self.env.cr.execute(
            "UPDATE account_move SET partner_id = %s, commercial_partner_id = %s"
            " WHERE id = %s",
            [self.anna.id, self.anna.id, other.id],
        )
        self.env.invalidate_all()
        other.message_unsubscribe(self.diver.ids)
        page = self._get(f"/my/cards/{self.mine.id}").text
        self.assertIn(f'href="/my/invoices/{move.id}"', page)
        self.assertIn(other.name, page)
        self.assertNotIn(f"/my/invoices/{other.id}", page)

    def test_booking_behind_a_use(self):
        trip = self._trip(name="Blue Hole", product_id=self.dive.id)
        booking = self._booking(self.diver, trip, confirm=True)
        booking.action_create_invoice()
        move = booking.invoice_ids
        self.mine.redeem(400, invoice=move)
        page = self._get(f"/my/cards/{self.mine.id}").text
        self.assertIn("Blue Hole", page)
        self.assertIn(f'href="/my/bookings/{booking.id}"', page)

    def test_others_are_not_found(self):
        """Foreign, missing, never sold, too large: the same from outside."""
        gone = self.draft.id + 1000
        ids = (self.theirs.id, self.draft.id, gone, LARGEST_ID, LARGEST_ID + 1, 0)
        answers = set()
        for number in ids:
            for path in ("", "/pdf", "/page/2"):
                answers.add(self._get(f"/my/cards/{number}{path}", 404).status_code)
        self.assertEqual(answers, {404})
        self._get("/my/cards/x", 404)
        grown = self._ward(self.diver, "Gus Grown", birthdate_date="2000-01-01")
        self._get(f"/my/cards/{self._sold(partner=grown).id}", 404)
        # staff see their own there, and nobody else's
        self.authenticate("t_manager", "t_manager")
        self._get(f"/my/cards/{self.mine.id}", 404)

    def test_the_link_in_a_message(self):
        """It leads to the page, and bears no token: the page asks who it is."""
        booking = self.env["dive.booking"].create(
            {"partner_id": self.diver.id, "trip_id": self._trip().id}
        )
        for record, page in ((self.mine, "cards"), (booking, "bookings")):
            record._portal_ensure_token()
            link = f"/mail/view?model={record._name}&res_id={record.id}"
            answer = self._get(link, 303)
            place = urlsplit(answer.headers["Location"])
            self.assertEqual(place.path, f"/my/{page}/{record.id}")
            self.assertNotIn("token", place.query)
            self._get(place.path)

    def test_anonymous(self):
        self.authenticate(None, None)
        for path in ("", f"/{self.mine.id}", f"/{self.mine.id}/pdf"):
            answer = self._get(f"/my/cards{path}", 303)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_pdf(self):
        for card in (self.mine, self.wards):
            answer = self._get(f"/my/cards/{card.id}/pdf")
            self.assertEqual(answer.headers["Content-Type"], "application/pdf")
            self.assertIn(card.name, answer.headers["Content-Disposition"])
            self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_to_pay(self):
        card = self._sold(partner=self.diver, pay=False)
        page = self._get(f"/my/cards/{card.id}").text
        self.assertIn("To pay", page)
        self.assertIn(f'href="/my/invoices/{card.sale_move_id.id}"', page)

    def test_to_pay_before_there_is_an_invoice(self):
        """A draft cannot be paid: that the invoice will come is said."""
        said = "you will get the invoice from us"
        card = self._card(partner=self.diver)
        card.action_sell()
        page = self._get(f"/my/cards/{card.id}").text
        self.assertIn(said, page)
        self.assertNotIn(f"/my/invoices/{card.sale_move_id.id}", page)
        card.sale_move_id.action_post()
        self.assertNotIn(said, self._get(f"/my/cards/{card.id}").text)
        self._pay(card.sale_move_id)
        self.assertNotIn(said, self._get(f"/my/cards/{card.id}").text)

    def test_the_code_is_on_the_pdf(self):
        """The page shows none, and so speaks of none as if it did."""
        gift = self._sold(self._type("Gift", who="anyone"), partner=self.diver)
        page = self._get(f"/my/cards/{gift.id}").text
        self.assertNotIn("this code", page)
        self.assertIn("the code on the PDF", page)
        rules = gift._dive_paper()["rules"]
        self.assertTrue(any("this code" in rule for rule in rules))

    def test_pages_of_movements(self):
        for _n in range(25):
            self.mine._dive_move("use", amount=-1)
        page = self._get(f"/my/cards/{self.mine.id}").text
        self.assertEqual(page.count("o_dive_card_entry"), 20)
        page = self._get(f"/my/cards/{self.mine.id}/page/2").text
        self.assertEqual(page.count("o_dive_card_entry"), 6)

    def test_record_rules(self):
        """By the web API: own cards, no drafts, no movements, and no code."""
        cards = self._rpc("portal", "dive.discount.card", "search_read", [], ["name"])
        self.assertEqual(
            {card["id"] for card in cards}, set((self.mine | self.wards).ids)
        )
        card = [self.mine.id]
        for model, method, *args in (
            ("dive.discount.card", "read", card, ["code"]),
            ("dive.discount.card", "read", [self.theirs.id], ["name"]),
            ("dive.discount.card", "read", [self.draft.id], ["name"]),
            ("dive.discount.card", "read", card, ["sale_move_id"]),
            ("dive.discount.card", "search", [("code", "like", "a")]),
            ("dive.discount.card", "search_read", [], ["name"], 0, 1, "code"),
            ("dive.discount.card", "read", card, ["entry_ids"]),
            ("dive.discount.card", "write", card, {"partner_id": self.other.id}),
            ("dive.discount.card", "create", [{"type_id": 1, "partner_id": 1}]),
            ("dive.discount.card", "redeem", card, 1),
            ("dive.discount.card", "action_send_card", card),
            ("dive.discount.card.entry", "search_read", [], ["user_name"]),
            ("dive.discount.type", "search_read", [], ["name"]),
        ):
            with self.subTest(model=model, method=method, args=args):
                error = self._rpc_refused("portal", model, method, *args)
                self.assertIn("AccessError", error)
        with self.assertRaises(AccessError):
            self.mine.with_user(self.portal).code  # noqa: B018

    def test_what_the_books_say_is_not_the_holders(self):
        """Over the API a card says what its page says, and no more."""
        mine = self.mine.with_user(self.portal)
        for name in (
            "access_token",
            "booked",
            "consumed",
            "consumed_booked",
            "delivery",
            "member_ids",
            "sale_line_ids",
            "treatment",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                mine.read([name])
            self.assertNotIn(name, mine.fields_get())
            with self.assertRaises(AccessError):
                mine.search([(name, "!=", False)])
            self.mine.with_user(self.accountant).read([name])
        self.assertEqual(mine.read(["name", "balance"])[0]["balance"], 4000)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    @mute_logger("odoo.addons.web.controllers.report")
    def test_the_report_by_its_own_address(self):
        """Odoo opens reports to whoever reads the record: that is the own card."""
        report = "/report/html/dive_crm.report_dive_card"
        self.assertIn(self.mine.name, self._get(f"{report}/{self.mine.id}").text)
        for card in (self.theirs, self.draft):
            answer = self.url_open(f"{report}/{card.id}")
            self.assertNotEqual(answer.status_code, 200)
            self.assertNotIn(card.name, answer.text)

    def test_query_count(self):
        """As many queries for eighty cards, and eighty movements, as for one."""

        def queries(path, wanted, word):
            self.env.flush_all()
            self.env.invalidate_all()
            counts = []
            for _again in range(2):
                start = self.env.cr.sql_log_count
                page = self._get(path).text
                counts.append(self.env.cr.sql_log_count - start)
            self.assertEqual(page.count(word), wanted)
            return counts[-1]

        self.ward.dive_guardian_id = False
        kinds = self.type | self._type("Other")
        for number, kind in enumerate(kinds):
            self._use(self.mine, 10 + number, self.dive)
            kind.name = f"Kind {number}"
        page = f"/my/cards/{self.mine.id}"
        few = (
            queries("/my/cards", 1, 'o_dive_prepaid_card"'),
            queries(page, 3, "o_dive_card_entry"),
        )
        several = self.env["dive.discount.card"].create(
            [
                {"type_id": kind.id, "partner_id": self.diver.id}
                for _n in range(40)
                for kind in kinds
            ]
        )
        several._dive_unlocked().write({"state": "active"})
        for _n in range(8):
            self._use(self.mine, 10, self.dive)
        many = (
            queries("/my/cards", 20, 'o_dive_prepaid_card"'),
            queries(page, 11, "o_dive_card_entry"),
        )
        self.assertLessEqual(many[0], few[0])
        self.assertLessEqual(many[1], few[1])
