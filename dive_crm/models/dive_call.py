"""Telephone calls: a message on the record, and what came of it."""

from markupsafe import Markup

from odoo import api, fields, models

DIRECTIONS = [("out", "Outgoing"), ("in", "Incoming")]


class DiveCall(models.Model):
    """What a message of the subtype “Call” cannot say by itself.

    The words are the message's; here is what lists filter by. Made by
    :meth:`_dive_note` only, together with its message, and never edited: a call that
    was noted wrongly is deleted with its message.
    """

    _name = "dive.call"
    _description = "Telephone call"
    _rec_name = "outcome_id"

    message_id = fields.Many2one(
        "mail.message", required=True, readonly=True, ondelete="cascade"
    )
    direction = fields.Selection(DIRECTIONS, required=True, readonly=True)
    outcome_id = fields.Many2one(
        "dive.call.outcome", required=True, readonly=True, index=True
    )
    # as it was when the call was noted, whatever becomes of the outcome
    reached = fields.Boolean(readonly=True)

    _once = models.UniqueIndex("(message_id)")

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        self.env["dive.contact"]._dive_note_messages(calls.message_id)
        return calls

    @api.model
    def _dive_note(self, record, direction, outcome, words=""):
        """Note a call on a customer, booking or other record; return its message.

        :param record: its ``message_post`` checks whether the user may
        """
        labels = dict(self._fields["direction"]._description_selection(self.env))
        message = record.message_post(
            body=Markup("<p><b>{}</b> · {}</p>{}").format(
                outcome.name,
                labels[direction],
                Markup("<p>{}</p>").format(words) if words else "",
            ),
            subject=self.env._("Call: %(outcome)s", outcome=outcome.name),
            message_type="comment",
            subtype_xmlid="dive_crm.mt_call",
        )
        # sudo: nobody has the right to make these by themselves, as they could be put
        # on anybody's message; this one was just made
        self.sudo().create(
            {
                "message_id": message.id,
                "direction": direction,
                "outcome_id": outcome.id,
                "reached": outcome.reached or direction == "in",
            }
        )
        return message
