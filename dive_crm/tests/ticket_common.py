"""What tests of tickets need: people, an inbox, raw e-mails."""

from email.message import EmailMessage

from odoo.tools import mute_logger


class TicketMixin:
    @classmethod
    def setUpTickets(cls):
        """Give the company a domain and an inbox; make customers."""
        cls.company.write({"email": "desk@dive.test", "name": "Blue Reef"})
        cls.domain = cls.env["mail.alias.domain"].create({"name": "ticket.test"})
        cls.company.alias_domain_id = cls.domain
        cls.company.dive_ticket_alias_name = "questions"
        cls.Ticket = cls.env["dive.ticket"]
        stage = "dive_crm.ticket_stage_"
        cls.new, cls.progress, cls.waiting, cls.solved = (
            cls.env.ref(stage + name)
            for name in ("new", "progress", "waiting", "solved")
        )
        cls.anna, cls.tom, cls.mia = cls.Partner.create(
            [
                {"name": "Anna", "email": "anna@reef.test", "dive_customer": True},
                {"name": "Tom", "email": "tom@reef.test", "dive_customer": True},
                {"name": "Mia", "dive_customer": True, "birthdate_date": "2015-05-05"},
            ]
        )
        cls.mia.dive_guardian_id = cls.anna

    @classmethod
    def _ticket(cls, partner=None, **vals):
        return cls.Ticket.create(
            {
                "name": "My mask",
                "partner_id": partner.id if partner else False,
                "company_id": cls.company.id,
                **vals,
            }
        )

    _mails = 0

    def _mail(
        self,
        body="Where is my mask?",
        sender="Anna <anna@reef.test>",
        to="questions@ticket.test",
        subject="My mask",
        files=(),
        **headers,
    ):
        """Deliver an e-mail; return (its Message-Id, the tickets that it has made)."""
        type(self)._mails += 1
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = to
        if subject is not None:
            mail["Subject"] = subject
        mail["Message-Id"] = f"<mail-{self._mails}@reef.test>"
        for name, value in headers.items():
            name = name.replace("_", "-")
            del mail[name]
            mail[name] = value
        mail.set_content(body)
        for name, content in files:
            mail.add_attachment(
                content, maintype="application", subtype="pdf", filename=name
            )
        return mail["Message-Id"], self._deliver(mail.as_bytes())

    def _deliver(self, raw):
        """Hand bytes to Odoo's gateway, as a mail server does; return new tickets."""
        last = self.Ticket.search([], order="id desc", limit=1).id or 0
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, raw)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.Ticket.search([("id", ">", last)])

    def _sent(self, after=0):
        """Return what waits to be sent: (address, subject) of each e-mail."""
        mails = self.env["mail.mail"].search([("id", ">", after)], order="id")
        return [
            (
                mail.email_to or ", ".join(mail.recipient_ids.mapped("email")),
                mail.subject,
            )
            for mail in mails
        ]
