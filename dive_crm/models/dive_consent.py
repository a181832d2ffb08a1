"""Who has agreed to what: the ledger that proves it."""

from odoo import api, fields, models

SOURCES = [
    ("desk", "At the desk"),
    ("portal", "In the portal"),
    ("link", "By a link in a message"),
    ("booking", "When booking on-line"),
    ("newsletter", "On the page of the newsletter"),
    ("import", "Import"),
    ("merge", "Customers were merged"),
    ("other", "Other"),
]


class DiveConsent(models.Model):
    """One answer of one person. Rows are only added: the latest counts."""

    _name = "dive.consent"
    _inherit = ["dive.append.only.mixin"]
    _description = "Consent"
    _order = "id desc"
    _rec_name = "partner_name"
    _log_access = False

    # plain numbers: see dive.append.only.mixin
    partner_id = fields.Integer(
        "Customer's number",
        readonly=True,
        help="None: an address that is no customer's, of a newsletter.",
    )
    partner_name = fields.Char("Customer", readonly=True)
    address = fields.Char(
        "To", readonly=True, help="The e-mail address or number of that day."
    )
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    # no customers: their wordings are kept as long as answers are
    purpose_id = fields.Many2one(
        "dive.consent.purpose", readonly=True, required=True, ondelete="restrict"
    )
    wording_id = fields.Many2one(
        "dive.consent.wording",
        "Version",
        readonly=True,
        required=True,
        ondelete="restrict",
    )
    wording = fields.Text(
        readonly=True, help="What was asked, in the language in which it was asked."
    )
    given = fields.Boolean("Agreed", readonly=True)
    date = fields.Datetime("On", readonly=True, required=True)
    user_id = fields.Integer("User's number", readonly=True, aggregator=False)
    user_name = fields.Char("By", readonly=True)
    source = fields.Selection(SOURCES, "How", readonly=True, required=True)
    detail = fields.Char(readonly=True)

    _person = models.Index("(partner_id, purpose_id, id)")

    @api.model
    def _dive_note_address(self, wording, address, name, source):
        """Write down that somebody agreed who is no customer."""
        # sudo: nobody adds such rows by hand; that the address is theirs was shown
        return (
            self.sudo()
            ._dive_adding()
            .create(
                {
                    "partner_name": name or address,
                    "address": address,
                    "purpose_id": wording.purpose_id.id,
                    "wording_id": wording.id,
                    "wording": wording.text,
                    "given": True,
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "user_name": self.env.user.name,
                    "source": source,
                }
            )
        )

    def action_open_customer(self):
        """Open the customer of this answer, if there still is one."""
        self.ensure_one()
        partner = self.env["res.partner"].browse(self.partner_id).exists()
        return partner and partner._dive_open_action()
