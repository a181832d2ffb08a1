from odoo import fields, models


class DiveSite(models.Model):
    _name = "dive.site"
    _description = "Dive site"
    _order = "sequence, name, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    max_depth_m = fields.Float("Greatest depth (m)", digits=(6, 1))
    description = fields.Text(help="How to get there, currents, what to see.")
    company_id = fields.Many2one(
        "res.company", help="Empty: every company dives here.", index=True
    )
    chamber_id = fields.Many2one(
        "dive.chamber",
        "Nearest decompression chamber",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Where a diver with decompression sickness is brought from here.",
    )
    chamber_minutes = fields.Integer(
        "Minutes to the chamber",
        help="From this site to the chamber, by boat and road. 0: not known.",
    )

    _max_depth_positive = models.Constraint(
        "CHECK (max_depth_m >= 0)", "A depth is given in metres, as a positive number."
    )
    _chamber_minutes_positive = models.Constraint(
        "CHECK (chamber_minutes >= 0)", "The way to the chamber takes some minutes."
    )
