"""Who dives with whom."""

import re
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: letters of a group, or its number
GROUP = re.compile(r"^[A-Z0-9]{1,2}$")
#: so many dive together at most, when they are put together here
MOST_BUDDIES = 3


def group_names():
    """Yield A to Z, then AA, AB and so on."""
    letters = [chr(ord("A") + place) for place in range(26)]
    yield from letters
    for first in letters:
        yield from (first + second for second in letters)


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    buddy_group = fields.Char(
        "Buddies",
        size=2,
        copy=False,
        help="Divers with the same letter or number dive together.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._dive_tidy_group(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._dive_tidy_group(vals)
        if "booking_id" in vals and "buddy_group" not in vals:
            away = vals["booking_id"] not in self.booking_id.ids
            vals = {**vals, "buddy_group": False} if away else vals
        return super().write(vals)

    @api.model
    def _dive_tidy_group(self, vals):
        if not vals.get("buddy_group"):
            return vals
        return {**vals, "buddy_group": str(vals["buddy_group"]).strip().upper()}

    @api.constrains("buddy_group")
    def _check_buddy_group(self):
        for seat in self:
            if seat.buddy_group and not GROUP.match(seat.buddy_group):
                raise ValidationError(
                    self.env._(
                        "“%(group)s” is no group of buddies: one or two letters or"
                        " digits, such as A or 12.",
                        group=seat.buddy_group,
                    )
                )

    # ------------------------------------------------------------------
    # Pair up
    # ------------------------------------------------------------------

    def _dive_pair_up(self):
        """Put those of these divers who have no group together, and return who is left.

        A minor dives with an adult, of the same booking if there is one; then the
        same booking, then a similar level. An odd one makes a group of three.
        """
        free = self.filtered(lambda seat: not seat.buddy_group)
        taken = set(self.mapped("buddy_group"))
        names = (name for name in group_names() if name not in taken)
        groups, left = Pairing(free).groups()
        for group in groups:
            seats = self.browse(seat.id for seat in group)
            # sudo: a guide says who dives with whom, and may change nothing else
            seats.sudo().write({"buddy_group": next(names)})
        return self.browse(seat.id for seat in left)


class Pairing:
    """Divers without a group, and how they are put together."""

    def __init__(self, seats):
        order = count()
        self.rank = {
            seat: (
                seat.diver_level_id.rank or 0,
                seat.partner_id.dive_logged_dives,
                next(order),
            )
            for seat in seats
        }
        by_rank = sorted(seats, key=self.rank.get, reverse=True)
        self.minors = [seat for seat in by_rank if seat.is_minor]
        self.adults = [seat for seat in by_rank if not seat.is_minor]
        self.done = []

    def groups(self):
        """Return the groups, and who is left: minors without any adult, or one."""
        self._minors(family=True)
        self._minors_to_family()
        self._minors(family=False)
        self._adults(family=True)
        self._adults(family=False)
        left = [
            seat for seat in self.minors + self.adults if not self._join_smallest(seat)
        ]
        return self.done, left

    def _minors(self, family):
        for minor in list(self.minors):
            adults = [
                adult
                for adult in self.adults
                if not family or adult.booking_id == minor.booking_id
            ]
            if adults:
                self._pair(minor, self._nearest(minor, adults))

    def _minors_to_family(self):
        """Let the second child of a parent come along with both."""
        for minor in list(self.minors):
            for group in self.done:
                family = any(
                    not seat.is_minor and seat.booking_id == minor.booking_id
                    for seat in group
                )
                if family and len(group) < MOST_BUDDIES:
                    group.append(minor)
                    self.minors.remove(minor)
                    break

    def _adults(self, family):
        waiting = list(self.adults)
        while waiting:
            adult = waiting.pop(0)
            others = [
                other
                for other in waiting
                if not family or other.booking_id == adult.booking_id
            ]
            if others:
                other = self._nearest(adult, others)
                waiting.remove(other)
                self._pair(adult, other)

    def _join_smallest(self, seat):
        groups = [
            group
            for group in self.done
            if len(group) < MOST_BUDDIES
            and (not seat.is_minor or any(not buddy.is_minor for buddy in group))
        ]
        if not groups:
            return False
        groups.sort(
            key=lambda group: (
                seat.booking_id not in [buddy.booking_id for buddy in group],
                abs(self.rank[group[0]][0] - self.rank[seat][0]),
            )
        )
        groups[0].append(seat)
        return True

    def _nearest(self, seat, others):
        return min(
            others, key=lambda other: abs(self.rank[other][0] - self.rank[seat][0])
        )

    def _pair(self, *seats):
        self.done.append(list(seats))
        for seat in seats:
            for pool in (self.minors, self.adults):
                if seat in pool:
                    pool.remove(seat)


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def action_pair_up(self):
        """Put the divers without a group together, and say who is left over."""
        self.ensure_one()
        self._dive_check_may_roll()
        seats = self._dive_roll_seats()
        if not seats.filtered(lambda seat: not seat.buddy_group):
            raise UserError(
                self.env._("Everybody on this trip has a group: nobody is left.")
            )
        left = seats._dive_pair_up()
        message = self.env._("Everybody has a buddy.")
        if left:
            message = self.env._(
                "Left over, with no adult or nobody to dive with: %(divers)s.",
                divers=", ".join(left.partner_id.mapped("name")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_buddies(self):
        """Open the divers of this trip by group, to drag them."""
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "dive_crm.action_dive_buddies"
            ),
            "domain": [
                ("trip_id", "=", self.id),
                ("state", "in", ("booked", "checked_in", "done")),
            ],
            "context": {},
            "display_name": self.env._("Buddies: %(trip)s", trip=self.display_name),
        }
