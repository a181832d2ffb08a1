"""The words in which customers are asked, version by version."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveConsentWording(models.Model):
    """The words of a purpose. Once somebody has answered, they stay as they are."""

    _name = "dive.consent.wording"
    _description = "Wording of consent"
    _order = "purpose_id, version desc, id desc"
    _rec_name = "version"

    purpose_id = fields.Many2one(
        "dive.consent.purpose", required=True, index=True, ondelete="cascade"
    )
    version = fields.Integer(readonly=True, aggregator=None)
    text = fields.Text(
        "Words",
        required=True,
        translate=True,
        help="One sentence that can be answered with yes or no.",
    )
    create_date = fields.Datetime("Since")

    _version = models.UniqueIndex(
        "(purpose_id, version)",
        lambda env, diag: env._("Somebody else has just added a wording: try again."),
    )

    @api.model_create_multi
    def create(self, vals_list):
        latest = {}
        for vals in vals_list:
            purpose = self.env["dive.consent.purpose"].browse(vals.get("purpose_id"))
            number = latest.get(purpose.id)
            if number is None:
                number = max(purpose.wording_ids.mapped("version"), default=0)
            latest[purpose.id] = vals["version"] = number + 1
        return super().create(vals_list)

    def _dive_mark(self):
        """Return what a page carries of the words that it shows, to tell them by.

        In every language the same; another one as soon as a word is changed.
        """
        return ",".join(f"{one.id}-{one.write_date:%Y%m%d%H%M%S%f}" for one in self)

    def write(self, vals):
        if vals.keys() & {"text", "purpose_id", "version"}:
            self._dive_refuse_answered()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self._dive_refuse_answered()

    def _dive_refuse_answered(self):
        # sudo: answers of all companies count
        if self.sudo()._dive_answered():
            raise UserError(
                self.env._(
                    "Customers have answered to these words: they stay as they are."
                    " Add new ones below; from then on those are asked."
                )
            )

    def _dive_answered(self):
        """Return those of these that somebody has answered to."""
        groups = self.env["dive.consent"]._read_group(
            [("wording_id", "in", self.ids)], ["wording_id"]
        )
        return self.browse().union(*(wording for (wording,) in groups))
