"""What the holder of a card is told of it, wherever: in words of a diver."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import get_lang


class Told(NamedTuple):
    """A movement as the holder reads it, and which documents it is about."""

    what: str
    about: str
    move: models.Model
    bookings: models.Model


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for card in self:
            card.access_url = f"/my/cards/{card.id}"
        return result

    def _dive_told_state(self):
        """Return (words, colour) of what can be done with this card."""
        _ = self.env._
        over = self.expiry_date and self.expiry_date < self.company_id._dive_today()
        if self.state == "active" and over:
            return _("Expired"), "secondary"
        return {
            "draft": (_("Not sold yet"), "secondary"),
            "unpaid": (_("To pay"), "warning"),
            "active": (_("Valid"), "success"),
            "used": (_("Used up"), "secondary"),
            "expired": (_("Expired"), "secondary"),
            "refunded": (_("Paid back"), "secondary"),
            "cancelled": (_("Cancelled"), "danger"),
        }[self.state]

    def _dive_told_whole(self):
        """Return what the card was good for, as it stands below what is left."""
        return self.env._("of %(amount)s", amount=self._dive_in_words(self.whole))

    def _dive_told_until(self):
        """Return the last day of this card; none once it was paid back."""
        return self.state not in ("refunded", "cancelled") and self.expiry_date

    def _dive_count(self, number):
        """Return a number of visits as the language writes it: 1.5, or 1,5."""
        return f"{number:g}".replace(".", get_lang(self.env).decimal_point)

    def _dive_told_services(self):
        """Return what the card pays for, as names; empty: everything."""
        self.ensure_one()
        # sudo: what is on the card is told to its holder, who may read no products
        card = self.sudo()
        weights = card.weights or {} if card.unit == "visits" else {}
        return [
            self.env._(
                "%(service)s (counts %(count)s)",
                service=service.name,
                count=self._dive_count(weights[str(service.id)]),
            )
            if weights.get(str(service.id), 1) != 1
            else service.name
            for service in card.service_ids
        ]


class DiveDiscountCardEntry(models.Model):
    _inherit = "dive.discount.card.entry"

    def _dive_told(self, documents=None):
        """Return what the holders are told of these movements.

        Names of documents that can be shown, and nothing of what staff have written:
        neither who did it, nor why, nor whose the card was before.

        :param documents: see :meth:`_dive_told_documents`, where it was asked before
        :return: movement → :class:`Told`
        :rtype: dict
        """
        if documents is None:
            documents = self._dive_told_documents()
        return {entry: entry._dive_told_one(documents) for entry in self}

    def _dive_told_documents(self):
        """Return the documents of these movements that are still there.

        :return: id of a movement → record, as superuser; read for all of them at once
        :rtype: dict
        """
        # sudo: names of documents and trips, which their own customer knows
        env = self.sudo().env
        # what a former holder has used a card for is not the new one's to know
        since = dict(
            env[self._name]._read_group(
                [("card_id", "in", self.card_id.ids), ("kind", "=", "transfer")],
                ["card_id"],
                ["id:max"],
            )
        )
        own = self.filtered(lambda entry: entry.id > since.get(entry.card_id, 0))
        found = {}
        for model in ("account.move", "dive.booking"):
            mine = own.filtered(lambda entry, model=model: entry.source_model == model)
            records = env[model].browse(set(mine.mapped("source_id"))).exists()
            by_id = {record.id: record for record in records}
            found.update({entry.id: by_id.get(entry.source_id) for entry in mine})
        return found

    def _dive_told_one(self, documents):
        # sudo: as for the documents
        env = self.sudo().env
        move, bookings = env["account.move"], env["dive.booking"]
        record = documents.get(self.id)
        if record and record._name == "account.move":
            move = record
            bookings = move.line_ids.dive_booking_diver_id.booking_id
        elif record:
            bookings = record
        # a draft has no number, and is called by that of its row
        number = move.name if move and move.state == "posted" else ""
        trips = {trip._dive_name() for trip in bookings.trip_id.with_env(env)}
        return Told(
            self._dive_told_kinds()[self.kind],
            " · ".join(filter(None, [*sorted(trips), number])),
            move,
            bookings,
        )

    @api.model
    def _dive_told_kinds(self):
        _ = self.env._
        return {
            "sale": _("Card bought"),
            "use": _("Used"),
            "back": _("Given back"),
            "expiry": _("Expired"),
            "extension": _("Valid for longer"),
            "refund": _("Paid back"),
            "transfer": _("New holder"),
        }
