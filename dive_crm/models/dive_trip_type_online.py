from odoo import api, fields, models


class DiveTripType(models.Model):
    _inherit = "dive.trip.type"

    online = fields.Boolean(
        "Offered on-line",
        compute="_compute_online",
        store=True,
        readonly=False,
        precompute=True,
        help="Divers find these trips in the portal, and newcomers on the public page.",
    )

    @api.depends("kind")
    def _compute_online(self):
        for one in self:
            one.online = one.kind in ("dive", "course")
