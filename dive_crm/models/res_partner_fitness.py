"""What the customer's room answers when it is asked about a trip."""

from odoo import api, models

from ..tools.ticket import with_ticket


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _dive_without_emergency_contact(self, ids):
        """Return those of these partners who have nobody to call.

        :param ids: partner ids
        :rtype: set
        """
        # sudo: whether there is somebody, not who
        groups = (
            self.env["dive.emergency.contact"]
            .sudo()
            ._read_group([("partner_id", "in", list(ids))], ["partner_id"])
        )
        return set(ids) - {partner.id for (partner,) in groups}

    @api.model
    def _dive_without_insurance(self, ids):
        """Return those of these partners of whom no insurance is on record.

        :param ids: partner ids
        :rtype: set
        """
        # sudo and ticket: that there is one is said to staff, as whether there is
        # somebody to call; nothing is decrypted
        profiles = with_ticket(self.env["dive.medical.profile"].sudo())
        insured = profiles.search(
            [
                ("partner_id", "in", list(ids)),
                "|",
                ("insurer", "!=", False),
                ("policy_number", "!=", False),
            ]
        )
        return set(ids) - set(insured.partner_id.ids)
