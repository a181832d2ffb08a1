from odoo import fields, models

LEVELS = [("fault", "Rejected"), ("notice", "To notice")]


class DiveCustomerImportKind(models.TransientModel):
    """One kind of fault or notice in a checked file, and how many rows have it."""

    _name = "dive.customer.import.kind"
    _description = "Kind of message of a customer import"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one(
        "dive.customer.import", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char(string="What", required=True)
    code = fields.Char(required=True)
    level = fields.Selection(LEVELS, string="Outcome", required=True)
    rule = fields.Char(string="What happens")
    row_count = fields.Integer(string="Rows")
    line_ids = fields.One2many("dive.customer.import.line", "kind_id")

    def action_open_lines(self):
        """Open the messages of this kind."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "dive.customer.import.line",
            "view_mode": "list",
            "domain": [("kind_id", "=", self.id)],
            "context": {"create": False, "edit": False, "delete": False},
        }
