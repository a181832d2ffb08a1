"""Questions in the portal: whose, asked, answered, and what of nobody."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.portal_trip import LARGEST_ID
from ..models.dive_ticket_portal import WORDS
from .common import DiveHttpCommon
from .portal_common import PortalMixin
from .ticket_common import TicketMixin

START = "/my/tickets"


@tagged("post_install", "-at_install", "dive_long")
class TestTicketPortal(TicketMixin, PortalMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        cls.setUpTickets()
        cls.ward = cls._ward(cls.diver, birthdate_date="2015-01-01")
        cls.mine = cls._ticket(cls.diver, description="A black <b>Cressi</b>\nsize M")
        cls.wards = cls._ticket(cls.ward, name="Junior fins")
        cls.theirs = cls._ticket(cls.other, name="Foreign")
        cls.booking = cls._booking(cls.diver, cls._trip(name="Reggio"))
        cls.foreign = cls._booking(cls.other, cls._trip(name="Secret"))

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")

    def _ask(self, status=303, subject="Nitrox", words="Have you got some?", **values):
        """Send the form as a browser does; return the answer."""
        page = self._get(f"{START}/new").text
        key = page.split('name="key" value="')[1].split('"')[0]
        data = {
            "csrf_token": self._token_of(page),
            "key": key,
            "subject": subject,
            "words": words,
            **values,
        }
        answer = self.url_open(f"{START}/new", data=data, allow_redirects=False)
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        return answer

    def _mine(self):
        return self.Ticket.search([("partner_id", "=", self.diver.id)])

    def test_list(self):
        self.mine.stage_id = self.solved
        page = self._get(START).text
        for text in ("My mask", "Junior fins", "Wanda Ward", self.mine.number):
            self.assertIn(text, page)
        self.assertNotIn("Foreign", page)
        self.assertLess(page.index("Junior fins"), page.index("My mask"), "Open first")

    def test_language(self):
        """The page says it, so that the chatter speaks it, too."""
        self.assertIn('<html lang="en-US"', self._get(START).text)
        self.env["res.lang"]._activate_lang("de_DE")
        self.assertIn('<html lang="de-DE"', self._get(f"/de{START}").text)
        modules = self.env["ir.http"]._get_translation_frontend_modules_name()
        self.assertIn("mail", modules)

    def test_nothing_yet(self):
        (self.mine | self.wards).partner_id = self.other
        page = self._get(START).text
        self.assertIn("Nothing asked yet", page)
        self.assertIn(f'href="{START}/new"', page)

    def test_home(self):
        self.assertIn(START, self._get("/my").text)

        def counted():
            answer = self.url_open(
                "/my/counters", json={"params": {"counters": ["dive_ticket_count"]}}
            )
            return answer.json()["result"]["dive_ticket_count"]

        self.assertEqual(counted(), 2)
        self.mine.stage_id = self.solved
        self.assertEqual(counted(), 1, "Those that are open")

    def test_page(self):
        """Says what it is about and how far it is; nothing of ours."""
        self.mine.write(
            {
                "booking_id": self.booking.id,
                "user_id": self.manager.id,
                "priority": "2",
                "stage_id": self.waiting.id,
            }
        )
        self.mine.with_user(self.front).message_post(body="Between us")
        page = self._get(f"{START}/{self.mine.id}").text
        own = page[page.index("o_dive_ticket_page") :]
        for text in (
            "A black &lt;b&gt;Cressi",
            "Reggio",
            f'href="/my/bookings/{self.booking.id}"',
            "We need a word from you",
            "o_portal_chatter",
        ):
            self.assertIn(text, own)
        for text in ("Between us", self.manager.name, "Urgent</", "access_token"):
            self.assertNotIn(text, own)
        # a booking of somebody else is a name, not a link
        self.mine.booking_id = self.foreign
        page = self._get(f"{START}/{self.mine.id}").text
        self.assertNotIn(f"/my/bookings/{self.foreign.id}", page)

    def test_others_are_not_found(self):
        gone = self.theirs.id + 1000
        for number in (self.theirs.id, gone, LARGEST_ID, LARGEST_ID + 1, 0, "x"):
            self._get(f"{START}/{number}", 404)
        grown = self._ward(self.diver, "Gus Grown", birthdate_date="2000-01-01")
        self._get(f"{START}/{self._ticket(grown).id}", 404)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        there = self._ticket(self.diver, name="Elsewhere", company_id=company.id)
        self._get(f"{START}/{there.id}", 404)
        self.assertNotIn("Elsewhere", self._get(START).text)
        self.authenticate("t_manager", "t_manager")
        self._get(f"{START}/{self.mine.id}", 404)
        self.authenticate(None, None)
        for path in ("", "/new", f"/{self.mine.id}"):
            answer = self._get(f"{START}{path}", 303)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_ask(self):
        before = self._mine()
        answer = self._ask(
            subject="  Nitrox 🤿 <b> ",
            words="Have you\n\nsome?\u202e",
            booking=self.booking.id,
        )
        ticket = self._mine() - before
        self.assertTrue(answer.headers["Location"].endswith(f"{START}/{ticket.id}"))
        self.assertEqual(
            (ticket.name, ticket.description, ticket.source, ticket.booking_id),
            ("Nitrox 🤿 <b>", "Have you\n\nsome?", "portal", self.booking),
        )
        self.assertEqual(ticket.trip_id, self.booking.trip_id)
        self.assertEqual(ticket.company_id, self.company)
        self.assertIn("Nitrox 🤿 &lt;b&gt;", self._get(START).text)

    def test_ask_in_vain(self):
        """What is missing is said; what was typed stays."""
        before = self._mine()
        page = self._ask(422, subject="Nitrox", words=" \n ").text
        self.assertIn("Please write", page)
        self.assertIn('value="Nitrox"', page)
        page = self._ask(422, subject="", words="Words that stay").text
        self.assertIn("Words that stay", page)
        page = self._ask(422, words="w" * (WORDS + 1)).text
        self.assertIn("That is very long", page)
        self.assertIn("w" * WORDS, page)
        self._ask(422, key="x")
        for booking in (
            self.foreign.id,
            self.booking.id + 999,
            LARGEST_ID + 1,
            "x",
            "-1",
        ):
            with self.subTest(booking=booking):
                self._ask(404, booking=booking)
        with mute_logger("odoo.http"):
            self._ask(400, csrf_token="forged")
        self.assertEqual(self._mine(), before)

    def test_a_megabyte_of_words(self):
        before = self._mine()
        with mute_logger("odoo.http"):
            page = self.url_open(START + "/new").text
            answer = self.url_open(
                f"{START}/new",
                data={
                    "csrf_token": self._token_of(page),
                    "key": "megabyte-key",
                    "subject": "Long",
                    "words": "w" * 2**20,
                },
            )
        self.assertIn(answer.status_code, (413, 422))
        self.assertEqual(self._mine(), before)

    def test_two_taps(self):
        before = self._mine()
        first = self._ask(key="same-form-key")
        again = self._ask(key="same-form-key", words="Another")
        self.assertEqual(first.headers["Location"], again.headers["Location"])
        self.assertEqual(len(self._mine() - before), 1)

    def test_form_about_a_booking(self):
        page = self._get(f"{START}/new?booking={self.booking.id}").text
        self.assertIn("Reggio", page)
        self.assertNotIn("Secret", page)
        option = page.split(f'value="{self.booking.id}"')[1].split(">")[0]
        self.assertIn("selected", option)

    def _post(self, ticket, words, **extra):
        return self.url_open(
            "/mail/message/post",
            json={
                "params": {
                    "thread_model": "dive.ticket",
                    "thread_id": ticket.id,
                    "post_data": {
                        "body": words,
                        "message_type": "comment",
                        "subtype_xmlid": "mail.mt_comment",
                        **extra,
                    },
                }
            },
        ).json()

    def _read(self, ticket):
        """Return what the page loads of a ticket: bodies of messages."""
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={"params": {"thread_model": "dive.ticket", "thread_id": ticket.id}},
        ).json()
        if "error" in answer:
            return None
        return str(answer["result"])

    @mute_logger("odoo.http")
    def test_answer(self):
        """On the page: it opens what is closed again; not at somebody else's."""
        self.mine.stage_id = self.progress
        self.mine.stage_id = self.solved
        self.assertNotIn("error", self._post(self.mine, "Not solved!"))
        self.env.invalidate_all()
        self.assertEqual(self.mine.stage_id, self.progress)
        message = self.mine.message_ids.filtered(lambda one: "solved!" in one.body)
        self.assertEqual(message.author_id, self.diver)
        self.assertFalse(message.is_internal or message.subtype_id.internal)
        self.assertNotIn("error", self._post(self.wards, "For my daughter"))
        self.assertIn("error", self._post(self.theirs, "Peek"))
        self._post(self.mine, "5 stars", rating_value=5)
        self.env.invalidate_all()
        # sudo: ratings of tickets are nobody's to read
        given = self.mine.sudo().rating_ids.filtered("consumed")
        self.assertFalse(given, "Only by the link")
        self.assertFalse(self.mine.mood)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_notes_are_not_loaded(self):
        note = self.mine.with_user(self.front).message_post(
            body="Between us", attachments=[("secret.txt", b"secret")]
        )
        said = self.mine.with_user(self.front).message_post(
            body="Dear Petra",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        shown = self._read(self.mine)
        self.assertIn("Dear Petra", shown)
        self.assertNotIn("Between us", shown)
        self.assertFalse("Foreign" in (self._read(self.theirs) or ""))
        self._get(f"/web/content/{note.attachment_ids.id}", 404)
        self.assertNotIn("access_token", self.mine.with_user(self.portal).access_url)
        link = f"/mail/view?model=dive.ticket&res_id={self.mine.id}"
        answer = self._get(link, 303)
        self.assertIn(f"{START}/{self.mine.id}", answer.headers["Location"])
        self.assertNotIn("token", answer.headers["Location"])
        self.assertTrue(said)

    def test_pages_and_queries(self):
        self._ticket(self.diver)

        def queries(rows):
            self._get(START)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page = self._get(START).text
            self.assertEqual(page.count('o_dive_ticket"'), rows)
            return self.env.cr.sql_log_count - before

        few = queries(3)
        self.Ticket.create(
            [
                {"name": f"T{n}", "partner_id": self.diver.id, "trip_id": False}
                for n in range(80)
            ]
        )
        self.assertLessEqual(queries(20), few + 1)
        page = self._get(f"{START}/page/5").text
        self.assertEqual(page.count('o_dive_ticket"'), 3)
