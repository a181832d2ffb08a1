"""Access to the portal, for one customer or many: invite, again, reset, take away."""

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..models.mail_mail import waiting
from ..models.res_partner_invite import PORTAL_STATES


class DivePortalDialog(models.TransientModel):
    """What Odoo's own dialog does, with words on who gets an invitation and who not."""

    _name = "dive.portal.dialog"
    _description = "Access to the portal"

    line_ids = fields.One2many("dive.portal.dialog.line", "dialog_id", "People")
    single = fields.Boolean(compute="_compute_single")
    state = fields.Selection(PORTAL_STATES, compute="_compute_single")
    reason = fields.Char(compute="_compute_single")
    can_reset = fields.Boolean(compute="_compute_single")
    again = fields.Boolean("Also those who were invited and have not come yet")
    words = fields.Text("What happens", compute="_compute_words")
    done = fields.Boolean()

    @api.depends("line_ids.state")
    def _compute_single(self):
        for dialog in self:
            line = dialog.line_ids[:1]
            dialog.single = len(dialog.line_ids) == 1
            dialog.can_reset = "active" in dialog.line_ids.mapped("state")
            dialog.state = line.state
            dialog.reason = line.reason

    @api.depends("line_ids", "again")
    def _compute_words(self):
        for dialog in self:
            lines = dialog._dive_invited()
            words = []
            if len(dialog.line_ids) != 1:
                words.append(
                    self.env._(
                        "%(number)s of %(all)s get an invitation.",
                        number=len(lines),
                        all=len(dialog.line_ids),
                    )
                )
            left_out = dialog.line_ids - lines
            for why, some in left_out.grouped(
                lambda line: line._dive_why_not()
            ).items():
                names = ", ".join(
                    name or "?" for name in some.mapped("partner_id.name")
                )
                words.append(self.env._("Not %(names)s: %(why)s", names=names, why=why))
            dialog.words = "\n".join(words)

    @api.model
    def _dive_open(self, partners):
        """Return the action that opens the dialog about some customers."""
        partners._dive_check_inviter()
        partners.check_access("write")
        if not partners:
            raise UserError(self.env._("Select the customers to invite."))
        seen = self.env["res.partner"]
        lines = []
        for partner in partners:
            person = partner.dive_statement_recipient_id or partner
            if person not in seen:
                seen |= person
                line = {"partner_id": partner.id, "person_id": person.id}
                lines.append((0, 0, line))
        dialog = self.create({"line_ids": lines})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Access to the portal"),
            "res_model": self._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------------
    # What is done
    # ------------------------------------------------------------------

    def _dive_invited(self):
        """Return the lines of those who get an invitation."""
        states = ("none", "revoked", "invited") if self.again else ("none", "revoked")
        if self.single:
            states = ("none", "revoked", "invited")
        return self.line_ids.filtered(
            lambda line: line.state in states and not line.reason
        )

    def action_invite(self):
        """Send an invitation to all who can have one; once, however often clicked."""
        self._dive_begin()
        lines = self._dive_invited()
        if not lines:
            raise UserError(self.words or self.env._("Nobody can be invited."))
        failed = [line.person_id.name or "?" for line in lines if not line._dive_try()]
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        sent = len(lines) - len(failed)
        message = self.env._("Invitations on their way: %(number)s.", number=sent)
        if failed:
            message += " " + self.env._(
                "Not invited, try again: %(names)s.", names=", ".join(failed)
            )
        return self._dive_say(message, "warning" if failed else "success")

    def action_reset(self):
        """Send each who logs in already a link to set a new password.

        At once: nobody keeps such a link, so that no queue can try again.
        """
        lines = self._dive_begin().line_ids.filtered(
            lambda line: line.state == "active"
        )
        if not lines:
            raise UserError(self.env._("None of them logs in: invite them."))
        failed = lines.browse()
        for line in lines:
            if not line._dive_try_reset():
                failed = lines[lines.ids.index(line.id) :]
                break  # there is no server: do not let the desk wait for each
        sent = len(lines) - len(failed)
        message = self.env._("Links for a new password on their way: %s.", sent)
        if failed:
            names = ", ".join(line.person_id.name or "?" for line in failed)
            message = self.env._(
                "The mail server does not answer. Sent: %(number)s. Try again later"
                " for %(names)s.",
                number=sent,
                names=names,
            )
        if not sent:
            raise UserError(message)
        return self._dive_say(message, "warning" if failed else "success")

    def action_revoke(self):
        """Take the one customer's access away."""
        person = self._dive_begin()._dive_one("active", "invited")
        self.env["portal.wizard"].create(
            {"partner_ids": [(6, 0, person.ids)]}
        ).user_ids.action_revoke_access()
        return self._dive_say(self.env._("The access is taken away."))

    def _dive_begin(self):
        """Check who clicks, and that it is for the first time.

        Written before anything is done: a second click at the same moment waits here,
        begins again, and is refused.
        """
        self.ensure_one()
        self.env["res.partner"]._dive_check_inviter()
        self.line_ids.person_id.check_access("write")
        if self.done:
            raise UserError(self.env._("This was done already: close the dialog."))
        self.done = True
        self.flush_recordset(["done"])
        return self

    def _dive_one(self, *states):
        """Return the one person of the dialog, whose state must be one of these."""
        if not self.single or self.state not in states:
            raise UserError(
                self.env._(
                    "This cannot be done for this customer: close the dialog and look "
                    "again."
                )
            )
        return self.line_ids.person_id

    def _dive_say(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class DivePortalDialogLine(models.TransientModel):
    _name = "dive.portal.dialog.line"
    _description = "Access to the portal, of one person"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("partner_id", "person_id")

    dialog_id = fields.Many2one(
        "dive.portal.dialog", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    person_id = fields.Many2one(
        "res.partner", "Logs in", required=True, readonly=True, ondelete="cascade"
    )
    email = fields.Char("E-mail", related="person_id.email")
    state = fields.Selection(PORTAL_STATES, "Portal", compute="_compute_state")
    invited_on = fields.Datetime(compute="_compute_state")
    login_date = fields.Datetime("Last login", compute="_compute_state")
    reason = fields.Char("Why not", compute="_compute_state")

    @api.depends("person_id")
    def _compute_state(self):
        people = self.person_id
        obstacles = people._dive_portal_obstacles()
        for line in self:
            user = line.person_id._dive_portal_user()
            line.state = line.person_id._dive_portal_state()
            line.invited_on = user.dive_invited_on or user.create_date
            line.login_date = user.login_date
            line.reason = (
                obstacles.get(line.person_id)
                if line.state in ("none", "revoked", "invited")
                else False
            )

    def _dive_why_not(self):
        """Say why this person gets no invitation."""
        return self.reason or {
            "active": self.env._("has access already."),
            "invited": self.env._("was invited already."),
            "staff": self.env._("works here and logs in with that."),
        }.get(self.state, "")

    def _dive_try_reset(self):
        """Send the link, and tell whether a server took it."""
        # sudo: the desk does not manage users; of a diver, and nobody who works here,
        # as the state says, it may have the link sent to the diver's own address
        user = self.person_id._dive_portal_user().sudo()
        try:
            with self.env.cr.savepoint():
                # not the action: what it says of a server is for administrators
                user.with_context(dive_send_aloud=True)._action_reset_password()
        except MailDeliveryException:
            return False
        return True

    def _dive_try(self):
        """Invite, and tell whether it could be done: one must not keep the others."""
        wizard = self.env["portal.wizard"].with_context(dive_queue_mail=True)
        try:
            with self.env.cr.savepoint():
                line = wizard.create(
                    {"partner_ids": [(6, 0, self.person_id.ids)]}
                ).user_ids
                if self.state == "invited":
                    line.action_invite_again()
                else:
                    line.action_grant_access()
        except (UserError, psycopg2.errors.UniqueViolation):
            return False
        return True


class PortalWizardUser(models.TransientModel):
    _inherit = "portal.wizard.user"

    def _send_email(self):
        """Note when; for many, leave the sending to the queue, which tries again."""
        # sudo: as the rest of Odoo's dialog, which lets managers of contacts invite
        user = self.user_id.sudo()
        user.dive_invited_on = fields.Datetime.now()
        if not self.env.context.get("dive_queue_mail"):
            return super()._send_email()
        user.partner_id.signup_prepare()
        # sudo: as above, of the template
        template = self.env.ref("auth_signup.portal_set_password_email").sudo()
        template.with_context(
            dbname=self.env.cr.dbname,
            lang=user.lang,
            welcome_message=self.wizard_id.welcome_message,
            medium="portalinvite",
        ).send_mail(
            user.id,
            force_send=False,
            email_values={"headers": waiting(user.partner_id)},
        )
        return True
