from odoo import fields, models


class DiveTripType(models.Model):
    _inherit = "dive.trip.type"

    gear_kind_ids = fields.Many2many(
        "dive.equipment.kind",
        "dive_trip_type_gear_rel",
        "type_id",
        "kind_id",
        string="Gear of each diver",
        check_company=True,
        help="Empty: all kinds that every diver needs.",
    )
    gear_free_ids = fields.Many2many(
        "dive.equipment.kind",
        "dive_trip_type_gear_free_rel",
        "type_id",
        "kind_id",
        string="Rental in the price",
        check_company=True,
        help="For these nothing is added to the invoice.",
    )
