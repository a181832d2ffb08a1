from odoo import fields, models


class DiveBoat(models.Model):
    _name = "dive.boat"
    _description = "Boat"
    _order = "name, id"
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True)
    capacity = fields.Integer(
        "Places for divers",
        default=12,
        required=True,
        help="Gives a new trip its capacity.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )

    _capacity_range = models.Constraint(
        "CHECK (capacity >= 1 AND capacity <= 1000)",
        "A boat has between 1 and 1,000 places.",
    )
