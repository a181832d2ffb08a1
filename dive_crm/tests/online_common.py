"""What tests of on-line booking share."""

import re
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields

from ..controllers import online_booking
from ..tools.rate import RateLimit
from .portal_common import PortalMixin


class OnlineMixin(PortalMixin):
    @classmethod
    def setUpOnline(cls):
        """Make a trip for two, and nothing that speaks against coming along."""
        cls.setUpPortal()
        cls.env["dive.fitness.rule"].search([]).severity = "off"
        # what the database has on sale is none of the test's
        cls.env["dive.trip.type"].search([]).online = False
        cls.env["dive.equipment.kind"].search([]).usual = False
        cls.company.write({"dive_online": "request", "dive_online_newcomers": True})
        cls.company.country_id = cls.env.ref("base.be")
        cls.kind = cls.env["dive.trip.type"].create({"name": "Reef"})
        cls.trip = cls._trip(name="Reef tour", type_id=cls.kind.id, capacity=2)
        cls.ward = cls._ward(cls.diver, birthdate_date=date.today() - timedelta(4000))
        cls.Booking = cls.env["dive.booking"]
        cls.Request = cls.env["dive.online.request"]

    @classmethod
    def _rule(cls, code, severity):
        cls.env.ref(f"dive_crm.dive_fitness_rule_{code}").severity = severity

    def _mine(self, trip=None):
        return self.Booking.search(
            [("trip_id", "=", (trip or self.trip).id), ("source", "=", "online")]
        )

    def _key(self, page):
        return re.search(r'name="key" value="([^"]+)"', page)[1]

    def _fill(self, trip, number):
        """Sell places of a trip."""
        names = [f"Full {trip.id} {index}" for index in range(number)]
        people = self.Partner.union(*map(self._customer, names))
        return self._booking(people[0], trip, people, confirm=True)

    def _todo(self, booking):
        return booking.activity_ids.filtered(
            lambda one: (
                one.activity_type_id
                == self.env.ref("dive_crm.mail_activity_type_online")
            )
        )

    @classmethod
    def _soon(cls, hours):
        return fields.Datetime.now() + timedelta(hours=hours)


class NewcomerMixin(OnlineMixin):
    """Somebody without a login: the form, the mail, the link in it."""

    def setUp(self):
        super().setUp()
        self.csrf = None
        for name in ("FROM_ONE", "TO_ONE"):
            free = patch.object(online_booking, name, RateLimit(1000, 60))
            free.start()
            self.addCleanup(free.stop)

    def _ask(self, status=303, **values):
        """Send the form of the public page; return the answer."""
        if not self.csrf:
            page = self._get(f"/dive/trips/{self.trip.id}").text
            self.csrf = self._token_of(page)
        answer = self.url_open(
            f"/dive/trips/{self.trip.id}",
            data={
                "csrf_token": self.csrf,
                "name": "Nora New",
                "email": "nora@new.test",
                "phone": "0470 65 43 21",
                "birthdate": "1992-04-05",
                "experience": "Open water, 12 dives",
                **values,
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        return answer

    def _confirmed(self, **values):
        """Ask and open the link, without the pages; return what became of it."""
        values = {
            "name": "Nora New",
            "email": "nora@new.test",
            "phone": "+32 470 65 43 21",
            "birthdate_date": date(1992, 4, 5),
            "companions": [],
            **values,
        }
        self.Request._dive_ask(self.trip, values)
        token = self._link(values["email"]).rpartition("/")[2]
        return self.Request._dive_of(token)._dive_confirm()

    def _mails(self, email):
        return self.env["mail.mail"].search([("email_to", "=", email)], order="id")

    def _link(self, email="nora@new.test"):
        body = self._mails(email)[-1:].body_html
        return re.search(r"(/dive/trips/confirm/[A-Za-z0-9_-]{43})", body)[1]

    def _open(self, link):
        """Open the link of a mail, and press the button."""
        page = self._get(link)
        answer = self.url_open(
            link,
            data={"csrf_token": self._token_of(page.text)},
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer
