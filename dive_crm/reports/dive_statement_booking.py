"""The bookings on a statement: those of its period and the upcoming ones."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import groupby


class DiveStatementReport(models.AbstractModel):
    _inherit = "report.dive_crm.report_dive_statement"

    @api.model
    def _bookings(self, wizard, partners):
        """Return by customer id ``bookings``, ``upcoming`` and ``booking_totals``.

        A booking belongs to those who pay in it, each with what they pay, and without
        an amount to each of its divers.
        """
        result = {
            partner.id: {"bookings": [], "upcoming": [], "booking_totals": []}
            for partner in partners
        }
        if not (wizard.include_bookings or wizard.include_upcoming):
            return result
        zone = wizard.company_id._dive_zone()
        today = wizard.company_id._dive_today()
        for booking in self._find_bookings(wizard, partners, zone, today):
            day = wizard.company_id._dive_day_of(booking.date_start)
            kind = self._booking_kind(wizard, booking, day, today)
            if not kind:
                continue
            for partner_id in {
                booking.partner_id.id,
                *booking.diver_ids.partner_id.ids,
                *booking.diver_ids.payer_id.ids,
            } & result.keys():
                result[partner_id][kind].append(
                    self._booking_row(booking, partner_id, day)
                )
        for values in result.values():
            values["booking_totals"] = self._booking_totals(values["bookings"])
        return result

    @api.model
    def _find_bookings(self, wizard, partners, zone, today):
        """Return the bookings that may stand on the paper, by the day of their trip."""

        def moment(day, at):
            local = datetime.combine(day, at, tzinfo=zone)
            return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

        period = Domain.TRUE
        if wizard.date_from:
            period &= Domain("date_start", ">=", moment(wizard.date_from, time.min))
        if wizard.date_to:
            period &= Domain("date_start", "<=", moment(wizard.date_to, time.max))
        if not wizard.include_bookings:
            period = Domain.FALSE
        if wizard.include_upcoming:
            period |= Domain("date_start", ">=", moment(today, time.min))
        return (
            self.env["dive.booking"]
            .with_context(active_test=False)
            .search(
                Domain("company_id", "=", wizard.company_id.id)
                & period
                & (
                    Domain("partner_id", "in", partners.ids)
                    | Domain("diver_ids.partner_id", "in", partners.ids)
                    | Domain("diver_ids.payer_id", "in", partners.ids)
                )
            )
            .sorted(lambda booking: (booking.date_start, booking.id))
        )

    @api.model
    def _booking_kind(self, wizard, booking, day, today):
        """Return in which table a booking stands, if in any."""
        if (
            wizard.include_upcoming
            and day >= today
            and booking.state in ("draft", "confirmed")
        ):
            return "upcoming"
        in_period = (not wizard.date_from or day >= wizard.date_from) and (
            not wizard.date_to or day <= wizard.date_to
        )
        return "bookings" if wizard.include_bookings and in_period else None

    @api.model
    def _booking_row(self, booking, partner_id, day):
        seats = booking.diver_ids
        if booking.state != "cancelled":
            seats = seats.filtered(lambda seat: seat.state != "cancelled")
        paid = seats.filtered(lambda seat: seat._dive_payer().id == partner_id)
        is_payer = bool(paid) or booking.partner_id.id == partner_id
        # who else dived, and at what price, is the business of who pays for them
        shown = paid | seats.filtered(lambda seat: seat.partner_id.id == partner_id)
        divers = shown.partner_id.sorted(lambda partner: partner.name or "")
        return {
            "id": booking.id,
            "name": booking.name,
            "trip": booking.trip_id._dive_name() if booking.trip_id else "",
            "day": day,
            "divers": ", ".join(diver.name or "" for diver in divers),
            "state": booking.state,
            "is_payer": is_payer,
            "currency": booking.currency_id,
            "amount": sum(paid.mapped("amount_total")),
        }

    @api.model
    def _booking_states(self, lang):
        field = self.env["dive.booking"]._fields["state"]
        return dict(field._description_selection(self.with_context(lang=lang).env))

    @api.model
    def _booking_totals(self, rows):
        """Return ``(currency, number, amount)`` of what the customer pays for."""
        paid = [row for row in rows if row["is_payer"] and row["state"] != "cancelled"]
        return [
            (currency, len(group), currency.round(sum(row["amount"] for row in group)))
            for currency, group in groupby(paid, lambda row: row["currency"])
        ]
