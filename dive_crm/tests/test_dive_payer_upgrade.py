"""An installed database: who paid pays, and what was agreed stays."""

from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import DiveCommon
from .payer_common import PayerMixin


@tagged("post_install", "-at_install")
class TestDivePayerUpgrade(PayerMixin, DiveCommon):
    def _migrate(self, name):
        path = f"dive_crm/migrations/19.0.1.3.0/{name}.py"
        space = {}
        with file_open(path) as file:
            exec(compile(file.read(), path, "exec"), space)
        space["migrate"](self.env.cr, "19.0.1.2.1")

    def test_a_total_that_was_agreed_stays(self):
        """Whatever taxes say now; and nobody's history says otherwise."""
        self.setUpPayers()
        booking = self._group()
        self.env.flush_all()
        messages = booking.message_ids
        self.env.cr.execute(
            "UPDATE dive_booking_diver SET amount_total = NULL WHERE booking_id = %s",
            [booking.id],
        )
        self.env.cr.execute(
            "UPDATE dive_booking SET amount_total = 100 WHERE id = %s", [booking.id]
        )
        self.env.cr.execute("ALTER TABLE dive_booking_diver DROP COLUMN gas CASCADE")
        self.env.invalidate_all()
        self._migrate("pre-payers")
        self.env.cr.execute(
            "UPDATE dive_booking_diver SET amount_total = NULL WHERE booking_id = %s",
            [booking.id],
        )
        self._migrate("post-payers")
        self.env.invalidate_all()
        self.assertEqual(
            sorted(booking.diver_ids.mapped("amount_total")), [33.33, 33.33, 33.34]
        )
        self.assertEqual(booking.amount_total, 100)
        self.assertEqual(set(booking.diver_ids.mapped("gas")), {"air"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(booking.message_ids, messages)

    def test_what_stood_before(self):
        self.setUpPayers()
        booking = self._group()
        anna, ben, cleo = (
            self._seat(booking, diver) for diver in (self.anna, self.ben, self.cleo)
        )
        ben.price_unit = 80
        cleo.action_cancel()
        alone = self._group(
            self.mother, self.mother, trip_id=self._trip(name="Other").id
        )
        self.env.flush_all()
        seats = (booking + alone).diver_ids
        names = ("payer_id", "price_list", "price_key", "price_by_hand", "amount_total")
        before = [seat.read(names)[0] for seat in seats]
        for name in names:
            self.env.cr.execute(
                f"UPDATE dive_booking_diver SET {name} = NULL WHERE id = ANY(%s)",
                [seats.ids],
            )
        self.env.invalidate_all()
        self._migrate("pre-payers")
        self._migrate("post-payers")
        self.env.invalidate_all()
        after = [seat.read(names)[0] for seat in seats]
        # of who was cancelled no list price is asked for any more; without a pricelist
        # the number of divers in the key asks for none
        for row in (*before, *after):
            key = row.pop("price_key")
            if row["id"] != cleo.id:
                row["price_key"] = key.rpartition("/")[0]
        self.assertEqual(after, before)
        # and lives on
        booking.split = "each"
        self.assertEqual((anna.price_unit, ben.price_unit), (100, 80))
