"""A trip to which somebody was asked, or that somebody asks for, is not deleted."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestTripAsked(DiveCommon):
    def test_not_deleted(self):
        invited, asked, bare = (self._trip(day) for day in range(3))
        anna = self._customer("Anna Keller")
        mark = self.env["dive.trip.invitation"]._dive_invite(
            invited, {anna: (["likes wrecks"], [], anna._dive_way())}
        )
        request = self.env["dive.online.request"].create(
            {
                "trip_id": asked.id,
                "name": "Lea",
                "email": "lea@reef.test",
                "birthdate_date": "1990-01-01",
                "token_hash": "x" * 64,
                "expires_at": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        bare.with_user(self.manager).unlink()
        for trip in (invited, asked):
            with self.assertRaisesRegex(UserError, "archive it"):
                trip.with_user(self.manager).unlink()
            # the end of a series, which has not seen what came a moment before
            with self.assertRaisesRegex(UserError, "archive it"):
                trip._dive_take_out()
            # the database keeps it as well
            self.env.flush_all()
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute("DELETE FROM dive_trip WHERE id = %s", [trip.id])
        self.assertTrue(mark.exists() and request.exists())
        # a link that nobody opened in time keeps nothing
        request.expires_at = fields.Datetime.now() - timedelta(hours=1)
        asked.with_user(self.manager).unlink()
        self.assertFalse(request.exists())
