"""A brochure for many customers at once: which one, and who has it coming already."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: So many are noted at once: more is a mailing.
MOST = 1000


class DiveBrochureAsk(models.TransientModel):
    _name = "dive.brochure.ask"
    _description = "Brochure for many customers"

    partner_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    brochure_id = fields.Many2one(
        "dive.brochure",
        required=True,
        domain="['|', ('company_id', '=', False),"
        " ('company_id', 'in', allowed_company_ids)]",
        default=lambda self: self.env["dive.brochure"].search([], limit=1),
    )
    words = fields.Char("What happens", compute="_compute_words")

    @api.depends("partner_ids", "brochure_id")
    def _compute_words(self):
        for dialog in self:
            waiting = dialog._dive_waiting()
            words = [
                self.env._(
                    "Goes on the list for %(number)s of %(all)s.",
                    number=len(dialog.partner_ids - waiting),
                    all=len(dialog.partner_ids),
                )
            ]
            if waiting:
                words.append(
                    self.env._("On the list already: %(number)s.", number=len(waiting))
                )
            dialog.words = " ".join(words)

    def _dive_waiting(self):
        """Return those who have this brochure coming already."""
        requests = self.env["dive.brochure.request"].search(
            [
                ("partner_id", "in", self.partner_ids.ids),
                ("brochure_id", "=", self.brochure_id.id),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "to_send"),
            ]
        )
        return requests.partner_id

    @api.model
    def _dive_open(self, partners):
        self.env["dive.brochure.request"]._dive_check_desk()
        partners.check_access("read")
        customers = partners.filtered("dive_customer")
        if not customers:
            raise UserError(self.env._("Select the customers who want a brochure."))
        if len(customers) > MOST:
            raise UserError(
                self.env._(
                    "At most %s customers at once: select fewer, or write a mailing.",
                    MOST,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Brochure for these customers"),
            "res_model": self._name,
            "res_id": self.create({"partner_ids": customers.ids}).id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_note(self):
        """Note that they want it; a second click notes nothing twice."""
        self.ensure_one()
        requests = self.env["dive.brochure.request"]
        requests._dive_check_desk()
        new = requests.create(
            [
                {"partner_id": partner.id, "brochure_id": self.brochure_id.id}
                for partner in self.partner_ids - self._dive_waiting()
            ]
        )
        lacking = new.filtered("missing")
        message = self.env._("On the list now: %(number)s.", number=len(new))
        if lacking:
            message += " " + self.env._(
                "Something is missing for %(number)s: see the list.",
                number=len(lacking),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if lacking else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
