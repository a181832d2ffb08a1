from odoo import fields, models


class DiveChamber(models.Model):
    """A decompression chamber: one serves many dive sites, each with its own way."""

    _name = "dive.chamber"
    _description = "Decompression chamber"
    _order = "sequence, name, id"
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # Without it nobody is helped by the rest.
    phone = fields.Char(
        required=True, help="The number that answers at night as well, with +country."
    )
    address = fields.Text(help="As an ambulance or a taxi needs it.")
    hours = fields.Char(help="When it is manned, and whom to call at other times.")
    note = fields.Text("Notes")
    company_id = fields.Many2one(
        "res.company", help="Empty: every company uses it.", index=True
    )
    site_ids = fields.One2many("dive.site", "chamber_id", "Dive sites")
