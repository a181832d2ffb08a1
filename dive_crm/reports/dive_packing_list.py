"""What to pack for a trip, by kind and size, and what each diver gets."""

from collections import defaultdict

from odoo import api, models

from ..tools.day_words import day_format
from ..tools.page_layout import PageFiller, text_lines

PACKING = "dive_crm.report_dive_packing_list"
#: whoever is not on board needs no gear
ABSENT = ("requested", "waitlisted", "no_show", "cancelled")

#: heights in CSS pixels, and characters that fit into a column; see PageFiller
TITLE_PX = 330  # with the letterhead, which a plain Qt has in the body
HEAD_PX = 50
ROW_PX = 12
LINE_PX = 20
ITEMS_CHARS = 62
GEAR_CHARS = 74


class DivePackingListReport(models.AbstractModel):
    """One list per trip."""

    _name = "report.dive_crm.report_dive_packing_list"
    _description = "Packing list of a trip"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the values of the template; read with the rights of who prints."""
        report = self.env["ir.actions.report"]
        paged = (data or {}).get("report_type") == "pdf" and (
            not report._dive_qt_is_patched()
        )
        trips = self.env["dive.trip"].browse(docids).exists()
        trips.check_access("read")
        page = report._dive_page_px() if paged else None
        return {
            "docs": trips,
            "rtl": self.env["res.lang"]._get_data(code=self.env.user.lang).direction
            == "rtl",
            "sheets": [self._sheet(trip, page) for trip in trips],
        }

    @api.model
    def _sheet(self, trip, page):
        seats = trip.seat_ids.filtered(lambda seat: seat.state not in ABSENT)
        needs = seats.gear_ids.sorted(
            lambda gear: (gear.kind_id.sequence, gear.kind_id.name, gear.id)
        )
        filler = PageFiller(page)
        filler.take(TITLE_PX)
        to_pack = self._to_pack(needs)
        divers = self._divers(seats, needs)
        return {
            "trip": trip,
            "day_format": day_format(self.env, full=True, time=True),
            "company": trip.company_id,
            "seats": seats,
            "missing": needs.filtered(lambda gear: gear.state == "missing"),
            "pack": filler.chunks(to_pack, HEAD_PX, self._pack_px) if to_pack else [],
            "divers": filler.chunks(divers, HEAD_PX, self._diver_px) if divers else [],
        }

    @api.model
    def _to_pack(self, needs):
        """Return a row per kind and size of what is not the divers' own."""
        lent = needs.filtered(lambda gear: gear.state != "own")
        by_size = defaultdict(lambda: needs.browse())
        for gear in lent:
            by_size[gear.kind_id, gear.size_id] |= gear
        return [
            {
                "kind": kind,
                "size": size,
                "number": self._number(kind, mine),
                "missing": len(mine.filtered(lambda gear: gear.state == "missing")),
                "items": ", ".join(sorted(mine.equipment_id.mapped("name"))),
            }
            for (kind, size), mine in sorted(
                by_size.items(),
                key=lambda entry: (
                    entry[0][0].sequence,
                    entry[0][0].name,
                    entry[0][1].sequence,
                    entry[0][1].id or 0,
                ),
            )
        ]

    @api.model
    def _number(self, kind, needs):
        if not kind.counted:
            return str(len(needs))
        return f"{sum(needs.mapped('quantity')):g} {kind.unit or ''}".strip()

    @api.model
    def _divers(self, seats, needs):
        """Return a row per diver, by name."""
        by_seat = needs.grouped("seat_id")
        return [
            {
                "seat": seat,
                "name": seat.partner_id.name,
                "lent": mine.filtered(lambda gear: gear.state != "own"),
                "own": mine.filtered(lambda gear: gear.state == "own"),
            }
            for seat in seats.sorted(lambda seat: (seat.partner_id.name or "", seat.id))
            for mine in [by_seat.get(seat, needs.browse())]
        ]

    @api.model
    def _pack_px(self, row):
        return ROW_PX + LINE_PX * text_lines(row["items"], ITEMS_CHARS)

    @api.model
    def _diver_px(self, row):
        # a box, the kind, its size, the item, and some air for each
        words = sum(
            len(f"{gear._dive_words()} {gear.equipment_id.name or ''}") + 8
            for gear in row["lent"]
        )
        lines = -(-words * 5 // (GEAR_CHARS * 4)) + (1 if row["own"] else 0)
        lines += sum(bool(gear.note) for gear in row["lent"])
        return ROW_PX + LINE_PX * max(lines, 2)
