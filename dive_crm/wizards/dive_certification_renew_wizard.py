from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveCertificationRenewWizard(models.TransientModel):
    """Renewal of one or several cards."""

    _name = "dive.certification.renew.wizard"
    _description = "Renewal of certifications"

    certification_ids = fields.Many2many(
        "dive.certification",
        "dive_certification_renew_wizard_rel",
        string="Certifications",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    card_id = fields.Many2one("dive.certification", compute="_compute_card_id")
    previous_expiry = fields.Date("Valid until now", related="card_id.expiry_date")
    date = fields.Date(
        "Renewed on",
        required=True,
        default=lambda self: self.env.company._dive_today(),
    )
    expiry_date = fields.Date(
        "Valid until",
        compute="_compute_expiry_date",
        store=True,
        readonly=False,
        help="Early renewals continue from the old end, late ones begin on their day."
        " Empty: by the months of each level.",
    )
    note = fields.Char()
    # Which ends the dialog was opened for, so that none is prolonged twice by a second
    # press, or by two people. Part of the form: it comes back as it was shown.
    seen = fields.Text(compute="_compute_seen", store=True, readonly=False)

    @api.depends("certification_ids")
    def _compute_card_id(self):
        for wizard in self:
            cards = wizard.certification_ids
            wizard.card_id = cards if len(cards) == 1 else False

    @api.depends("card_id", "date")
    def _compute_expiry_date(self):
        for wizard in self:
            card = wizard.card_id
            wizard.expiry_date = (
                card._dive_next_expiry(wizard.date) if card and wizard.date else False
            )

    @api.depends("certification_ids")
    def _compute_seen(self):
        for wizard in self:
            wizard.seen = " ".join(map(self._seen, wizard.certification_ids))

    @api.model
    def _seen(self, card):
        return f"{card._origin.id}:{card.expiry_date or '-'}"

    def _check_seen(self):
        seen = set((self.seen or "").split())
        for card in self.certification_ids:
            if self._seen(card) not in seen:
                raise UserError(
                    self.env._(
                        "“%(card)s” ends on %(date)s by now: it was renewed or changed"
                        " since this dialog was opened. Nothing was renewed now. Open"
                        " the dialog again if it is to be renewed once more.",
                        card=card.display_name,
                        date=card.expiry_date or "-",
                    )
                )

    def action_renew(self):
        """Renew the cards, all or none, and once."""
        self.ensure_one()
        self._check_seen()
        self.certification_ids._dive_renew(self.date, self.expiry_date, self.note)
        return {"type": "ir.actions.act_window_close"}
