"""The card as an e-mail: when it begins to work, and by hand."""

import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_booking import STAFF
from .dive_discount_card_paper import REPORT
from .dive_message_plan_card import SOLD
from .res_partner_way import Way

_logger = logging.getLogger(__name__)

TEMPLATE = "dive_crm.mail_template_card"
CRON = "dive_crm.ir_cron_card_send"
#: who prefers this is sent no e-mail that nobody has asked for
BY_HAND = ("phone", "post")


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    delivery = fields.Selection(
        [
            ("due", "Will be sent"),
            # Odoo's mail queue has it: whether it has gone is not known here
            ("sent", "Passed on for sending"),
            ("failed", "Not sent"),
        ],
        "E-mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=STAFF,
    )

    # ------------------------------------------------------------------
    # When it begins to work
    # ------------------------------------------------------------------

    def _dive_activate(self):
        waiting = self.filtered(lambda card: card.state == "unpaid")
        result = super()._dive_activate()
        waiting.filtered(lambda card: card.state == "active")._dive_plan_delivery()
        return result

    def _dive_plan_delivery(self):
        """Have these cards sent once this transaction is over; each once.

        Here nothing is made but the mark: the transaction is somebody's payment, which
        no PDF may hold up, and which may be run again from the start.
        """
        # sudo: whoever pays, and the company's settings
        cards = self.sudo().filtered(lambda card: card.company_id.dive_card_mail)
        if not cards:
            return
        cards.flush_recordset(["delivery"])
        self.env.cr.execute(
            "UPDATE dive_discount_card SET delivery = 'due'"
            " WHERE id IN %s AND delivery IS NULL RETURNING id",
            [tuple(cards.ids)],
        )
        if self.env.cr.fetchall():
            cards.invalidate_recordset(["delivery"], flush=False)
            # sudo: who takes a payment starts no scheduled actions
            self.env.ref(CRON).sudo()._trigger()

    @api.model
    def _cron_send_cards(self):
        """Write the e-mails that are due, one by one; may be killed anywhere.

        A card that somebody else holds waits for the next run. One that fails stops
        none of the others.
        """
        cron = self.env["ir.cron"]
        ids = self.search([("delivery", "=", "due")], order="id").ids
        cron._commit_progress(remaining=len(ids))
        for card_id in ids:
            self.browse(card_id)._dive_deliver_one()
            # as much memory for the last as for the first
            self.env.invalidate_all()
            if not cron._commit_progress(1):
                return

    def _dive_deliver_one(self):
        try:
            with self.env.cr.savepoint():
                card = self.try_lock_for_update(allow_referencing=True)
                if card.delivery == "due":
                    card._dive_deliver()
        except OperationalError:
            # somebody has changed it since this transaction began
            _logger.info("Card %s is sent by the next run", self.id)
        except Exception:
            _logger.exception("Card %s could not be sent", self.id)
            self._dive_not_delivered(
                self.env._("The card could not be sent by e-mail: please send it.")
            )

    def _dive_deliver(self):
        """Put the e-mail into Odoo's queue, or note why there is none."""
        card = self.sudo()  # the scheduled action is nobody
        if card.state != "active":
            # taken back meanwhile; once it works again, it is sent
            card._dive_unlocked().write({"delivery": False})
            return
        way = card.partner_id._dive_way(service=True)
        recipient = card.partner_id.dive_statement_recipient_id
        if way.reason in BY_HAND or not recipient.email_normalized:
            card._dive_note_delivery(
                card.company_id._dive_plans(SOLD)[:1],
                recipient,
                reason=way.reason or "address",
            )
            self._dive_not_delivered(
                self.env._(
                    "The card was not sent: no e-mail address, or no e-mail wanted."
                    " Please print it."
                )
            )
            return
        plan = card.company_id._dive_plans(SOLD)[:1]
        mail = card._dive_mail_card(plan.mail_template_id)
        card._dive_note_delivery(plan, recipient, mail)

    def _dive_note_delivery(self, plan, recipient, mail=None, reason=""):
        """Make the mark that the card was sent, or why it was not: see its list."""
        alert = self.env["dive.discount.card.alert"].create(
            {
                "card_id": self.id,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "kind": "sold",
                "plan_id": plan.id,
                "about_date": self.expiry_date,
                "recipient_id": recipient.id,
                "channel": "email" if mail else False,
                "address": recipient.email_normalized if mail else False,
                "reason": reason or False,
                "mail_message_id": mail.mail_message_id.id if mail else False,
            }
        )
        if mail:
            mail.is_notification = True
            self.env["mail.notification"].create(
                {
                    **alert._dive_notification(
                        Way(recipient, "email"), mail.mail_message_id
                    ),
                    "notification_type": "email",
                    "mail_mail_id": mail.id,
                }
            )

    def _dive_not_delivered(self, why):
        card = self.sudo()  # as above
        card._dive_unlocked().write({"delivery": "failed"})
        card._message_log(body=why)

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def action_send_card(self):
        """Send the holder, or a minor's guardian, the card as it is now.

        :return: a notification
        :raise UserError: never sold, or there is nobody to write to
        """
        self.ensure_one()
        self.check_access("write")
        self._dive_check_paper()
        # sudo: a guardian may be a contact of another company
        recipient = self.partner_id.sudo().dive_statement_recipient_id
        if not recipient.email_normalized:
            raise UserError(
                self.env._(
                    "There is no e-mail address to write to: fill in that of %(name)s,"
                    " or print the card.",
                    name=(recipient or self.partner_id).name,
                )
            )
        # sudo: the paper bears the code, which not every sender may read
        self.sudo()._dive_mail_card()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The card is on its way: an e-mail to %(address)s will be sent in a"
                    " moment.",
                    address=recipient.email_normalized,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _dive_mail_card(self, template=None):
        """Put the e-mail with the PDF into Odoo's queue, and note it.

        :param template: of the plan of messages; the standard one
        """
        self.ensure_one()
        recipient = self.partner_id.dive_statement_recipient_id
        pdf, _kind = self.env["ir.actions.report"]._render_qweb_pdf(REPORT, self.ids)
        mail_id = (template or self.env.ref(TEMPLATE)).send_mail(
            self.id,
            # Not on the card: who reads its messages would have the code as well.
            email_values={
                "model": False,
                "res_id": False,
                "author_id": self.company_id.partner_id.id,
            },
        )
        mail = self.env["mail.mail"].browse(mail_id)
        told = self.with_context(lang=self._dive_told_lang())
        mail.attachment_ids = self.env["ir.attachment"].create(
            {
                "name": told.env._("Card %(number)s.pdf", number=self.name),
                "raw": pdf,
                "mimetype": "application/pdf",
                # like those of Odoo's own mail queue, it belongs to the message
                "res_model": "mail.message",
                "res_id": mail.mail_message_id.id,
            }
        )
        self._dive_unlocked().write({"delivery": "sent"})
        self._message_log(
            body=self.env._(
                "The card will be sent by e-mail to %(address)s.",
                address=recipient.email_normalized,
            ),
            message_type="email_outgoing",
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return mail
