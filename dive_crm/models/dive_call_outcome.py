"""What a telephone call can come to: a list that a centre edits."""

from odoo import fields, models
from odoo.exceptions import UserError


class DiveCallOutcome(models.Model):
    _name = "dive.call.outcome"
    _description = "Outcome of a call"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    reached = fields.Boolean(
        default=True,
        help="Somebody was spoken to: such a call counts as last contact. A call that "
        "came in always does.",
    )
    call_back = fields.Boolean(
        "Call back",
        help="Puts a call on the to-do list of whoever notes it, on the day that the "
        "dialog asks for.",
    )

    nobody = fields.Boolean(
        "No customer",
        help="Whoever calls from an unknown number does not become a customer by this.",
    )

    def action_dive_log(self):
        """Note the call whose dialog is open; this was the outcome."""
        self.ensure_one()
        dialog = self.env["dive.call.dialog"].browse(
            self.env.context.get("dive_call_dialog_id") or []
        )
        if not dialog.exists():
            raise UserError(
                self.env._("This dialog is closed. Press “Call” once more.")
            )
        return dialog._dive_log(self)
