from odoo.exceptions import RedirectWarning, UserError
from odoo.tests.common import new_test_user, tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestPartnerDelete(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "t_admin", groups="base.group_system,base.group_partner_manager"
        )
        cls.trip = cls._trip()
        cls.payer = cls._customer("Payer", email="payer@mail.example")
        cls.child = cls._customer("Child")

    def _invoice(self, partner):
        return self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": partner.id}
        )

    def test_without_history_front_desk_may_delete(self):
        self.assertTrue(self.payer.with_user(self.front).unlink())
        self.assertFalse(self.payer.exists())

    def test_with_history_archiving_is_offered(self):
        self._booking(self.payer, self.trip, self.child)
        for customer in (self.payer, self.child):
            with self.subTest(customer=customer.name):
                with self.assertRaises(RedirectWarning) as caught:
                    customer.with_user(self.manager).unlink()
                _message, action, _button, context = caught.exception.args
                server_action = self.env["ir.actions.server"].browse(action)
                server_action.with_user(self.manager).with_context(**context).run()
                self.assertFalse(customer.active)
        self.assertEqual(self.trip.booking_ids.partner_id, self.payer)

    def test_cancelled_bookings_are_history_too(self):
        self._booking(self.payer, self.trip).action_cancel()
        with self.assertRaises(RedirectWarning):
            self.payer.with_user(self.front).unlink()

    def test_an_administrator_erases_and_it_is_recorded(self):
        booking = self._booking(self.payer, self.trip, confirm=True)
        self.assertEqual(self.trip.seats_taken, 1)
        self.payer.with_user(self.admin).unlink()
        self.assertFalse(self.payer.exists() or booking.exists())
        self.assertEqual(self.trip.seats_taken, 0)
        log = self.env["privacy.log"].search([], order="id desc", limit=1)
        self.assertEqual(log.user_id, self.admin)
        self.assertNotIn("Payer", log.anonymized_name)

    def test_an_administrators_erasure_is_refused_while_the_law_keeps_data(self):
        self._invoice(self.payer)
        with self.assertRaisesRegex(UserError, "Payer.*accounting law"):
            self.payer.with_user(self.admin).unlink()
        self.assertTrue(self.payer.exists())

    def test_an_administrators_erasure_is_refused_while_others_dive(self):
        booking = self._booking(self.payer, self.trip, self.child)
        with self.assertRaisesRegex(UserError, booking.name):
            self.payer.with_user(self.admin).unlink()
        self.assertTrue(booking.exists())
