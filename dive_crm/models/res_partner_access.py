from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .dive_access_log import note_access

#: Characters of a reason that say more than "x".
SHORTEST = 10


class ResPartner(models.Model):
    """Opening and exporting customers is in the access log; reasons to see more."""

    _name = "res.partner"
    _inherit = ["res.partner", "dive.access.mixin"]

    # in our forms and in that of Contacts, and in no list
    _dive_form_field = "dive_guardian_id"

    def _dive_access_logged(self):
        return self.filtered("dive_customer")

    # ------------------------------------------------------------------
    # Why a manager needs to see health data
    # ------------------------------------------------------------------

    def _dive_access_reason(self):
        """Return the reason that the current user has given for this diver, or ""."""
        self.ensure_one()
        return self._dive_access_reasons().get(self.id, "")

    def _dive_access_reasons(self):
        """Return the reasons that the current user has given and that still hold.

        :return: ``{partner id: text}``, of those with a reason
        """
        # sudo: one's own reasons, which nobody has the right to search
        rows = (
            self.env["dive.access.reason"]
            .sudo()
            .search(
                [
                    ("user_id", "=", self.env.uid),
                    ("partner_id", "in", self.ids),
                    ("until", ">", fields.Datetime.now()),
                ],
                # the newest one last: it counts
                order="id",
            )
        )
        return {row.partner_id: row.reason for row in rows}

    def _dive_give_reason(self, reason):
        """Note why the current user, a manager, needs to see this diver's health data.

        It holds for half an hour, and is in the access log whatever comes of it.

        :raise AccessError: the user is no manager, or may not see this customer
        :raise UserError: that is no reason
        """
        self.ensure_one()
        try:
            # the user behind a sudo
            self.sudo(False).check_access("read")
            if not self.env.user.has_group("dive_crm.group_manager"):
                raise AccessError(
                    self.env._("Only managers give a reason to see health data.")
                )
        except AccessError:
            note_access(self, [], "reason", allowed=False)
            raise
        reason = " ".join((reason or "").split())
        if len(reason) < SHORTEST:
            raise UserError(
                self.env._(
                    "Write in a few words why you need to see this: at least"
                    " %(number)s letters.",
                    number=SHORTEST,
                )
            )
        # sudo: nobody has the right to add one otherwise
        self.env["dive.access.reason"].sudo()._dive_add(self, reason)
        note_access(self, [], "reason", reason=reason)

    def action_dive_access_reason(self):
        """Open the dialog that asks why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why do you need to see this?"),
            "res_model": "dive.access.reason.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def _dive_reason_given(self):
        """Return the action that comes after the dialog: here, it is closed.

        For the room that has something to show then.
        """
        return {"type": "ir.actions.act_window_close"}
