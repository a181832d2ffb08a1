"""The message that says what is to be paid, with the link where it can be."""

from odoo import api, fields, models
from odoo.tools import format_amount

#: who may know what somebody has to pay
AMOUNTS = (
    "dive_crm.group_front_desk",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    kind = fields.Selection(
        selection_add=[("pay", "Payment link")], ondelete={"pay": "cascade"}
    )
    invoice_id = fields.Many2one(
        "account.move",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        groups="dive_crm.group_front_desk,account.group_account_invoice",
    )

    @api.depends("invoice_id")
    @api.depends_context("uid")
    def _compute_words(self):
        result = super()._compute_words()
        sees = self.env.su or any(map(self.env.user.has_group, AMOUNTS))
        # sudo: what it says goes to whoever got the invoice
        for notice in self.filtered(lambda notice: notice.sudo().invoice_id):
            told = notice.sudo()
            notice.link = told.booking_id._dive_pay_url(told.invoice_id.partner_id)
            if not sees:
                notice.text = False
        return result

    def _dive_words_pay(self, words):
        _ = self.env._
        move = self.invoice_id
        words["amount"] = format_amount(
            self.env, move.amount_residual, move.currency_id, lang_code=self.env.lang
        )
        return {
            "summary": _("To pay: %(trip)s, %(when)s", **words),
            "text": _(
                "%(amount)s are to be paid for “%(trip)s” on %(when)s (%(names)s).",
                **words,
            ),
            "what_to_do": _("Please pay here:"),
        }

    def _dive_values_again(self):
        return {**super()._dive_values_again(), "invoice_id": self.invoice_id.id}

    def _dive_still_true(self):
        """Of a payment link: that something is still to be paid by it."""
        if self.kind != "pay":
            return super()._dive_still_true()
        payer = self.invoice_id.partner_id
        return self.invoice_id in self.booking_id._dive_open_moves(payer)

    def _dive_threads(self):
        """Note a payment link on the invoice: whoever reads it there may see that."""
        threads = super()._dive_threads()
        for notice in self.sudo().filtered("invoice_id"):
            threads[notice.with_env(self.env)] = notice.invoice_id.with_env(self.env)
        return threads


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def action_send_link_to(self, payer_id):
        """Write to a payer, by the way they prefer, where their invoice is paid.

        Makes and posts the invoice if needed. Who cannot be written to gets the link
        some other way: Odoo's dialog shows it.

        :param int payer_id: to whom
        """
        self.ensure_one()
        # before anything is said of what somebody owes
        self._check_may_invoice()
        payer = self.env["res.partner"].browse(payer_id)
        self._dive_check_link(payer)
        move = self._dive_bill(payer)[:1]
        way = payer._dive_way(service=True)
        if not way.channel:
            action = self.env["ir.actions.actions"]._for_xml_id(
                "account_payment.action_invoice_order_generate_link"
            )
            context = {"active_model": "account.move", "active_id": move.id}
            return {**action, "context": context}
        seats = self.diver_ids.filtered(
            lambda seat: (
                seat.state != "cancelled"
                and seat.sudo().invoice_line_ids.move_id & move.sudo()
            )
        )
        values = {
            "booking_id": self.id,
            "trip_id": self.trip_id.id,
            "kind": "pay",
            "invoice_id": move.id,
            "seat_ids": [(6, 0, seats.ids)],
        }
        # sudo: marks, mails and texts are nobody's to write
        self.env["dive.booking.notice"].sudo()._dive_tell_all([(values, way)])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The payment link goes to %(payer)s, %(address)s.",
                    payer=way.recipient.name,
                    address=way.address,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
