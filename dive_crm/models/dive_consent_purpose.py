"""What divers are asked for: a purpose, and the words it is asked in."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveConsentPurpose(models.Model):
    """Something that a customer may agree to, or not."""

    _name = "dive.consent.purpose"
    _description = "Purpose of consent"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: it is asked for in the name of all companies."
    )
    channel = fields.Selection(
        [
            ("email", "News and offers by e-mail"),
            ("sms", "News and offers by SMS"),
        ],
        "Allows",
        help="Nobody gets news or offers this way who has not agreed. Empty: something"
        " else, such as pictures.",
    )
    online = fields.Boolean(
        "Asked when booking on-line",
        default=True,
        help="As a box that nobody has ticked before. SMS only in the portal: of a"
        " newcomer, nothing shows that the number is theirs.",
    )
    wording_ids = fields.One2many("dive.consent.wording", "purpose_id", "Wordings")
    wording_id = fields.Many2one(
        "dive.consent.wording", "Asked in these words", compute="_compute_wording_id"
    )

    @api.depends("wording_ids.version")
    def _compute_wording_id(self):
        for purpose in self:
            purpose.wording_id = purpose.wording_ids.sorted("version")[-1:]

    @api.model
    def _dive_asked(self, company=None):
        """Return what customers are asked for, in its order.

        :param company: whose customers; those of the user
        """
        companies = company or self.env.companies
        # sudo: what is asked is no secret; it is on the portal
        return self.sudo().search_fetch(
            [
                ("company_id", "in", [False, *companies.ids]),
                ("wording_ids", "!=", False),
            ],
            ["name", "channel", "company_id"],
        )

    def _dive_says_else(self, mark):
        """Say whether these are asked for in other words than a page has shown.

        :param str mark: what the page carried; of one that carried none, nothing is
            known
        """
        return bool(mark) and mark != self.wording_id._dive_mark()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        # sudo: answers of all companies count
        if self.sudo().wording_ids._dive_answered():
            raise UserError(
                self.env._(
                    "Customers have been asked for this: their answers are kept."
                    " Archive it instead."
                )
            )
