"""Prepaid cards that are sold with the code of an offer."""

from odoo import api, models
from odoo.exceptions import UserError


class DiveDiscountCard(models.Model):
    _name = "dive.discount.card"
    _inherit = ["dive.discount.card", "dive.offer.mixin"]

    @api.onchange("offer_id")
    def _onchange_offer_id(self):
        result = super()._onchange_offer_id()
        if self.offer_id.type_id and self.state == "draft":
            self.type_id = self.offer_id.type_id
        return result

    @api.model_create_multi
    def create(self, vals_list):
        offers = self.env["dive.campaign.offer"]
        for vals in vals_list:
            if vals.get("offer_id") and not vals.get("type_id"):
                vals["type_id"] = offers.browse(vals["offer_id"]).type_id.id
        return super().create(vals_list)

    def _dive_check_offer_fits(self, before):
        """A card is sold as it is; and an offer is for the cards that it says."""
        result = super()._dive_check_offer_fits(before)
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(card)s is sold: its code stays as it is.", card=self.display_name
                )
            )
        wanted = self.offer_id.type_id
        if wanted and self.type_id != wanted:
            raise UserError(
                self.env._(
                    "The code “%(code)s” is for the card “%(type)s”: choose that type.",
                    code=self.offer_id.code,
                    type=wanted.name,
                )
            )
        return result

    def _dive_prepare_sale_line(self, total=None, taxes=None):
        """Name the code with which it was sold."""
        line = super()._dive_prepare_sale_line(total, taxes)
        # sudo: whoever makes invoices may not read offers
        if offer := self.sudo().offer_id:
            words = offer._dive_line_words(self.partner_id)
            line["name"] = f"{line['name']}\n{words}"
        return line

    def write(self, vals):
        result = super().write(vals)
        if "type_id" in vals:
            for card in self.filtered("offer_id.type_id"):
                card._dive_check_offer_fits(card.offer_id)
        return result
