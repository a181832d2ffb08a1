"""Brochures go out: letters printed and marked, e-mails sent, the rest named."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveBrochureSend(models.TransientModel):
    _name = "dive.brochure.send"
    _description = "Send brochures"

    request_ids = fields.Many2many("dive.brochure.request", string="Requests")
    letters = fields.Integer(compute="_compute_numbers")
    mails = fields.Integer(compute="_compute_numbers")
    incomplete = fields.Integer(compute="_compute_numbers")
    words = fields.Text("What happens", compute="_compute_numbers")

    @api.depends("request_ids.state", "request_ids.way", "request_ids.partner_id")
    def _compute_numbers(self):
        for dialog in self:
            _ = dialog.env._
            waiting = dialog._dive_waiting()
            whole = waiting.filtered(lambda one: not one.missing)
            dialog.letters = len(whole.filtered(lambda one: one.way == "post"))
            dialog.mails = len(whole) - dialog.letters
            lacking = waiting - whole
            dialog.incomplete = len(lacking)
            words = [
                _("Letters to print: %(number)s.", number=dialog.letters),
                _("E-mails to send: %(number)s.", number=dialog.mails),
            ]
            for why, some in lacking.grouped("missing").items():
                names = ", ".join(
                    name or "?" for name in some.mapped("partner_id.name")
                )
                words.append(_("%(why)s, left out: %(names)s.", why=why, names=names))
            dialog.words = "\n".join(words)

    def _dive_waiting(self):
        return self.request_ids.filtered(lambda one: one.state == "to_send")

    @api.model
    def _dive_open(self, requests):
        if not requests.filtered(lambda one: one.state == "to_send"):
            raise UserError(self.env._("Nothing waits to be sent."))
        return self.create({"request_ids": requests.ids})._dive_show()

    def _dive_show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send brochures"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_print(self):
        """Download all letters as one PDF; nothing is marked by that."""
        self.ensure_one()
        letters = self._dive_waiting().filtered(
            lambda one: one.way == "post" and not one.missing
        )
        if not letters:
            raise UserError(self.env._("There is no letter to print."))
        return self.env["dive.brochure.request"]._dive_print(letters)

    def action_mark(self):
        """Mark the letters as sent, once."""
        self.ensure_one()
        sent = self.request_ids._dive_mark_letters()
        return self._dive_say(
            self.env._("Letters marked as sent: %(number)s.", number=len(sent))
        )

    def action_mail(self):
        """Send the e-mails, once."""
        self.ensure_one()
        sent = self.request_ids._dive_send_mails()
        return self._dive_say(
            self.env._("E-mails on their way: %(number)s.", number=len(sent))
        )

    def action_incomplete(self):
        """List those for whom something is missing."""
        self.ensure_one()
        lacking = self._dive_waiting().filtered("missing")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_brochure_request"
        )
        return {
            **action,
            "domain": [("id", "in", lacking.ids)],
            "context": {},
            "target": "main",
        }

    def action_close(self):
        """Close, and show the list as it is now."""
        return {"type": "ir.actions.act_window_close"}

    def _dive_say(self, message):
        """Say it, and show what is left, if anything is."""
        left = self.letters or self.mails
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": self._dive_show()
                if left
                else {"type": "ir.actions.act_window_close"},
            },
        }
