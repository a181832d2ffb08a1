"""Writing to all who come along on a trip."""

from odoo import models
from odoo.exceptions import UserError


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def action_dive_write_email(self):
        """Open the composer of an e-mail to each diver of these trips."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("E-mail to the divers"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_composition_mode": "mass_mail",
                "default_model": "dive.booking.diver",
                "default_res_ids": self._dive_write_to().ids,
                # a place has no chatter; see the composer for where answers arrive
                "default_reply_to": self.company_id[:1].email_formatted
                or self.env.user.email_formatted,
            },
        }

    def action_dive_write_sms(self):
        """Open the composer of an SMS to each diver of these trips."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("SMS to the divers"),
            "res_model": "sms.composer",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_composition_mode": "mass",
                "default_mass_keep_log": True,
                "default_res_model": "dive.booking.diver",
                "default_res_ids": repr(self._dive_write_to().ids),
            },
        }

    def _dive_write_to(self):
        """Return the places of those who come along, or came.

        :raise UserError: there are none
        """
        seats = self.env["dive.booking.diver"].search(
            [
                ("trip_id", "in", self.ids),
                ("state", "in", ("booked", "checked_in", "done")),
            ]
        )
        if not seats:
            raise UserError(
                self.env._("Nobody is booked: there is nobody to write to.")
            )
        return seats
