"""What a customer's prepaid cards say about the customer."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

# whoever reads cards; others, who read all fields of a partner, are spared the queries
READERS = (
    "dive_crm.group_front_desk,account.group_account_invoice,"
    "account.group_account_readonly"
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_discount_card_ids = fields.One2many(
        "dive.discount.card", "partner_id", "Prepaid cards", groups=READERS
    )
    dive_prepaid_count = fields.Integer(
        "Number of prepaid cards", compute="_compute_dive_prepaid", groups=READERS
    )
    dive_prepaid_balance = fields.Char(
        "On prepaid cards",
        compute="_compute_dive_prepaid",
        groups=READERS,
        help="What can be used today of all cards of this customer.",
    )

    @api.depends(
        "dive_discount_card_ids.balance",
        "dive_discount_card_ids.state",
        "dive_discount_card_ids.expiry_date",
    )
    @api.depends_context("lang", "allowed_company_ids", "uid")
    def _compute_dive_prepaid(self):
        cards = self.env["dive.discount.card"]
        counts, left = defaultdict(int), defaultdict(list)
        if self.ids and cards.has_access("read"):
            domain = Domain("partner_id", "in", self.ids)
            for partner, count in cards._read_group(
                domain, ["partner_id"], ["__count"]
            ):
                counts[partner.id] = count
            for partner, unit, currency, total in cards._read_group(
                domain & cards._dive_usable_domain(),
                ["partner_id", "unit", "currency_id"],
                ["balance:sum"],
            ):
                left[partner.id].append(cards._dive_amount_words(total, unit, currency))
        for partner in self:
            partner.dive_prepaid_count = counts[partner._origin.id]
            partner.dive_prepaid_balance = " · ".join(left[partner._origin.id]) or False

    def action_view_dive_prepaid(self):
        """Open the cards of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_discount_card"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_dive_sell_card(self):
        """Open a new card of this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sell a card"),
            "res_model": "dive.discount.card",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.id},
        }

    # ------------------------------------------------------------------
    # Who goes, and what stays
    # ------------------------------------------------------------------

    def _dive_with_cards(self):
        """Return those who hold any card, sold or not."""
        return self._dive_holders(Domain.TRUE)

    def _dive_kept_by_law(self):
        """A card that was sold is owed to its holder, also to one who got it later."""
        return super()._dive_kept_by_law() | self._dive_holders(
            Domain("state", "!=", "draft")
        )

    def _dive_holders(self, domain):
        # sudo: cards of all companies count, also those that the user does not see
        rows = (
            self.env["dive.discount.card"]
            .sudo()
            ._read_group(Domain("partner_id", "in", self.ids) & domain, ["partner_id"])
        )
        ids = {partner.id for (partner,) in rows}
        return self.filtered(lambda partner: partner.id in ids)

    def _dive_erase_cards(self):
        """Delete the cards that were never sold of somebody who is erased."""
        # sudo: an administrator of the system need not have a role in the dive centre
        cards = self.env["dive.discount.card"].sudo()
        cards.search([("partner_id", "in", self.ids)]).unlink()


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    @api.model
    def _dive_usable_domain(self):
        """Return which cards can be used today."""
        return Domain("state", "=", "active") & (
            Domain("expiry_date", "=", False)
            | Domain("expiry_date", ">=", self.env.company._dive_today())
        )

    @api.model
    def _dive_amount_words(self, amount, unit, currency):
        """Return an amount with its unit: see ``_dive_in_words``."""
        return self.new({"unit": unit, "currency_id": currency.id})._dive_in_words(
            amount
        )
