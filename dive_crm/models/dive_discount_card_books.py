"""The journal items of a card, for who looks at the account of prepaid cards."""

from odoo import models


class DiveDiscountCardEntry(models.Model):
    _inherit = "dive.discount.card.entry"

    # the report of a day long ago asks which movements came from which document
    _dive_document_idx = models.Index("(source_id) WHERE source_model = 'account.move'")


class DiveDiscountCardUse(models.Model):
    _inherit = "dive.discount.card.use"

    _dive_entry_idx = models.Index("(entry_id)")


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _dive_action_items(self, company, day=None):
        """Open what the account of prepaid cards says of this card.

        Of an empty ``self``: what stands there without a card.

        :param company: of which company
        :param day: until which day; without one, all
        """
        # sudo: which accounts they are; the items are read with the user's own rights
        companies = self.env["res.company"].sudo()
        companies = companies.search([("dive_card_account_id", "!=", False)])
        domain = [
            ("account_id", "in", companies.dive_card_account_id.ids),
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("dive_card_id", "=", self.id),
        ]
        if day:
            domain.append(("date", "<=", day))
        name = self.display_name if self else self.env._("Without a card")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal items: %s", name),
            "res_model": "account.move.line",
            "views": [(self.env.ref("account.view_move_line_tree").id, "list")],
            "domain": domain,
            "context": {"create": False, "edit": False},
        }
