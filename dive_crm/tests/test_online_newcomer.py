"""Somebody without a login books: an e-mail is neither revealed nor overwritten."""

import re
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..controllers import online_booking
from ..models.dive_online_request import DiveOnlineRequest
from ..tools.rate import RateLimit
from .common import DiveHttpCommon
from .online_common import NewcomerMixin
from .smtp_sink import SmtpSink


@tagged("post_install", "-at_install", "dive_long")
class TestOnlineNewcomer(NewcomerMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()
        cls.anna = cls._customer(
            "Anna Keller",
            email="anna@keller.test",
            phone="+32 470 12 34 56",
            birthdate_date=date(1990, 2, 3),
        )

    # ------------------------------------------------------------------

    def test_known_or_not_is_the_same(self):
        """Before the link: the same answer, the same work, nothing made."""
        before = self.Partner.search_count([])
        answers, counts = [], []
        ask = DiveOnlineRequest._dive_ask

        def counted(requests, trip, values):
            requests.env.flush_all()
            start = requests.env.cr.sql_log_count
            ask(requests, trip, values)
            requests.env.flush_all()
            counts.append(requests.env.cr.sql_log_count - start)

        with patch.object(DiveOnlineRequest, "_dive_ask", counted):
            for email in ("warm@up.test", "nora@new.test", "Anna@Keller.test "):
                answer = self._ask(email=email)
                page = self.url_open(answer.headers["Location"])
                answers.append(
                    (
                        answer.headers["Location"],
                        re.sub(r'csrf_token: "[^"]+"', "", page.text),
                    )
                )
        self.assertEqual(answers[1], answers[2])
        self.assertEqual(counts[1], counts[2])
        self.assertIn("We have written to you", answers[1][1])
        self.assertNotIn("Anna", answers[2][1])
        self.assertEqual(self.Partner.search_count([]), before)
        self.assertFalse(self._mine())
        mails = self._mails("nora@new.test") + self._mails("anna@keller.test")
        words = [re.sub(r"confirm/[\w-]{43}", "", mail.body_html) for mail in mails]
        self.assertEqual(words[0], words[1])
        for text in ("Nora", "Anna", "Open water"):
            self.assertNotIn(text, words[0], "a mail says nothing that somebody typed")

    def test_newcomer_is_made_once(self):
        self._ask(
            name_1="Ned New",
            birthdate_1="2015-06-07",
            name_2="Nils أحمد 🐠",
            birthdate_2="1991-01-01",
        )
        link = self._link()
        request = self.Request.search([("email", "=", "nora@new.test")])
        self.assertNotIn(link.rpartition("/")[2], request.read()[0].values())
        for _twice in range(2):
            page = self._get(link)
            self.assertIn("Nora New", page.text)
        self.assertFalse(self._mine(), "opening changes nothing")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        answer = self._open(link)
        self.assertIn("said=request", answer.headers["Location"])
        self.assertIn("Thank you", self.url_open(answer.headers["Location"]).text)
        booking = self._mine()
        nora = booking.partner_id
        self.assertEqual(
            (nora.name, nora.email, nora.phone, nora.birthdate_date),
            ("Nora New", "nora@new.test", "+32 470 65 43 21", date(1992, 4, 5)),
        )
        self.assertTrue(nora.dive_customer and nora.ref)
        self.assertEqual(
            booking.diver_ids.partner_id.mapped("name"),
            ["Nora New", "Ned New", "Nils أحمد 🐠"],
        )
        ned, nils = booking.diver_ids.partner_id[1:]
        self.assertEqual(
            (ned.dive_guardian_id, nils.dive_guardian_id.id), (nora, False)
        )
        self.assertEqual((booking.state, self.trip.seats_taken), ("draft", 0))
        self.assertEqual(booking.note, "Open water, 12 dives")
        self.assertEqual(len(self._todo(booking)), 1)
        self.assertIn("the trip is full", self._todo(booking).summary)
        # used, wrong, cut: the same page, byte for byte
        gone = [
            self._get(path, 404).content
            for path in (link, link[:-1], f"{link[:-3]}abc", f"{link}/x")
        ]
        self.assertEqual(len(set(gone)), 1)
        self.assertEqual(self._mine(), booking)

    def test_known_customer_is_not_overwritten(self):
        before = self.anna.read(["name", "phone", "email", "birthdate_date", "lang"])
        self.company.dive_online = "confirm"
        said = self._confirmed(
            email="anna@keller.test",
            name="Keller Ana",
            birthdate_date=date(1980, 1, 1),
        )
        self.assertEqual(said, "request", "not booked at once")
        booking = self._mine()
        self.assertEqual(booking.diver_ids.partner_id, self.anna)
        self.assertEqual(
            self.anna.read(["name", "phone", "email", "birthdate_date", "lang"]), before
        )
        note = self._todo(booking).note
        for text in ("Keller Ana", "On record the name is Anna Keller", "02/03/1990"):
            self.assertIn(text, note)
        # a ward is that ward, and nobody is made twice
        later = self._trip(name="Later", type_id=self.kind.id)
        lily = self._ward(self.anna, "Lily Keller", birthdate_date=date(2013, 5, 6))
        made = self.Request._dive_new_token(
            timedelta(hours=1),
            trip_id=later.id,
            name="Anna Keller",
            email="anna@keller.test",
            birthdate_date=date(1990, 2, 3),
            companions=[["keller LILY", "2013-05-06"]],
        )
        self.Request._dive_of(made)._dive_confirm()
        self.assertEqual(self._mine(later).diver_ids.partner_id, self.anna | lily)
        # once more: the same booking, and the desk is told
        said = self._confirmed(email="anna@keller.test", name="Anna Keller")
        self.assertEqual((said, len(self._todo(booking))), ("request", 2))
        self.assertEqual(self._mine(), booking)

    def test_sure_ones_are_booked_at_once(self):
        self.company.dive_online = "confirm"
        said = self._confirmed(
            name="keller ANNA",
            email="anna@keller.test",
            birthdate_date=date(1990, 2, 3),
        )
        self.assertEqual(said, "booked")
        self.assertEqual((self._mine().state, self.trip.seats_taken), ("confirmed", 1))
        # who may not come along as papers are comes as a request
        self._rule("medical", "block")
        self.assertEqual(self._confirmed(email="nils@new.test"), "request")
        self.assertEqual(self.trip.seats_taken, 1)
        # full: to the waiting list, with papers in order
        self._rule("medical", "off")
        self._fill(self.trip, 1)
        self.assertEqual(self._confirmed(email="wait@new.test"), "waiting")
        # what staff would be told names people: not in the log
        refusal = UserError("Anna Keller: Not fit to dive")
        with (
            patch.object(DiveOnlineRequest, "_dive_book", side_effect=refusal),
            self.assertLogs("odoo.addons.dive_crm", "WARNING") as logged,
        ):
            self.assertEqual(self._confirmed(email="odd@new.test"), "over")
        self.assertNotIn("Anna", "".join(logged.output))
        # meanwhile over
        self.trip.date_start = self._soon(1)
        self.assertEqual(self._confirmed(email="late@new.test"), "over")

    def test_addresses_that_others_have(self):
        def owner(email, name="Nora New"):
            request = self.Request.new(
                {
                    "trip_id": self.trip.id,
                    "name": name,
                    "email": email,
                    "birthdate_date": date(1992, 4, 5),
                    "phone": "+32 470 65 43 21",
                }
            )
            return self.Partner._dive_online_owner(request)

        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        archived = self._customer("Arno Archived", email="arno@x.test")
        archived.active = False
        firm = self._customer("Club Aqua", email="club@x.test", is_company=True)
        staff = self.front.partner_id
        abroad = self._customer("Ada Abroad", email="ada@x.test")
        abroad.company_id = elsewhere
        contact = self.Partner.create({"name": "Cleo Contact", "email": "cleo@x.test"})
        for other, keeps in (
            (archived, True),
            (firm, False),
            (staff, True),
            (abroad, True),
            (contact, True),
        ):
            made = owner(other.email_normalized)
            self.assertNotIn(made.partner, other, other.name)
            self.assertFalse(made.sure)
            self.assertEqual(bool(made.partner.email), keeps, other.name)
            # whom another company knows is not told
            told = other.name in str(made.note())
            self.assertEqual(told, other != abroad, other.name)
        self.assertEqual(
            self.Partner.search(
                [("name", "=", "Nora New"), ("email", "=", "ada@x.test")]
            ).company_id,
            self.company,
        )
        # a contact of the same name is them
        lone = self.Partner.create({"name": "Lea Lone", "email": "lea@x.test"})
        self.assertEqual(owner("lea@x.test", "LONE Léa").partner, lone)
        # several contacts with one address: nobody's for certain
        for name in ("Lea Lone", "Lea Lone"):
            self.Partner.create({"name": name, "email": "two@x.test"})
        self.assertNotIn(owner("two@x.test", "Lea Lone").partner.id, [lone.id])

    def test_what_is_refused(self):
        for field, text, says in (
            ("name", "Win now www.example.com", "enter the name"),
            ("name", "<script>alert(1)</script>", "enter the name"),
            ("name", "   ", "enter the name"),
            ("email", "a@b.test\r\nBcc: all@b.test", "e-mail address"),
            ("email", "a@b.test, c@d.test", "e-mail address"),
            ("email", "x" * 250 + "@b.test", "e-mail address"),
            ("phone", "12", "phone number"),
            ("birthdate", "2015-01-01", "Only grown-ups"),
            ("birthdate", "1800-01-01", "date of birth"),
            ("birthdate", "yesterday", "date of birth"),
            ("birthdate_3", "1990-01-01", "or leave both empty"),
        ):
            answer = self._ask(422, **{field: text})
            self.assertIn(says, answer.text, text)
            self.assertNotIn("<script>alert", answer.text)
            if field != "name":
                self.assertIn("Nora New", answer.text, "what was typed stays")
        self._ask(website="http://spam.test")
        self.assertFalse(self.Request.search([]))
        with patch.object(online_booking, "FROM_ONE", RateLimit(0, 60)):
            self.assertIn("That was often", self._ask(429).text)
        with patch.object(online_booking, "TO_ONE", RateLimit(0, 60)):
            self._ask()
        self.assertFalse(self.Request.search([]))
        # nor do many processes fill a mailbox
        for _time in range(5):
            self._ask()
        self.assertEqual(len(self._mails("nora@new.test")), 3)
        # old ones go, with what was entered
        requests = self.Request.search([])
        self.assertEqual(len(requests), 3)
        link = self._link()
        requests.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self._get(link, 404)
        self.Request._gc_lapsed()
        self.assertFalse(requests.exists())

    def test_where_newcomers_are_not_wanted(self):
        self.assertIn("Reef tour", self._get("/dive/trips").text)
        companies = self.env["res.company"].search([])
        companies.dive_online_newcomers = False
        for path in ("/dive/trips", f"/dive/trips/{self.trip.id}"):
            self.assertIn("/web/login", self._get(path, 303).headers["Location"])
        companies.dive_online = "off"
        self._get("/dive/trips", 404)
        self._get(f"/dive/trips/{self.trip.id}", 404)
        self.company.write({"dive_online": "request", "dive_online_newcomers": True})
        for wrong in (0, 2**31 - 1, 2**40):
            self._get(f"/dive/trips/{wrong}", 404)
        self.authenticate("t_portal", "t_portal")
        page = self._get(f"/dive/trips/{self.trip.id}", 303)
        self.assertTrue(page.headers["Location"].endswith(f"/my/trips/{self.trip.id}"))
        # nobody reads what waits for its e-mail
        for user in (self.front, self.manager, self.portal):
            self.assertFalse(self.Request.with_user(user).has_access("read"))

    def test_mail_arrives(self):
        self.company.email = "desk@dive.test"
        self._confirmed()
        mail = self._mails("nora@new.test")
        self.env["ir.mail_server"].search([]).active = False
        server = type(self.env["ir.mail_server"])
        with SmtpSink() as sink:
            self.env["ir.mail_server"].create(
                {"name": "Sink", "smtp_host": sink.host, "smtp_port": sink.port}
            )
            with patch.object(server, "_disable_send", classmethod(lambda cls: False)):
                mail.send()
        ((_sender, recipients, message),) = sink.messages
        self.assertEqual(recipients, ["nora@new.test"])
        self.assertIn("Reef tour", message["Subject"])
        self.assertIn("desk@dive.test", message["From"])
        for kind in ("html", "plain"):
            text = message.get_body([kind]).get_content()
            self.assertIn("/dive/trips/confirm/", text)
            self.assertIn("no place is held", text)
        self.assertFalse(mail.exists(), "sent: the token is kept nowhere")
        self.assertFalse(
            self.env["mail.message"].search([("body", "like", "/trips/confirm/")])
        )
