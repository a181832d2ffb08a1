from odoo import fields, models


class DiveWaitReorder(models.TransientModel):
    """Give a booking another place on the waiting list, with a reason."""

    _name = "dive.wait.reorder"
    _description = "Change the order of a waiting list"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("booking_id",)

    booking_id = fields.Many2one("dive.booking", required=True, readonly=True)
    # with the rights of who asks: any number can be put in
    trip_id = fields.Many2one(related="booking_id.trip_id", related_sudo=False)
    place_now = fields.Integer(
        related="booking_id.wait_place", string="Place now", related_sudo=False
    )
    place = fields.Integer("New place", default=1)
    reason = fields.Char(help="Stands on the trip and on the booking.")

    def action_reorder(self):
        """Change the order."""
        self.ensure_one()
        self.trip_id._dive_reorder(self.booking_id, self.place, self.reason)
        return {"type": "ir.actions.act_window_close"}
