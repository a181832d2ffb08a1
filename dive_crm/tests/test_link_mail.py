"""Mails with a link, as they arrive: to pay, and to come along; and what it opens."""

import re
from html import unescape
from urllib.parse import urlsplit

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .alert_common import AlertQueueMixin
from .common import DiveHttpCommon
from .payer_common import PayMixin
from .smtp_sink import SinkMixin, SmtpSink

CENTRE = "Tom & Jerry's <Reef>"
NAME = "Zoë <O'Hara> & Söhne"
#: What no mail may tell.
HEALTH = re.compile(r"asthma|medical|medizin|médic|physician|arzt|médecin|unfit", re.I)


@tagged("post_install", "-at_install", "dive_long")
class TestLinkMail(AlertQueueMixin, SinkMixin, PayMixin, DiveHttpCommon):
    """Zoë pays and is invited in German; her name looks like markup."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPayers()
        cls.setUpProvider()
        cls.setUpSink()
        cls.company.write({"email": "desk@dive.test", "name": CENTRE})
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env["ir.module.module"]._load_module_terms(["dive_crm"], ["de_DE"])
        cls.zoe = cls._customer(NAME, email="zoe@reef.test", lang="de_DE")
        cls.trip.name = "Wrack & Riff"

    def _arrived(self, marks):
        """Send what is queued; return subject, both texts and the link."""
        with SmtpSink() as sink:
            self._deliver(self._mails(marks), sink)
        self.assertEqual(set(marks.mapped("state")), {"sent"})
        ((_sender, recipients, message),) = sink.messages
        self.assertEqual(recipients, ["zoe@reef.test"])
        self.assertIn("desk@dive.test", message["From"])
        html = message.get_body(["html"]).get_content()
        plain = message.get_body(["plain"]).get_content()
        self.assertIn("Guten Tag Zoë &lt;", html)
        # escaped once: a name is a name, and no tag
        read = unescape(html)
        for text in (NAME, CENTRE, "Wrack & Riff"):
            self.assertIn(text, read)
        for text in (read, plain, message["Subject"]):
            self.assertNotRegex(text, r"&(amp|lt|gt|#39);")
            self.assertNotRegex(text, HEALTH)
        (link,) = set(re.findall(r'href="(http[^"]+/(?:my|dive)/[^"]+)"', html))
        link = unescape(link)
        self.assertIn(link, plain)
        return message["Subject"], plain, link

    def _opens(self, link, status=200):
        """Follow a link without a login, to where it leads first."""
        url = urlsplit(link)
        return self._get(f"{url.path}?{url.query}", status)

    def test_payment_link(self):
        """The payer pays without a login; who has not got the mail does not."""
        method = self.env.ref("payment.payment_method_unknown")
        self.provider.payment_method_ids = method
        method.active = True
        # advertising is what they do not want, not what they owe
        self.env["mail.blacklist"]._add(self.zoe.email)
        booking = self._group(self.zoe, self.zoe)
        booking.action_send_link()
        subject, text, link = self._arrived(booking.sudo().notice_ids)
        self.assertIn("Zu bezahlen", subject)
        self.assertIn("121,00", text)
        move = booking.sudo().invoice_ids
        page = self._opens(link).text
        for words in (move.name, f'"/invoice/transaction/{move.id}"'):
            self.assertIn(words, page)
        other = self._group(self.anna, self.anna)
        other.action_send_link()
        theirs = other.sudo().invoice_ids
        access = re.search(r"access_token=([^&]+)", link)[1]
        for wrong in (
            link.replace(access, "x" * len(access)),
            link.replace(f"access_token={access}", ""),
            link.replace("amount=121.0", "amount=1.0"),
            re.sub("payment_token=[^&]+", "payment_token=x", link),
            link.replace(f"/{move.id}?", f"/{theirs.id}?"),
            f"/my/invoices/{theirs.id}",
        ):
            with self.subTest(wrong=wrong):
                answer = self._opens(wrong, 303)
                self.assertEqual(urlsplit(answer.headers["Location"]).path, "/my")
                self.assertNotIn(move.name, answer.text)

    def test_invitation(self):
        self.env["dive.fitness.rule"].search([]).severity = "off"
        self.company.write({"dive_online": "request", "dive_online_newcomers": True})
        kind = self.trip.type_id
        kind.write({"name": "Riff < Wand", "online": True})
        self.zoe.dive_favorite_type_ids = [Command.set(kind.ids)]
        told = self.trip.with_user(self.front)._dive_invite(self.zoe).sudo()
        # refused: seen in the list of invitations, until Odoo's "Retry"
        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            SmtpSink("550 no such mailbox") as sink,
        ):
            self._deliver(self._mails(told), sink)
        self.assertEqual((told.state, sink.messages), ("failed", []))
        self._mails(told).mark_outgoing()
        subject, text, link = self._arrived(told)
        self.assertIn("Kommen Sie mit?", subject)
        self.assertIn("Lieblingsaktivität: Riff < Wand", text)
        self.assertIn("mit „Stopp“", text)
        page = self._opens(link).text
        self.assertIn("Wrack &amp; Riff", page)
        self.assertNotIn("Zoë", page, "the address is everybody's")
