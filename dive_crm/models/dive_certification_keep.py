"""What becomes of cards when customers are merged or erased: none is lost."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.ticket import with_ticket

#: What a card that stays takes over from its double where it says nothing.
FILLED = (
    "issue_date",
    "expiry_date",
    "instructor_id",
    "instructor_name",
    "instructor_number",
    "place",
    "note",
)


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Make one card of those that are the same, of customers about to become one.

        To be called before the merge repoints rows, which the unique index on cards
        would abort. The one that stays gets the checks and renewals of the others,
        which are archived, with a note.

        :param src_partners: the customers that will disappear
        :param dst_partner: the customer that stays
        """
        # sudo: a merge spans all companies and cards, whoever may start it
        cards = self.sudo().search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("number_key", "!=", ""),
                ("number_key", "!=", False),
            ]
        )
        for same in cards.grouped(lambda c: (c.level_id, c.number_key)).values():
            keep = same._dive_best(dst_partner)
            for double in same - keep:
                keep._dive_absorb(double)

    def _dive_best(self, dst_partner):
        """Return the card that says most about what these cards are."""
        return self.sorted(
            lambda card: (
                card.verification != "unverified",
                card.expiry_date or fields.Date.to_date("1900-01-01"),
                card.partner_id == dst_partner,
                -card.id,
            )
        )[-1]

    def _dive_absorb(self, double):
        """Take over the history of a double and what it knows; archive it."""
        self.ensure_one()
        renewed = double.renewed
        history = double.check_ids._dive_unlocked(), double.renewal_ids._dive_unlocked()
        for rows in history:
            rows.write({"certification_id": self.id})
        known = {
            name: self._fields[name].convert_to_write(double[name], double)
            for name in FILLED
            if double[name] and not self[name]
        }
        if self.verification != "unverified":
            known.pop("issue_date", None)  # it would no longer be what was checked
        if renewed and self.expiry_date and double.expiry_date > self.expiry_date:
            known["expiry_date"] = double.expiry_date  # with the renewal itself
        double._dive_unlocked().write({"active": False})
        self._dive_unlocked().write(known)
        self._dive_absorb_alerts(double)
        self._dive_take_pictures(double)
        for card, other in ((self, double), (double, self)):
            card._message_log(
                body=self.env._(
                    "Customers were merged, and both had this card (%(card)s). Checks"
                    " and renewals of both stand with the one that was kept.",
                    card=other._get_html_link(),
                )
            )

    def _dive_absorb_alerts(self, double):
        """Take over what was told about the double: nobody is told of an end again."""

        def mark(alert):
            # as the unique indexes have it
            if alert.kind == "manual":
                return alert.kind, alert.day, None
            return alert.kind, alert.expiry_date, alert.days

        marks = {mark(alert) for alert in self.alert_ids}
        told = double.alert_ids.filtered(lambda alert: mark(alert) not in marks)
        told.certification_id = self

    def _dive_take_pictures(self, double):
        """Copy the pictures that only the double has; its own stay with it."""
        for slot in self._dive_sealed_slots:
            if double._dive_sealed_file(slot) and not self._dive_sealed_file(slot):
                try:
                    # The merge moves what is there; nobody looks at it.
                    picture = with_ticket(double)._dive_sealed_open(slot)
                    self._dive_sealed_put(slot, picture)
                except UserError:
                    # Without its key it stays where it is, with the archived card.
                    continue


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_with_certifications(self):
        """Return those who have cards, archived ones too."""
        # sudo: cards of all companies count, also those that the user does not see
        cards = self.env["dive.certification"].sudo().with_context(active_test=False)
        grouped = cards._read_group([("partner_id", "in", self.ids)], ["partner_id"])
        named = {partner.id for (partner,) in grouped}
        return self.filtered(lambda partner: partner.id in named)

    def _dive_refuse_erasing_instructors(self):
        """Refuse to erase somebody whom other divers' cards name as instructor."""
        # sudo: see _dive_with_certifications
        cards = self.env["dive.certification"].sudo().with_context(active_test=False)
        named = cards.search(
            [("instructor_id", "in", self.ids), ("partner_id", "not in", self.ids)]
        ).instructor_id
        if named:
            raise UserError(
                self.env._(
                    "%(names)s cannot be erased: other divers' cards name them as"
                    " instructor. Archive instead.",
                    names=", ".join(named.mapped("display_name")),
                )
            )

    def _dive_erase_certifications(self):
        """Delete the cards of somebody who is erased, with checks and pictures.

        Only reached by administrators: everybody else was sent to archiving.
        """
        # An administrator of the system need not have a role in the dive centre.
        cards = self.env["dive.certification"].sudo().with_context(active_test=False)
        cards = cards.search([("partner_id", "in", self.ids)])
        cards.check_ids._dive_unlocked().unlink()
        renewals = cards.renewal_ids._dive_unlocked()
        renewals.filtered("withdraws_id").unlink()
        renewals.exists().unlink()
        cards._dive_unlocked().unlink()
