from odoo import fields, models

from .dive_customer_import_kind import LEVELS


class DiveCustomerImportLine(models.TransientModel):
    """What is to be said about one cell (or a whole row) of a checked file."""

    _name = "dive.customer.import.line"
    _description = "Message of a customer import"
    _order = "import_id, row, id"
    _rec_name = "text"

    import_id = fields.Many2one(
        "dive.customer.import", required=True, index=True, ondelete="cascade"
    )
    kind_id = fields.Many2one(
        "dive.customer.import.kind",
        string="What",
        required=True,
        index=True,
        ondelete="cascade",
    )
    level = fields.Selection(LEVELS, string="Outcome", required=True)
    row = fields.Integer(help="As the spreadsheet counts; the header is row 1.")
    column = fields.Char()
    value = fields.Char(string="Cell")
    text = fields.Char(string="Message", required=True)
