"""The waiting list of a trip: its order, and who is next."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.waiting import choose, left_for_others
from .dive_booking_diver_wait import QUEUED
from .dive_trip_limit import LIMITING


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    # Counts those who came, so that two who come at once stand one behind the other.
    wait_last = fields.Integer(
        "Last position of the list", readonly=True, copy=False, aggregator=None
    )
    wait_seat_ids = fields.One2many(
        "dive.booking.diver",
        "trip_id",
        "Waiting list",
        domain=[("state", "in", QUEUED)],
    )
    wait_count = fields.Integer("Waiting", compute="_compute_wait_count")
    wait_rule = fields.Char(compute="_compute_wait_rule")

    @api.depends("wait_seat_ids")
    def _compute_wait_count(self):
        for trip in self:
            trip.wait_count = len(trip.wait_seat_ids)

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_wait_rule(self):
        for trip in self:
            company = trip.company_id
            if company.dive_offer_hours:
                offer = self.env._(
                    "A place that becomes free is offered to the first group that fits,"
                    " for %(hours)s hours, at most until the trip starts.",
                    hours=company.dive_offer_hours,
                )
            else:
                offer = self.env._(
                    "A place that becomes free is booked for the first group that fits."
                )
            passing = (
                self.env._(
                    "Smaller groups may pass a bigger one for which too few places are"
                    " free."
                )
                if company.dive_wait_may_pass
                else self.env._("Nobody passes a group that is before them.")
            )
            trip.wait_rule = f"{offer} {passing}"

    # ------------------------------------------------------------------
    # The order
    # ------------------------------------------------------------------

    def _dive_next_rank(self):
        """Return the rank of who comes now, behind all others."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            "UPDATE dive_trip SET wait_last = COALESCE(wait_last, 0) + 1"
            " WHERE id = %s RETURNING wait_last",
            [self.id],
        )
        rank = self.env.cr.fetchone()[0]
        self.invalidate_recordset(["wait_last"], flush=False)
        return rank

    def _dive_queues(self):
        """Return which bookings wait for these trips: trip id → ids in their order."""
        # sudo: a place in the order is a number, whosever bookings are before
        groups = (
            self.env["dive.booking.diver"]
            .sudo()
            ._read_group(
                [("trip_id", "in", self.ids), ("state", "=", "waitlisted")],
                ["trip_id", "booking_id"],
                ["wait_rank:min"],
            )
        )
        queues = {}
        for trip, booking, _rank in sorted(groups, key=lambda row: (row[2], row[1].id)):
            queues.setdefault(trip.id, []).append(booking.id)
        return queues

    def _dive_groups(self, without=()):
        """Return the waiting divers of this trip, group by group in their order.

        :param without: ids of bookings that are left out
        """
        self.ensure_one()
        # sudo: the list is the trip's, whoever asks whether it is long
        seats = (
            self.env["dive.booking.diver"]
            .sudo()
            .search(
                [
                    ("trip_id", "=", self.id),
                    ("state", "=", "waitlisted"),
                    ("booking_id", "not in", list(without)),
                ],
                order="wait_rank, id",
            )
        )
        return list(seats.grouped("booking_id").values())

    def _dive_may_pass(self):
        # sudo: a setting of the house
        return self.company_id.sudo().dive_wait_may_pass

    def _dive_free_for_new(self):
        """Return how many places are free for somebody who does not wait yet."""
        self.ensure_one()
        if not self.wait_last:
            return self.seats_free  # nobody ever came to the list
        groups = [
            group for group in self._dive_groups() if not group.booking_id.wait_held_up
        ]
        return left_for_others(
            [(len(group), group.booking_id.may_split) for group in groups],
            self.seats_free,
            self._dive_may_pass(),
        )

    def _dive_check_queue(self, number):
        """Raise if somebody who comes now would pass those who wait."""
        self.ensure_one()
        if self.seats_free < number:
            return  # who takes the places says so better
        left = self._dive_free_for_new()
        if number > left:
            raise UserError(
                self.env._(
                    "The free places of “%(trip)s” are for those on its waiting list:"
                    " %(left)s are left for others, and %(number)s are asked for. Put"
                    " these divers on the waiting list; there, the order can be"
                    " changed, with a reason.",
                    trip=self.display_name,
                    left=left,
                    number=number,
                )
            )

    def _dive_reorder(self, booking, place, reason):
        """Give a waiting booking another place on the list.

        :param int place: 1 is next
        :param str reason: stands on the trip and on the booking
        """
        self.ensure_one()
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter why the order is changed."))
        # a run that offers places at this moment begins anew
        self._dive_next_rank()
        groups = self._dive_groups()
        bookings = [group.booking_id for group in groups]
        if booking not in bookings:
            raise UserError(
                self.env._(
                    "%(booking)s is not on the waiting list any more: reload the page.",
                    booking=booking.display_name,
                )
            )
        before = bookings.index(booking)
        place = min(max(int(place or 1), 1), len(groups))
        ranks = sorted(group[0].wait_rank for group in groups)
        groups.insert(place - 1, groups.pop(before))
        # sudo: the ranks of all change, also of those whom the user does not see
        for rank, group in zip(ranks, groups, strict=True):
            group.sudo()._dive_unlocked().write({"wait_rank": rank})
        note = self.env._(
            "Waiting list: %(booking)s from place %(before)s to %(place)s. Reason:"
            " %(reason)s",
            booking=booking.display_name,
            before=before + 1,
            place=place,
            reason=reason,
        )
        self._message_log(body=Markup("{}").format(note))
        booking._message_log(body=Markup("{}").format(note))
        self._dive_promote_soon()

    # ------------------------------------------------------------------
    # Promotion
    # ------------------------------------------------------------------

    def _dive_promote_soon(self):
        """Have the scheduled action look at these trips if somebody waits for them."""
        trips = self.filtered("wait_last")
        if not trips:
            return
        seats = self.env["dive.booking.diver"].sudo()  # sudo: see _dive_groups
        waiting = [("trip_id", "in", trips.ids), ("state", "=", "waitlisted")]
        if seats.search_count(waiting, limit=1):
            self.env.ref("dive_crm.ir_cron_waiting")._trigger()

    def _dive_promote(self):
        """Offer free places to who is next, or book them where nobody is asked.

        The trip's row is locked first: who takes or gives back a place, comes to the
        list or changes its order, writes that row.
        """
        self.ensure_one()
        self._dive_lock()
        if (
            self.state != "open"
            or not self.active
            or self.date_start <= fields.Datetime.now()
        ):
            return
        held_up = self.env["dive.booking"]
        while chosen := self._dive_choose(held_up.ids):
            try:
                with self.env.cr.savepoint():
                    self._dive_offer(chosen)
                break
            except UserError:
                unfit = self._dive_offer_each(chosen)
                if not unfit:
                    break
                held_up |= unfit
        for booking in held_up.filtered(lambda booking: not booking.wait_held_up):
            booking._dive_unlocked().write({"wait_held_up": True})
            booking._message_log(
                body=self.env._(
                    "A place became free and was not offered: somebody of this group"
                    " may not go on this trip as things are. Confirm the booking by"
                    " hand to see why."
                )
            )

    def _dive_lock(self):
        self.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT id FROM dive_trip WHERE id = %s FOR UPDATE", self.id)
        )
        self.invalidate_recordset(flush=False)

    def _dive_choose(self, without):
        """Return the divers who get places now, group by group."""
        groups = self._dive_groups(without)
        if not groups or self.seats_free <= 0:
            return []
        given = choose(
            [(len(group), group.booking_id.may_split) for group in groups],
            self.seats_free,
            self._dive_may_pass(),
        )
        return [
            group[:places]
            for places, group in zip(given, groups, strict=True)
            if places
        ]

    def _dive_offer_each(self, chosen):
        """Offer to each group on its own; return those who may not go."""
        unfit = self.env["dive.booking"]
        for group in chosen:
            try:
                with self.env.cr.savepoint():
                    self._dive_offer([group])
            except UserError:
                unfit |= group.booking_id
        return unfit

    def _dive_offer(self, chosen):
        """Offer places to these groups, or book them; tell the payers."""
        seats = self.env["dive.booking.diver"].union(*chosen)
        company = self.company_id
        bookings = seats.booking_id
        notices = self.env["dive.booking.notice"]
        bookings._dive_unlocked().write({"wait_held_up": False})
        if not company.dive_offer_hours:
            seats._set_state("booked")
            drafts = bookings.filtered(lambda booking: booking.state == "draft")
            drafts._dive_unlocked().write({"state": "confirmed"})
            self._dive_log_groups(chosen, self.env._("Booked from the waiting list"))
            # of a group that is split the others wait on
            notices._dive_tell(
                bookings,
                "place",
                seats={group.booking_id: group for group in chosen},
            )
            return
        until = min(
            fields.Datetime.add(fields.Datetime.now(), hours=company.dive_offer_hours),
            self.date_start,
        )
        seats._set_state("offered")
        offers = self.env["dive.booking.offer"].create(
            [
                {"booking_id": group.booking_id.id, "trip_id": self.id, "until": until}
                for group in chosen
            ]
        )
        for group, offer in zip(chosen, offers, strict=True):
            group._dive_unlocked().write({"offer_id": offer.id})
        self._dive_log_groups(chosen, self.env._("A place is offered"))
        notices._dive_tell(bookings, "offer", offers)
        self.env.ref("dive_crm.ir_cron_waiting")._trigger(at=until)

    def _dive_log_groups(self, chosen, title):
        seats = self.env["dive.booking.diver"].union(*chosen)
        seats.partner_id.mapped("name")  # of all at once
        seats.booking_id._message_log_batch(
            bodies={
                group.booking_id.id: Markup("%s: %s")
                % (title, Markup(", ").join(group.partner_id.mapped("name")))
                for group in chosen
            }
        )

    # ------------------------------------------------------------------
    # What changes the number of free places
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LIMITING or vals.get("state") == "open":
            self._dive_promote_soon()
        if "date_start" in vals:
            self._dive_shorten_offers()
        return result

    def _dive_shorten_offers(self):
        """No offer is open longer than until the trip starts."""
        # sudo: nobody writes offers; they follow the trip
        offers = self.env["dive.booking.offer"].sudo()
        offers = offers.search([("trip_id", "in", self.ids), ("state", "=", "open")])
        for offer in offers.filtered(lambda one: one.until > one.trip_id.date_start):
            offer.until = offer.trip_id.date_start
            self.env.ref("dive_crm.ir_cron_waiting")._trigger(at=offer.until)

    def _check_archive(self):
        for trip in self:
            if trip.state in ("draft", "open") and trip.wait_count:
                raise UserError(
                    self.env._(
                        "%(count)s divers are on the waiting list of “%(trip)s”: cancel"
                        " the trip, or take them off the list, before you archive it.",
                        count=trip.wait_count,
                        trip=trip.display_name,
                    )
                )
        return super()._check_archive()
