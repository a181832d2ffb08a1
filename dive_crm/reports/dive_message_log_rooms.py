"""The marks of each room in the list of messages."""

from odoo import api, models
from odoo.tools import SQL


class DiveMessageLog(models.Model):
    _inherit = "dive.message.log"
    _depends = {
        model: [
            "address",
            "channel",
            "date",
            "error",
            "mail_message_id",
            "plan_id",
            "reason",
            "recipient_id",
            "retry_on",
            "tries",
        ]
        for model in (
            "dive.booking.notice",
            "dive.certification.alert",
            "dive.discount.card.alert",
            "dive.medical.alert",
            "dive.trip.invitation",
        )
    }

    @api.model
    def _dive_log_parts(self):
        # sudo: which company is in charge of customers that have none
        main = self.env["res.company"].sudo()._dive_main_company()
        part = self._dive_log_part
        return [
            *super()._dive_log_parts(),
            part(0, "trip", "dive.booking.notice", ("dive.booking", "booking_id")),
            part(
                1,
                "certification",
                "dive.certification.alert",
                ("dive.certification", "certification_id"),
                company=SQL("COALESCE(diver.company_id, %s)", main.id),
                joined=SQL(
                    "JOIN dive_certification card ON card.id = mark.certification_id"
                    " JOIN res_partner diver ON diver.id = card.partner_id"
                ),
            ),
            part(2, "medical", "dive.medical.alert", ("dive.medical.form", "form_id")),
            part(
                3,
                "card",
                "dive.discount.card.alert",
                ("dive.discount.card", "card_id"),
            ),
            part(4, "trip", "dive.trip.invitation", ("dive.trip", "trip_id")),
        ]
