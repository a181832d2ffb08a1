"""What a manager may change on a card that is sold: its last day, its holder."""

import secrets

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

#: A later day is a slip of the keys, and no extension takes it back.
MOST_YEARS = 20


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def action_extend(self, date, reason):
        """Let this card be used until a later day; what had expired comes back.

        :param date: the new last day
        :param str reason: why; it stays with the movement
        :raise AccessError: for who is no manager
        :raise UserError: no reason, no later day, a card that is over
        """
        self.ensure_one()
        reason = self._dive_check_may_change(reason)
        date = self._dive_later_day(date)
        self._dive_stand_in_line()
        if self.state not in ("active", "expired", "used"):
            self._dive_refuse_change()
        words = self.env._(
            "Until %(date)s: %(reason)s",
            date=format_date(self.env, date),
            reason=reason,
        )
        expired = self._dive_expired_entries()
        for entry in expired:
            back = self._dive_move(
                "extension",
                source=words,
                reverses_id=entry.id,
                amount=-entry.amount,
                consumed=-entry.consumed,
                booked=-entry.booked,
            )
            self._dive_book_end(back, -entry.booked)
        if not expired:
            self._dive_move("extension", source=words)
        self._dive_claim("expired", "active" if self.balance else "used")
        self._dive_unlocked().write({"expiry_date": date})
        return True

    def _dive_expired_entries(self):
        """Return what has expired and was not given back since."""
        return self.entry_ids.filtered(
            lambda entry: (
                entry.kind == "expiry"
                and not self.entry_ids.filtered(
                    lambda other: other.reverses_id == entry
                )
            )
        )

    def action_transfer(self, partner, reason):
        """Give this card to another holder.

        :param partner: a ``res.partner`` or its id
        :param str reason: why; it stays with the movement
        :raise AccessError: for who is no manager
        :raise UserError: no reason, the same holder, a card that is over
        """
        self.ensure_one()
        reason = self._dive_check_may_change(reason)
        partner = self._dive_record("res.partner", partner)
        self._dive_stand_in_line()
        if self.state not in ("active", "used", "expired"):
            self._dive_refuse_change()
        if not partner.active:
            raise UserError(
                self.env._(
                    "%(partner)s is archived: choose somebody else.",
                    partner=partner.display_name,
                )
            )
        if partner == self.partner_id:
            raise UserError(
                self.env._(
                    "%(partner)s holds %(card)s already.",
                    partner=partner.display_name,
                    card=self.display_name,
                )
            )
        words = self.env._(
            "From %(old)s to %(new)s: %(reason)s",
            old=self.partner_id.display_name,
            new=partner.display_name,
            reason=reason,
        )
        self._dive_move("transfer", source=words)
        # neither the family is the new holder's, nor the paper that the old one has
        self._dive_unlocked().write(
            {
                "partner_id": partner.id,
                "member_ids": False,
                "code": secrets.token_urlsafe(12),
            }
        )
        self._compute_member_ids()
        return True

    def _dive_check_may_change(self, reason):
        """Return the reason that a manager has given."""
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("dive_crm.group_manager")):
            raise AccessError(
                self.env._("Cards are extended and transferred by a manager.")
            )
        if not (isinstance(reason, str) and reason.strip()):
            raise UserError(
                self.env._("Say why: the reason stays with the card's movements.")
            )
        return reason.strip()

    def _dive_later_day(self, date):
        """Return the new last day, or say why it is none."""
        try:
            day = fields.Date.to_date(date)
        except (TypeError, ValueError, LookupError):
            day = None
        today = self.company_id._dive_today()
        last = max(self.expiry_date or day, today) if day else 0
        if not day or day < last or day == self.expiry_date:
            raise UserError(
                self.env._(
                    "%(card)s is valid until %(date)s: enter a later day, not before"
                    " today.",
                    card=self.display_name,
                    date=format_date(self.env, self.expiry_date) or "?",
                )
            )
        if day > fields.Date.add(today, years=MOST_YEARS):
            raise UserError(
                self.env._(
                    "%(date)s is more than %(years)s years from now: check the year.",
                    date=format_date(self.env, day),
                    years=MOST_YEARS,
                )
            )
        return day

    def _dive_refuse_change(self):
        raise UserError(
            self.env._(
                "%(card)s cannot be changed: %(reason)s",
                card=self.display_name,
                reason=self._dive_why_not_usable(),
            )
        )
