"""What tests of the contact log need."""

from datetime import timedelta

from odoo import fields


class ContactMixin:
    @classmethod
    def setUpContacts(cls):
        """Make two customers, and short names for what is asked."""
        cls.now = fields.Datetime.now().replace(microsecond=0)
        cls.Log = cls.env["dive.contact.log"]
        cls.anna, cls.tom = cls.Partner.create(
            [
                {"name": "Anna", "email": "anna@reef.test", "dive_customer": True},
                {"name": "Tom", "email": "tom@reef.test", "dive_customer": True},
            ]
        )
        cls.reached = cls.env.ref("dive_crm.call_reached")
        cls.no_answer = cls.env.ref("dive_crm.call_no_answer")
        cls.call_back = cls.env.ref("dive_crm.call_back")

    def _call(self, record=None, outcome=None, direction="out", days=0, user=None):
        """Note a call some days ago; return its message."""
        message = self.env["dive.call"]._dive_note(
            (record or self.anna).with_user(user or self.front),
            direction,
            outcome or self.reached,
        )
        return self._ago(message, days)

    def _mail_in(self, partner=None, record=None, days=0, **kwargs):
        """Have an e-mail from a customer arrive on a record."""
        partner = partner or self.anna
        message = (record or partner).message_post(
            body="<p>Is there room on Friday?</p>",
            subject="Friday",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=partner.id,
            **kwargs,
        )
        return self._ago(message, days)

    def _mail_out(self, record=None, to=None, days=0):
        """Write an e-mail from the chatter, as the desk does."""
        record = record or self.anna
        message = record.with_user(self.front).message_post(
            body="<p>There is.</p>",
            subject="Re: Friday",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(to or record).ids,
        )
        return self._ago(message, days)

    def _note(self, record=None, days=0):
        message = (record or self.anna).message_post(
            body="Likes tea", message_type="comment"
        )
        return self._ago(message, days)

    def _ago(self, message, days):
        if days:
            # sudo: the test makes it older
            message.sudo().date = self.now - timedelta(days=days)
        self.env.flush_all()
        self.env.invalidate_all()
        return message.sudo()  # sudo: for the test to look at

    def _rows(self, partner=None, user=None):
        log = self.Log.with_user(user or self.front)
        return log.search([("partner_id", "in", (partner or self.anna).ids)])
