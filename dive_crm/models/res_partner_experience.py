from odoo import api, fields, models
from odoo.exceptions import ValidationError

COMFORT_LEVELS = [
    ("nervous", "Nervous"),
    ("calm", "Calm with a guide"),
    ("confident", "Confident"),
    ("expert", "Looks after others"),
]
# The deepest dive ever made was to 332 m: more is a typing error.
DEEPEST_POSSIBLE_M = 350


class ResPartner(models.Model):
    """What a diver has done before; finished trips add to it."""

    _inherit = "res.partner"

    dive_logged_dives = fields.Integer(
        string="Logged dives",
        help="All dives so far, here and elsewhere. Finished trips add to it.",
        prefetch="dive",
    )
    dive_last_dive_date = fields.Date(string="Last dive", prefetch="dive")
    dive_deepest_m = fields.Float(
        string="Deepest dive (m)", digits=(5, 1), prefetch="dive"
    )
    dive_comfort = fields.Selection(
        COMFORT_LEVELS, string="In the water", prefetch="dive"
    )
    dive_experience_note = fields.Text(string="Notes on experience", prefetch="dive")

    @api.constrains("dive_logged_dives", "dive_deepest_m", "dive_last_dive_date")
    def _check_dive_experience(self):
        tomorrow = fields.Date.add(self.env.company._dive_today(), days=1)
        for partner in self:
            if not 0 <= partner.dive_logged_dives <= 50000:
                raise ValidationError(
                    self.env._("The number of logged dives must be from 0 to 50,000.")
                )
            if not 0 <= partner.dive_deepest_m <= DEEPEST_POSSIBLE_M:
                raise ValidationError(
                    self.env._(
                        "The deepest dive must be from 0 to %(depth)s m.",
                        depth=DEEPEST_POSSIBLE_M,
                    )
                )
            # A trip on the other side of the date line may end tomorrow.
            last = partner.dive_last_dive_date
            if last and last > tomorrow:
                raise ValidationError(
                    self.env._("The last dive cannot be in the future.")
                )
