"""“Fill this trip”: who is asked along, and once."""

from datetime import timedelta

import psycopg2

from odoo import Command, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.dive_trip_candidates import LOOKED_AT
from .alert_common import AlertQueueMixin
from .certification_common import CertificationMixin
from .common import DiveCommon
from .match_common import MatchMixin


def reads(names):
    """Return what a list asks for, which has the names of records in it."""
    return {
        name: {"fields": {"display_name": {}}} if name.endswith("_id") else {}
        for name in names.split()
    }


@tagged("dive_long")
class TestFill(AlertQueueMixin, MatchMixin, CertificationMixin, DiveCommon):
    """Tom has dived at night five times, Mia likes it, Lea has been at the site."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCertifications()
        cls.setUpMatch()
        cls.Invitation = cls.env["dive.trip.invitation"]
        names = ("Tom", "Mia", "Lea")
        cls.tom, cls.mia, cls.lea = (
            cls._customer(f"{name} Reef", email=f"{name.lower()}@reef.test")
            for name in names
        )
        cls.people = cls.tom | cls.mia | cls.lea
        for days in (40, 50, 60):
            cls._dived(cls.night, cls.tom, days=days)
        cls.mia.dive_favorite_type_ids = cls.night
        cls._dived(cls.wreck, cls.lea, sites=cls.wall)
        cls.env["dive.fitness.rule"].search([]).severity = "off"

    def _found(self, trip=None):
        self.env.flush_all()
        return (trip or self.trip).with_user(self.front)._dive_candidates()

    def _fill(self, trip=None):
        trip = (trip or self.trip).with_user(self.front)
        action = trip.action_fill()
        return (
            self.env[action["res_model"]].with_user(self.front).browse(action["res_id"])
        )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_the_best_first(self):
        """Each has a reason; those who like nothing of it are not asked."""
        self.assertEqual(self._found(), self.tom | self.mia | self.lea)
        people, unfit = self.trip._dive_fill_list()
        self.assertFalse(unfit)
        self.assertTrue(all(reasons for reasons, _findings, _way in people.values()))
        self.lea.dive_favorite_site_ids = self.wall
        self.lea.dive_favorite_type_ids = self.night
        self.assertEqual(self._found()[0], self.lea)
        # a course is asked of those who like it, whatever they have dived
        course = self._future(self.course, days=6, sites=self.wall)
        self.assertFalse(self._found(course))
        self.anna.dive_favorite_type_ids = self.course
        self.assertEqual(self._found(course), self.anna)

    def test_who_is_left_out(self):
        """Whatever keeps somebody away, one by one."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        far = self._future(self.wreck, days=9)
        same_time = self._future(self.wreck)
        for name, act in {
            "archived": lambda: self.tom.write({"active": False}),
            "no customer": lambda: self.tom.write({"dive_customer": False}),
            "another company's": lambda: self.tom.write({"company_id": other.id}),
            "no address": lambda: self.tom.write({"email": False}),
            "wants calls": lambda: self.tom.write({"dive_channel": "phone"}),
            "booked": lambda: self._booking(self.tom, self.trip, confirm=True),
            "wanted": lambda: self._booking(self.tom, self.trip),
            "gave it back": lambda: self._booking(self.tom, self.trip).action_cancel(),
            "busy": lambda: self._booking(self.tom, same_time, confirm=True),
            "guide": lambda: self.trip.write({"guide_ids": [(4, self.tom.id)]}),
            "guide of another": lambda: same_time.write(
                {"guide_ids": [(4, self.tom.id)]}
            ),
            "invited to this": lambda: self._mark(self.tom, self.trip, until=0),
            "invited lately": lambda: self._mark(self.tom, far, until=1),
        }.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                act()
                self.assertEqual(self._found(), self.mia | self.lea)
                savepoint.rollback()
            self.env.invalidate_all()
        for name, act in {
            "elsewhere, later": lambda: self._booking(self.tom, far, confirm=True),
            "invited long ago": lambda: self._mark(self.tom, far, until=0),
            "by SMS": lambda: self.tom.write(
                {"email": False, "phone": "+14155552671", "dive_channel": "sms"}
            ),
        }.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                act()
                self.assertIn(self.tom, self._found())
                savepoint.rollback()
            self.env.invalidate_all()

    def _mark(self, partner, trip, until):
        now = fields.Datetime.now()
        return self.Invitation.create(
            {
                "partner_id": partner.id,
                "trip_id": trip.id,
                "date": now - timedelta(days=9),
                "until": now + timedelta(days=until or -1),
            }
        )

    def test_who_does_not_want_to_and_who_may_not(self):
        self.env["mail.blacklist"]._add(self.mia.email)
        self.env.ref("dive_crm.dive_fitness_rule_age").severity = "block"
        self.env.ref("dive_crm.dive_fitness_rule_dives").severity = "warn"
        self.trip.write({"min_age": 18, "min_dives": 50})
        born = self.trip._dive_day()
        self.tom.birthdate_date = born - timedelta(days=366 * 40)
        fill = self._fill()
        line = fill.line_ids
        self.assertEqual(line.partner_id, self.tom)
        self.assertEqual(line.fitness, "amber")
        self.assertIn("Needs 50 logged dives", line.fitness_text)
        self.assertIn("Night dive: 3 times with us", line.why)
        self.assertIn("Lea Reef", fill.unfit_text)
        self.assertNotIn("Mia", fill.unfit_text)

    def test_a_minor_is_invited_through_the_guardian(self):
        self.lea.write({"dive_channel": "sms", "phone": "+14155552671"})
        kid = self._customer(
            "Kid Reef",
            birthdate_date=fields.Date.subtract(fields.Date.today(), years=12),
            dive_guardian_id=self.lea.id,
            dive_favorite_type_ids=[Command.set(self.night.ids)],
        )
        alone = self._customer(
            "Alone",
            birthdate_date=kid.birthdate_date,
            dive_favorite_type_ids=[Command.set(self.night.ids)],
        )
        told = self.trip.with_user(self.front)._dive_invite(kid | alone)
        self.assertEqual(told.partner_id, kid)
        self.assertEqual((told.recipient_id, told.channel), (self.lea, "sms"))
        self.assertIn("we thought of Kid Reef", self._texts(told.sudo()).body)

    # ------------------------------------------------------------------
    # Once
    # ------------------------------------------------------------------

    def test_write_to_them(self):
        """In the person's language, noted on trip and customer, once."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.mia.lang = "de_DE"
        self.trip.capacity = 1
        fill = self._fill()
        self.assertEqual(fill.line_ids.mapped("chosen"), [True, True, False])
        with Form(fill) as form:
            form.number = 3
            self.assertEqual(form.chosen_text, "3 of 3 are chosen.")
            form.number = 2
        message = fill.action_write_to()["params"]["message"]
        self.assertEqual(message, "2 are written to.")
        told = self.trip.invitation_ids
        self.assertEqual(told.partner_id, self.tom | self.mia)
        mails = self._mails(told)
        self.assertEqual(mails.recipient_ids, self.tom | self.mia)
        body = mails.filtered(lambda mail: mail.recipient_ids == self.tom).body_html
        self.assertIn("Night dive: 3 times with us", body)
        self.assertIn(self.trip._dive_booking_url(), body)
        self.assertIn("Dear Tom Reef", body)
        mia = mails.filtered(lambda mail: mail.recipient_ids == self.mia)
        zone = str(self.company._dive_zone())
        when = self.trip.with_context(lang="de_DE", tz=zone)._dive_when()
        self.assertIn(when, mia.subject)
        self.assertNotIn(when, (mails - mia).subject)
        self.assertEqual(told.mail_message_id.mapped("res_id"), told.partner_id.ids)
        self.assertIn("Invited: Tom Reef, Mia Reef.", self.trip.message_ids[0].body)
        self.assertEqual(self.trip.invited_text, "2 invited, 0 booked")
        # again: nobody, however it is asked for
        with self.assertRaisesRegex(UserError, "has no free place|Choose at least"):
            fill.line_ids.chosen = False
            fill.action_write_to()
        fill.line_ids.chosen = True
        message = fill.action_write_to()["params"]["message"]
        self.assertIn("1 are written to. 2 were left out", message)
        self.assertEqual(len(self.trip.invitation_ids), 3)
        self.assertFalse(self.trip._dive_invite(self.people))
        # to another trip after the days that are set
        later = self._future(self.night, days=8)
        self.assertFalse(later._dive_invite(self.tom))
        self.trip.invitation_ids.write(
            {"date": self.now - timedelta(days=8), "until": self.now - timedelta(1)}
        )
        self.assertEqual(later._dive_invite(self.tom).partner_id, self.tom)
        self._booking(self.mia, self.trip, confirm=True)
        self.assertEqual(self.trip.invited_text, "3 invited, 1 booked")
        booked = self.Invitation.search(
            [("booked", "=", True), ("trip_id", "=", self.trip.id)]
        )
        self.assertEqual(booked.partner_id, self.mia)

    def test_the_database_says_so_too(self):
        """Two at once: what one has not seen of the other, the constraints have."""
        later = self._future(self.night, days=8)
        people, _unfit = self.trip._dive_fill_list(among=self.tom)
        self.trip._dive_invite(self.tom)
        for trip in (self.trip, later):
            with (
                self.assertRaises(ConcurrencyError) as caught,
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.Invitation._dive_invite(trip, people)
            # Odoo runs it again, and it sees the other one's
            cause = caught.exception.__cause__
            self.assertIsInstance(cause, psycopg2.IntegrityError)

    def test_trips_that_are_not_filled(self):
        full = self._future(self.wreck, capacity=1)
        self._booking(self.anna, full, confirm=True)
        for trip, words in (
            (full, "no free place"),
            (self._future(self.wreck, days=-1), "is over"),
            (self._future(self.wreck, state="draft"), "not on sale"),
        ):
            self.assertFalse(trip.can_fill)
            with self.assertRaisesRegex(UserError, words):
                trip.action_fill()
            with self.assertRaisesRegex(UserError, words):
                trip._dive_invite(self.tom)

    def test_what_cannot_be_written_stops_nobody_else(self):
        """A template that fails for one: the others are told, and it is said."""
        template = self.env.ref("dive_crm.mail_template_trip_invitation")
        template.body_html = (
            "<p>Come along</p>"
            '<t t-if="object.partner_id.name == \'Mia Reef\'" t-out="object.nothing"/>'
        )
        with mute_logger(
            "odoo.addons.dive_crm.models.dive_trip_invitation",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            told = self.trip.with_user(self.front)._dive_invite(self.people)
        states = {row.partner_id: row.state for row in told}
        self.assertEqual(
            states, {self.tom: "queued", self.mia: "staff", self.lea: "queued"}
        )

    def test_merge(self):
        """One invitation per trip is left, and no merge fails."""
        later = self._future(self.night, days=8)
        self._mark(self.tom, self.trip, until=3)
        self._mark(self.mia, self.trip, until=2)
        self.Invitation.create(
            {
                "partner_id": self.lea.id,
                "trip_id": later.id,
                "until": self.now + timedelta(days=7),
            }
        )
        self._merge_partners(self.tom, self.mia | self.lea)
        rows = self.Invitation.search([("partner_id", "=", self.tom.id)])
        self.assertEqual(rows.trip_id, self.trip | later)
        self.assertEqual(len(rows), 2)
        self.assertEqual(max(rows.mapped("until")), self.now + timedelta(days=7))

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_access(self):
        """The desk invites; instructors see who was; other companies nothing."""
        self.trip.with_user(self.front)._dive_invite(self.tom)
        told = self.trip.invitation_ids
        for user in (self.instructor, self.medical):
            self.assertEqual(told.with_user(user).mapped("booked"), [False])
            for act in (
                lambda user=user: self.trip.with_user(user).action_fill(),
                lambda user=user: self.trip.with_user(user)._dive_invite(self.mia),
                lambda user=user: self.env["dive.trip.fill"].with_user(user).create({}),
            ):
                with self.assertRaises(AccessError):
                    act()
        self._fill(self.trip.with_user(self.manager))
        # whoever keeps the books opens a trip as before
        books = self.trip.with_user(self.accountant)
        self.assertNotIn("invited_text", books.fields_get())
        self.assertTrue(Form(books, "dive_crm.view_dive_trip_form").can_fill)
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                told.with_user(user).read(["partner_id"])
        for vals in ({"until": self.now}, {"partner_id": self.mia.id}):
            with self.assertRaises(AccessError):
                told.with_user(self.manager).write(vals)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.front.copy(
            {
                "login": "t_stranger",
                "email": "stranger@dive.test",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
            }
        )
        with self.assertRaises(AccessError):
            told.with_user(stranger).read(["partner_id"])
        with self.assertRaises(AccessError):
            self.trip.with_user(stranger).action_fill()

    def _fans(self, number, name):
        """Make people who like to dive at night."""
        return self.Partner.create(
            [
                {
                    "name": f"Fan {name}.{count}",
                    "dive_customer": True,
                    "email": f"fan{name}.{count}@reef.test",
                    "dive_favorite_type_ids": [Command.set(self.night.ids)],
                }
                for count in range(number)
            ]
        )

    def _queries(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries(self):
        """As many for one as for 80 who would like to come, were asked, are listed."""
        lines = "chosen why last_dive fitness fitness_text channel partner_id level_id"
        dialog = {
            **reads("seats_free chosen_text"),
            "line_ids": {"fields": reads(lines)},
        }
        listed = reads("partner_id why date channel state booked")
        invitations = self.Invitation.with_user(self.front)

        def costs(number, days):
            trip = self._future(self.night, days=days, capacity=90)
            fans = self._fans(number, days)
            for fan in fans:
                self._card(diver=fan)
            seen, mine = [], [("trip_id", "=", trip.id)]

            def show():
                fill = self._fill(trip)
                (values,) = fill.web_read(dialog)
                seen.append(len(values["line_ids"]))

            def read():
                found = invitations.web_search_read(mine, listed)
                seen.append(len(found["records"]))

            return [
                self._queries(lambda: trip.with_user(self.front)._dive_fill_list()),
                self._queries(show),
                self._queries(lambda: trip.with_user(self.front)._dive_invite(fans)),
                self._queries(read),
            ], seen

        self.people.active = False
        costs(1, days=20)
        one, few = costs(1, days=21)
        many, lots = costs(80, days=22)
        self.assertEqual((few, lots), ([1, 1], [LOOKED_AT, LOOKED_AT]))
        self.assertEqual(many, one)
