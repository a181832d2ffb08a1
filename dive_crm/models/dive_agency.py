from odoo import api, fields, models


class DiveAgency(models.Model):
    _name = "dive.agency"
    _description = "Certification agency"
    _inherit = ["dive.catalogue.mixin"]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code", "full_name"]

    full_name = fields.Char(help="What the letters stand for.")
    kind = fields.Selection(
        [
            ("scuba", "Scuba"),
            ("technical", "Technical"),
            ("freedive", "Freediving"),
            ("first_aid", "First aid"),
        ],
        required=True,
        default="scuba",
        help="What the agency is best known for.",
    )
    website = fields.Char()
    verification_url = fields.Char(
        "Check page", help="The agency's public page on which a card is looked up."
    )
    number_pattern = fields.Char(
        help="Regular expression of the whole card number. A number that does not fit "
        "is pointed out, never refused."
    )
    number_hint = fields.Char(help="The same in words, e.g. “10 digits”.")
    level_ids = fields.One2many("dive.certification.level", "agency_id", "Levels")
    level_count = fields.Integer("Number of levels", compute="_compute_level_count")

    _code_unique = models.UniqueIndex("(code)", "Another agency has this code.")

    @api.depends("level_ids")
    def _compute_level_count(self):
        counts = dict(
            self.env["dive.certification.level"]._read_group(
                [("agency_id", "in", self.ids)], ["agency_id"], ["__count"]
            )
        )
        for agency in self:
            agency.level_count = counts.get(agency._origin, 0)
