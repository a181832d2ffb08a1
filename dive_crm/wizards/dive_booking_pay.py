from odoo import Command, api, fields, models


class DiveBookingPay(models.TransientModel):
    """Which of the payers of a booking pays now?"""

    _name = "dive.booking.pay"
    _description = "Payers of a booking"

    booking_id = fields.Many2one("dive.booking", required=True, ondelete="cascade")
    line_ids = fields.One2many("dive.booking.pay.line", "wizard_id", "Payers")
    link_hint = fields.Char(related="booking_id.link_hint")

    @api.model_create_multi
    def create(self, vals_list):
        """A dialog starts with a line for each payer who owes something."""
        wizards = super().create(vals_list)
        for wizard in wizards:
            booking = wizard.booking_id
            booking._check_may_invoice()
            payers = booking._dive_payers()
            wizard.line_ids = [
                Command.create(
                    {
                        "payer_id": payer.id,
                        "names": ", ".join(
                            payers[payer].partner_id.mapped("name")
                            if payer in payers
                            else ()
                        ),
                        "amount": amount,
                    }
                )
                for payer, amount in booking._dive_owed_by_payer().items()
            ]
        return wizards


class DiveBookingPayLine(models.TransientModel):
    """What one of the payers owes."""

    _name = "dive.booking.pay.line"
    _description = "Payer of a booking"

    wizard_id = fields.Many2one("dive.booking.pay", required=True, ondelete="cascade")
    payer_id = fields.Many2one("res.partner", required=True)
    names = fields.Char("Pays for")
    currency_id = fields.Many2one(related="wizard_id.booking_id.currency_id")
    amount = fields.Monetary("To pay")
    link_hint = fields.Char(related="wizard_id.link_hint")
    card_offer = fields.Selection(related="wizard_id.booking_id.card_offer")

    def action_take_payment(self):
        """Open Odoo's payment dialog for this payer."""
        self.ensure_one()
        return self.wizard_id.booking_id.action_take_payment_of(self.payer_id.id)

    def action_send_link(self):
        """Write to this payer where to pay."""
        self.ensure_one()
        return self.wizard_id.booking_id.action_send_link_to(self.payer_id.id)

    def action_use_card(self):
        """Open the dialog that pays with this payer's cards."""
        self.ensure_one()
        return self.wizard_id.booking_id.action_use_card_of(self.payer_id.id)
