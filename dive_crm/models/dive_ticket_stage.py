"""How far a ticket is; a centre has the stages it likes."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a stage means, whatever it is called.
KINDS = [
    ("open", "To do"),
    ("waiting", "Waiting for the customer"),
    ("closed", "Closed"),
]


class DiveTicketStage(models.Model):
    """A column of the board of tickets."""

    _name = "dive.ticket.stage"
    _description = "Stage of tickets"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        KINDS,
        "Means",
        required=True,
        default="open",
        help="To do: somebody of ours has to act, and tickets can be late. Waiting for"
        " the customer: an answer brings the ticket back. Closed: the customer is asked"
        " how satisfied they are; an answer opens it again.",
    )
    fold = fields.Boolean("Folded", help="The column is closed on the board.")

    def write(self, vals):
        """E-mails become tickets of the first stage: there has to be one."""
        result = super().write(vals)
        if {"kind", "active"} & vals.keys():
            self._dive_check_left(self.env["dive.ticket.stage"])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        self._dive_check_left(self)
        # sudo: tickets of all companies, and those put away, count
        tickets = self.env["dive.ticket"].sudo().with_context(active_test=False)
        if tickets.search_count([("stage_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "There are tickets in this stage. Move them to another stage, or"
                    " archive the stage."
                )
            )

    def _dive_check_left(self, gone):
        """Refuse that no stage is left for what is to do, or what is done."""
        left = self.search([("id", "not in", gone.ids)]).mapped("kind")
        if not {"open", "closed"} <= set(left):
            raise UserError(
                self.env._(
                    "Tickets need at least one stage that means “To do” and one that"
                    " means “Closed”."
                )
            )

    @api.model
    def _dive_first(self, kind="open"):
        """Return the first stage of a kind."""
        return self.search([("kind", "=", kind)], limit=1)
