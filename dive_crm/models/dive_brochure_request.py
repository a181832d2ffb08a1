"""Who asked for which brochure, when, and when it went out."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: The same as in the UniqueIndex.
PENDING = "to_send"


class DiveBrochureRequest(models.Model):
    """A brochure that a customer asked for.

    That it was sent is written by one conditional UPDATE, whoever clicks how often:
    nobody gets the same letter twice.
    """

    _name = "dive.brochure.request"
    _description = "Brochure request"
    _inherit = ["dive.guarded.mixin"]
    _order = "asked_on desc, id desc"
    _rec_name = "brochure_id"
    _check_company_auto = True
    _dive_guarded = {"state": PENDING, "sent_on": False, "sent_by": False, "days": None}

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('dive_customer', '=', True)]",
    )
    brochure_id = fields.Many2one(
        "dive.brochure",
        required=True,
        index=True,
        check_company=True,
        default=lambda self: self.env["dive.brochure"].search([], limit=1),
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    asked_on = fields.Date(
        required=True, default=lambda self: self.env.company._dive_today()
    )
    asked_by = fields.Many2one(
        "res.users", "Noted by", readonly=True, default=lambda self: self.env.user
    )
    way = fields.Selection(
        [("post", "By post"), ("email", "By e-mail")],
        "How",
        required=True,
        compute="_compute_way",
        store=True,
        readonly=False,
        precompute=True,
    )
    state = fields.Selection(
        [(PENDING, "To send"), ("sent", "Sent"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default=PENDING,
        copy=False,
        index=True,
    )
    sent_on = fields.Date(readonly=True, copy=False)
    sent_by = fields.Many2one("res.users", readonly=True, copy=False)
    # by the database, with the state: nothing, not 0, where it was not sent
    days = fields.Integer(
        "Days until sent", readonly=True, copy=False, aggregator="avg"
    )
    recipient_id = fields.Many2one("res.partner", compute="_compute_missing")
    missing = fields.Char(
        "What is missing", compute="_compute_missing", search="_search_missing"
    )
    trouble = fields.Char("Not arrived", compute="_compute_trouble")

    _once = models.UniqueIndex(
        "(partner_id, brochure_id, company_id) WHERE state = 'to_send'",
        lambda env, diag: env._("This brochure is on the list for them already."),
    )

    @api.depends("partner_id")
    def _compute_way(self):
        """By e-mail only for those who prefer it, or have no postal address."""
        for request in self:
            to = request.partner_id.dive_statement_recipient_id or request.partner_id
            by_mail = to.email_normalized and (
                to.dive_channel == "email" or not to._dive_has_post()
            )
            request.way = "email" if by_mail else "post"

    @api.depends("partner_id", "way")
    def _compute_missing(self):
        _ = self.env._
        for request in self:
            # sudo: the guardian may be a contact of another company
            to = request.partner_id.sudo().dive_statement_recipient_id
            request.recipient_id = to
            if request.partner_id and not to:
                request.missing = _("A minor without a guardian")
            elif request.way == "email":
                request.missing = not to.email_normalized and _("No e-mail address")
            else:
                request.missing = not to._dive_has_post() and _("No postal address")

    @api.model
    def _search_missing(self, operator, value):
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        # no more than what waits to be sent
        waiting = self.search([("state", "=", PENDING)])
        incomplete = waiting.filtered("missing")
        return [("id", "not in", incomplete.ids)]

    def _compute_trouble(self):
        """Say why an e-mail did not go out."""
        rows = self.env.execute_query(
            SQL(
                "SELECT m.res_id, COALESCE(mail.failure_reason, '') FROM mail_message m"
                " JOIN mail_mail mail ON mail.mail_message_id = m.id"
                " WHERE m.model = %s AND m.res_id IN %s AND mail.state = 'exception'",
                self._name,
                tuple(self.ids) or (0,),
            )
        )
        reasons = dict(rows)
        for request in self:
            request.trouble = request.id in reasons and (
                reasons[request.id] or self.env._("The e-mail was not sent.")
            )

    # ------------------------------------------------------------------
    # Asked for
    # ------------------------------------------------------------------

    def _dive_say_noted(self, before=False):
        """Return the action that says it is on the list, and what is missing."""
        _ = self.env._
        how = _("by e-mail") if self.way == "email" else _("by post")
        if before:
            message = _("It is on the list already, %(how)s.", how=how)
        else:
            message = _("The brochure is on the list, %(how)s.", how=how)
        if self.missing:
            message += " " + _("But: %(missing)s.", missing=self.missing)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.missing or before else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_noted(self):
        """Close the dialog that asked which one; saving has noted it."""
        self.ensure_one()
        return self._dive_say_noted()

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def action_send(self):
        """Open the dialog that prints, sends and marks; of all, if none are chosen."""
        self._dive_check_desk()
        requests = self or self.search(
            [("company_id", "in", self.env.companies.ids), ("state", "=", PENDING)]
        )
        return self.env["dive.brochure.send"]._dive_open(requests)

    def action_cancel(self):
        """Take back what was asked for by mistake."""
        self._dive_check_desk()
        self.check_access("write")
        self._dive_set("cancelled")

    @api.model
    def _dive_check_desk(self):
        if not self.env.user.has_group("dive_crm.group_front_desk"):
            raise AccessError(self.env._("Brochures are sent by the front desk."))

    def _dive_set(self, state):
        """Set the state of those that still wait, and return them: each once.

        Two who do this at the same moment wait for each other; the second begins again
        and finds nothing left.
        """
        if not self:
            return self
        self.flush_recordset()
        sent = state == "sent"
        self.env.cr.execute(
            SQL(
                "UPDATE dive_brochure_request"
                " SET state = %s, sent_on = %s, sent_by = %s, days = %s,"
                " write_uid = %s, write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id IN %s AND state = %s RETURNING id",
                state,
                self.env.company._dive_today() if sent else None,
                self.env.uid if sent else None,
                SQL("greatest(%s - asked_on, 0)", self.env.company._dive_today())
                if sent
                else None,
                self.env.uid,
                tuple(self.ids),
                PENDING,
            )
        )
        ids = [id_ for (id_,) in self.env.cr.fetchall()]
        self.invalidate_recordset(flush=False)
        return self.browse(ids)

    def _dive_mark_letters(self):
        """Mark letters as sent; return those that were not before."""
        self._dive_check_desk()
        self.check_access("write")
        letters = self.filtered(lambda one: one.way == "post" and not one.missing)
        return letters._dive_set("sent")

    def _dive_send_mails(self):
        """Put the e-mails into Odoo's queue; return those that were not before."""
        self._dive_check_desk()
        self.check_access("write")
        mails = self.filtered(lambda one: one.way == "email" and not one.missing)
        sent = mails._dive_set("sent")
        for request in sent:
            # sudo: the letter reads what the desk need not, and goes to the customer
            request.sudo()._dive_queue_mail()
        if sent:
            # sudo: who sends starts no scheduled actions
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return sent

    def _dive_queue_mail(self):
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "dive.brochure"),
                ("res_field", "=", "pdf"),
                ("res_id", "=", self.brochure_id.id),
            ]
        )
        if attachment:
            # a copy with the name it has for people
            attachment = self.env["ir.attachment"].create(
                {
                    "name": self.brochure_id.pdf_name or f"{self.brochure_id.name}.pdf",
                    "raw": attachment.raw,
                    "res_model": "mail.message",
                }
            )
        self.brochure_id.mail_template_id.send_mail(
            self.id, email_values={"attachment_ids": attachment.ids}
        )

    # ------------------------------------------------------------------
    # Two customers become one
    # ------------------------------------------------------------------

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Of the same brochure, waiting for several of them, one goes out."""
        # sudo: those of other companies are merged as well
        waiting = self.sudo().search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("state", "=", PENDING),
            ],
            order="asked_on, id",
        )
        for same in waiting.grouped(
            lambda one: (one.brochure_id, one.company_id)
        ).values():
            same[1:]._dive_set("cancelled")
