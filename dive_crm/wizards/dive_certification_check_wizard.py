from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveCertificationCheckWizard(models.TransientModel):
    """What somebody found who looked whether one or several cards are real."""

    _name = "dive.certification.check.wizard"
    _description = "Check of certifications"

    certification_ids = fields.Many2many(
        "dive.certification",
        "dive_certification_check_wizard_rel",
        string="Certifications",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    # what has to be typed into the agency's page
    card_id = fields.Many2one("dive.certification", compute="_compute_card_id")
    diver = fields.Char(related="card_id.partner_id.name")
    birthdate = fields.Date(
        "Date of birth", related="card_id.partner_id.birthdate_date"
    )
    number = fields.Char(related="card_id.number")
    level_id = fields.Many2one(related="card_id.level_id")
    issue_date = fields.Date(related="card_id.issue_date")
    front_id = fields.Many2one(related="card_id.front_id")
    back_id = fields.Many2one(related="card_id.back_id")
    front_image = fields.Binary("Front", compute="_compute_images")
    back_image = fields.Binary("Back side", compute="_compute_images")
    page_url = fields.Char("Agency's page", compute="_compute_page_url")
    method = fields.Selection(
        selection=lambda self: self._selection_method(),
        string="How",
        required=True,
        compute="_compute_method",
        store=True,
        precompute=True,
        readonly=False,
    )
    # Empty at first: who presses Enter without having looked verifies nothing.
    result = fields.Selection(
        [
            ("verified", "Verified"),
            ("rejected", "Rejected"),
            ("inconclusive", "Could not tell"),
        ],
        required=True,
    )
    evidence = fields.Char(help="What was seen: a reference, a name, a page.")
    reason = fields.Char(help="The diver reads it, in the portal and in letters.")
    next_check_date = fields.Date("Look again on")

    @api.model
    def _selection_method(self):
        methods = self.env["dive.certification.check"]._fields["method"]
        # what only a course notes is for nobody to choose
        return [
            (value, label)
            for value, label in methods._description_selection(self.env)
            if value != "issued"
        ]

    @api.depends("certification_ids")
    def _compute_card_id(self):
        for wizard in self:
            cards = wizard.certification_ids
            wizard.card_id = cards if len(cards) == 1 else False

    @api.depends("card_id")
    def _compute_images(self):
        # A size says that there is one; the screen fetches the thumbnail by itself.
        for wizard in self:
            card = wizard.card_id.with_context(bin_size=True)
            wizard.front_image = card.front_image
            wizard.back_image = card.back_image

    @api.depends("certification_ids")
    def _compute_page_url(self):
        for wizard in self:
            wizard.page_url = wizard.certification_ids._dive_check_page()

    @api.depends("certification_ids")
    def _compute_method(self):
        for wizard in self:
            wizard.method = "website" if wizard.page_url else "card"

    def action_save(self):
        """Note the result for each card."""
        self.ensure_one()
        if self.next_check_date and (
            self.next_check_date <= self.env.company._dive_today()
        ):
            raise UserError(
                self.env._("“Look again on” lies in the past: choose a later day.")
            )
        self.env["dive.certification.check"].create(
            [
                {
                    "certification_id": card.id,
                    "method": self.method,
                    "result": self.result,
                    "evidence": self.evidence,
                    "reason": self.result == "rejected" and self.reason,
                    "next_check_date": self.next_check_date,
                }
                for card in self.certification_ids
            ]
        )
        return {"type": "ir.actions.act_window_close"}
