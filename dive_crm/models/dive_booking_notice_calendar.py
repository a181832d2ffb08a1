"""The calendar file that comes with a message."""

from odoo import fields, models

from ..tools.calendar_file import calendar_file

#: With these comes a file; with the latter, one that takes the trip out again.
WITH_FILE = ("confirmed", "place", "changed", "cancelled", "booking_cancelled")
TAKEN_OUT = ("cancelled", "booking_cancelled")
#: Of these a calendar has heard before.
IN_CALENDAR = ("confirmed", "place", "changed")


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    calendar_sequence = fields.Integer(readonly=True, aggregator=None)

    def _dive_before_writing(self):
        """Number the files: of two of the same booking the later one counts."""
        result = super()._dive_before_writing()
        mine = self.filtered(lambda notice: notice.kind in WITH_FILE)
        last = mine.booking_id._dive_calendar_last(but=mine)
        for notice in mine.sorted("id"):
            number = last.get(notice.booking_id.id, -1) + 1
            last[notice.booking_id.id] = notice.calendar_sequence = number
        return result

    def _dive_calendar_attachments(self, by_mail=True):
        """Make the files of these messages; return message → attachment."""
        if not by_mail:
            return {}
        mine = self.filtered(
            lambda notice: notice.kind in WITH_FILE and notice._dive_has_file()
        )
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": "cancelled.ics" if notice._dive_takes_out() else "trip.ics",
                    "raw": notice._dive_calendar_file(),
                    "mimetype": "text/calendar",
                    "res_model": "dive.booking",
                    "res_id": notice.booking_id.id,
                }
                for notice in mine
            ]
        )
        result = dict(zip(mine, files, strict=True))
        for notice, bookings in mine._dive_left_behind().items():
            result[notice] |= notice._dive_take_out_of(bookings)
        return result

    def _dive_left_behind(self):
        """Return the bookings that those left of whose place these tell.

        Only such as are in the recipient's calendar, who now pays for nobody there.
        """
        new = self.filtered(lambda notice: notice.kind == "confirmed")
        if not new:
            return {}
        marks = self.search(
            [("kind", "in", IN_CALENDAR), ("seat_ids", "in", new.seat_ids.ids)]
        )
        result = {}
        for notice in new:
            old = marks.filtered(
                lambda mark, notice=notice: (
                    mark.booking_id != notice.booking_id
                    and mark.recipient_id == notice.recipient_id
                    and mark.seat_ids & notice.seat_ids
                    and not mark._dive_coming()
                )
            )
            if old:
                result[notice] = old.booking_id
        return result

    def _dive_take_out_of(self, bookings):
        """Make the files that take these bookings out of the recipient's calendar."""
        last = bookings._dive_calendar_last()
        return self.env["ir.attachment"].create(
            [
                {
                    "name": "cancelled.ics",
                    "raw": booking._dive_calendar_file(
                        payer=self.recipient_id,
                        seats=self.seat_ids,
                        sequence=(last.get(booking.id) or 0) + 1,
                        cancelled=True,
                    ),
                    "mimetype": "text/calendar",
                    "res_model": "dive.booking",
                    "res_id": self.booking_id.id,
                }
                for booking in bookings
            ]
        )

    def _dive_coming(self):
        """Return who of this booking comes, and is paid for by who is told."""
        return self.booking_id._active_seats().filtered(
            lambda seat: (
                seat._dive_payer().dive_statement_recipient_id == self.recipient_id
            )
        )

    def _dive_takes_out(self):
        """Say whether nobody comes any more of those whom the recipient pays for."""
        return self.kind in TAKEN_OUT and not self._dive_coming()

    def _dive_has_file(self):
        """Say whether there is something to write into a calendar, or to take out."""
        if self.kind not in TAKEN_OUT:
            return True
        # who only waited has nothing there
        told = self.booking_id.notice_ids - self
        return any(
            notice.kind in IN_CALENDAR and notice.recipient_id == self.recipient_id
            for notice in told
        )

    def _dive_calendar_file(self):
        """Return the file of this message."""
        self.ensure_one()
        # in the language of who is told
        me = self.with_context(lang=self.recipient_id.lang or self.env.lang)
        return me.booking_id._dive_calendar_file(
            payer=self.recipient_id,
            seats=me._dive_coming() or me.seat_ids,
            sequence=self.calendar_sequence,
            cancelled=self._dive_takes_out(),
        )


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def _dive_calendar_last(self, but=()):
        """Return the number of the last file of these bookings: booking id → number.

        :param but: messages that do not count
        """
        if not self:
            return {}
        # sudo: a number, whoever is told
        groups = (
            self.env["dive.booking.notice"]
            .sudo()
            ._read_group(
                [
                    ("booking_id", "in", self.ids),
                    ("kind", "in", WITH_FILE),
                    ("id", "not in", [notice.id for notice in but]),
                ],
                ["booking_id"],
                ["calendar_sequence:max"],
            )
        )
        return {booking.id: number for booking, number in groups}

    def _dive_calendar_file(
        self, payer=None, seats=None, sequence=None, cancelled=False
    ):
        """Return the bytes of a calendar file of this booking, as it is now.

        :param payer: for whom; who pays for the booking
        :param seats: who is named; all that this payer pays for
        :param sequence: number of the file; that of the last one sent
        :param cancelled: take the trip out of the calendar
        """
        self.ensure_one()
        # sudo: a trip is not readable in the portal; the caller knows for whom it is
        booking = self.sudo()
        trip, company = booking.trip_id, booking.company_id
        payer = payer or booking.partner_id
        if seats is None:
            seats = booking._dive_payers().get(payer, booking._active_seats())
        if sequence is None:
            sequence = max(booking._dive_calendar_last().get(booking.id) or 0, 0)
        uid = f"dive-{booking.id}"
        if payer != booking.partner_id:
            uid += f"-{payer.id}"
        # sudo: the name of the database, which no two have
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        names = ", ".join(seats.sudo().partner_id.mapped("name"))
        lines = [names, trip.requirements, f"{company.name} {company.phone or ''}"]
        return calendar_file(
            f"{uid}@{database}",
            sequence,
            fields.Datetime.now(),
            trip.date_start,
            trip.date_end,
            trip._dive_name(),
            location=", ".join(filter(None, [trip.boat_id.name, company.name])),
            description="\n".join(line.strip() for line in lines if line),
            organizer=(company.name, company.partner_id.email_normalized),
            cancelled=cancelled,
        )
