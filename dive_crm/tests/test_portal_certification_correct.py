from datetime import timedelta

from odoo import fields
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.dive_certification_rejected import REJECTED
from .portal_certification_common import (
    LIST,
    NEW,
    SVG,
    PortalCertificationCommon,
)
from .scan_files import jpeg


@tagged("post_install", "-at_install", "dive_long")
class TestPortalCertificationCorrect(PortalCertificationCommon):
    """What a diver changes on a card that is there, and what becomes of it."""

    def setUp(self):
        super().setUp()
        self._login("t_portal")

    def _correct(self, card, status=303, files=None, **values):
        form = {
            "number": card.number,
            "issue_date": fields.Date.to_string(card.issue_date),
            **values,
        }
        return self._post(f"{LIST}/{card.id}", form, status, files=files)

    def test_better_picture_after_a_rejection(self):
        card = self._card(self.diver, number="654321")
        self._with_picture(card)
        old = card.front_id
        self._checked(card, "rejected")
        self._correct(card, files={"front": jpeg()})
        self.assertEqual((card.verification, card.corrected), ("rejected", True))
        self.assertFalse(old.exists())
        self.assertTrue(card.front_id)
        self.assertEqual(card.check_ids.mapped("result"), ["changed", "rejected"])
        self.assertEqual(card.check_ids[0].user_id, self.portal)
        self.assertEqual(card.check_ids[0].reason, "The diver sent a new picture")
        self.assertEqual(len(card.activity_ids), 1)

    def _mails(self, card):
        return self.env["mail.mail"].search(
            [("model", "=", "dive.certification"), ("res_id", "=", card.id)]
        )

    def test_reason_by_mail(self):
        """Who sent the card is written to; for a card from the desk nobody is."""
        self._post(NEW, self._form())
        card = self._cards()
        self._checked(card, "rejected", reason="The <b>name</b> is missing")
        mail = self._mails(card)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.diver)
        self.assertIn("The &lt;b&gt;name&lt;/b&gt; is missing", mail.body_html)
        self.assertIn(f"/my/certifications/{card.id}", mail.body_html)
        # accepted before the mail has left: it would no longer be true
        self._checked(card)
        self.assertFalse(self._mails(card))
        self.assertFalse(card.alert_ids)
        of_the_desk = self._card(self.diver, self.night)
        self._checked(of_the_desk, "rejected")
        self.assertFalse(self._mails(of_the_desk))

    def test_the_reason_is_a_message_of_the_plan(self):
        plan = self.env["res.company"]._dive_main_company()._dive_plans_of(REJECTED)
        self._post(NEW, self._form())
        card = self._cards()
        self._checked(card, "rejected", reason="It is blurred.")
        alert = card.alert_ids
        self.assertEqual((alert.kind, alert.plan_id, alert.days), ("rejected", plan, 0))
        self.assertEqual((alert.recipient_id, alert.state), (self.diver, "queued"))
        self.assertFalse(card.last_alert_date, "No reminder of its end")
        self.env.flush_all()
        row = self.env["dive.message.log"].search([("plan_id", "=", plan.id)])
        self.assertEqual((row.res_id, row.about), (card.id, "certification"))
        # the night's run takes nothing back, and reminds nobody
        card.write({"expiry_date": fields.Date.today() + timedelta(days=5)})
        card._dive_retract_stale()
        self.assertEqual(card.alert_ids, alert)
        # by SMS, or not at all
        plan.channel = "sms"
        self.diver.phone = "+32 470 12 34 56"
        self._checked(card, "rejected", reason="It is blurred.")
        text = self.env["sms.sms"].search([("partner_id", "=", self.diver.id)])
        self.assertIn('"It is blurred"', text.body)
        self.assertIn(f"/my/certifications/{card.id}", text.body)
        plan.active = False
        told = card.alert_ids
        self._checked(card, "rejected", reason="It is blurred.")
        self.assertEqual(card.alert_ids, told)
        self.assertIn("It is blurred", self._get(f"{LIST}/{card.id}"))

    def test_a_broken_template_keeps_nobody_from_rejecting(self):
        self._post(NEW, self._form())
        card = self._cards()
        template = self.env.ref("dive_crm.mail_template_certification_rejected")
        plan = self.env["res.company"]._dive_main_company()._dive_plans_of(REJECTED)
        # Odoo tries what an editor writes on one record, not on this one
        words = "{{ object.rejection_reason == 'Torn' and object.nothing }}"
        plan.mail_template_id = template.copy({"subject": words})
        with mute_logger("odoo.addons.dive_crm.models.dive_certification_rejected"):
            self._checked(card, "rejected", reason="Torn")
        self.assertEqual(card.verification, "rejected")
        self.assertEqual(
            (card.alert_ids.state, card.alert_ids.reason), ("staff", "error")
        )
        self.assertIn("could not be written", card.message_ids[0].body)

    def test_other_number_after_a_rejection(self):
        card = self._card(self.diver, number="654321")
        self._checked(card, "rejected")
        self._correct(card, number="111111")
        self.assertEqual((card.number, card.verification), ("111111", "rejected"))
        self.assertEqual(card.check_ids.mapped("result"), ["changed", "rejected"])
        self.assertIn("Number was 654321", card.check_ids[0].reason)

    def test_a_rejected_card_counts_when_staff_have_looked_again(self):
        """Nobody gets rid of a rejection by changing a digit."""
        card = self._card(self.diver, number="654321")
        self._checked(card, "rejected", reason="It is a fake")
        for number in ("111111", "222222"):
            self._correct(card, number=number)
            self.assertFalse(self.diver._dive_holds(self.open))
            self.assertFalse(self.diver.dive_level_id)
        page = self._get(LIST)
        self.assertIn("Being checked", page)
        self.assertNotIn("Not accepted", page)
        page = self._get(f"{LIST}/{card.id}")
        for words in ("It is a fake", "You have corrected it since", "does not count"):
            self.assertIn(words, page)
        self.assertEqual(len(card.activity_ids), 1)
        self._checked(card)
        self.assertTrue(self.diver._dive_holds(self.open))
        self.assertFalse(card.activity_ids)
        self.assertIn("Checked", self._get(LIST))

    def test_a_rejection_is_not_escaped_by_sending_the_card_anew(self):
        """Whatever comes next of that level corrects the one that was rejected."""
        card = self._card(self.diver, number="654321")
        self._checked(card, "rejected", reason="It is a fake")
        for archived, number, said in (
            (False, "111111", "Number was 654321"),
            (False, "111111", "The diver sent a new picture"),
            (True, "222222", "Number was 111111"),
            (True, "222222", "The diver sent a new picture"),
            (True, "", "The diver sent a new picture"),
        ):
            card.active = not archived
            pictures = {"front": jpeg()} if "picture" in said else None
            answer = self._post(NEW, self._form(number=number), files=pictures)
            self.assertTrue(
                answer.headers["Location"].endswith(f"{LIST}/{card.id}?said=sent")
            )
            self.assertEqual(self._cards(), card)
            self.assertEqual((card.verification, card.corrected), ("rejected", True))
            self.assertIn(said, card.check_ids[0].reason)
            self.assertFalse(self.diver._dive_holds(self.open))
        self.assertEqual(len(card.activity_ids), 1)
        self._checked(card)
        self.assertTrue(self.diver._dive_holds(self.open))

    def test_a_rejected_card_sent_as_it_is(self):
        card = self._card(self.diver, number="654321", issue_date="2020-05-17")
        self._checked(card, "rejected")
        answer = self._post(NEW, self._form())
        self.assertIn("said=known", answer.headers["Location"])
        self.assertFalse(card.corrected)

    def test_a_card_sent_anew_with_a_bad_file(self):
        card = self._card(self.diver, number="654321")
        self._checked(card, "rejected")
        form = self._form(number="111111")
        answer = self._post(NEW, form, 422, files={"front": SVG})
        self.assertIn("it is SVG", answer.text)
        self.assertEqual((card.number, self._cards()), ("654321", card))

    def test_what_the_ledger_says_of_a_correction(self):
        card = self._card(self.diver, self.aid, number="654321")
        for values, files, reasons in (
            ({"expiry_date": "2029-01-01"}, None, {"The diver corrected the card"}),
            ({}, {"front": jpeg()}, {"The diver sent a new picture"}),
            (
                {"number": "111111"},
                {"front": jpeg()},
                {"Number was 654321", "The diver sent a new picture"},
            ),
        ):
            self._checked(card, "rejected")
            before = card.check_ids
            ends = fields.Date.to_string(card.expiry_date)
            self._correct(card, files=files, **{"expiry_date": ends, **values})
            said = (card.check_ids - before).mapped("reason")
            self.assertEqual((len(said), set(said)), (len(reasons), reasons))

    def test_the_next_card_waiting_is_a_corrected_one(self):
        """An activity done with another card of the diver moves to this one."""
        card = self._card(self.diver, number="654321", source="portal")
        self._checked(card, "rejected")
        self._post(NEW, self._form(level_id=str(self.aid.id), number="333333"))
        sent = self._cards() - card
        self._correct(card, number="111111")
        self.assertEqual((card | sent).activity_ids.mapped("res_id"), sent.ids)
        self._checked(sent)
        self.assertEqual((card | sent).activity_ids.mapped("res_id"), card.ids)

    def test_correct_nothing(self):
        card = self._card(self.diver, number="654321")
        answer = self._correct(card, 422)
        self.assertIn("Nothing was changed yet", answer.text)
        self.assertFalse(card.activity_ids)

    def test_correct_with_a_bad_file(self):
        card = self._card(self.diver, number="654321")
        self._checked(card, "rejected")
        answer = self._correct(card, 422, files={"front": SVG}, number="111111")
        self.assertIn("it is SVG", answer.text)
        self.assertIn('value="111111"', answer.text)
        self.assertEqual((card.number, card.verification), ("654321", "rejected"))

    def test_correct_to_the_number_of_another_own_card(self):
        card = self._card(self.diver, number="654321")
        self._card(self.diver, number="111111")
        answer = self._correct(card, 422, number="11 11 11")
        self.assertIn("another card with this number", answer.text)

    def test_verified_card_stays(self):
        card = self._card(self.diver, number="654321")
        self._checked(card)
        self.assertNotIn("<form", self._get(f"{LIST}/{card.id}").split("<footer")[0])
        self._correct(card, 422, number="1")
        self.assertEqual((card.number, card.verification), ("654321", "verified"))
