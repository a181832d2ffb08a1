"""How a trip sells its places, and how it opens, ends and is called off."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.seats import LIMIT_OF_ROW, SEAT_HELD

#: how many people a message names before it says "n more"
NAMES_SHOWN = 8


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    @api.model
    def _change_seats(self, changes):
        """Take (positive) or give back (negative) places.

        :param dict changes: number of places by trip id
        :raises UserError: too few places are free; nothing may be kept then
        """
        # in the order of ids, so that two moves between the same trips cannot deadlock
        for trip in self.browse(sorted(changes)):
            if changes[trip.id]:
                trip._change_seats_of_one(changes[trip.id])

    def _change_seats_of_one(self, number):
        self.ensure_one()
        self.flush_recordset()
        # Counting first and writing afterwards would sell the last place twice under
        # REPEATABLE READ; the condition has to be part of the UPDATE itself.
        self.env.cr.execute(
            SQL(
                "UPDATE dive_trip SET seats_taken = seats_taken + %(number)s"
                " WHERE id = %(id)s"
                " AND (%(number)s < 0 OR seats_taken + %(number)s <= %(limit)s)"
                " RETURNING id",
                number=number,
                id=self.id,
                limit=SQL(LIMIT_OF_ROW),
            )
        )
        changed = self.env.cr.fetchone()
        self.invalidate_recordset(["seats_taken", "seats_free"], flush=False)
        if not changed:
            raise UserError(self._no_seats_message(number))
        if number < 0:
            self._dive_promote_soon()

    def _no_seats_message(self, number):
        values = {
            "trip": self.display_name,
            "free": self.seats_free,
            "number": number,
        }
        if self.seats_free <= 0:
            text = self.env._(
                "“%(trip)s” is full, and %(number)s more places are asked for.",
                **values,
            )
        else:
            text = self.env._(
                "“%(trip)s” has only %(free)s free places, and %(number)s are asked"
                " for.",
                **values,
            )
        if reason := self._dive_limit_reason():
            text += "\n" + reason
        who = self._dive_who()
        if who:
            text += "\n" + self.env._("Places are held by %(who)s.", who=who)
        return text

    def _dive_who(self):
        """Name the divers who hold a place, with their booking; cut after a few."""
        self.ensure_one()
        seats = self.env["dive.booking.diver"].search(
            [("trip_id", "=", self.id), ("state", "in", SEAT_HELD)], order="id"
        )
        names = [
            f"{seat.partner_id.name or ''} ({seat.booking_id.name})"
            for seat in seats[:NAMES_SHOWN]
        ]
        if len(seats) > NAMES_SHOWN:
            more = len(seats) - NAMES_SHOWN
            names.append(self.env._("%(count)s more", count=more))
        return ", ".join(names)

    def _dive_check_bookable(self):
        """Raise a UserError saying why no place of this trip can be sold now."""
        for trip in self:
            reason = trip._dive_why_not_bookable()
            if reason:
                raise UserError(reason)

    def _dive_why_not_bookable(self):
        self.ensure_one()
        now = fields.Datetime.now()
        if self.active and self.state == "open" and self.date_end >= now:
            return False
        trip = self.display_name
        if not self.active:
            return self.env._(
                "“%(trip)s” is archived: choose another trip, or unarchive it.",
                trip=trip,
            )
        if self.state == "draft":
            return self.env._(
                "“%(trip)s” is not on sale yet: open the trip first.", trip=trip
            )
        if self.state == "done":
            return self.env._(
                "“%(trip)s” is done: choose another trip, or reopen it.", trip=trip
            )
        if self.state == "cancelled":
            return self.env._("“%(trip)s” is cancelled: choose another.", trip=trip)
        return self.env._(
            "“%(trip)s” is over: choose another trip, or correct its dates if they are"
            " wrong.",
            trip=trip,
        )

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def action_draft(self):
        """Take open trips without divers off sale."""
        for trip in self:
            if trip.seats_taken or trip.state not in ("draft", "open"):
                raise UserError(
                    self.env._(
                        "“%(trip)s” cannot go back to draft: it has divers booked, or"
                        " is closed.",
                        trip=trip.display_name,
                    )
                )
        self._dive_unlocked().write({"state": "draft"})
        return True

    def action_open(self):
        """Put trips on sale; a cancelled trip comes back without its bookings, a done
        one with its divers as booked and their figures as before.
        """
        self.check_access("write")
        done = self.filtered(lambda trip: trip.state == "done")
        self._dive_unlocked().write({"state": "open"})
        bookings = done.booking_ids.filtered(lambda booking: booking.state == "done")
        bookings._dive_unlocked().write({"state": "confirmed"})
        done.seat_ids.filtered(lambda seat: seat.state == "done")._set_state("booked")
        return True

    def action_done(self):
        """Close trips: booked divers have dived, and their figures grow, once."""
        self.check_access("write")
        for trip in self:
            if trip.state == "cancelled":
                raise UserError(
                    self.env._(
                        "“%(trip)s” is cancelled: reopen it first.",
                        trip=trip.display_name,
                    )
                )
        trips = self.filtered(lambda trip: trip.state != "done")
        trips._dive_unlocked().write({"state": "done"})
        trips.seat_ids.filtered(
            lambda seat: seat.state in ("booked", "checked_in")
        )._set_state("done")
        trips.booking_ids.filtered(
            lambda booking: booking.state == "confirmed"
        )._dive_unlocked().write({"state": "done"})
        return True

    def action_cancel(self):
        """Call trips off with all their bookings.

        :returns: True, or an action listing the bookings whose posted invoices still
            need a credit note
        :raises UserError: a trip has taken place
        """
        self.check_access("write")
        for trip in self:
            if trip.state == "done":
                raise UserError(
                    self.env._(
                        "“%(trip)s” has taken place: reopen it first if that is wrong.",
                        trip=trip.display_name,
                    )
                )
        bookings = self.booking_ids.filtered(
            lambda booking: booking.state != "cancelled"
        )
        bookings.action_cancel()
        self._dive_unlocked().write({"state": "cancelled"})
        to_credit = bookings.filtered(lambda booking: booking._moves_to_credit())
        if not to_credit:
            return True
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_booking"
        )
        action["name"] = self.env._("Cancelled: credit notes to make")
        action["domain"] = [("id", "in", to_credit.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_new_booking(self):
        """Open an empty booking on this trip."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New booking"),
            "res_model": "dive.booking",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_trip_id": self.id},
        }

    def action_view_bookings(self):
        """Open the bookings of this trip."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_booking"
        )
        action["domain"] = [("trip_id", "=", self.id)]
        action["context"] = {"default_trip_id": self.id}
        return action
