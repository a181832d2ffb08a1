"""What becomes of a manager's word when customers are merged into one."""

from odoo import api, models

#: the stricter, the higher
STRICT = {"physician": 1, "unfit": 2}


class DiveFitnessOverride(models.Model):
    _inherit = "dive.fitness.override"

    @api.model
    def _dive_follow_merge(self, src_partners, dst_partner):
        """Let the word of a manager count for the customer who stays.

        To be called before the merge. Rows are only added: the survivor gets the word
        as it was said, by the same manager on the same day, unless there is one for
        this trip and this finding already.
        """
        # sudo: a merge spans all companies; the word itself was asked for as any is
        rows = self.sudo().search(
            [("partner_id", "in", (src_partners | dst_partner).ids)], order="id"
        )
        own = rows.filtered(lambda row: row.partner_id == dst_partner.id)
        there = {(row.trip_id, row.code) for row in own}
        latest = {
            (row.trip_id, row.code): row
            for row in rows - own
            if (row.trip_id, row.code) not in there
        }
        rows._dive_adding().create(
            [
                {
                    "date": row.date,
                    "user_id": row.user_id,
                    "user_name": row.user_name,
                    "trip_id": row.trip_id,
                    "partner_id": dst_partner.id,
                    "company_id": row.company_id,
                    "code": row.code,
                    "reason": row.reason,
                }
                for row in latest.values()
                if row._dive_still_known(src_partners | dst_partner)
            ]
        )

    def _dive_still_known(self, everybody):
        """Say whether the manager knew what speaks against the merged customer.

        Who was judged more strictly in a record that the manager did not see is asked
        about again.
        """
        self.ensure_one()
        if self.code != "medical":
            return True
        mine = everybody.filtered(lambda one: one.id == self.partner_id)
        judged = [
            STRICT.get(some._dive_medical_strictest(), 0)
            for some in (mine, everybody - mine)
        ]
        return judged[0] >= judged[1]
