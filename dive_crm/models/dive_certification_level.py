from odoo import api, fields, models


class DiveCertificationLevel(models.Model):
    _name = "dive.certification.level"
    _description = "Certification level"
    _inherit = ["dive.catalogue.mixin"]
    _order = "agency_id, rank, sequence, name, id"

    agency_id = fields.Many2one(
        "dive.agency", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char(translate=True)
    abbreviation = fields.Char(help="As divers say it, e.g. AOWD.")
    category = fields.Selection(
        [
            ("beginner", "Beginner"),
            ("advanced", "Advanced"),
            ("professional", "Professional"),
            ("specialty", "Specialty"),
            ("continuing", "Continuing education"),
        ],
        required=True,
        default="specialty",
        index=True,
        help="Beginner, advanced and professional levels are the ladder; a diver's "
        "level is the highest of them.",
    )
    rank = fields.Integer(
        required=True,
        default=25,
        help="Compares levels of all agencies: 0 introduction, 10 supervised diver, "
        "20 autonomous diver, 25 specialties, 30 advanced, 40 rescue, 50 dive leader, "
        "60 assistant instructor, 70 instructor, 80 senior instructor, "
        "90 instructor trainer. First aid is 5.",
    )
    iso_level = fields.Selection(
        [
            ("11121", "ISO 11121 introductory programme"),
            ("24801-1", "ISO 24801-1 supervised diver"),
            ("24801-2", "ISO 24801-2 autonomous diver"),
            ("24801-3", "ISO 24801-3 dive leader"),
            ("24802-1", "ISO 24802-1 instructor, level 1"),
            ("24802-2", "ISO 24802-2 instructor, level 2"),
            ("11107", "ISO 11107 enriched air nitrox"),
        ],
        "ISO level",
        index="btree_not_null",
        help="Only where the level is recognised as conforming. Levels of the same ISO "
        "level count as each other.",
    )
    max_depth_m = fields.Float("Greatest depth (m)", digits=(6, 1))
    min_age = fields.Integer("Minimum age")
    autonomy = fields.Selection(
        [
            ("supervised", "Supervised"),
            ("autonomous", "Autonomous"),
            ("leader", "Leads divers"),
            ("instructor", "Teaches"),
        ]
    )
    gas = fields.Selection(
        [
            ("air", "Air"),
            ("nitrox", "Nitrox"),
            ("advanced_nitrox", "Advanced nitrox"),
            ("trimix", "Trimix"),
            ("oxygen", "Oxygen"),
            ("rebreather", "Rebreather"),
        ]
    )
    renewal_months = fields.Integer(
        "Renewal (months)", help="A card is valid this long; empty: it never ends."
    )
    prerequisite_ids = fields.Many2many(
        "dive.certification.level",
        "dive_certification_level_prerequisite_rel",
        "level_id",
        "prerequisite_id",
        "Prerequisites",
        help="Held before the course begins, or an equivalent of another agency.",
    )
    next_level_ids = fields.Many2many(
        "dive.certification.level",
        "dive_certification_level_prerequisite_rel",
        "prerequisite_id",
        "level_id",
        "Leads to",
    )
    prerequisite_dives = fields.Integer(
        "Logged dives needed", help="Before the course begins or ends."
    )

    _code_unique = models.UniqueIndex("(code)", "Another level has this code.")

    @api.depends("name", "abbreviation", "agency_id.name")
    def _compute_display_name(self):
        for level in self:
            name = f"{level.agency_id.name} · {level.name}"
            if level.abbreviation:
                name = f"{name} ({level.abbreviation})"
            level.display_name = name
