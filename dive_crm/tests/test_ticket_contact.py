from odoo.tests import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestTicketContact(DiveCommon):
    def test_what_is_written_about_a_ticket_is_a_contact(self):
        ann, ben = self._customer("Ann"), self._customer("Ben")
        ticket = self.env["dive.ticket"].create({"name": "Mask", "partner_id": ann.id})
        ticket.message_post(
            body="Where is my mask?",
            author_id=ann.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        log = self.env["dive.contact.log"]
        rows = log.search([("partner_id", "=", ann.id), ("kind", "=", "email_in")])
        self.assertEqual((rows.res_model, rows.res_id), ("dive.ticket", ticket.id))
        self.assertTrue(ann.dive_last_contact)
        # it turns out to be somebody else's, who is not the author
        ticket.partner_id = ben
        kinds = log.search([("partner_id", "=", ben.id)]).mapped("kind")
        self.assertIn("email_in", kinds)
