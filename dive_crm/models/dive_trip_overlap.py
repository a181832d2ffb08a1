"""A boat or a guide that is on two trips at once: said, not forbidden."""

from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL


class Overlap(NamedTuple):
    """Another trip at that time, and what it needs as well."""

    trip: models.Model
    same_boat: bool
    guide_ids: list


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    overlap_text = fields.Char(
        "Used twice",
        compute="_compute_overlap_text",
        help="Boats and guides that are on another trip at the same time.",
    )
    has_overlap = fields.Boolean(
        "Boat or guide used twice",
        compute="_compute_overlap_text",
        search="_search_has_overlap",
    )

    _times = models.Index("(date_end, date_start)")

    @api.depends("date_start", "date_end", "boat_id", "guide_ids", "state", "active")
    @api.depends_context("lang", "tz", "allowed_company_ids")
    def _compute_overlap_text(self):
        now = fields.Datetime.now()
        slots = {
            trip: (
                trip._origin.id,
                trip.date_start,
                trip.date_end,
                trip.boat_id._origin.id,
                trip.guide_ids._origin.ids,
            )
            for trip in self
            if trip.date_start
            and trip.date_end
            and trip.date_end >= now
            and trip.state in ("draft", "open")
            and trip.active
        }
        found = self._dive_overlaps(slots)
        for trip in self:
            lines = self._dive_overlap_words(found.get(trip, []))
            trip.overlap_text = "\n".join(lines)
            trip.has_overlap = bool(lines)

    @api.model
    def _search_has_overlap(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        coming = self.search(
            [
                ("state", "in", ("draft", "open")),
                ("date_end", ">=", fields.Datetime.now()),
            ]
        )
        twice = coming.filtered("has_overlap")
        wanted = (operator == "in") == (True in value)
        return [("id", "in" if wanted else "not in", twice.ids)]

    @api.model
    def _dive_overlaps(self, slots, without=None):
        """Return which other trips need the same boat or guides, in one query.

        :param dict slots: anything → (trip id or 0, start, end, boat id or False,
            ids of guides)
        :param without: trips that do not count
        :return: the same → list of :class:`Overlap`
        :rtype: dict
        """
        found = defaultdict(list)
        wanted = [(key, slot) for key, slot in slots.items() if slot[3] or slot[4]]
        if not wanted:
            return found
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH slot (key, trip_id, date_start, date_end, boat_id, guides)
                  AS (VALUES %(slots)s)
                SELECT slot.key, t.id, COALESCE(t.boat_id = slot.boat_id, FALSE), g.ids
                  FROM slot
                  JOIN dive_trip t
                    ON t.id != slot.trip_id AND t.id != ALL (%(without)s)
                   AND t.active AND t.state IN ('draft', 'open')
                   AND t.date_end > slot.date_start AND t.date_start < slot.date_end
          CROSS JOIN LATERAL (
                    SELECT COALESCE(array_agg(r.partner_id), '{}') AS ids
                      FROM dive_trip_guide_rel r
                     WHERE r.trip_id = t.id AND r.partner_id = ANY (slot.guides)) g
                 WHERE t.boat_id = slot.boat_id OR g.ids != '{}'
                 ORDER BY slot.key, t.date_start, t.id
                """,
                slots=SQL(", ").join(
                    SQL(
                        "(%s, %s, %s::timestamp, %s::timestamp, %s::integer,"
                        " %s::integer[])",
                        number,
                        trip_id or 0,
                        start,
                        end,
                        boat_id or None,
                        guide_ids,
                    )
                    for number, (
                        _key,
                        (trip_id, start, end, boat_id, guide_ids),
                    ) in enumerate(wanted)
                ),
                without=list(without.ids) if without else [],
            )
        )
        # sudo: a boat or guide is shared with companies that the user may not see
        others = self.sudo().browse({row[1] for row in rows})
        for number, trip_id, *used in rows:
            trip = others.browse(trip_id).with_prefetch(others._prefetch_ids)
            found[wanted[number][0]].append(Overlap(trip, *used))
        return found

    @api.model
    def _dive_overlap_words(self, overlaps):
        """Name what is used twice, and where."""
        lines = []
        for overlap in overlaps:
            other = overlap.trip
            name = self.env._("a trip of another company")
            if other.company_id in self.env.companies:
                name = f"“{other._dive_when()} · {other.name}”"
            used = []
            if overlap.same_boat:
                used.append(self.env._("the boat %(boat)s", boat=other.boat_id.name))
            guides = other.guide_ids.filtered(
                lambda guide, ids=overlap.guide_ids: guide.id in ids
            )
            used += guides.mapped("name")
            lines.append(
                self.env._(
                    "%(what)s: also on %(trip)s.", what=", ".join(used), trip=name
                )
            )
        return lines
