"""Two at the same moment: one ticket of one e-mail, one answer, one form."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RaceCase

MAIL = b"""From: Anna <anna@race.test>
To: race-tickets@race.test
Subject: My mask
Message-Id: <race-1@race.test>

Where is it?
"""


@tagged("post_install", "-at_install", "dive_race", "dive_long")
class TestTicketRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            company = env.ref("base.main_company")
            self.before = company.alias_domain_id.id, company.dive_ticket_alias_name
            domain = env["mail.alias.domain"].create({"name": "race.test"})
            company.alias_domain_id = domain
            company.dive_ticket_alias_name = "race-tickets"
            partner = env["res.partner"].create(
                {"name": "Anna", "email": "anna@race.test", "dive_customer": True}
            )
            self.company, self.domain, self.partner = company.id, domain.id, partner.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self._env() as env:
            tickets = env["dive.ticket"].search([("partner_id", "=", self.partner)])
            feedback = env["dive.feedback"].search([("partner_id", "=", self.partner)])
            trips = feedback.trip_id
            tickets.unlink()
            feedback.unlink()
            kinds = trips.type_id
            trips.unlink()
            kinds.unlink()
            company = env["res.company"].browse(self.company)
            company.dive_ticket_alias_name = self.before[1]
            company.alias_domain_id = self.before[0]
            env["mail.alias"].search([("alias_domain_id", "=", self.domain)]).write(
                {"alias_domain_id": self.before[0]}
            )
            env["res.company"].search([("alias_domain_id", "=", self.domain)]).write(
                {"alias_domain_id": False}
            )
            env["mail.alias.domain"].browse(self.domain).unlink()
            env["res.partner"].browse(self.partner).unlink()

    def _made(self, env):
        return env["dive.ticket"].search([("partner_id", "=", self.partner)])

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_one_email(self):
        def deliver(env):
            env["mail.thread"].message_process(None, MAIL)

        self.assertEqual(self._race([deliver] * 4), [True] * 4)
        with self._env() as env:
            self.assertEqual(len(self._made(env)), 1)
            messages = env["mail.message"].search(
                [("message_id", "=", "<race-1@race.test>")]
            )
            self.assertEqual(len(messages), 1)

    def test_one_answer(self):
        """Two requests of the same page: one ticket, and managers told once."""
        with self._env() as env:
            kind = env["dive.trip.type"].create({"name": "Race"})
            trip = env["dive.trip"].create(
                {
                    "type_id": kind.id,
                    "date_start": "2026-01-01 09:00:00",
                    "date_end": "2026-01-01 12:00:00",
                    "company_id": self.company,
                }
            )
            feedback = env["dive.feedback"].create(
                {"trip_id": trip.id, "partner_id": self.partner}
            )
            rating = env["rating.rating"].create(
                {
                    "partner_id": self.partner,
                    "res_model_id": env["ir.model"]._get_id("dive.feedback"),
                    "res_id": feedback.id,
                }
            )
            self.rating, self.feedback = rating.id, feedback.id

        def answer(env):
            rating = env["rating.rating"].browse(self.rating)
            feedback = env["dive.feedback"].browse(self.feedback)
            feedback.rating_apply(1, rating=rating, feedback="Cold")

        self.assertEqual(self._race([answer] * 3), [True] * 3)
        with self._env() as env:
            ticket = self._made(env)
            self.assertEqual(len(ticket), 1)
            users = ticket.activity_ids.user_id
            self.assertEqual(len(ticket.activity_ids), len(users))

    def test_one_form(self):
        """Two taps on Send."""

        def ask(env):
            partner = env["res.partner"].browse(self.partner)
            env["dive.ticket"]._dive_take_question(
                partner, "Mask", "Where is it?", f"{self.partner}-race"
            )

        self.assertEqual(self._race([ask] * 3), [True] * 3)
        with self._env() as env:
            self.assertEqual(len(self._made(env)), 1)
