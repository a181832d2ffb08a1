"""A card from the portal that is not accepted: whoever has sent it is told why."""

import logging

from odoo import api, fields, models

from .dive_alert_mixin import OVERTAKEN
from .dive_message_plan import AT, Event
from .res_partner_way import Way

_logger = logging.getLogger(__name__)

REJECTED = "certification_rejected"
TEMPLATES = (
    "dive_crm.mail_template_certification_rejected",
    "dive_crm.sms_template_certification_rejected",
)


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[(REJECTED, "A card from the portal is rejected")],
        ondelete={REJECTED: "cascade"},
    )
    who = fields.Selection(selection_add=[("sender", "Sender")])

    @api.model
    def _dive_events(self):
        return super()._dive_events() | {
            REJECTED: Event(
                "certification",
                AT,
                "sender",
                "dive.certification.alert",
                "dive.certification",
                *TEMPLATES,
            )
        }

    def _dive_example(self):
        if self.event != REJECTED:
            return super()._dive_example()
        cards = self.env["dive.certification"]
        here = [("partner_id.company_id", "in", [False, *self.env.companies.ids])]
        return cards.search(
            [("verification", "=", "rejected"), *here], order="id desc", limit=1
        ) or cards.search(here, order="id desc", limit=1)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [*super()._dive_standard_plans(), {"event": REJECTED, "interval": 0}]


class DiveCertificationAlert(models.Model):
    _inherit = "dive.certification.alert"

    kind = fields.Selection(
        selection_add=[("rejected", "Rejected")], ondelete={"rejected": "cascade"}
    )


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    rejected_text = fields.Char(
        compute="_compute_rejected_text",
        help="For templates: why the card is not accepted, and where to put it right.",
    )

    @api.depends("level_text", "level_id.display_name", "rejection_reason")
    @api.depends_context("lang")
    def _compute_rejected_text(self):
        for card in self:
            card.rejected_text = self.env._(
                "we could not accept the card “%(card)s”: “%(reason)s”. Put it right"
                " here: %(link)s",
                card=card.level_text or card.level_id.display_name,
                reason=(card.rejection_reason or "").rstrip("."),
                link=f"{card.get_base_url()}/my/certifications/{card.id}",
            )

    def _dive_alert_xmlids(self):
        if self.env.context.get("dive_rejected"):
            return TEMPLATES
        return super()._dive_alert_xmlids()

    def _dive_portal_tell_diver(self):
        """Tell those who have sent these cards why they are rejected, at once.

        What is switched off stands on the diver's page of the card all the same.
        """
        # sudo: users of the portal, mails and marks are not everybody's who may check
        for card in self.sudo().filtered(lambda card: card.source == "portal"):
            company = card.alert_company_id
            if plan := company._dive_plans(REJECTED)[:1]:
                card.with_company(company).with_context(
                    dive_rejected=True
                )._dive_tell_rejected(plan)

    def _dive_tell_rejected(self, plan):
        """Put one message into the queue, and mark that somebody was told."""
        self.ensure_one()
        way, messages = self._dive_sender_way(plan), {}
        try:
            with self.env.cr.savepoint():
                messages = {
                    **self._dive_write_mails({self: way}, {self: plan}),
                    **self._dive_write_texts({self: way}, {self: plan}),
                }
        except OVERTAKEN:
            raise
        except Exception as error:
            # a template that was broken does not keep anybody from rejecting a card
            _logger.warning("Nobody is told of certification %s: %s", self.id, error)
            way = Way(way.recipient, reason="error", error=str(error)[:200])
        if not way.channel:
            self._message_log(body=self._dive_alert_note(way))
        self.env["dive.certification.alert"].create(
            {
                "certification_id": self.id,
                "kind": "rejected",
                "plan_id": plan.id,
                "expiry_date": self.expiry_date,
                "recipient_id": way.recipient.id,
                "channel": way.channel or False,
                "address": way.address or False,
                "reason": way.reason or False,
                "error": way.error or False,
                "mail_message_id": messages[self].id if messages else False,
            }
        )

    def _dive_sender_way(self, plan):
        """Return how whoever has sent this card is told; that is not the guardian."""
        sender = self.create_uid.partner_id
        way = sender._dive_way(service=True, channel=plan.channel)
        if way.recipient == sender or not sender.email_normalized:
            return way
        return Way(sender, "email", sender.email_normalized)

    def _dive_take_back_rejection(self):
        """Take back messages that wait in a queue: these cards are accepted now."""
        # sudo: as above
        told = self.sudo().alert_ids.filtered(lambda alert: alert.kind == "rejected")
        told._dive_retract()
