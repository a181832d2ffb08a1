"""What staff learn of cards that divers send: something to do, once per diver."""

from odoo import api, models
from odoo.exceptions import UserError

ACTIVITY = "dive_crm.mail_activity_type_check_card"


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_portal_tell_staff(self, summary=None):
        """Have somebody check this card, unless one of this diver is on their list.

        :return: whether somebody was told now
        """
        self.ensure_one()
        # Activities are for staff; the diver who sends a card may not see them.
        card = self.sudo()
        if card._dive_portal_activities():
            return False
        user = card._dive_portal_staff()
        words = card.with_context(lang=user.lang or self.env.lang)
        card.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            date_deadline=self.env.company._dive_today(),
            user_id=user.id,
            summary=summary
            or words.env._("Check the card of %(diver)s", diver=card.partner_id.name),
        )
        return True

    def _dive_portal_activities(self):
        """Return what is still to do about any card of these divers."""
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        cards = self.with_context(active_test=False).search(
            [("partner_id", "in", self.partner_id.ids)]
        )
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", cards.ids),
                ("activity_type_id", "=", activity_type and activity_type.id),
            ]
        )

    def _dive_portal_staff(self):
        """Return who is asked to check cards of the portal."""
        company = self.partner_id.company_id or self.env.company
        return company._dive_caretaker() or self.env.ref("base.user_admin")

    def _dive_portal_note_renewal(self, vals):
        """Tell staff of later dates that a diver gives for a card that is there.

        A verified card is not changed by its diver; prolonged it was, perhaps.
        """
        card = self.sudo()  # as in _dive_portal_tell_staff
        ends, issued = vals.get("expiry_date"), vals.get("issue_date")
        later = card.expiry_date and (
            (ends and ends > card.expiry_date)
            or (issued and card.issue_date and issued > card.issue_date)
        )
        if card.verification == "verified" and later and card._dive_portal_tell_staff():
            card._message_log(
                body=self.env._(
                    "%(user)s says in the portal that this card was renewed: issued"
                    " %(issued)s, valid until %(ends)s.",
                    user=self.env.user.name,
                    issued=issued or "-",
                    ends=ends or "-",
                )
            )

    def _dive_portal_checked(self):
        """Tick off the activity; the next card of the diver gets one of its own."""
        if not self:
            return
        activities = self._dive_portal_activities()
        if not activities:
            return
        waiting = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("source", "=", "portal"),
                "|",
                ("verification", "=", "unverified"),
                ("corrected", "=", True),
            ]
        ).grouped("partner_id")
        checked = activities.filtered(lambda activity: activity.res_id in self.ids)
        divers = self.browse(checked.mapped("res_id")).partner_id
        checked.action_feedback()
        for diver in divers:
            if card := waiting.get(diver, self.browse())[:1]:
                card._dive_portal_tell_staff()


class DiveCertificationCheck(models.Model):
    _inherit = "dive.certification.check"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        decided = rows.filtered(lambda row: row.result in ("verified", "rejected"))
        decided._dive_refuse_unlisted()
        # whose activity it is does not matter: the work is done
        decided.certification_id.sudo()._dive_portal_checked()
        rejected = decided.filtered(lambda row: row.result == "rejected")
        rejected.certification_id._dive_portal_tell_diver()
        (decided - rejected).certification_id._dive_take_back_rejection()
        return rows

    def _dive_refuse_unlisted(self):
        """Refuse to verify a card before somebody has said of which level it is."""
        unlisted = self.env["dive.certification"]._dive_unlisted_level()
        for row in self:
            card = row.certification_id
            if row.result == "verified" and card.level_id == unlisted:
                raise UserError(
                    self.env._(
                        "Choose the level of this card first: the diver wrote"
                        " “%(words)s”.",
                        words=card.level_text or "-",
                    )
                )
