"""What becomes of medical forms when customers are merged or erased."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # ------------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------------

    def _dive_medical_strictest(self):
        """Return ``unfit`` or ``physician`` if one of these customers is that today."""
        found = set(self._dive_medical_status().values())
        return next((one for one in ("unfit", "physician") if one in found), None)

    def _dive_medical_hold(self, strictest):
        """Keep the strictest status of the merged records until a physician's word.

        All forms are the survivor's now, and the newest decides. But it was answered in
        a record that did not know of the other one.

        :param strictest: what :meth:`_dive_medical_strictest` said before the merge
        """
        ranks = {"unfit": 2, "physician": 1}
        now = ranks.get(self._dive_medical_strictest(), 0)
        if not self or now >= ranks.get(strictest, 0):
            return
        # sudo: whoever may merge; forms of all companies count
        newest = (
            self.env["dive.medical.form"]
            .sudo()
            .search(
                [("partner_id", "in", self.ids), ("signed_at", "!=", False)],
                order="signed_at desc, id desc",
                limit=1,
            )
        )
        newest._dive_unlocked().write({"held_status": strictest})
        newest._message_log(
            body=self.env._(
                "Customers were merged, and one of them was judged more strictly. That"
                " stays until a physician's word is noted."
            )
        )

    # ------------------------------------------------------------------
    # Deletion
    # ------------------------------------------------------------------

    def _dive_with_medical_forms(self):
        """Return those who have medical forms, drafts too."""
        # sudo: forms of all companies count, also those that the user does not see
        forms = self.env["dive.medical.form"].sudo()
        grouped = forms._read_group([("partner_id", "in", self.ids)], ["partner_id"])
        named = {partner.id for (partner,) in grouped}
        return self.filtered(lambda partner: partner.id in named)

    def _dive_erase_medical_forms(self):
        """Delete the forms of somebody who is erased, with what was noted.

        Only reached by administrators: everybody else was sent to archiving.
        """
        # sudo: an administrator of the system need not have a role in the dive centre
        forms = self.env["dive.medical.form"].sudo()
        forms = forms.search([("partner_id", "in", self.ids)])
        forms.entry_ids._dive_unlocked().unlink()
        forms._dive_unlocked().unlink()
