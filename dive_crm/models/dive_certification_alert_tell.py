"""How divers and staff are told that a card ends: all in batches, nothing sent here."""

import logging
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models

from .dive_certification_alert_due import OVERTAKEN
from .ir_qweb import CompiledOnce

_logger = logging.getLogger(__name__)

#: In which order the ways are tried, by what the recipient prefers.
WAYS = {"email": ("email", "sms"), "sms": ("sms", "email"), "phone": (), "post": ()}
MAIL_TEMPLATE = "dive_crm.mail_template_certification_alert"
SMS_TEMPLATE = "dive_crm.sms_template_certification_alert"
ACTIVITY_TYPE = "dive_crm.mail_activity_type_certification_alert"


class Way(NamedTuple):
    """How a diver is told: by a channel, or not and why."""

    recipient: models.Model
    channel: str = ""
    address: str = ""
    reason: str = ""
    error: str = ""


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    # ------------------------------------------------------------------
    # All of it
    # ------------------------------------------------------------------

    def _dive_tell(self, days=None, kind="auto"):
        """Tell divers, and staff of what goes on its own; mark that it was done.

        To be called with the company in charge as the current one. What cannot be
        written for one card does not stop the others.

        :param days: card id → of the days before the end, the one that has come
        :return: the marks
        :rtype: dive.certification.alert
        """
        # sudo: those who may remind may not write mails, texts and marks as such; the
        # run at night is nobody
        cards = self.sudo()
        try:
            with self.env.cr.savepoint():
                return cards._dive_tell_all(cards._dive_ways(), days or {}, kind)
        except OVERTAKEN:
            raise
        except Exception:
            # One of them is at fault: each on its own, to find out which.
            _logger.info("A batch of reminders failed, now one by one", exc_info=True)
        alerts = self.env["dive.certification.alert"].sudo()
        for card in cards:
            alerts += card._dive_tell_one(days or {}, kind)
        return alerts

    def _dive_tell_one(self, days, kind):
        """Tell of one card; if that fails, tell staff that the diver was not told."""
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all(self._dive_ways(), days, kind)
        except OVERTAKEN:
            raise
        except Exception as error:
            _logger.warning("No reminder of certification %s: %s", self.id, error)
            recipient = self.partner_id.dive_statement_recipient_id
            way = Way(recipient, reason="error", error=str(error)[:200])
        return self._dive_tell_all({self: way}, days, kind)

    def _dive_tell_all(self, ways, days, kind):
        messages = {
            **self._dive_write_mails(ways),
            **self._dive_write_texts(ways),
        }
        activities = self._dive_add_activities(ways) if kind == "auto" else {}
        none = self.env["mail.activity"]
        today = self.env.company._dive_today()
        return self.env["dive.certification.alert"].create(
            [
                {
                    "certification_id": card.id,
                    "kind": kind,
                    "expiry_date": card.expiry_date,
                    "days": days.get(card.id, (card.expiry_date - today).days),
                    "day": today,
                    "recipient_id": way.recipient.id,
                    "channel": way.channel or False,
                    "address": way.address or False,
                    "reason": way.reason or False,
                    "error": way.error or False,
                    "user_id": activities.get(card, none).user_id.id,
                    "mail_message_id": messages[card].id if card in messages else False,
                    "activity_id": activities.get(card, none).id,
                }
                for card, way in ways.items()
                # Whom nobody told of is told of when somebody works here.
                if way.channel or kind == "manual" or card in activities
            ]
        )

    # ------------------------------------------------------------------
    # Which way
    # ------------------------------------------------------------------

    def _dive_ways(self):
        """Return how the diver of each card, or the guardian, is told.

        By the preferred way, else by the other one that a machine can take. Whoever
        has opted out of the preferred way is not chased on another.

        :rtype: dict[dive.certification, Way]
        """
        return {card: card._dive_way() for card in self}

    def _dive_way(self):
        recipient = self.partner_id.dive_statement_recipient_id
        if not recipient or not recipient.active:
            return Way(recipient.browse(), reason="guardian")
        wish = recipient.dive_channel or "email"
        if wish in ("phone", "post"):
            return Way(recipient, reason=wish)
        for channel in WAYS[wish]:
            if channel == "email":
                address, refused = recipient.email_normalized, recipient.is_blacklisted
            else:
                address = recipient.phone_sanitized
                refused = recipient.phone_sanitized_blacklisted
            if address and refused:
                return Way(recipient, reason="opted_out")
            if address:
                return Way(recipient, channel, address)
        return Way(recipient, reason="address")

    def _dive_by(self, ways, channel):
        cards = self.browse(
            card.id for card, way in ways.items() if way.channel == channel
        )
        # what is read for one is read for all of the batch
        return cards.with_prefetch(self._prefetch_ids)

    @api.model
    def _dive_alert_template(self, xmlid, label):
        template = self.env.ref(xmlid, raise_if_not_found=False)
        if not template:
            raise ValueError(f"the {label} {xmlid} was deleted")
        # sudo: it reads what the user may not; what it says goes to the diver
        return template.sudo()

    # ------------------------------------------------------------------
    # E-mail
    # ------------------------------------------------------------------

    def _dive_write_mails(self, ways):
        """Put the e-mails of a batch into Odoo's queue.

        :return: card → message
        """
        cards = self._dive_by(ways, "email")
        if not cards:
            return {}
        template = self._dive_alert_template(MAIL_TEMPLATE, "e-mail template")
        template = template.with_context(dive_compiled_once=CompiledOnce())
        texts = template._generate_template(
            cards.ids, {"subject", "body_html", "email_from", "reply_to"}
        )
        sender = self.env.company.email_formatted or self.env.user.email_formatted
        senders = {id_: text["email_from"] or sender for id_, text in texts.items()}
        # Answers arrive at the card, if the company has an address for that.
        answers = cards._notify_get_reply_to_batch(defaults=senders)
        messages = self._dive_log_messages(
            ways,
            cards,
            "email_outgoing",
            lambda card: {
                "subject": texts[card.id]["subject"],
                "body": texts[card.id]["body_html"],
                "email_from": senders[card.id],
                "reply_to": texts[card.id]["reply_to"] or answers[card.id],
            },
        )
        mails = self.env["mail.mail"].create(
            [
                {
                    "mail_message_id": message.id,
                    "body_html": texts[card.id]["body_html"],
                    "recipient_ids": [(4, ways[card].recipient.id)],
                    "auto_delete": template.auto_delete,
                    "mail_server_id": template.mail_server_id.id,
                    "is_notification": True,
                }
                for card, message in messages.items()
            ]
        )
        self.env["mail.notification"].create(
            [
                {
                    **self._dive_notification(ways[card], message),
                    "notification_type": "email",
                    "mail_mail_id": mail.id,
                }
                for (card, message), mail in zip(messages.items(), mails, strict=True)
            ]
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return messages

    # ------------------------------------------------------------------
    # SMS
    # ------------------------------------------------------------------

    def _dive_write_texts(self, ways):
        """Put the SMS of a batch into Odoo's queue.

        :return: card → message
        """
        cards = self._dive_by(ways, "sms")
        if not cards:
            return {}
        template = self._dive_alert_template(SMS_TEMPLATE, "SMS template")
        bodies = template._render_field("body", cards.ids, compute_lang=True)
        sender = self.env.company.email_formatted or self.env.user.email_formatted
        messages = self._dive_log_messages(
            ways,
            cards,
            "sms",
            lambda card: {
                # as plain text: a name with < in it is a name
                "body": Markup("{}").format(bodies[card.id]),
                "email_from": sender,
                "reply_to": sender,
            },
        )
        texts = self.env["sms.sms"].create(
            [
                {
                    "mail_message_id": message.id,
                    "body": bodies[card.id],
                    "number": ways[card].address,
                    "partner_id": ways[card].recipient.id,
                }
                for card, message in messages.items()
            ]
        )
        self.env["mail.notification"].create(
            [
                {
                    **self._dive_notification(ways[card], message),
                    "notification_type": "sms",
                    "sms_number": text.number,
                    "sms_id_int": text.id,
                    "sms_tracker_ids": [(0, 0, {"sms_uuid": text.uuid})],
                }
                for (card, message), text in zip(messages.items(), texts, strict=True)
            ]
        )
        return messages

    # ------------------------------------------------------------------
    # What both leave on the card
    # ------------------------------------------------------------------

    def _dive_log_messages(self, ways, cards, message_type, content):
        """Note on each card what its diver is written; return card → message."""
        shared = {
            "model": self._name,
            "message_type": message_type,
            "subtype_id": self.env.ref("mail.mt_note").id,
            "author_id": self.env.user.partner_id.id,
            "record_company_id": self.env.company.id,
        }
        messages = self.env["mail.message"].create(
            [
                {
                    **shared,
                    "res_id": card.id,
                    "partner_ids": [(4, ways[card].recipient.id)],
                    **content(card),
                }
                for card in cards
            ]
        )
        return dict(zip(cards, messages, strict=True))

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
