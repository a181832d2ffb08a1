"""Buttons and aids of the screens about certifications."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.card_number import number_key


class DiveCertificationLevel(models.Model):
    _inherit = "dive.certification.level"

    short_name = fields.Char(compute="_compute_short_name")

    @api.depends("name", "abbreviation", "agency_id.code")
    @api.depends_context("lang")
    def _compute_short_name(self):
        """As divers say it, for narrow columns: PADI AOWD."""
        for level in self:
            agency, short = level.agency_id.code, level.abbreviation
            level.short_name = (
                f"{agency} {short}"
                if short and short != agency
                else f"{agency} {level.name}"
            )


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    level_short = fields.Char("Short level", related="level_id.short_name")
    number_hint = fields.Char(related="agency_id.number_hint")
    any_number = fields.Char(
        "Card number", compute="_compute_any_number", search="_search_any_number"
    )
    check_due = fields.Boolean(
        "To look at again", compute="_compute_check_due", search="_search_check_due"
    )

    @api.depends("number")
    def _compute_any_number(self):
        for card in self:
            card.any_number = card.number

    @api.model
    def _search_any_number(self, operator, value):
        """Find a number however it is written: 12-34 finds 1234."""
        if operator != "ilike" or not number_key(value):
            return Domain("number", operator, value)
        return Domain("number_key", "ilike", number_key(value))

    @api.depends("next_check_date")
    @api.depends_context("company")
    def _compute_check_due(self):
        today = self.env.company._dive_today()
        for card in self:
            card.check_due = bool(card.next_check_date) and (
                card.next_check_date <= today
            )

    @api.model
    def _search_check_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("next_check_date", "<=", self.env.company._dive_today())

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _dive_check_page(self):
        """Return the address at which the agency of these cards looks them up.

        Its website where that page is not known; False where it has none, or where
        several agencies are concerned.
        """
        url = self.agency_id._dive_page() if len(self.agency_id) == 1 else False
        return url if (url or "").startswith(("https://", "http://")) else False

    def action_check(self):
        """Open the agency's page beside the dialog that notes what it says."""
        dialog = self._dive_dialog(
            self.env._("Check"), "dive.certification.check.wizard"
        )
        if not (url := self._dive_check_page()):
            return dialog
        return {
            "type": "ir.actions.client",
            "tag": "dive_crm.open_beside",
            "params": {"url": url, "action": dialog},
        }

    def action_renew(self):
        """Open the dialog of a renewal."""
        return self._dive_dialog(self.env._("Renew"), "dive.certification.renew.wizard")

    def _dive_dialog(self, name, model):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_certification_ids": self.ids},
        }

    def action_save_and_new(self):
        """Open the next empty card of the same diver; this one has been saved."""
        self.ensure_one()
        return self.partner_id.action_dive_add_certification()
