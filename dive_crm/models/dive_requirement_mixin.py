from odoo import fields, models

#: more than any dive, to find a typing error by
DEEPEST_M = 350


class DiveRequirementMixin(models.AbstractModel):
    """What a diver needs for a kind of trip, or for one trip; empty: nothing asked."""

    _name = "dive.requirement.mixin"
    _description = "Requirements for divers"

    min_level_id = fields.Many2one(
        "dive.certification.level",
        "Level at least",
        ondelete="restrict",
        help="This level, or one that counts as it.",
    )
    depth_m = fields.Float(
        "Depth (m)",
        digits=(5, 1),
        help="How deep the dive goes; the diver's cards have to allow it.",
    )
    gas = fields.Selection(
        [("nitrox", "Nitrox"), ("trimix", "Trimix")],
        help="What is in the cylinders, if it is not air: the diver needs a card for"
        " it.",
    )
    autonomous = fields.Boolean(
        "Without a guide",
        help="Buddies dive by themselves: supervised divers cannot come along.",
    )
    min_age = fields.Integer("Minimum age")
    min_dives = fields.Integer("Logged dives at least")
    refresher_months = fields.Integer(
        "Longest break (months)",
        help="Who has not dived for longer should refresh first.",
    )

    _depth_range = models.Constraint(
        f"CHECK (depth_m >= 0 AND depth_m <= {DEEPEST_M})",
        f"The depth is between 0 and {DEEPEST_M} m.",
    )
    _age_range = models.Constraint(
        "CHECK (min_age >= 0 AND min_age <= 99)",
        "The minimum age is between 0 and 99 years.",
    )
    _min_dives_range = models.Constraint(
        "CHECK (min_dives >= 0 AND min_dives <= 10000)",
        "The number of logged dives is between 0 and 10,000.",
    )
    _break_range = models.Constraint(
        "CHECK (refresher_months >= 0 AND refresher_months <= 240)",
        "The longest break is between 0 and 240 months.",
    )
