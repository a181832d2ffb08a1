"""The card by e-mail: once, afterwards, to the right one, and with the PDF."""

import io
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .card_common import CardMixin
from .common import DiveCommon
from .smtp_sink import SinkMixin, SmtpSink


@tagged("post_install", "-at_install", "dive_long")
class TestCardSend(SinkMixin, CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.setUpSink()
        cls.company.write({"email": "desk@dive.test", "name": "Reef Centre"})
        cls.anna.email = "anna@reef.test"

    def _run(self):
        """Run the scheduled action; return the e-mails that it has made."""
        before = self.env["mail.mail"].search([])
        cards = self.env["dive.discount.card"].with_context(force_report_rendering=True)
        with self._no_commit():
            cards._cron_send_cards()
        return self.env["mail.mail"].search([]) - before

    def _notes(self, card):
        return " ".join(card.message_ids.mapped("body"))

    def test_arrives_with_the_pdf(self):
        card = self._sold()
        self.assertEqual((card.state, card.delivery), ("active", "due"))
        mail = self._run()
        self.assertEqual((card.delivery, mail.model), ("sent", False))
        with SmtpSink() as sink:
            self._deliver(mail, sink)
        ((_sender, recipients, message),) = sink.messages
        self.assertEqual(recipients, ["anna@reef.test"])
        self.assertIn("desk@dive.test", message["From"])
        self.assertEqual(message["Subject"], f"Your card {card.name} from Reef Centre")
        text = message.get_body(["html"]).get_content()
        self.assertIn("4,000.00", text)
        self.assertNotIn(card.code, text)
        (file,) = message.iter_attachments()
        self.assertEqual(file.get_filename(), f"Card {card.name}.pdf")
        pages = PdfFileReader(io.BytesIO(file.get_content())).pages
        self.assertIn(card.name, pages[0].extract_text())
        # the chatter tells, and has nothing that opens the card
        self.assertIn("anna@reef.test", self._notes(card))
        self.assertFalse(card.message_ids.attachment_ids)

    def test_nothing_while_paying(self):
        """The payment makes a mark, and neither PDF nor e-mail."""
        card = self._sold(pay=False)
        self.assertFalse(card.delivery)
        mails = self.env["mail.mail"].search_count([])
        report = self.env.registry["ir.actions.report"]
        with patch.object(report, "_run_wkhtmltopdf", side_effect=AssertionError):
            self._pay(card.sale_move_id)
        self.assertEqual(card.delivery, "due")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("dive_crm.ir_cron_card_send").id)]
        )
        self.assertTrue(triggers)

    def test_once(self):
        card = self._sold()
        self.assertEqual(len(self._run()), 1)
        self.assertFalse(self._run())
        card._dive_activate()
        self.assertEqual(card.delivery, "sent")
        # blocked, and let free again
        card._dive_claim("active", "unpaid")
        card._dive_move("back", amount=-card.balance)
        card._dive_activate()
        self.assertEqual((card.state, card.delivery), ("active", "sent"))
        self.assertFalse(self._run())

    def test_switched_off(self):
        self.company.dive_card_mail = False
        card = self._sold()
        self.assertFalse(card.delivery)
        # switched on later: what works already is sent by hand
        self.company.dive_card_mail = True
        card._dive_activate()
        self.assertFalse(card.delivery)

    def test_taken_back_before_it_was_sent(self):
        card = self._sold()
        card._dive_claim("active", "cancelled")
        self.assertFalse(self._run())
        self.assertFalse(card.delivery)

    def test_who_gets_it(self):
        """A minor's guardian; nobody without an address, or who wants letters."""
        guardian = self._customer("Gerda", email="gerda@reef.test")
        child = self._customer(
            "Kim", birthdate_date="2015-01-01", dive_guardian_id=guardian.id
        )
        self._sold(partner=child)
        mail = self._run()
        self.assertEqual(mail.recipient_ids, guardian)
        self.assertIn("of Kim", mail.body_html.replace("\n", " "))
        letters = self._customer("Leo", email="leo@reef.test", dive_channel="post")
        for partner in (self._customer("Nobody"), letters):
            card = self._sold(partner=partner)
            self.assertFalse(self._run())
            self.assertEqual(card.delivery, "failed")
            self.assertIn("print it", self._notes(card))
        # who has opted out of advertising gets what they have bought
        self.env["mail.blacklist"]._add("anna@reef.test")
        self._sold()
        self.assertEqual(self._run().recipient_ids, self.anna)

    def test_one_that_fails_stops_no_other(self):
        first, second = self._sold(), self._sold()
        cards = self.env.registry["dive.discount.card"]
        deliver = cards._dive_deliver

        def fail(card):
            if card == first:
                raise ValueError("broken")
            return deliver(card)

        with (
            patch.object(cards, "_dive_deliver", fail),
            mute_logger("odoo.addons.dive_crm.models.dive_discount_card_send"),
        ):
            self.assertEqual(len(self._run()), 1)
        self.assertEqual((first.delivery, second.delivery), ("failed", "sent"))
        self.assertIn("please send it", self._notes(first))

    def test_by_hand(self):
        card = self._sold().with_user(self.front)
        before = self.env["mail.mail"].search([])
        action = card.action_send_card()
        told = action["params"]["message"]
        self.assertIn("e-mail to anna@reef.test will be sent", told)
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.recipient_ids, self.anna)
        # what waited for the scheduled action is done
        self.assertEqual(card.delivery, "sent")
        # in the queue: nobody says that it has gone
        field = card.fields_get(["delivery"])["delivery"]
        self.assertEqual(dict(field["selection"])["sent"], "Passed on for sending")
        self.assertIn("will be sent by e-mail", self._notes(card))
        self.assertFalse(self._run())
        self.assertTrue(card.action_send_card())
        with self.assertRaisesRegex(UserError, "sell it first"):
            self._card().action_send_card()
        nobody = self._sold(partner=self._customer("Nobody"))
        with self.assertRaisesRegex(UserError, "Nobody, or print"):
            nobody.action_send_card()

    def test_the_language_of_who_gets_it(self):
        self.env["res.lang"]._activate_lang("de_DE")
        template = self.env.ref("dive_crm.mail_template_card")
        template.with_context(lang="de_DE").subject = "Ihre Karte {{ object.name }}"
        self.anna.lang = "de_DE"
        card = self._sold()
        mail = self._run()
        self.assertEqual(mail.subject, f"Ihre Karte {card.name}")
        self.assertIn("4.000,00", mail.body_html)

    def test_the_mark_is_nobodys_to_set(self):
        card = self._sold()
        for value in (False, "sent"):
            with self.assertRaises(UserError):
                card.write({"delivery": value})
        with self.assertRaises(UserError):
            self._card(delivery="sent")
