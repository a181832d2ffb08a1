"""How divers and staff are told that a card ends: all in batches, nothing sent here."""

import logging

from odoo import models

from .dive_alert_mixin import OVERTAKEN
from .res_partner_way import Way

_logger = logging.getLogger(__name__)

MAIL_TEMPLATE = "dive_crm.mail_template_certification_alert"
SMS_TEMPLATE = "dive_crm.sms_template_certification_alert"
ACTIVITY_TYPE = "dive_crm.mail_activity_type_certification_alert"


class DiveCertification(models.Model):
    _name = "dive.certification"
    _inherit = ["dive.certification", "dive.alert.writer"]

    def _dive_alert_xmlids(self):
        return MAIL_TEMPLATE, SMS_TEMPLATE

    def _dive_tell(self, due=None, kind="auto"):
        """Tell divers, and staff of what goes on its own; mark that it was done.

        To be called with the company in charge as the current one. What cannot be
        written for one card does not stop the others.

        :param due: card id → the row that says why; empty: by hand
        :return: the marks
        :rtype: dive.certification.alert
        """
        # sudo: those who may remind may not write mails, texts and marks as such; the
        # run at night is nobody
        cards = self.sudo()
        try:
            with self.env.cr.savepoint():
                return cards._dive_tell_all(cards._dive_ways(due), due or {}, kind)
        except OVERTAKEN:
            raise
        except Exception:
            # One of them is at fault: each on its own, to find out which.
            _logger.info("A batch of reminders failed, now one by one", exc_info=True)
        alerts = self.env["dive.certification.alert"].sudo()
        for card in cards:
            alerts += card._dive_tell_one(due or {}, kind)
        return alerts

    def _dive_tell_one(self, due, kind):
        """Tell of one card; if that fails, tell staff that the diver was not told."""
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all(self._dive_ways(due), due, kind)
        except OVERTAKEN:
            raise
        except Exception as error:
            _logger.warning("No reminder of certification %s: %s", self.id, error)
            recipient = self.partner_id.dive_statement_recipient_id
            way = Way(recipient, reason="error", error=str(error)[:200])
        return self._dive_tell_all({self: way}, due, kind)

    def _dive_tell_all(self, ways, due, kind):
        rows = self.env["dive.message.plan"]
        plans = {
            card: rows.browse(due[card.id].plan_id) for card in self if card.id in due
        }
        messages = {
            **self._dive_write_mails(ways, plans),
            **self._dive_write_texts(ways, plans),
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
                    "days": due[card.id].days
                    if card.id in due
                    else (card.expiry_date - today).days,
                    "plan_id": due[card.id].plan_id if card.id in due else False,
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

    def _dive_ways(self, due=None):
        """Return how the diver of each card, or the guardian, is told.

        :param due: see :meth:`_dive_tell`; who is due and asleep waits
        :rtype: dict[dive.certification, Way]
        """
        if not due:
            return {card: card.partner_id._dive_way() for card in self}
        plans = self._dive_plans_due([due[card.id] for card in self])
        ways = {
            card: card.partner_id._dive_way(channel=plan.channel)
            for card, plan in zip(self, plans.values(), strict=True)
        }
        return {card: way for card, way in ways.items() if not self._dive_waits(way)}
