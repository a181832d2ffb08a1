"""Tickets: numbers, stages, deadlines, whose they are, where they are seen."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .ticket_common import TicketMixin

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install", "dive_long")
class TestTicket(TicketMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTickets()

    def _later(self, hours):
        now = fields.Datetime.now() + timedelta(hours=hours)
        self.env.invalidate_all()
        return patch.object(fields.Datetime, "now", lambda: now)

    def test_new(self):
        """Number of the company, first stage, the customer follows, a deadline."""
        first = self._ticket(self.anna)
        other = self.env["res.company"].create({"name": "Other"})
        sequence = self.env.ref("dive_crm.sequence_dive_ticket")
        sequence.copy({"company_id": other.id, "prefix": "X", "padding": 2})
        theirs = self._ticket(company_id=other.id)
        self.assertRegex(first.number, r"^T\d{5}$")
        self.assertRegex(theirs.number, r"^X\d\d$")
        self.assertEqual(first.display_name, f"My mask ({first.number})")
        self.assertEqual(first.stage_id, self.new)
        self.assertIn(self.anna, first.message_partner_ids)
        self.assertAlmostEqual(first.deadline, first.open_since + 48 * HOUR)
        self.assertEqual(self.Ticket.name_search(first.number)[0][0], first.id)
        with self.assertRaises(UserError):
            first.number = "T1"
        with self.assertRaises(UserError):
            self._ticket(number="T1")

    def test_bad_input(self):
        for name in (" ", "\n\t"):
            with self.assertRaises(ValidationError):
                self._ticket(name=name)
        ticket = self._ticket(name="  🤿" + "x" * 500, description="<b>" * 9000)
        self.assertEqual(len(ticket.name), 200)
        with self.assertRaises(ValidationError):
            ticket.name = " "
        copy = ticket.copy()
        self.assertNotEqual(copy.number, ticket.number)

    def test_settings(self):
        settings = self.env["res.config.settings"].create(
            {
                "dive_ticket_alias_name": "ask",
                "dive_ticket_hours_high": 8,
                "dive_ticket_user_id": self.front.id,
                "dive_ticket_feedback": "3",
                "dive_ticket_rating": False,
            }
        )
        self.assertEqual(settings.dive_ticket_alias_domain, "ticket.test")
        self.assertEqual(self.company.dive_ticket_address, "ask@ticket.test")
        self.assertEqual(self.company.dive_ticket_hours_high, 8)
        self.assertEqual(self.company._dive_ticket_person(), self.front)

    def test_deadline(self):
        self.company.write(
            {"dive_ticket_hours_urgent": 3, "dive_ticket_hours_normal": 0}
        )
        never = self._ticket(self.anna)
        urgent = self._ticket(self.anna, priority="2")
        self.assertFalse(never.deadline)
        self.assertEqual(urgent.deadline, urgent.open_since + 3 * HOUR)
        both = never | urgent
        late = [("id", "in", both.ids), ("is_overdue", "=", True)]
        self.assertFalse(self.Ticket.search(late))
        with self._later(4):
            self.assertEqual(self.Ticket.search(late), urgent)
            self.assertEqual(both.filtered("is_overdue"), urgent)
            urgent.stage_id = self.waiting
            self.assertFalse(urgent.is_overdue, "It is the customer's turn")
            self.assertFalse(self.Ticket.search(late))
            urgent.stage_id = self.new
            self.assertFalse(urgent.is_overdue, "Time to answer begins anew")
        with self._later(8):
            self.assertTrue(urgent.is_overdue)
            urgent.stage_id = self.solved
            self.assertFalse(urgent.is_overdue)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.company.dive_ticket_hours_high = -1
            self.company.flush_recordset()

    def test_stages(self):
        """Closing marks when; opening again clears it, and goes back to the column."""
        ticket = self._ticket(self.anna, stage_id=self.progress.id)
        ticket.stage_id = self.solved
        self.assertTrue(ticket.closed_on)
        self.assertEqual(ticket.stage_kind, "closed")
        ticket._dive_reopen()
        self.assertEqual(ticket.stage_id, self.progress)
        self.assertFalse(ticket.closed_on)
        ticket.stage_id = self.waiting
        self.progress.active = False
        ticket._dive_reopen()
        self.assertEqual(ticket.stage_id, self.new, "The column is no more")

    def test_a_stage_is_left(self):
        self._ticket(self.anna, stage_id=self.waiting.id)
        for said, refused in (
            ("at least one stage", lambda: self.solved.write({"active": False})),
            (
                "at least one",
                lambda: (self.new + self.progress).write({"kind": "waiting"}),
            ),
            ("at least one stage", self.solved.unlink),
            ("There are tickets", self.waiting.unlink),
        ):
            with self.assertRaises(UserError) as caught:
                refused()
            self.assertIn(said, str(caught.exception))

    def test_whose(self):
        """Another customer: the first one is told nothing any more."""
        ticket = self._ticket(self.anna)
        ticket.partner_id = self.tom
        self.assertIn(self.tom, ticket.message_partner_ids)
        self.assertNotIn(self.anna, ticket.message_partner_ids)
        ticket.partner_id = self.mia
        self.assertEqual(ticket.contact_id, self.anna, "The guardian is written to")
        self.assertIn(self.anna, ticket.message_partner_ids)
        self.assertNotIn(self.mia, ticket.message_partner_ids)
        message = ticket.with_user(self.front).message_post(
            body="Found", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.notified_partner_ids, self.anna)

    def test_new_ones_are_given_to(self):
        self.company.dive_ticket_user_id = self.front
        self.assertEqual(self._ticket(self.anna).user_id, self.front)
        mine = self._ticket(self.anna, user_id=self.manager.id)
        self.assertEqual(mine.user_id, self.manager)
        self.front.active = False
        self.assertFalse(self._ticket(self.anna).user_id, "Works here no more")

    def test_from_booking(self):
        trip = self._trip()
        booking = self._booking(self.anna, trip, self.anna | self.mia)
        action = booking.with_user(self.front).action_new_ticket()
        form = Form(self.Ticket.with_user(self.front).with_context(**action["context"]))
        form.name = "Seasick"
        ticket = form.save()
        self.assertEqual(
            (ticket.partner_id, ticket.booking_id, ticket.trip_id),
            (self.anna, booking, trip),
        )
        self.assertEqual(booking.with_user(self.front).ticket_count, 1)
        found = booking.action_view_tickets()
        self.assertEqual(self.Ticket.search(found["domain"]), ticket)
        with Form(ticket) as form:
            form.partner_id = self.tom
        self.assertFalse(ticket.booking_id, "Somebody else's")

    def test_open_ones_of_a_customer(self):
        tickets = self._ticket(self.anna) | self._ticket(self.anna)
        anna = self.anna.with_user(self.front)
        self.assertEqual(anna.dive_ticket_count, 2)
        tickets[0].stage_id = self.solved
        anna.invalidate_recordset()
        self.assertEqual(anna.dive_ticket_count, 1)
        found = anna.action_view_dive_tickets()
        self.assertEqual(self.Ticket.search(found["domain"]), tickets)

    def test_merge_and_delete(self):
        ticket = self._ticket(self.anna)
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            self.anna.with_user(self.front).unlink()
        self._merge_partners(self.tom, self.anna)
        self.assertEqual(ticket.partner_id, self.tom)
        self.assertIn(self.tom, ticket.message_partner_ids)
        admin = self.env.ref("base.user_admin")
        self.tom.with_user(admin).unlink()
        self.assertFalse(ticket.exists(), "Erased with whom it was about")

    def test_address(self):
        """One inbox per company; a free name; none that is taken; it moves along."""
        self.assertEqual(self.company.dive_ticket_address, "questions@ticket.test")
        other = self.env["res.company"].create(
            {"name": "Other", "alias_domain_id": self.domain.id}
        )
        self.assertTrue(other.dive_ticket_alias_name.startswith("help"))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            other.dive_ticket_alias_name = "questions"
        other.dive_ticket_alias_name = False
        self.assertFalse(other.dive_ticket_address)
        other.dive_ticket_alias_name = "Ask Us!"
        self.assertEqual(other.dive_ticket_address, "ask-us!@ticket.test")
        moved = self.env["mail.alias.domain"].create({"name": "other.test"})
        other.alias_domain_id = moved
        self.assertEqual(other.dive_ticket_address, "ask-us!@other.test")
        other.alias_domain_id = False
        self.assertIs(other.dive_ticket_address, False, "Nothing comes in")
        alias = other.dive_ticket_alias_id
        self.env["res.company"]._dive_add_ticket_aliases()
        self.assertEqual(other.dive_ticket_alias_id, alias)
        other.unlink()
        self.assertFalse(alias.exists(), "Nobody would read what comes there")

    def test_empty(self):
        """Says how a first one is made, with the address if there is one."""
        said = self.Ticket.with_user(self.front).get_empty_list_help("<p>X</p>")
        self.assertIn("mailto:questions@ticket.test", said)
        self.assertIn("<p>X</p>", said)
        self.company.alias_domain_id = False
        said = self.Ticket.with_user(self.front).get_empty_list_help("<p>X</p>")
        self.assertNotIn("mailto", said)

    def test_queries_do_not_grow(self):
        """The list, the board and customers with the number of their tickets."""
        trip = self._trip(capacity=99)

        def make(number):
            partners = self.Partner.create(
                [{"name": f"P{n}", "dive_customer": True} for n in range(number)]
            )
            tickets = self.Ticket.create(
                [
                    {
                        "name": partner.name,
                        "partner_id": partner.id,
                        "trip_id": trip.id,
                        "user_id": self.front.id,
                        "company_id": self.company.id,
                    }
                    for partner in partners
                ]
            )
            self.env.flush_all()
            ids = [("id", "in", tickets.ids)]
            return (
                self._queries(self._read_list, ids),
                self._queries(self._read_board, ids),
                self._queries(lambda _ids: self._read_counts(partners), ids),
            )

        make(2)
        for few, many in zip(make(1), make(80), strict=True):
            self.assertLessEqual(many, few)

    def _queries(self, read, domain):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read(domain)
        return self.env.cr.sql_log_count - before

    def _spec(self, view):
        views = self.Ticket.with_user(self.front).get_view(
            self.env.ref(f"dive_crm.view_dive_ticket_{view}").id, view
        )
        names = {"activity_ids": {"fields": {"state": {}}}}
        return {
            name: names.get(name)
            or (
                {"fields": {"display_name": {}}}
                if self.Ticket._fields[name].relational
                else {}
            )
            for name in views["models"]["dive.ticket"]
        }

    def _read_list(self, domain):
        tickets = self.Ticket.with_user(self.front)
        tickets.web_search_read(domain, self._spec("list"))

    def _read_board(self, domain):
        tickets = self.Ticket.with_user(self.front)
        tickets.web_read_group(
            domain,
            ["stage_id"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=self._spec("kanban"),
        )

    def _read_counts(self, partners):
        partners.with_user(self.front).mapped("dive_ticket_count")
