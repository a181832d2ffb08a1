"""Filling a booking with many divers at once: suggestions, and a group again."""

from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: so many are suggested at most
MOST = 100


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    # ------------------------------------------------------------------
    # Add divers
    # ------------------------------------------------------------------

    def action_open_add(self):
        """Ask which divers to add, and suggest those who are likely to come."""
        self.ensure_one()
        self.check_access("write")
        self._check_takes_divers()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add divers"),
            "res_model": "dive.booking.add",
            "view_mode": "form",
            "target": "new",
            "context": {"default_booking_id": self.id},
        }

    def action_add_divers(self, partner_ids):
        """Add divers, each once; who is in this booking already stays as is.

        :param list partner_ids: ids of customers
        """
        self.ensure_one()
        self.check_access("write")
        here = set(self._active_seats().partner_id.ids)
        new = [id_ for id_ in dict.fromkeys(partner_ids) if id_ not in here]
        self.write({"diver_ids": [Command.create({"partner_id": id_}) for id_ in new]})
        return True

    def _dive_suggest_divers(self):
        """Return who is likely to come along, and why: (customer, reason, day).

        The payer, wards of the payer and of their guardian, contacts of the payer's
        company, and those who dived in bookings of this payer, the latest first. Who
        is on the trip already is left out.

        :rtype: list[tuple]
        """
        self.ensure_one()
        payer = self.partner_id
        rows = {payer: (self.env._("Payer"), False)}
        for partner, reason in self._dive_family():
            rows.setdefault(partner, (reason, False))
        for partner, day in self._dive_company_of_before():
            reason = rows.get(partner, (self.env._("Dived with this payer"),))[0]
            rows[partner] = (reason, day)
        for partner in self._dive_colleagues():
            rows.setdefault(partner, (self.env._("Contact of the payer"), False))
        may_come = self.env["res.partner"].search(
            self._dive_may_come() & Domain("id", "in", [p.id for p in rows])
        )
        return [
            (partner, *reason)
            for partner, reason in rows.items()
            if partner in may_come
        ][:MOST]

    def _dive_may_come(self):
        """Return the domain of those who may be put on the trip of this booking."""
        self.ensure_one()
        return (
            Domain("is_company", "=", False)
            & Domain("company_id", "in", [False, *self.company_id.parent_ids.ids])
            & Domain("id", "not in", self._dive_on_trip().ids)
        )

    def _dive_on_trip(self, trip=None):
        # sudo: also a place in a booking that we may not read
        seats = self.env["dive.booking.diver"].sudo()
        seats = seats.search(
            [
                ("trip_id", "=", (trip or self.trip_id).id),
                ("state", "!=", "cancelled"),
            ]
        )
        return self.env["res.partner"].browse(seats.partner_id.ids)

    def _dive_family(self):
        payer = self.partner_id
        guardians = payer | payer.dive_guardian_id
        wards = self.env["res.partner"].search(
            [("dive_guardian_id", "in", guardians.ids)], order="name, id", limit=MOST
        )
        rows = [(payer.dive_guardian_id, self.env._("Guardian of the payer"))]
        rows += [
            (
                ward,
                self.env._("Ward of the payer")
                if ward.dive_guardian_id == payer
                else self.env._("Same guardian"),
            )
            for ward in wards
        ]
        return rows

    def _dive_colleagues(self):
        firm = self.partner_id.commercial_partner_id
        if not firm.is_company:
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [("parent_id", "child_of", firm.id), ("type", "=", "contact")],
            order="name, id",
            limit=MOST,
        )

    def _dive_company_of_before(self):
        """Return those who dived at this payer's expense, the latest day of each."""
        grouped = self.env["dive.booking.diver"]._read_group(
            [
                "|",
                ("payer_id", "=", self.partner_id.id),
                ("booking_id.partner_id", "=", self.partner_id.id),
                ("state", "!=", "cancelled"),
                ("booking_id", "!=", self.id),
            ],
            ["partner_id"],
            ["trip_id:array_agg"],
            limit=MOST * 10,
        )
        trips = self.env["dive.trip"].browse(
            {trip_id for _partner, ids in grouped for trip_id in ids}
        )
        starts = {trip.id: trip.date_start for trip in trips}
        rows = [
            (partner, max(starts[trip_id] for trip_id in ids))
            for partner, ids in grouped
        ]
        rows.sort(key=lambda row: (row[1], -row[0].id), reverse=True)
        company = self.company_id or self.env.company
        return [(partner, company._dive_day_of(start)) for partner, start in rows]

    # ------------------------------------------------------------------
    # The same group again
    # ------------------------------------------------------------------

    def action_open_again(self):
        """Ask on which trip this group comes again."""
        self.ensure_one()
        self.check_access("read")
        return self._dive_open_again({"default_source_id": self.id})

    def action_open_last_time(self):
        """Ask which earlier booking of this payer fills this one."""
        self.ensure_one()
        self.check_access("write")
        self._check_takes_divers()
        return self._dive_open_again(
            {
                "default_target_id": self.id,
                "default_source_id": self._dive_earlier()[:1].id,
            }
        )

    def _dive_open_again(self, context):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Book again"),
            "res_model": "dive.booking.again",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def _dive_earlier(self):
        """Return the other bookings of the same payer, the latest trip first."""
        self.ensure_one()
        return self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
            ],
            order="date_start desc, id desc",
        )

    def _dive_split_group(self, trip):
        """Return which places of this booking can be booked again, and who cannot.

        :return: places; (customer, why not) of the others
        """
        self.ensure_one()
        seats = self._active_seats()
        if self.state == "cancelled":
            seats = self.diver_ids
        there = self._dive_on_trip(trip) if trip else self.env["res.partner"]
        left_out = []
        for seat in seats:
            partner = seat.partner_id
            if not partner.active:
                left_out.append((partner, self.env._("archived")))
            elif partner in there:
                left_out.append((partner, self.env._("on that trip already")))
        out = {partner for partner, _why in left_out}
        return seats.filtered(lambda seat: seat.partner_id not in out), left_out

    def _dive_book_again(self, source):
        """Fill this draft like an earlier booking of the group.

        :return: (customer, why not) of those who are left out
        """
        self.ensure_one()
        seats, left_out = source._dive_split_group(self.trip_id)
        here = self._active_seats().partner_id
        seats = seats.filtered(lambda seat: seat.partner_id not in here)
        self.write(
            {
                "diver_ids": [
                    Command.create(
                        {"partner_id": seat.partner_id.id, "note": seat.note}
                    )
                    for seat in seats
                ]
            }
        )
        mine = {seat.partner_id: seat for seat in self._active_seats()}
        for seat in seats:
            new = mine[seat.partner_id]
            payer = seat._dive_payer()
            if seat.payer_id != seat._dive_default_payer() and payer.active:
                new.payer_id = payer
        self._dive_copy_needs({seat: mine[seat.partner_id] for seat in seats})
        return left_out

    def _dive_copy_needs(self, pairs):
        """Copy what gear divers need, not the items they had.

        :param dict pairs: their place then → their place now
        """
        # sudo: accountants and others who book lend nothing; the needs go along
        gear = self.env["dive.gear"].sudo()
        gear.create(
            [
                {
                    "seat_id": now.id,
                    "kind_id": need.kind_id.id,
                    "size_id": need.size_id.id,
                    "quantity": need.quantity,
                    "own": need.own,
                    "note": need.note,
                }
                for then, now in pairs.items()
                for need in then.sudo().gear_ids
            ]
        )
        seats = self.env["dive.booking.diver"].union(
            *(now for then, now in pairs.items() if then.sudo().gear_ids)
        )
        seats._dive_claim_gear()

    def _dive_again_on(self, trip):
        """Return a new draft of the same payer on a trip, without divers yet."""
        self.ensure_one()
        if not self.partner_id.active:
            raise UserError(
                self.env._(
                    "%(payer)s is archived: make a new booking with another payer, and"
                    " take the divers over by “As last time”.",
                    payer=self.partner_id.name,
                )
            )
        return self.create(
            {
                "partner_id": self.partner_id.id,
                "trip_id": trip.id,
                "split": self.split,
                "note": self.note,
            }
        )

    def _dive_note_left_out(self, source, left_out):
        """Leave on record who of an earlier group did not come into this booking."""
        lines = Markup("<br/>").join(
            self.env._("%(name)s: %(why)s", name=partner.name, why=why)
            for partner, why in left_out
        )
        title = self.env._("As in %(booking)s, without", booking=source.name)
        self._message_log(body=Markup("%s:<br/>%s") % (title, lines))

    @api.depends_context("dive_show_trip")
    def _compute_display_name(self):
        """Where one is chosen among a payer's own, name trip and number of divers."""
        super()._compute_display_name()
        if not self.env.context.get("dive_show_trip"):
            return
        for booking in self:
            trip = booking.trip_id.with_context(dive_hide_date=False)
            booking.display_name = self.env._(
                "%(booking)s · %(trip)s · divers: %(number)s",
                booking=booking.name,
                trip=trip.display_name,
                number=len(booking.diver_ids),
            )
