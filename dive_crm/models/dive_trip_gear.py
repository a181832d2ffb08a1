"""The gear of a trip: who needs what, which items are free, and one click for all."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, mute_logger

from ..tools.seats import SEAT_COMING
from .dive_equipment_loan import LENT
from .dive_gear import DESK, LENDERS

#: what is not back so long after its trip is not counted on for the next one
LATE_AFTER = timedelta(hours=12)
#: how many lines a message has, of what is missing or in the way
SHOWN = 10


class Item(NamedTuple):
    """An item seen from a trip: ``verdict`` is free, lent, service or late."""

    trip_id: int
    equipment_id: int
    kind_id: int
    size_id: int
    verdict: str


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    gear_ids = fields.One2many("dive.gear", "trip_id", groups=",".join(LENDERS))
    gear_count = fields.Integer(
        "Pieces of gear", compute="_compute_gear_count", groups=",".join(LENDERS)
    )
    gear_missing_count = fields.Integer(
        "Gear missing", compute="_compute_gear_count", groups=",".join(LENDERS)
    )
    gear_out_count = fields.Integer(
        "Gear out", compute="_compute_gear_count", groups=",".join(LENDERS)
    )

    @api.depends("gear_ids.state", "seat_ids.state")
    def _compute_gear_count(self):
        counts = {}
        if self.ids:
            for trip, state, seat_state, count in self.env["dive.gear"]._read_group(
                [
                    ("trip_id", "in", self.ids),
                    "|",
                    ("state", "=", "out"),
                    ("seat_id.state", "not in", ("cancelled", "no_show")),
                ],
                ["trip_id", "state", "seat_id.state"],
                ["__count"],
            ):
                counts[trip, state, seat_state] = count
        for trip in self:
            mine = {key[1:]: n for key, n in counts.items() if key[0] == trip._origin}
            trip.gear_count = sum(mine.values())
            trip.gear_out_count = sum(n for (s, _p), n in mine.items() if s == "out")
            trip.gear_missing_count = sum(
                n for (s, p), n in mine.items() if s == "missing" and p in SEAT_COMING
            )

    # ------------------------------------------------------------------
    # Times
    # ------------------------------------------------------------------

    def _dive_gear_end(self):
        """Return until when gear is lent; a trip without length takes a minute."""
        self.ensure_one()
        return max(self.date_end, self.date_start + timedelta(minutes=1))

    def _dive_last_gear_day(self):
        """Return the day of the trip on which a service must not be due yet."""
        self.ensure_one()
        return self.company_id._dive_day_of(self.date_end)

    # ------------------------------------------------------------------
    # Which kinds and items are there
    # ------------------------------------------------------------------

    def _dive_gear_kinds(self):
        """Return what each diver of this trip needs."""
        self.ensure_one()
        kinds = self.type_id.gear_kind_ids.filtered("active")
        if not kinds:
            kinds = self.env["dive.equipment.kind"].search_fetch(
                [("usual", "=", True)],
                ["name", "active", "company_id", "counted", "preference"],
            )
        # sudo: a branch lends what its parents have
        companies = self.company_id.sudo().parent_ids
        return kinds.filtered(
            lambda kind: not kind.company_id or kind.company_id in companies
        )

    def _dive_gear_items(self, kinds=None):
        """Return what may be lent for these trips, longest unused first, in one query.

        Items out of use are not in it.

        :param kinds: only of these kinds
        :rtype: list of :class:`Item`
        """
        self = self._origin.filtered("date_start")
        if not self or (kinds is not None and not kinds.ids):
            return []
        self.env["dive.equipment"].flush_model()
        self.env["dive.equipment.loan"].flush_model()
        kind = SQL("TRUE")
        if kinds is not None:
            kind = SQL("e.kind_id IN %s", tuple(kinds.ids))
        rows = self.env.execute_query(
            SQL(
                """
                WITH trip (id, date_from, date_to, last_day, companies) AS (VALUES %s)
                SELECT trip.id, e.id, e.kind_id, e.size_id,
                       CASE WHEN e.state = 'service'
                                 OR e.next_service_date <= trip.last_day
                            THEN 'service'
                            WHEN EXISTS (
                                SELECT FROM dive_equipment_loan l
                                 WHERE l.equipment_id = e.id AND l.state IN %s
                                   AND l.date_from < trip.date_to
                                   AND l.date_to > trip.date_from)
                            THEN 'lent'
                            WHEN EXISTS (
                                SELECT FROM dive_equipment_loan l
                                 WHERE l.equipment_id = e.id AND l.state = 'out'
                                   AND l.date_to < %s)
                            THEN 'late'
                            ELSE 'free' END
                  FROM trip
                  JOIN dive_equipment e
                    ON e.active AND e.state != 'out' AND %s
                   AND (e.company_id IS NULL OR e.company_id = ANY (trip.companies))
                 ORDER BY trip.id,
                       (SELECT max(l.date_to) FROM dive_equipment_loan l
                         WHERE l.equipment_id = e.id) NULLS FIRST,
                       e.name, e.id
                """,
                SQL(", ").join(trip._dive_gear_values() for trip in self),
                LENT,
                fields.Datetime.now() - LATE_AFTER,
                kind,
            )
        )
        return [Item(*row) for row in rows]

    def _dive_gear_values(self):
        self.ensure_one()
        # sudo: a branch lends what its parents have
        company = self.company_id.sudo()
        return SQL(
            "(%s, %s::timestamp, %s::timestamp, %s::date, %s::integer[])",
            self.id,
            self.date_start,
            self._dive_gear_end(),
            self._dive_last_gear_day(),
            company.parent_ids.ids or company.ids,
        )

    # ------------------------------------------------------------------
    # One click
    # ------------------------------------------------------------------

    def _dive_check_may_lend(self):
        self.env["dive.gear"]._dive_check_may_lend()
        self.check_access("read")
        self._dive_check_guides_gear()

    def _dive_check_guides_gear(self):
        """Refuse what others guide to instructors, in words; a record rule does too."""
        if self.env.su or self.env.user.has_group(DESK):
            return
        me = self.env.user.partner_id
        for trip in self:
            # sudo: a guide may be of another company
            if me not in trip.sudo().guide_ids:
                raise AccessError(
                    self.env._(
                        "Gear for “%(trip)s” is for its guides and the front desk to"
                        " prepare and hand out.",
                        trip=trip.display_name,
                    )
                )

    def action_prepare_gear(self):
        """Note what each diver needs, and reserve a free item for each need.

        May be pressed again: what is there stays, what was missing is looked for anew.

        :returns: the gear of the trip, after a note of what was found and is missing
        """
        self._dive_check_may_lend()
        for trip in self:
            trip._dive_check_prepares()
        self.seat_ids._dive_prepare_gear()
        found = sum(len(trip._dive_assign_gear()) for trip in self)
        # what was read while it was missing is not any more
        self.env["dive.gear"].invalidate_model(["hint"])
        action = self._dive_gear_told(found)
        if len(self) == 1 and not self.env.context.get("dive_gear_screen"):
            action["params"]["next"] = self.action_view_gear()
        return action

    def _dive_check_prepares(self):
        if self.state == "cancelled":
            raise UserError(
                self.env._(
                    "“%(trip)s” is cancelled: no gear is needed.",
                    trip=self.display_name,
                )
            )
        if not self.seat_ids.filtered(lambda seat: seat.state in SEAT_COMING):
            raise UserError(
                self.env._(
                    "Nobody is booked on “%(trip)s”: confirm a booking first.",
                    trip=self.display_name,
                )
            )

    def _dive_assign_gear(self):
        """Reserve a free item for each need of this trip that has none.

        :returns: the needs that have an item now
        """
        self.ensure_one()
        missing = self.gear_ids.filtered(
            lambda gear: gear.state == "missing" and gear.seat_state in SEAT_COMING
        )
        shelf = defaultdict(list)
        for row in self._dive_gear_items(missing.kind_id):
            if row.verdict == "free":
                shelf[row.kind_id, row.size_id].append(row.equipment_id)
        Item = self.env["dive.equipment"]
        pairs = []
        for gear in missing:
            items = shelf[gear.kind_id.id, gear.size_id.id or None]
            if items and (gear.size_id or not gear.has_sizes):
                pairs.append((gear, Item.browse(items.pop(0))))
        self._dive_reserve_all(pairs, shelf)
        return missing.filtered(lambda gear: gear.state == "reserved")

    def _dive_reserve_all(self, pairs, shelf):
        """Reserve pairs at once; if somebody was faster with one, one by one."""
        if self._dive_reserved(pairs):
            return
        Item = self.env["dive.equipment"]
        for gear, item in pairs:
            items = [item.id, *shelf[gear.kind_id.id, gear.size_id.id or None]]
            # the first that nobody else has taken meanwhile, if there is one
            any(self._dive_reserved([(gear, Item.browse(id_))]) for id_ in items)

    def _dive_reserved(self, pairs):
        """Reserve pairs; say whether nobody was faster."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env["dive.gear"]._dive_make_loans(pairs)
        except ExclusionViolation:
            return False
        return True

    def _dive_gear_told(self, found):
        """Return the note of what was reserved and what is missing, and why."""
        missing = self.gear_ids._dive_to_come().filtered(
            lambda gear: gear.state == "missing"
        )
        lines = [
            f"{gear.partner_id.name}: {gear._dive_words()} — {gear.hint}"
            for gear in missing[:SHOWN]
        ]
        if len(missing) > SHOWN:
            lines.append(self.env._("… and %(count)s more", count=len(missing) - SHOWN))
        if missing:
            title = self.env._("%(count)s pieces are missing", count=len(missing))
        elif found:
            title = self.env._("All gear is ready: %(count)s items found", count=found)
        else:
            title = self.env._("All gear is ready")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if missing else "success",
                "title": title,
                "message": "; ".join(lines),
                "sticky": bool(missing),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_give_out_gear(self):
        """Hand out all that is ready for these trips."""
        self._dive_check_may_lend()
        return self.gear_ids._dive_to_come().action_give_out()

    def action_take_back_gear(self):
        """Take back all that is out for these trips."""
        self._dive_check_may_lend()
        return self.gear_ids.action_take_back()

    def action_free_gear(self):
        """Give up what is reserved for these trips and not handed out yet."""
        self._dive_check_may_lend()
        loans = self.gear_ids._dive_loans("reserved")
        number = len(loans)
        loans._dive_release()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if number else "info",
                "message": self.env._("%(count)s items are free again", count=number),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_gear(self):
        """Open what the divers of this trip need."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_gear_trip"
        )
        action["name"] = action["display_name"] = self.env._(
            "Gear: %(trip)s", trip=self.display_name
        )
        # what is out comes back, whether its diver comes along or not
        action["domain"] = [
            ("trip_id", "=", self.id),
            "|",
            ("state", "in", ("out", "back")),
            ("seat_id.state", "not in", ("cancelled", "no_show")),
        ]
        action["context"] = {"dive_gear_trip_id": self.id, "dive_gear_screen": True}
        return action
