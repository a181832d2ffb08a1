"""Several people reserve the same items at the same moment, on real connections."""

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import RaceCase

WRITERS = 6


@tagged("post_install", "-at_install", "dive_long")
class TestGearRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.product_id = (
                env["product.product"].create({"name": "Race", "list_price": 10}).id
            )
            kind = env["dive.equipment.kind"].create(
                {"name": "Race", "usual": False, "product_id": self.product_id}
            )
            type_ = env["dive.trip.type"].create(
                {"name": "Race", "gear_kind_ids": [Command.set(kind.ids)]}
            )
            items = env["dive.equipment"].create(
                [{"name": f"Race {n}", "kind_id": kind.id} for n in range(2)]
            )
            partners = env["res.partner"].create(
                [{"name": f"Race {n}"} for n in range(WRITERS)]
            )
            self.kind_id, self.type_id = kind.id, type_.id
            self.item_ids, self.partner_ids = items.ids, partners.ids
            self.trip_ids = [self._sold_trip(env, one).id for one in partners]
        self.addCleanup(self._clean)

    def _sold_trip(self, env, partner):
        trip = env["dive.trip"].create(
            {
                "type_id": self.type_id,
                "date_start": fields.Datetime.add(fields.Datetime.now(), days=2),
                "capacity": 4,
                "product_id": self.product_id,
            }
        )
        env["dive.booking"].create(
            {
                "partner_id": partner.id,
                "trip_id": trip.id,
                "diver_ids": [Command.create({"partner_id": partner.id})],
            }
        ).action_confirm()
        return trip

    def _clean(self):
        """Remove what the race has committed; in SQL, since records are kept here."""
        with self.registry.cursor() as cr:
            for query, value in (
                ("DELETE FROM dive_equipment_loan WHERE trip_id = ANY(%s)", "trip"),
                ("DELETE FROM dive_gear WHERE trip_id = ANY(%s)", "trip"),
                ("DELETE FROM dive_booking_diver WHERE trip_id = ANY(%s)", "trip"),
                ("DELETE FROM dive_booking WHERE trip_id = ANY(%s)", "trip"),
                ("DELETE FROM dive_trip WHERE id = ANY(%s)", "trip"),
                ("DELETE FROM dive_equipment WHERE id = ANY(%s)", "item"),
            ):
                cr.execute(query, [getattr(self, f"{value}_ids")])
        with self._env() as env:
            env["dive.trip.type"].browse(self.type_id).unlink()
            env["dive.equipment.kind"].browse(self.kind_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _loans(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT equipment_id, trip_id FROM dive_equipment_loan"
                " WHERE trip_id = ANY(%s)",
                [self.trip_ids],
            )
            return cr.fetchall()

    def test_two_items_for_six_trips_at_one_time(self):
        outcome = self._race(
            [
                lambda env, trip_id=trip_id: (
                    env["dive.trip"].browse(trip_id).action_prepare_gear()
                )
                for trip_id in self.trip_ids
            ]
        )
        self.assertEqual(outcome, [True] * WRITERS)
        loans = self._loans()
        self.assertCountEqual([item for item, _trip in loans], self.item_ids)
        self.assertEqual(len({trip for _item, trip in loans}), 2)

        # by hand: the same free item for several divers
        with self._env() as env:
            env["dive.trip"].browse(self.trip_ids).action_free_gear()
            needs = env["dive.gear"].search([("trip_id", "in", self.trip_ids)]).ids
        self.assertEqual(len(needs), WRITERS)
        outcome = self._race(
            [
                lambda env, gear_id=gear_id: (
                    env["dive.gear"]
                    .browse(gear_id)
                    .write({"equipment_id": self.item_ids[0]})
                )
                for gear_id in needs
            ]
        )
        self.assertEqual(outcome.count(True), 1, outcome)
        for error in outcome:
            if error is not True:
                self.assertIsInstance(error, (UserError, ValidationError))
                self.assertIn("another item", str(error))

    def test_one_trip_prepared_by_six(self):
        trip_id = self.trip_ids[0]
        outcome = self._race(
            [lambda env: env["dive.trip"].browse(trip_id).action_prepare_gear()]
            * WRITERS
        )
        self.assertEqual(outcome, [True] * WRITERS)
        with self._env() as env:
            gear = env["dive.trip"].browse(trip_id).gear_ids
            self.assertEqual((len(gear), gear.state), (1, "reserved"))
            gear.price = 5
            gear_id, booking_id = gear.id, gear.seat_id.booking_id.id
        outcome = self._race(
            [lambda env: env["dive.gear"].browse(gear_id).action_give_out()] * 2
        )
        self.assertIn(True, outcome)
        # six clicks on the invoice
        try:
            outcome = self._race(
                [
                    lambda env: (
                        env["dive.booking"].browse(booking_id).action_create_invoice()
                    )
                ]
                * WRITERS
            )
            self.assertEqual(outcome, [True] * WRITERS)
            with self._env() as env:
                moves = env["dive.booking"].browse(booking_id).invoice_ids
                self.assertEqual(len(moves.invoice_line_ids.dive_gear_id), 1)
                self.assertEqual(len(moves.invoice_line_ids), 2)
        finally:
            with self._env() as env:
                env["dive.booking"].browse(booking_id).invoice_ids.unlink()
