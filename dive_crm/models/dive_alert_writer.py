"""How people are written to: in batches, by e-mail or SMS, nothing sent here."""

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..tools.sms_text import plain
from .dive_alert_mixin import OVERTAKEN
from .ir_qweb import CompiledOnce

#: channel → which of the external names, field of the plan, what is missing
TEMPLATES = {
    "email": (0, "mail_template_id", "e-mail template"),
    "sms": (1, "sms_template_id", "SMS template"),
}


class DiveAlertWriter(models.AbstractModel):
    """Records about which divers are written to, by templates of their model.

    Their methods take ``ways``: record → :class:`~.res_partner_way.Way`.
    """

    _name = "dive.alert.writer"
    _description = "Writes to divers"

    def _dive_alert_xmlids(self):
        """Return the external names of the templates: e-mail, SMS."""
        raise NotImplementedError

    def _dive_threads(self):
        """Return on which record it is noted, for each of these: record → record."""
        return dict(zip(self, self, strict=True))

    def _dive_by_template(self, ways, plans, channel):
        """Yield those of these that are written to by a channel, with their template.

        :param plans: record → row of the plan, whose template is taken if it has one
        :return: (template, records) pairs
        """
        number, field, label = TEMPLATES[channel]
        records = self.browse(
            record.id
            for record in self
            if record in ways and ways[record].channel == channel
        )

        def key(record):
            plan = plans.get(record) if plans is not None else record.plan_id
            return plan and plan[field], record._dive_alert_xmlids()[number]

        for (own, xmlid), some in records.grouped(key).items():
            # sudo: it reads what the user may not; what it says goes to the diver
            template = own.sudo() if own else self._dive_alert_template(xmlid, label)
            # what is read for one is read for all of the batch
            yield template, some.with_prefetch(self._prefetch_ids)

    @api.model
    def _dive_alert_template(self, xmlid, label):
        template = self.env.ref(xmlid, raise_if_not_found=False)
        if not template:
            raise ValueError(f"the {label} {xmlid} was deleted")
        # sudo: it reads what the user may not; what it says goes to the diver
        return template.sudo()

    # ------------------------------------------------------------------
    # Templates that are filled in
    # ------------------------------------------------------------------

    @api.model
    def _dive_mail_texts(self, template, ids):
        """Return id → values of an e-mail, as the template has them.

        :raise UserError: it cannot be filled in, or nothing would be left to read
        """
        names = {"subject", "body_html", "email_from", "reply_to"}
        texts = self._dive_fill_in(
            template, lambda: template._generate_template(ids, names)
        )
        for text in texts.values():
            subject = (text["subject"] or "").strip()
            if not subject or is_html_empty(text["body_html"]):
                raise UserError(
                    self.env._(
                        "“%(template)s” has no subject or no text",
                        template=template.name,
                    )
                )
        return texts

    @api.model
    def _dive_sms_texts(self, template, ids):
        """Return id → text of an SMS; raises as :meth:`_dive_mail_texts` does."""
        texts = self._dive_fill_in(
            template,
            lambda: template._render_field("body", ids, compute_lang=True),
        )
        texts = {id_: plain(text) for id_, text in texts.items()}
        if not all(texts.values()):
            raise UserError(
                self.env._("“%(template)s” has no text", template=template.name)
            )
        return texts

    @api.model
    def _dive_fill_in(self, template, fill):
        """Fill in; if that fails, say of which template, and why, in one line."""
        try:
            return fill()
        except OVERTAKEN:
            raise
        except Exception as error:
            # Odoo puts the whole template and a traceback into its message
            cause = error
            while cause.__cause__:
                cause = cause.__cause__
            raise UserError(
                self.env._(
                    "“%(template)s” cannot be filled in: %(why)s",
                    template=template.name,
                    why=str(cause)[:150],
                )
            ) from error

    # ------------------------------------------------------------------
    # E-mail
    # ------------------------------------------------------------------

    def _dive_write_mails(self, ways, plans=None):
        """Put the e-mails of a batch into Odoo's queue.

        :param plans: see :meth:`_dive_by_template`
        :return: record → message
        """
        messages = {}
        for template, records in self._dive_by_template(ways, plans, "email"):
            messages.update(self._dive_write_mails_by(template, records, ways))
        return messages

    def _dive_write_mails_by(self, template, records, ways):
        template = template.with_context(dive_compiled_once=CompiledOnce())
        texts = self._dive_mail_texts(template, records.ids)
        sender = self.env.company.email_formatted or self.env.user.email_formatted
        senders = {id_: text["email_from"] or sender for id_, text in texts.items()}
        # Answers arrive where it is noted, if the company has an address for that.
        threads = records._dive_threads()
        answers = (
            self.env[next(iter(threads.values()))._name]
            .browse(thread.id for thread in threads.values())
            ._notify_get_reply_to_batch(
                defaults={
                    thread.id: senders[record.id] for record, thread in threads.items()
                }
            )
        )
        messages = self._dive_log_messages(
            ways,
            records,
            "email_outgoing",
            lambda record: {
                "subject": texts[record.id]["subject"],
                "body": texts[record.id]["body_html"],
                "email_from": senders[record.id],
                "reply_to": texts[record.id]["reply_to"] or answers[threads[record].id],
            },
        )
        mails = self.env["mail.mail"].create(
            [
                {
                    "mail_message_id": message.id,
                    "body_html": texts[record.id]["body_html"],
                    "recipient_ids": [(4, ways[record].recipient.id)],
                    "auto_delete": template.auto_delete,
                    "mail_server_id": template.mail_server_id.id,
                    "is_notification": True,
                }
                for record, message in messages.items()
            ]
        )
        self.env["mail.notification"].create(
            [
                {
                    **self._dive_notification(ways[record], message),
                    "notification_type": "email",
                    "mail_mail_id": mail.id,
                }
                for (record, message), mail in zip(messages.items(), mails, strict=True)
            ]
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return messages

    # ------------------------------------------------------------------
    # SMS
    # ------------------------------------------------------------------

    def _dive_write_texts(self, ways, plans=None):
        """Put the SMS of a batch into Odoo's queue.

        :param plans: see :meth:`_dive_by_template`
        :return: record → message
        """
        messages = {}
        for template, records in self._dive_by_template(ways, plans, "sms"):
            messages.update(self._dive_write_texts_by(template, records, ways))
        return messages

    def _dive_write_texts_by(self, template, records, ways):
        bodies = self._dive_sms_texts(template, records.ids)
        sender = self.env.company.email_formatted or self.env.user.email_formatted
        messages = self._dive_log_messages(
            ways,
            records,
            "sms",
            lambda record: {
                # as plain text: a name with < in it is a name
                "body": Markup("{}").format(bodies[record.id]),
                "email_from": sender,
                "reply_to": sender,
            },
        )
        texts = self.env["sms.sms"].create(
            [
                {
                    "mail_message_id": message.id,
                    "body": bodies[record.id],
                    "number": ways[record].address,
                    "partner_id": ways[record].recipient.id,
                }
                for record, message in messages.items()
            ]
        )
        self.env["mail.notification"].create(
            [
                {
                    **self._dive_notification(ways[record], message),
                    "notification_type": "sms",
                    "sms_number": text.number,
                    "sms_id_int": text.id,
                    "sms_tracker_ids": [(0, 0, {"sms_uuid": text.uuid})],
                }
                for (record, message), text in zip(messages.items(), texts, strict=True)
            ]
        )
        return messages

    # ------------------------------------------------------------------
    # What both leave on record
    # ------------------------------------------------------------------

    def _dive_log_messages(self, ways, records, message_type, content):
        """Note what each diver is written; return record → message."""
        threads = records._dive_threads()
        shared = {
            "message_type": message_type,
            "subtype_id": self.env.ref("mail.mt_note").id,
            "author_id": self.env.user.partner_id.id,
            "record_company_id": self.env.company.id,
        }
        messages = self.env["mail.message"].create(
            [
                {
                    **shared,
                    "model": threads[record]._name,
                    "res_id": threads[record].id,
                    "partner_ids": [(4, ways[record].recipient.id)],
                    **content(record),
                }
                for record in records
            ]
        )
        return dict(zip(records, messages, strict=True))

    @api.model
    def _dive_notification(self, way, message):
        """Return what shows on the message whether it arrived."""
        return {
            "author_id": self.env.user.partner_id.id,
            "mail_message_id": message.id,
            "res_partner_id": way.recipient.id,
            "notification_status": "ready",
            "is_read": True,
        }

    # ------------------------------------------------------------------
    # What staff read
    # ------------------------------------------------------------------

    def _dive_alert_note(self, way):
        """Return what was done about the diver, or what is left to do."""
        recipient = way.recipient
        values = {
            "name": recipient.name or "",
            "address": way.address,
            "phone": recipient.phone or "-",
            "email": recipient.email or "-",
            "error": way.error,
        }
        texts = {
            "email": self.env._(
                "%(name)s was told by e-mail to %(address)s.", **values
            ),
            "sms": self.env._("%(name)s was told by SMS to %(address)s.", **values),
            "failed": self.env._(
                "The message to %(name)s did not arrive (%(address)s). Phone:"
                " %(phone)s.",
                **values,
            ),
            "phone": self.env._("Call %(name)s: %(phone)s.", **values),
            "post": self.env._("%(name)s prefers letters: write one.", **values),
            "guardian": self.env._(
                "A minor without a guardian on record: nobody was told. Find out who"
                " decides for the diver."
            ),
            "address": self.env._(
                "%(name)s has neither e-mail address nor phone: nobody was told. Ask at"
                " the next visit.",
                **values,
            ),
            "opted_out": self.env._(
                "%(name)s wants no such messages and was not told. In person, or by"
                " phone: %(phone)s.",
                **values,
            ),
            "off": self.env._(
                "This message is switched off: tell %(name)s. Phone: %(phone)s, e-mail:"
                " %(email)s.",
                **values,
            ),
            "late": self.env._(
                "The message to %(name)s would have come too late and was not sent."
                " Phone: %(phone)s, e-mail: %(email)s.",
                **values,
            ),
            "error": self.env._(
                "The message to %(name)s could not be written (%(error)s). Phone:"
                " %(phone)s, e-mail: %(email)s.",
                **values,
            ),
        }
        return Markup("<p>{}</p>").format(texts[way.channel or way.reason])
