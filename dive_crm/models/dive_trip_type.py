from odoo import fields, models


class DiveTripType(models.Model):
    _name = "dive.trip.type"
    _description = "Kind of trip"
    _order = "sequence, name, id"
    _check_company_domain = models.check_company_domain_parent_of
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("dive", "Dive"), ("course", "Course"), ("service", "Service")],
        required=True,
        default="dive",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(help="Colour of these trips in the calendar.")
    dives = fields.Integer(
        "Dives per trip",
        default=2,
        help="What a finished trip adds to each diver's logged dives.",
    )
    duration = fields.Float(
        "Hours", default=4.0, help="From meeting to return; gives a new trip its end."
    )
    product_id = fields.Many2one(
        "product.product",
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
        check_company=True,
        help="Price, taxes and account of one place; each trip may have another.",
    )
    divers_per_guide = fields.Integer(
        "Divers per guide",
        help="So many divers a guide or instructor takes: a new trip sells no more"
        " places than its guides can take. 0: guides set no limit.",
    )
    trip_properties_definition = fields.PropertiesDefinition("Trip details")
    company_id = fields.Many2one(
        "res.company", help="Empty: every company offers it.", index=True
    )

    _dives_range = models.Constraint(
        "CHECK (dives >= 0 AND dives <= 20)",
        "A trip has between 0 and 20 dives.",
    )
    _duration_positive = models.Constraint(
        "CHECK (duration >= 0 AND duration <= 2000)",
        "The duration is a number of hours, 0 or more.",
    )
    _divers_per_guide_range = models.Constraint(
        "CHECK (divers_per_guide >= 0 AND divers_per_guide <= 1000)",
        "The divers per guide are a number, 0 or more; 0 sets no limit.",
    )
