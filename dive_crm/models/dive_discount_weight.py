from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DiveDiscountWeight(models.Model):
    """How many visits one use of a service takes from a card that counts visits."""

    _name = "dive.discount.weight"
    _inherit = ["dive.number.mixin"]
    _description = "Weight of a service on a card"
    _order = "type_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    # the range is the database's to check
    _dive_numbers = {"weight": False}

    type_id = fields.Many2one(
        "dive.discount.type", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="type_id.company_id")
    product_id = fields.Many2one(
        "product.product",
        "Service",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("sale_ok", "=", True)],
    )
    weight = fields.Float("Visits", digits=(16, 3), default=1.0, required=True)

    _once = models.UniqueIndex(
        "(type_id, product_id)",
        lambda env, diag: env._("This service has a weight already: change that one."),
    )
    _range = models.Constraint(
        "CHECK (weight > 0 AND weight <= 1000)",
        "A use takes more than 0 and at most 1,000 visits.",
    )

    @api.constrains("type_id", "product_id")
    def _check_service(self):
        """Refuse the weight of what the card does not pay for."""
        for row in self:
            services = row.type_id.service_ids
            if services and row.product_id not in services:
                raise ValidationError(
                    self.env._(
                        "%(service)s has a weight, and is none of the services of"
                        " “%(type)s”: add it to the services, or remove its weight.",
                        service=row.product_id.display_name,
                        type=row.type_id.name,
                    )
                )
