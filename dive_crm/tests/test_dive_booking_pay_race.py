"""Two people at the desk take the same payment, and credit the same diver."""

from odoo import Command, fields
from odoo.tests import tagged

from .common import RaceCase


@tagged("post_install", "-at_install")
class TestDiveBookingPayRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.product_id = (
                env["product.product"]
                .create({"name": "Race", "type": "service", "list_price": 10})
                .id
            )
            self.type_id = env["dive.trip.type"].create({"name": "Race"}).id
            partners = env["res.partner"].create(
                [{"name": f"Race {number}"} for number in range(3)]
            )
            self.partner_ids = partners.ids
            trip = env["dive.trip"].create(
                {
                    "type_id": self.type_id,
                    "date_start": fields.Datetime.add(fields.Datetime.now(), days=2),
                    "capacity": 5,
                    "product_id": self.product_id,
                    "state": "open",
                }
            )
            booking = env["dive.booking"].create(
                {
                    "partner_id": partners[0].id,
                    "trip_id": trip.id,
                    "diver_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in partners
                    ],
                }
            )
            booking.action_confirm()
            self.booking_id = booking.id
        self.addCleanup(self._clean)

    def _clean(self):
        """Remove what the race has committed; in SQL, since records are kept here."""
        with self._env() as env:
            moves = env["account.move"].search([("partner_id", "in", self.partner_ids)])
            moves.filtered(lambda move: move.state == "posted").button_draft()
            moves.with_context(force_delete=True).unlink()
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM dive_booking_diver WHERE partner_id = ANY(%s)",
                [self.partner_ids],
            )
            cr.execute("DELETE FROM dive_booking WHERE id = %s", [self.booking_id])
            cr.execute("DELETE FROM dive_trip WHERE type_id = %s", [self.type_id])
        with self._env() as env:
            env["dive.trip.type"].browse(self.type_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def test_two_desks(self):
        def booking(env):
            return env["dive.booking"].browse(self.booking_id)

        taken = self._race([lambda env: booking(env).action_take_payment()] * 2)
        self.assertEqual(taken, [True, True])
        with self._env() as env:
            move = booking(env).invoice_ids
            self.assertEqual((len(move), move.state), (1, "posted"))
            self.assertEqual(len(move.invoice_line_ids), 3)
            booking(env).diver_ids[1].action_cancel()
        credited = self._race([lambda env: booking(env).action_credit_cancelled()] * 2)
        self.assertEqual(credited, [True, True])
        with self._env() as env:
            refunds = booking(env).invoice_ids - move.with_env(env)
            self.assertEqual(refunds.mapped("amount_untaxed"), [10])
