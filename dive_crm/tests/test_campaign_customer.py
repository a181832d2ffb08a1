"""How often one customer may use an offer, and what the invoice says of its code."""

from psycopg2 import errors

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .campaign_common import CampaignMixin
from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCampaignCustomer(CampaignMixin, CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.setUpCampaign()
        cls.offer.uses_per_customer = 1
        cls.other = cls._customer("Otto Other")

    def _refused(self, text, function, *args, **kwargs):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.assertIn(text, str(caught.exception))

    def _booking_with(self, payer, later=0, **vals):
        trip = self._trip(later=later)
        return self._booked(payer, trip, offer_id=self.offer.id, **vals)

    # ------------------------------------------------------------------

    def test_once_for_each_customer(self):
        first = self._booking_with(self.guest)
        late = self._booking(self.guest, self._trip(later=2))
        self._refused("as one customer may", late.write, {"offer_code": "AUTUMN10"})
        self.assertEqual((late.diver_ids.price_unit, self.offer.uses), (100, 1))
        self._booking_with(self.other, later=3)
        self.assertEqual(self.offer.uses, 2)
        # what is cancelled is no use
        first.action_cancel()
        late.offer_code = "AUTUMN10"
        self._refused("as one customer may", first.action_draft)
        self.offer.uses_per_customer = 2
        first.action_draft()
        self.assertEqual(self.offer.uses, 3)
        self.offer.uses_per_customer = 0
        self._booking_with(self.guest, later=5)

    def test_said_in_the_form(self):
        self._booking_with(self.guest)
        form = Form(self.env["dive.booking"].with_user(self.front))
        form.partner_id = self.guest
        form.trip_id = self._trip(later=2)
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as said:
            form.offer_code = "autumn10"
        self.assertIn("as one customer may", said.output[0])
        self._refused("as one customer may", form.save)

    def test_another_payer(self):
        """Neither does a booking go over to who has used it already."""
        self._booking_with(self.guest)
        theirs = self._booking_with(self.other, later=2, confirm=False)
        self._refused(
            "as one customer may", theirs.write, {"partner_id": self.guest.id}
        )
        self.assertEqual(theirs.partner_id, self.other)
        third = self._customer("Tara Third")
        theirs.partner_id = third
        self.assertEqual(self.offer.uses, 2)
        # free for who gave it away
        self._booking_with(self.other, later=4)

    def test_cards_and_bookings_count_together(self):
        offer = self._offer(code="EITHER", gives="other", uses_per_customer=1)
        card = self._card(offer_code="EITHER")
        booking = self._booking(card.partner_id, self._trip())
        self._refused("as one customer may", booking.write, {"offer_code": "EITHER"})
        card.unlink()
        booking.offer_code = "EITHER"
        self.assertEqual(offer.uses, 1)

    def test_what_was_promised_moves_along(self):
        booking = self._booking_with(self.guest)
        later = self._trip(later=5, product_id=booking.trip_id.product_id.id)
        booking.diver_ids.with_user(self.front).action_move(later.id)
        moved = later.seat_ids.booking_id
        self.assertEqual((moved.offer_id, self.offer.uses), (self.offer, 1))

    def test_less_than_nothing(self):
        self._refused("or 0 for", self.offer.write, {"uses_per_customer": -1})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(errors.CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE dive_campaign_offer SET uses_per_customer = -1 WHERE id = %s",
                [self.offer.id],
            )

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def test_code_on_the_invoice(self):
        """In the language of whoever reads it, on each line of the booking."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.guest.lang = "de_DE"
        mate = self._customer("Mia Mate")
        booking = self._booking_with(self.guest, confirm=False)
        booking.diver_ids = [Command.create({"partner_id": mate.id})]
        booking.action_confirm()
        booking.with_user(self.front).action_create_invoice()
        lines = booking.invoice_ids.invoice_line_ids
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertEqual(line.name.splitlines()[-1], "Code AUTUMN10")
        plain = self._booking(self.other, self._trip(later=3), confirm=True)
        plain.action_create_invoice()
        self.assertNotIn("\n", plain.invoice_ids.invoice_line_ids.name)

    def test_code_on_the_invoice_of_a_card(self):
        self._offer(code="CARD", gives="card", type_id=self.type.id)
        card = self._card(offer_code="CARD")
        card.with_user(self.front).action_sell()
        line = card.sale_line_ids
        self.assertEqual(line.name.splitlines()[-1], "Code CARD")
