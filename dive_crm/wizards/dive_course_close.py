from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.dive_trip_course import TOOK_PART


class DiveCourseClose(models.TransientModel):
    """One screen: who of a course has passed, who goes on."""

    _name = "dive.course.close"
    _description = "Closing of a course"

    trip_id = fields.Many2one("dive.trip", "Course", required=True, readonly=True)
    level_id = fields.Many2one(related="trip_id.type_id.level_id", string="Leads to")
    trip_done = fields.Boolean(compute="_compute_trip_done")
    date = fields.Date(
        compute="_compute_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The day on the cards.",
    )
    instructor_id = fields.Many2one(
        "res.partner",
        compute="_compute_instructor_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("is_company", "=", False)],
    )
    instructor_number = fields.Char(
        "Number of the instructor",
        compute="_compute_instructor_number",
        store=True,
        readonly=False,
        precompute=True,
        help="From the instructor's own card of this agency, if it is on record.",
    )
    line_ids = fields.One2many("dive.course.close.line", "close_id", "Divers")
    card_count = fields.Integer(compute="_compute_card_count")

    @api.depends("trip_id.state")
    def _compute_trip_done(self):
        for close in self:
            close.trip_done = close.trip_id.state == "done"

    @api.depends("trip_id")
    def _compute_date(self):
        for close in self:
            trip = close.trip_id
            today = trip.company_id._dive_today()
            close.date = min(trip._dive_last_day(), today) if trip else today

    @api.depends("trip_id")
    def _compute_instructor_id(self):
        for close in self:
            close.instructor_id = close.trip_id._dive_course_instructor(close.date)

    @api.depends("instructor_id")
    def _compute_instructor_number(self):
        for close in self:
            close.instructor_number = close.trip_id._dive_instructor_number(
                close.instructor_id, close.date
            )

    @api.depends("line_ids.result", "level_id")
    def _compute_card_count(self):
        for close in self:
            passed = close.line_ids.filtered(lambda line: line.result == "passed")
            close.card_count = len(passed) if close.level_id else 0

    def action_close(self):
        """Write the results down and issue the cards."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("There is nobody left to close the course for."))
        self._check_dates()
        cards = self.trip_id._dive_close_course(
            {
                line.seat_id: {
                    "result": line.result,
                    "issue_date": line.date,
                    "instructor_id": line.instructor_id,
                    "instructor_number": line.instructor_number,
                    "number": line.number,
                }
                for line in self.line_ids
            }
        )
        going_on = len(self.line_ids.filtered(lambda line: line.result == "continue"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._closed_text(len(cards), going_on),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _closed_text(self, cards, going_on):
        if cards == 1:
            return self.env._(
                "Course closed: 1 card issued, %(others)s to be continued.",
                others=going_on,
            )
        return self.env._(
            "Course closed: %(cards)s cards issued, %(others)s to be continued.",
            cards=cards,
            others=going_on,
        )

    def _check_dates(self):
        today = self.trip_id.company_id._dive_today()
        first = self.trip_id._dive_day()
        for line in self.line_ids.filtered(lambda line: line.result == "passed"):
            if not line.date or not first <= line.date <= today:
                raise ValidationError(
                    self.env._(
                        "%(diver)s: nobody can pass before the course begins"
                        " (%(first)s), or after today. Correct the date.",
                        diver=line.partner_id.name,
                        first=fields.Date.to_string(first),
                    )
                )


class DiveCourseCloseLine(models.TransientModel):
    _name = "dive.course.close.line"
    _description = "Result of one diver of a course"
    _order = "id"

    close_id = fields.Many2one("dive.course.close", required=True, ondelete="cascade")
    seat_id = fields.Many2one(
        "dive.booking.diver",
        required=True,
        readonly=True,
        ondelete="cascade",
        domain=[("state", "in", TOOK_PART)],
    )
    # related_sudo: a place of another company stays unseen
    partner_id = fields.Many2one(related="seat_id.partner_id", related_sudo=False)
    result = fields.Selection(
        [("passed", "Passed"), ("continue", "To be continued")],
        required=True,
        default="passed",
    )
    date = fields.Date(
        compute="_compute_from_course", store=True, readonly=False, precompute=True
    )
    instructor_id = fields.Many2one(
        "res.partner",
        compute="_compute_from_course",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("is_company", "=", False)],
    )
    instructor_number = fields.Char(
        compute="_compute_instructor_number",
        store=True,
        readonly=False,
        precompute=True,
    )
    number = fields.Char("Card number")
    notice = fields.Text(compute="_compute_notice", string="To consider")

    @api.depends("close_id.date", "close_id.instructor_id")
    def _compute_from_course(self):
        for line in self:
            line.date = line.close_id.date
            line.instructor_id = line.close_id.instructor_id

    @api.depends("instructor_id", "close_id.instructor_number")
    def _compute_instructor_number(self):
        for line in self:
            close = line.close_id
            if line.instructor_id == close.instructor_id:
                line.instructor_number = close.instructor_number
            else:
                line.instructor_number = close.trip_id._dive_instructor_number(
                    line.instructor_id, line.date
                )

    @api.depends("seat_id", "date", "number", "result", "close_id.level_id")
    def _compute_notice(self):
        self.notice = False
        passing = self.filtered(
            lambda line: (
                line.result == "passed" and line.seat_id and line.close_id.level_id
            )
        )
        hints = passing._dive_card_hints()
        for date, lines in passing.grouped("date").items():
            held = lines.partner_id._dive_held_levels(date)
            for line in lines:
                notices = line._dive_notices(held[line.partner_id])
                line.notice = "\n".join(filter(None, [hints[line], *notices])) or False

    def _dive_card_hints(self):
        """Return for each line what a card like that would say is unusual about it."""
        cards = self.env["dive.certification"]
        cards = cards.concat(
            *(
                cards.new(
                    {
                        "partner_id": line.partner_id.id,
                        "level_id": line.close_id.level_id.id,
                        "number": line.number,
                        "issue_date": line.date,
                    }
                )
                for line in self
            )
        )
        cards._compute_hint()
        return dict(zip(self, cards.mapped(lambda card: card.hint), strict=True))

    def _dive_notices(self, held):
        level, diver = self.close_id.level_id, self.partner_id
        if level in held and level not in diver.dive_certification_ids.level_id:
            yield self.env._(
                "%(diver)s holds what counts as this level already.", diver=diver.name
            )
        missing = level.prerequisite_ids - held
        if missing:
            yield self.env._(
                "Missing before this level: %(levels)s.",
                levels=", ".join(missing.mapped("display_name")),
            )
        trip = self.seat_id.trip_id
        dives = diver.dive_logged_dives
        dives += 0 if self.seat_id.logged_on else trip.dives
        if dives < level.prerequisite_dives:
            yield self._dive_dives_text(dives, level.prerequisite_dives)

    def _dive_dives_text(self, dives, needed):
        values = {"diver": self.partner_id.name, "dives": dives, "needed": needed}
        if needed == 1:
            return self.env._(
                "%(diver)s has no dive with this course, 1 is needed.", **values
            )
        if dives == 1:
            return self.env._(
                "%(diver)s has 1 dive with this course, %(needed)s are needed.",
                **values,
            )
        return self.env._(
            "%(diver)s has %(dives)s dives with this course, %(needed)s are needed.",
            **values,
        )
