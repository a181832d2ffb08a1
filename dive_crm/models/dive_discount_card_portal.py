"""What the portal shows of a card, as plain values."""

from odoo import models
from odoo.fields import Domain


class DiveDiscountCard(models.Model):
    """Called as superuser; whose card it is was asked by who calls."""

    _inherit = "dive.discount.card"

    def _dive_portal_rows(self, me):
        """Return a line of each of these cards.

        :param me: the user's contact, whose own name is not said
        """
        return [
            {
                "id": card.id,
                "name": card.name,
                "type": card.type_id.name,
                "holder": card.partner_id.name if card.partner_id != me else "",
                "left": card.balance_words if card.state == "active" else "",
                "until": card._dive_told_until(),
                "state": card._dive_told_state(),
                "over": card.state not in ("active", "unpaid"),
            }
            for card in self
        ]

    def _dive_portal_page(self, user, entries, bookings):
        """Return what the page of a card shows.

        :param user: who looks at it
        :param entries: the movements on this page
        :param bookings: domain of the bookings that the user may open
        """
        self.ensure_one()
        return {
            **self._dive_portal_rows(user.partner_id)[0],
            "holder": self.partner_id.name,
            "good_for": self._dive_told_whole(),
            "price": self.currency_id.format(self.price)
            if self.state == "unpaid"
            else "",
            "services": self._dive_told_services(),
            "rules": self._dive_paper_rules(with_code=False),
            "conditions": self.company_id.dive_card_conditions or "",
            "company": self.company_id,
            "pay_url": self._dive_portal_pay_url(user),
            "pay_later": self._dive_is_to_be_invoiced(),
            "entries": self._dive_portal_entries(user, entries, bookings),
        }

    def _dive_portal_pay_url(self, user):
        """Return where the user pays for this card, if that is what is missing."""
        if self.state != "unpaid":
            return ""
        sale = self._dive_sale_move()
        return self._dive_portal_invoices(user, sale).get(sale, "")

    def _dive_is_to_be_invoiced(self):
        """Say whether the card is to be paid, and its invoice is not there yet."""
        sale = self._dive_sale_move()
        return self.state == "unpaid" and sale.state != "posted"

    def _dive_portal_invoices(self, user, moves):
        """Return invoice → its page, for those that the user may open."""
        posted = moves.filtered(lambda move: move.state == "posted")
        if not posted:
            return {}
        mine = posted.with_user(user)._filtered_access("read")
        return {
            move: f"/my/invoices/{move.id}" for move in posted if move.id in mine.ids
        }

    def _dive_portal_entries(self, user, entries, bookings):
        """Return a row for each movement; links lead to the user's own papers."""
        told = entries._dive_told()
        found = self.env["dive.booking"].union(*(one.bookings for one in told.values()))
        found = found.search(Domain("id", "in", found.ids) & bookings)
        pages = self._dive_portal_invoices(
            user, self.env["account.move"].union(*(one.move for one in told.values()))
        )
        rows = []
        for entry, one in told.items():
            mine = one.bookings & found
            url = f"/my/bookings/{mine[:1].id}" if mine else ""
            rows.append(
                {
                    "day": self.company_id._dive_day_of(entry.date),
                    "what": one.what,
                    "about": one.about,
                    "url": pages.get(one.move) or url,
                    "used": entry.amount < 0,
                    "amount": entry.amount and self._dive_in_words(entry.amount),
                    "left": self._dive_in_words(entry.balance_after),
                }
            )
        return rows
