from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

#: Of what both may have one that a database index lets a customer have only once.
ONE_EACH = (
    "dive.certification",
    "dive.medical.profile",
    "dive.trip.invitation",
    "dive.consent.state",
    "dive.brochure.request",
    "dive.contact",
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two records of the same diver become one, and nothing of ours is lost (rule P15).

    Odoo repoints foreign keys in SQL, deletes rows that then break a unique constraint
    and aborts on a unique index: what would break is resolved here before.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let dive managers merge also when the e-mails differ."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if self.env.user.has_group("dive_crm.group_manager"):
            extra_checks = False
        else:
            self._dive_refuse_staff(partners)
        strictest = partners._dive_medical_strictest()
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        if strictest:
            partners.exists()._dive_medical_hold(strictest)
        return result

    def _dive_refuse_staff(self, partners):
        """Refuse to make a diver with medical papers one with somebody who works here.

        They would be that person's own, who could have made the two alike before.

        :raise UserError: a manager may
        """
        # sudo: who has a login is for administrators to read
        users = partners.sudo().with_context(active_test=False).user_ids
        others = partners - users.filtered(lambda user: not user.share).partner_id
        if others != partners and (
            others._dive_with_medical_forms() | others._dive_with_medical_profiles()
        ):
            raise UserError(
                self.env._(
                    "One of these is a colleague's contact, another has medical papers:"
                    " ask a manager to merge them."
                )
            )

    def _update_foreign_keys(self, src_partners, dst_partner):
        # A seat of each record on the same trip: both rows stay, one place is enough.
        # The user may not see the bookings of other companies; they are merged as well.
        self.env["dive.booking.diver"].sudo()._dive_resolve_merge_duplicates(
            src_partners, dst_partner
        )
        for model in ONE_EACH:
            self.env[model]._dive_resolve_merge_duplicates(src_partners, dst_partner)
        self.env["dive.fitness.override"]._dive_follow_merge(src_partners, dst_partner)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        # Odoo writes the source's e-mail and number onto the target while the source
        # still has them: until it is deleted it is no dive customer any more.
        customers = (src_partners | dst_partner).filtered("dive_customer")
        if not customers:
            return super()._update_values(src_partners, dst_partner)
        kept = self._dive_best_values(src_partners, dst_partner)
        (src_partners & customers).write({"dive_customer": False})
        self._dive_untie(src_partners | dst_partner)
        src_partners.flush_recordset()
        result = super()._update_values(src_partners, dst_partner)
        dst_partner.write(kept)
        return result

    def _dive_best_values(self, src_partners, dst_partner):
        """Return what is kept where the target's own is not simply the best."""
        everybody = src_partners | dst_partner
        since = [day for day in everybody.mapped("dive_customer_since") if day]
        last = [day for day in everybody.mapped("dive_last_dive_date") if day]
        notes = [note for note in everybody.mapped("dive_experience_note") if note]
        return {
            "dive_customer": True,
            "dive_customer_since": min(since, default=False),
            "dive_logged_dives": max(everybody.mapped("dive_logged_dives")),
            "dive_deepest_m": max(everybody.mapped("dive_deepest_m")),
            "dive_last_dive_date": max(last, default=False),
            "dive_experience_note": "\n".join(dict.fromkeys(notes)),
            "dive_favorite_site_ids": [
                Command.set(everybody.dive_favorite_site_ids.ids)
            ],
            "dive_favorite_type_ids": [
                Command.set(everybody.dive_favorite_type_ids.ids)
            ],
        }

    def _dive_untie(self, partners):
        """Undo what points from one of the merged records to another."""
        partners.filtered(
            lambda partner: partner.dive_guardian_id in partners
        ).dive_guardian_id = False
        partners.dive_emergency_contact_ids.filtered(
            lambda line: line.contact_id in partners and line.partner_id in partners
        ).contact_id = False
