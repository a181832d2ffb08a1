from datetime import timedelta

from odoo import api, fields, models

#: How long a reason lets a manager look at one diver's health data.
MINUTES = 30


class DiveAccessReason(models.Model):
    """Why a manager needs to see one diver's health data; it holds for 30 minutes.

    Given beforehand, and only added, as the log in which it is written with each look.
    """

    _name = "dive.access.reason"
    _inherit = ["dive.append.only.mixin"]
    _description = "Reason to see health data"
    _order = "id desc"
    _rec_name = "reason"
    _log_access = False

    date = fields.Datetime(readonly=True, required=True)
    user_id = fields.Integer(
        "User's number", readonly=True, required=True, aggregator=False
    )
    partner_id = fields.Integer(
        "Customer's number", readonly=True, required=True, aggregator=False
    )
    reason = fields.Text(readonly=True, required=True)
    until = fields.Datetime(readonly=True, required=True)

    _holds_idx = models.Index("(user_id, partner_id, until)")

    @api.model
    def _dive_add(self, partner, reason):
        """Add a reason of the current user's, from now on."""
        now = fields.Datetime.now()
        return self._dive_adding().create(
            {
                "date": now,
                "user_id": self.env.uid,
                "partner_id": partner.id,
                "reason": reason,
                "until": now + timedelta(minutes=MINUTES),
            }
        )
