from odoo import fields, models

CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
]


class ResPartner(models.Model):
    """What a diver likes, wears and eats, and how they want to be reached."""

    _inherit = "res.partner"

    dive_channel = fields.Selection(
        CHANNELS, string="Preferred channel", prefetch="dive"
    )
    dive_favorite_site_ids = fields.Many2many(
        "dive.site", "dive_partner_favorite_site_rel", string="Favourite sites"
    )
    dive_favorite_type_ids = fields.Many2many(
        "dive.trip.type",
        "dive_partner_favorite_type_rel",
        string="Favourite activities",
    )
    dive_diet = fields.Char(string="Diet", help="Vegetarian, no nuts…", prefetch="dive")
    dive_own_gear = fields.Char(
        string="Own gear",
        help="What the diver brings along: mask, computer…",
        prefetch="dive",
    )
    dive_size_suit = fields.Char(string="Suit", prefetch="dive")
    dive_size_bcd = fields.Char(string="BCD", prefetch="dive")
    dive_size_fins = fields.Char(string="Fins", prefetch="dive")
    dive_size_boots = fields.Char(string="Boots", prefetch="dive")
    dive_weight_kg = fields.Float(string="Lead (kg)", digits=(4, 1), prefetch="dive")

    _dive_weight_kg_range = models.Constraint(
        "CHECK (dive_weight_kg IS NULL OR dive_weight_kg BETWEEN 0 AND 50)",
        "Lead must be from 0 to 50 kg.",
    )
