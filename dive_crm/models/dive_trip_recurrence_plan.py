"""What a series says of what is going to happen, before it does."""

from markupsafe import Markup

from odoo import api, fields, models

from .dive_trip_recurrence import PATTERN, SHARED

#: how many days, or warnings, a preview shows
SHOWN = 6


class DiveTripRecurrence(models.Model):
    _inherit = "dive.trip.recurrence"

    plan_html = fields.Html(
        "What happens", compute="_compute_plan_html", sanitize=False
    )

    @api.depends(*SHARED, *PATTERN, "weeks_ahead", "skip_ids.date_from", "state")
    @api.depends("skip_ids.date_to", "problem")
    @api.depends_context("lang", "tz")
    def _compute_plan_html(self):
        for series in self:
            series.plan_html = Markup().join(
                Markup("<p><b>{}</b></p><ul>{}</ul>").format(
                    title,
                    Markup().join(Markup("<li>{}</li>").format(line) for line in lines),
                )
                for title, lines in series._dive_plan()
                if lines
            )

    def _dive_plan(self):
        """Return what is going to happen, as titles with lines."""
        self.ensure_one()
        if self.state == "ended" or not self.type_id or not self._dive_is_plausible():
            return []
        plan = [(self.env._("Next trips"), self._dive_next_lines())]
        if self.state == "draft" and self.previous_id:
            plan += self._dive_change_lines()
        warnings = self._dive_overlap_lines()
        if len(warnings) > SHOWN:
            more = len(warnings) - SHOWN
            warnings = [*warnings[:SHOWN], self.env._("%(count)s more", count=more)]
        archived = [
            self[name].display_name
            for name in ("type_id", "boat_id", "product_id")
            if self[name] and not self[name].active
        ]
        return [
            *plan,
            (self.env._("Used twice at that time"), warnings),
            (self.env._("Archived: choose something else"), archived),
        ]

    def _dive_starts(self):
        """Return (day, start, end) of the trips to come within the horizon."""
        now = fields.Datetime.now()
        times = [
            (day, *self._dive_times(day))
            for day in self._dive_days(self._dive_horizon())
        ]
        return [row for row in times if row[1] > now]

    def _dive_next_lines(self):
        trips = self._dive_trips_by_clock()
        return [
            trips.new({"date_start": start})._dive_when()
            for _day, start, _end in self._dive_starts()[:SHOWN]
        ]

    def _dive_change_lines(self):
        change, apart, gone, kept = self._dive_parted()
        bare, told = change._dive_part_bare()
        texts = [
            (self.env._("Change with this series"), bare),
            (self.env._("Change, and have divers or plans"), told),
            (self.env._("Were changed by hand, and stay as they are"), apart),
            (self.env._("Are taken out: no such day any more"), gone),
            (
                self.env._(
                    "Have no such day any more, but divers or plans: they stay until"
                    " somebody cancels or moves them"
                ),
                kept,
            ),
        ]
        return [(title, trips._dive_lines()) for title, trips in texts]

    def _dive_overlap_lines(self):
        trips = self._dive_trips_by_clock()
        if self.state == "running":
            coming = self._origin._dive_trips_from(self.company_id._dive_today())
            return [
                f"{trip._dive_when()}: {line}"
                for trip in coming
                for line in (trip.overlap_text or "").splitlines()
            ]
        replaced = self.previous_id._dive_trips_from(self.date_from)
        slots = {
            start: (0, start, end, self.boat_id._origin.id, self.guide_ids._origin.ids)
            for _day, start, end in self._dive_starts()
        }
        found = trips._dive_overlaps(slots, without=replaced)
        return [
            f"{trips.new({'date_start': start})._dive_when()}: {line}"
            for start in sorted(found)
            for line in trips._dive_overlap_words(found[start])
        ]

    def _dive_note(self, told):
        """Leave a note of titles with lines on the series."""
        body = Markup().join(
            Markup("<p>{}:</p><ul>{}</ul>").format(
                title,
                Markup().join(Markup("<li>{}</li>").format(line) for line in lines),
            )
            for title, lines in told
            if lines
        )
        if body:
            self._message_log(body=body)
