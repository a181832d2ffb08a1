"""Whoever asks is told that it has arrived: once, and never in a circle."""

import logging
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from .dive_alert_mixin import OVERTAKEN
from .dive_message_plan import AT, Event
from .mail_thread import NO_RECEIPT

_logger = logging.getLogger(__name__)

RECEIVED = "ticket_received"
TEMPLATE = "dive_crm.mail_template_ticket_received"
#: Of no frame: Odoo's say the subject, which somebody typed, and open the record.
LAYOUT = "dive_crm.mail_layout_plain"
#: To one address in a day: another robot that says nothing of itself stops at it.
MOST = 3
#: Mailboxes that nobody reads.
_NOBODY = re.compile(
    r"(no|do[-_.]?not)[-_.]?reply|mailer[-_.]?daemon|postmaster|bounces?", re.IGNORECASE
)
#: So that no robot answers this: as Odoo's own out-of-office answers have it.
HEADERS = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[(RECEIVED, "A ticket comes in by e-mail or from the portal")],
        ondelete={RECEIVED: "cascade"},
    )
    about = fields.Selection(selection_add=[("ticket", "Tickets")])
    who = fields.Selection(selection_add=[("sender", "Sender")])

    @api.model
    def _dive_events(self):
        return super()._dive_events() | {
            RECEIVED: Event(
                "ticket", AT, "sender", "dive.ticket", "dive.ticket", TEMPLATE, ""
            )
        }

    @api.constrains("event", "channel")
    def _check_receipt_channel(self):
        for plan in self:
            if plan.event == RECEIVED and plan.channel != "email":
                raise ValidationError(
                    self.env._("That a ticket has come in is told by e-mail only.")
                )

    def _dive_example(self):
        if self.event != RECEIVED:
            return super()._dive_example()
        return self.env["dive.ticket"].search(
            [("source", "in", ("email", "portal")), *self._dive_example_domain()],
            order="id desc",
            limit=1,
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [
            *super()._dive_standard_plans(),
            {"event": RECEIVED, "interval": 0, "channel": "email"},
        ]


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    receipt_on = fields.Datetime("Confirmed on", readonly=True, copy=False)
    receipt_plan_id = fields.Many2one(
        "dive.message.plan", readonly=True, copy=False, ondelete="set null"
    )
    receipt_partner_id = fields.Many2one(
        "res.partner", readonly=True, copy=False, ondelete="set null"
    )
    receipt_address = fields.Char(readonly=True, copy=False, index="btree_not_null")
    receipt_message_id = fields.Many2one(
        "mail.message", readonly=True, copy=False, ondelete="set null"
    )
    receipt_error = fields.Char(readonly=True, copy=False)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if len(self) == 1 and self._dive_is_first_email(message):
            self._dive_send_receipt(message)
        return result

    def _dive_is_first_email(self, message):
        """Say whether this is the e-mail that became this ticket."""
        if message.message_type != "email" or self.sudo().source != "email":
            return False
        # sudo: whoever runs the gateway need not be allowed to read all of it
        messages = self.env["mail.message"].sudo()
        return not messages.search_count(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", ("email", "comment"))
            & Domain("id", "!=", message.id),
            limit=1,
        )

    @api.model
    def _dive_take_question(self, partner, subject, words, key, booking=None):
        ticket = super()._dive_take_question(partner, subject, words, key, booking)
        if ticket:
            ticket._dive_send_receipt()
        return ticket

    def _dive_send_receipt(self, message=None):
        """Tell whoever asked, once, if that is planned, and read by a person there.

        What cannot be sent costs nobody their question: the list of messages says so.

        :param message: the e-mail that came in
        """
        self.ensure_one()
        # sudo: plan, template and addresses are not everybody's who asks
        ticket = self.sudo()
        plan = ticket.company_id._dive_plans(RECEIVED)[:1]
        contact, address = ticket._dive_receipt_to()
        if (
            not plan
            or ticket.receipt_on
            or self.env.context.get(NO_RECEIPT)
            or not ticket._dive_is_read(address)
            or ticket._dive_is_told_often(address)
        ):
            return
        values = {
            "receipt_on": fields.Datetime.now(),
            "receipt_plan_id": plan.id,
            "receipt_partner_id": contact.id,
            "receipt_address": address,
        }
        try:
            with self.env.cr.savepoint():
                told = ticket._dive_post_receipt(plan, contact, address, message)
                values["receipt_message_id"] = told.id
        except OVERTAKEN:
            raise
        except Exception as error:
            # a template that an editor broke
            _logger.warning("Nobody is told that %s has come in: %s", ticket, error)
            values["receipt_error"] = str(error)[:500]
        ticket._dive_unlocked().write(values)

    def _dive_receipt_to(self):
        """Return whom to tell: (contact, address); no contact is made of a stranger."""
        contact = self.contact_id
        address = contact.email_normalized if contact else self.email_from
        return contact, email_normalize(address or "") or ""

    def _dive_is_read(self, address):
        """Say whether somebody outside reads what comes to an address."""
        sender = email_normalize(self.email_from or "") or address
        if not address or any(map(_NOBODY.match, (address, sender))):
            return False
        ours = {email_normalize(self.company_id.email or "")}
        users = self.env["res.users"].search_count(
            [("email_normalized", "in", [address, sender]), ("share", "=", False)],
            limit=1,
        )
        aliases = self.env["mail.alias.domain"]._find_aliases([address, sender])
        return not (users or aliases or {address, sender} & ours)

    def _dive_is_told_often(self, address):
        day = fields.Datetime.now() - timedelta(days=1)
        tickets = self.with_context(active_test=False)
        return (
            tickets.search_count(
                [("receipt_address", "=", address), ("receipt_on", ">", day)],
                limit=MOST,
            )
            >= MOST
        )

    def _dive_post_receipt(self, plan, contact, address, message):
        """Put the message into Odoo's queue, in the thread of what came in."""
        template = plan.mail_template_id or self.env.ref(TEMPLATE)
        values = template._generate_template(
            self.ids, ("subject", "body_html", "email_from")
        )[self.id]
        company = self.company_id
        told = self.with_context(dive_keep_stage=True).message_post(
            author_id=company.partner_id.id,
            email_from=values.get("email_from") or company.email_formatted,
            subject=values["subject"],
            body=values["body_html"],
            # Odoo's own kind of such messages: an answer to it is no internal note
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            parent_id=message.id if message else False,
            partner_ids=contact.ids,
            outgoing_email_to=False if contact else address,
            mail_headers=HEADERS,
            # whoever asks in the portal is the one at work
            notify_author=True,
            notify_skip_followers=True,
            email_layout_xmlid=LAYOUT,
            force_send=False,
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return told
