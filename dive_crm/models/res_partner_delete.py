from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import RedirectWarning, UserError


class ResPartner(models.Model):
    """Deleting archives; only an administrator erases for good (rule P10)."""

    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_dive_history(self):
        customers = self.filtered("dive_customer")
        if not customers:
            return
        kept = customers._dive_kept_by_law()
        if self.env.uid == SUPERUSER_ID or self.env.user.has_group("base.group_system"):
            customers._dive_refuse_erasing(kept)
            return
        with_history = (
            kept
            | customers._dive_with_bookings()
            | customers._dive_with_certifications()
            | customers._dive_with_medical_profiles()
            | customers._dive_with_medical_forms()
            | customers._dive_with_cards()
            | customers._dive_with_tickets()
        )
        if with_history:
            archive = self.env.ref("dive_crm.action_dive_archive_customers")
            raise RedirectWarning(
                self.env._(
                    "%(names)s cannot be deleted: there are bookings, cards, medical "
                    "papers, tickets or invoices. Archived customers leave the lists "
                    "and keep their history.",
                    names=", ".join(with_history.mapped("display_name")),
                ),
                archive.id,
                self.env._("Archive instead"),
                {"active_ids": with_history.ids, "active_model": "res.partner"},
            )

    def _dive_refuse_erasing(self, kept):
        """Refuse an administrator's erasure while somebody else needs the record."""
        self._dive_refuse_erasing_instructors()
        if kept:
            raise UserError(
                self.env._(
                    "%(names)s cannot be erased: invoices, payments or journal entries "
                    "exist, which accounting law keeps. Archive instead.",
                    names=", ".join(kept.mapped("display_name")),
                )
            )
        # Bookings of all companies count, also those that the user does not see.
        pays_for = (
            self.env["dive.booking.diver"]
            .sudo()
            .search(
                [
                    "|",
                    ("booking_id.partner_id", "in", self.ids),
                    ("payer_id", "in", self.ids),
                    ("partner_id", "not in", self.ids),
                ]
            )
            .booking_id
        )
        if pays_for:
            raise UserError(
                self.env._(
                    "%(names)s cannot be erased: other people dive on their bookings "
                    "(%(bookings)s). Archive instead.",
                    names=", ".join(
                        (pays_for.partner_id & self or self).mapped("display_name")
                    ),
                    bookings=", ".join(pays_for.mapped("name")),
                )
            )

    def _dive_kept_by_law(self):
        """Return those of ``self`` whom accounting documents name."""
        # sudo: documents of all companies count, also those that the user may not read
        named = set()
        for model in ("account.move.line", "account.move", "account.payment"):
            grouped = (
                self.env[model]
                .sudo()
                ._read_group([("partner_id", "in", self.ids)], ["partner_id"])
            )
            named.update(partner.id for (partner,) in grouped)
        return self.filtered(lambda partner: partner.id in named)

    def _dive_with_bookings(self):
        """Return those who pay for or dive on any booking, cancelled ones too."""
        # Bookings of all companies count, also those that the user does not see.
        payers = self.env["dive.booking"].sudo()
        divers = self.env["dive.booking.diver"].sudo()
        named = set()
        for model, field in (
            (payers, "partner_id"),
            (divers, "partner_id"),
            (divers, "payer_id"),
        ):
            grouped = model._read_group([(field, "in", self.ids)], [field])
            named.update(partner.id for (partner,) in grouped)
        return self.filtered(lambda partner: partner.id in named)

    def unlink(self):
        """Erase for good; that it was done is recorded, without the name."""
        customers = self.filtered("dive_customer")
        if not customers:
            return super().unlink()
        self.check_access("unlink")
        erased = [
            {
                "anonymized_name": partner.name or "-",
                "anonymized_email": partner.email or "-",
                "execution_details": self.env._(
                    "Customer erased (number %(number)s)", number=partner.ref or "-"
                ),
            }
            for partner in customers
        ]
        self._unlink_except_dive_history()
        customers._dive_erase_medical_profiles()
        customers._dive_erase_certifications()
        customers._dive_erase_medical_forms()
        customers._dive_erase_bookings()
        customers._dive_erase_cards()
        customers._dive_erase_tickets()
        result = super().unlink()
        # The log of erasures is for administrators to read and for all to be in.
        self.env["privacy.log"].sudo().create(erased)
        return result

    def _dive_erase_bookings(self):
        """Delete the bookings of somebody who is erased; nobody else is on them.

        Only reached by administrators: everybody else was sent to archiving.
        """
        # An administrator of the system need not have a role in the dive centre.
        bookings = self.env["dive.booking"].sudo()
        seats = self.env["dive.booking.diver"].sudo()
        seats.search([("partner_id", "in", self.ids)])._dive_unlocked().unlink()
        bookings.search([("partner_id", "in", self.ids)])._dive_unlocked().unlink()

    def _dive_archive_from_warning(self):
        """Archive, from the button of the warning; return to the list."""
        self.action_archive()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_customer"
        )
        return dict(action, target="main")
