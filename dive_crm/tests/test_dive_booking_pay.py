"""What is owed, and how it is taken or asked for."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiveCommon
from .payer_common import PayMixin


@tagged("post_install", "-at_install", "dive_long")
class TestDiveBookingPay(PayMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPayers()
        cls.setUpProvider()
        cls.mother.email = "mother@dive.test"

    # -- what is owed ------------------------------------------------------

    def test_owed_from_the_booking_to_the_payment(self):
        booking = self._group(self.mother, self.mother + self.anna, confirm=False)
        self.assertEqual(booking._dive_owed(), 0)
        booking.action_confirm()
        self.assertEqual(booking._dive_owed(), 242)
        booking.split = "each"
        self.assertEqual(booking._dive_owed(), 121)
        self.assertEqual(booking._dive_owed(self.anna), 121)
        self.assertEqual(booking._dive_owed(self.ben), 0)
        moves = self._invoices(booking)
        self.assertEqual(booking._dive_owed(self.anna), 121)
        moves[self.anna].action_post()
        self._pay(moves[self.anna], 21)
        self.env.invalidate_all()
        self.assertEqual(booking._dive_owed(self.anna), 100)
        self.assertEqual(booking.amount_owed, 221)
        self._pay(moves[self.anna])
        self.env.invalidate_all()
        self.assertEqual(booking._dive_owed_by_payer(), {self.mother: 121})
        # nobody learns it who may not
        with self.assertRaises(AccessError):
            booking.with_user(self.instructor).read(["amount_owed"])

    # -- take a payment ----------------------------------------------------

    def test_take_payment_in_one_click(self):
        booking = self._group(self.mother, self.mother + self.child)
        action = booking.action_take_payment()
        self.assertEqual(action["res_model"], "account.payment.register")
        register = (
            self.env["account.payment.register"]
            .with_user(self.front)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(register.amount, 242)
        register._create_payments()
        self.assertEqual(booking.invoice_state, "paid")
        self.assertEqual(len(booking.invoice_ids), 1)
        self.assertFalse(booking.amount_owed)
        with self.assertRaisesRegex(UserError, "Nothing is owed"):
            booking.action_take_payment()

    def test_take_payment_of_one_of_several(self):
        booking = self._group(split="each")
        action = booking.action_take_payment()
        self.assertEqual(action["res_model"], "dive.booking.pay")
        wizard = self.env["dive.booking.pay"].with_user(self.front)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(
            [(line.payer_id, line.amount) for line in wizard.line_ids],
            [(self.anna, 121), (self.ben, 121), (self.cleo, 121)],
        )
        wizard.line_ids[1].action_take_payment()
        self.assertEqual(booking.invoice_ids.partner_id, self.ben)
        self.assertEqual(booking.invoice_ids.state, "posted")
        self.assertEqual(booking.invoice_state, "to_invoice")
        self.assertIn("Ben Five", booking.payers_html)
        self.assertIn(booking.invoice_ids.name, booking.payers_html)

    def test_who_may_take_payments(self):
        booking = self._group()
        for user in (self.instructor, self.medical, self.employee, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                booking.with_user(user).action_take_payment()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                booking.with_user(user).action_take_payment_of(self.club.id)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                booking.with_user(user).action_send_link_to(self.club.id)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                booking.with_user(user).action_credit_cancelled()
        self.assertFalse(booking.invoice_ids)
        booking.with_user(self.manager).action_take_payment()

    def test_dialogs_by_role(self):
        models = {
            "dive.booking.pay": "front manager accountant",
            "dive.booking.pay.line": "front manager accountant",
            "dive.booking.add": "front manager",
            "dive.booking.add.line": "front manager",
            "dive.booking.again": "front manager",
        }
        for role in (
            "front",
            "manager",
            "accountant",
            "instructor",
            "medical",
            "employee",
            "portal",
        ):
            for model, roles in models.items():
                with self.subTest(role=role, model=model):
                    self.assertEqual(
                        self.env[model]
                        .with_user(getattr(self, role))
                        .has_access("create"),
                        role in roles.split(),
                    )
        # one's own only
        booking = self._group(split="each")
        theirs = booking.action_take_payment()["res_id"]
        wizard = self.env["dive.booking.pay"].browse(theirs)
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant).read(["booking_id"])

        rules = self.env["ir.rule"].with_user(self.manager)
        for model in (
            "dive.trip.fill",
            "dive.trip.fill.line",
            "dive.booking.move",
            "dive.booking.wait",
            "dive.wait.reorder",
            "dive.trip.recurrence.end",
            "dive.fitness.override.wizard",
        ):
            with self.subTest(model=model):
                domain = list(rules._compute_domain(model, "read"))
                self.assertEqual(domain, [("create_uid", "in", [self.manager.id])])

    def test_dialogs_tell_nothing_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        diver = self._customer("Theirs", company_id=other.id)
        trip = self._trip(
            company_id=other.id, product_id=self._product(company_id=False).id
        )
        booking = self._booking(diver, trip)
        mine = self._group()
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=self.front)
        fill = env["dive.trip.fill"].create({"trip_id": self.trip.id})
        add = env["dive.booking.add"].create({"booking_id": mine.id})
        for model, vals, name in (
            ("dive.trip.fill", {"trip_id": trip.id}, "seats_free"),
            (
                "dive.trip.fill.line",
                {"fill_id": fill.id, "partner_id": diver.id},
                "last_dive",
            ),
            ("dive.booking.add", {"booking_id": booking.id}, "seats_free"),
            (
                "dive.booking.add.line",
                {"wizard_id": add.id, "partner_id": diver.id},
                "level_id",
            ),
            ("dive.wait.reorder", {"booking_id": booking.id}, "place_now"),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                env[model].create(vals).read([name])

    # -- the link ----------------------------------------------------------

    def test_link_by_mail(self):
        booking = self._group(self.mother, self.mother + self.child)
        self.assertFalse(booking.link_hint)
        self.assertEqual(booking._dive_pay_url(), "")  # nothing posted yet
        action = booking.action_send_link()
        self.assertIn("mother@dive.test", action["params"]["message"])
        move = booking.invoice_ids
        self.assertEqual(move.state, "posted")
        url = booking._dive_pay_url()
        self.assertIn(f"/my/invoices/{move.id}?", url)
        self.assertIn("payment_token=", url)
        self.assertEqual(booking._dive_pay_url(self.anna), "")
        notice = booking.sudo().notice_ids
        self.assertEqual((notice.kind, notice.channel), ("pay", "email"))
        mail = self.env["mail.mail"].search(
            [("mail_message_id", "=", notice.mail_message_id.id)]
        )
        self.assertEqual(mail.recipient_ids, self.mother)
        self.assertIn(f"/my/invoices/{move.id}", mail.body_html)
        self.assertIn("242.00", mail.body_html)
        self.assertIn("Mother Keller, Child Keller", mail.body_html)
        # whoever reads the booking must not find the key to the invoice there
        self.assertEqual(notice.mail_message_id.model, "account.move")
        self.assertNotIn("payment_token", "".join(booking.message_ids.mapped("body")))
        self._pay(move)
        self.env.invalidate_all()
        self.assertEqual(booking._dive_pay_url(), "")

    def test_who_reads_links_and_amounts(self):
        """The address is the payer's; the amount is for those who see invoices."""
        booking = self._group(self.mother, self.mother)
        booking.action_send_link()
        notice = booking.sudo().notice_ids
        self.assertIn("payment_token=", notice.link)
        names = ["summary", "what_to_do"]
        for user, sees in (
            (self.front, True),
            (self.manager, True),
            (self.accountant, True),
            (self.instructor, False),
            (self.medical, False),
        ):
            with self.subTest(user=user.login):
                mine = notice.with_user(user)
                mine.read(names)
                self.assertEqual("121" in (mine.text or ""), sees)
                for name in ("link", "rating_link"):
                    with self.assertRaises(AccessError):
                        mine.read([name])

    def test_link_once_more(self):
        booking = self._group(self.mother, self.mother)
        booking.action_send_link()
        notice = booking.sudo().notice_ids.with_user(self.front)
        notice.action_send_again()
        first, again = booking.sudo().notice_ids.sorted("id")
        self.assertEqual((again.kind, again.invoice_id), ("pay", first.invoice_id))
        self.assertIn("payment_token=", again.mail_message_id.mail_ids.body_html)
        self._pay(first.invoice_id)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not true any more"):
            notice.action_send_again()

    def test_link_by_sms_and_without_a_way(self):
        self.anna.write({"dive_channel": "sms", "phone": "+32470123456"})
        booking = self._group(self.anna, self.anna)
        booking.action_send_link()
        notice = booking.sudo().notice_ids
        self.assertEqual((notice.channel, notice.address), ("sms", "+32470123456"))
        text = self.env["sms.sms"].search(
            [("mail_message_id", "=", notice.mail_message_id.id)]
        )
        self.assertIn("payment_token=", text.body)
        # who has no address: Odoo's dialog shows the link to the desk
        other = self._group(self.ben, self.ben)
        action = other.action_send_link()
        self.assertEqual(action["res_model"], "payment.link.wizard")
        self.assertEqual(action["context"]["active_id"], other.invoice_ids.id)
        self.assertFalse(other.sudo().notice_ids)

    def test_no_provider_says_how_to_configure(self):
        booking = self._group(self.mother, self.mother)
        self.provider.is_published = False
        booking.invalidate_recordset(["link_hint"])
        self.assertIn("publish it", booking.link_hint)
        with self.assertRaisesRegex(UserError, "publish it"):
            booking.action_send_link()
        with self.assertRaises(AccessError):
            booking.with_user(self.instructor).action_send_link_to(self.mother.id)
        self.assertFalse(booking.invoice_ids)
        booking.action_take_payment()
        self.assertEqual(booking._dive_pay_url(), "")
        self.env["ir.config_parameter"].set_param(
            "account_payment.enable_portal_payment", "False"
        )
        booking.invalidate_recordset(["link_hint"])
        self.assertIn("Switch it on", booking.link_hint)

    # -- size ---------------------------------------------------------------

    def test_opening_costs_the_same_for_eighty(self):
        """What the form shows of money; the payers live in some country."""
        country = self.env.ref("base.be")
        people = self.Partner.create(
            [
                {"name": f"D {n}", "dive_customer": True, "country_id": country.id}
                for n in range(81)
            ]
        )
        names = ["amount_owed", "payers_html", "credit_state", "payer_count"]
        counts = []
        for divers in (people[:2], people[:2], people[1:]):
            booking = self._group(divers=divers, split="each", confirm=False)
            booking.sudo().diver_ids._dive_unlocked().write({"state": "booked"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            booking.read(names)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(booking.amount_owed, 121 * len(divers))
            booking.sudo().diver_ids._dive_unlocked().write({"state": "cancelled"})
        self.assertLessEqual(counts[2], counts[1])
