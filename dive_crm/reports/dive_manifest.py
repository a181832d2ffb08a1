"""Who is on the boat: on paper, for when there is no network."""

from odoo import api, models
from odoo.exceptions import AccessError

from ..models.dive_trip_emergency import ABOARD
from ..tools.day_words import day_format
from ..tools.page_layout import PageFiller, text_lines

MANIFEST = "dive_crm.report_dive_manifest"
#: lines to fill in for each diver: one per dive, and not more
MOST_DIVES = 3

#: heights in CSS pixels, and characters that fit into a column; see PageFiller
TITLE_PX = 330  # with the letterhead, which a plain Qt has in the body
HEAD_PX = 36
ROW_PX = 12
LINE_PX = 20
COUNTS_PX = 270
NAME_CHARS = 22
CALL_CHARS = 26


class DiveManifestReport(models.AbstractModel):
    """One manifest per trip."""

    _name = "report.dive_crm.report_dive_manifest"
    _description = "Manifest of a trip"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the values of the template; read with the rights of who prints."""
        report = self.env["ir.actions.report"]
        paged = (data or {}).get("report_type") == "pdf" and (
            not report._dive_qt_is_patched()
        )
        self._check_may_print()
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
    def _check_may_print(self):
        """Ask for the groups of the report: Odoo only hides its button by them."""
        report = self.env["ir.actions.report"]._get_report(MANIFEST)
        # sudo: which groups those are
        if not self.env.user.all_group_ids & report.sudo().group_ids:
            raise AccessError(
                self.env._("The manifest is printed by the front desk and by guides.")
            )

    @api.model
    def _sheet(self, trip, page):
        seats = trip._dive_roll_seats().filtered(lambda seat: seat.state in ABOARD)
        contacts = self.env["dive.emergency.contact"].has_access("read")
        lines = max(1, min(trip.dives, MOST_DIVES))
        gases = dict(seats._fields["gas"]._description_selection(self.env))
        rows = [self._row(seat, contacts, lines, gases) for seat in seats]
        filler = PageFiller(page)
        filler.take(TITLE_PX)
        chunks = filler.chunks(rows, HEAD_PX, self._row_px) if rows else []
        filler.keep(COUNTS_PX)
        return {
            "trip": trip,
            "day_format": day_format(self.env, year=True, full=True, time=True),
            "company": trip.company_id,
            "contacts": contacts,
            "number": len(rows),
            "chunks": chunks,
            "counts": self._counts(trip),
            "counts_break": filler.broke,
        }

    @api.model
    def _row(self, seat, contacts, lines, gases):
        diver = seat.partner_id
        born = diver.birthdate_date
        day = seat.trip_id._dive_day()
        age = born and day.year - born.year - (
            (day.month, day.day) < (born.month, born.day)
        )
        return {
            "group": seat.buddy_group or "",
            "name": diver.name or "",
            "age": self.env._("%(age)s years", age=age) if born else "",
            "minor": bool(born) and age < 18,
            "level": seat.diver_level or "",
            "gas": gases.get(seat.gas, ""),
            "phone": diver.phone or "",
            "call": self._call(diver) if contacts else [],
            "lines": range(1, lines + 1),
        }

    @api.model
    def _call(self, diver):
        """Return whom to call, two at most: the guardian of a minor first."""
        people = []
        if diver.dive_is_minor and diver.dive_guardian_id:
            # sudo: a guardian may be a contact of another company
            guardian = diver.dive_guardian_id.sudo()
            people.append((guardian.name, self.env._("Guardian"), guardian.phone or ""))
        people += [
            (contact.name, contact.relationship, contact.phone)
            for contact in diver.dive_emergency_contact_ids
        ]
        return [
            {
                "who": ", ".join(filter(None, (name, relationship))),
                "phone": phone,
            }
            for name, relationship, phone in people[:2]
        ]

    @api.model
    def _counts(self, trip):
        """Return the four head counts: those on record, else lines to fill in."""
        kinds = self.env["dive.head.count"]._fields["kind"]
        kinds = dict(kinds._description_selection(self.env))
        # sudo: what was counted is part of the manifest of who may print it
        counts = self.env["dive.head.count"].sudo()._dive_of(trip)
        rows = []
        for kind, label in kinds.items():
            known = counts.filtered(lambda count, kind=kind: count.kind == kind)
            known = list(known._dive_last_two())
            for place in range(2):
                count = known[place] if place < len(known) else None
                rows.append({"label": label, "place": place + 1, "count": count})
        return rows

    @api.model
    def _row_px(self, row):
        name = text_lines(row["name"], NAME_CHARS) + 1
        call = sum(text_lines(line["who"], CALL_CHARS) + 1 for line in row["call"])
        return ROW_PX + LINE_PX * max(name, call, len(row["lines"]), 2)
