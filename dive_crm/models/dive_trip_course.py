"""Courses: a kind of trip that leads to a level, and how it is closed."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: Places whose divers took part, so that a course can end well for them or go on.
TOOK_PART = ("booked", "checked_in", "done")


class DiveTripType(models.Model):
    _inherit = "dive.trip.type"

    level_id = fields.Many2one(
        "dive.certification.level",
        "Leads to",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("agency_id.active", "=", True)],
        help="Divers who pass get a card of this level when the course is closed."
        " Empty: the course issues no cards.",
    )

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind != "course":
            self.level_id = False

    @api.constrains("kind", "level_id")
    def _check_level(self):
        for kind in self.filtered("level_id"):
            level = kind.level_id
            if kind.kind != "course":
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” is not a course, so it leads to no level: make it"
                        " a course, or take the level out.",
                        kind=kind.name,
                    )
                )
            if not level.active or not level.agency_id.active:
                raise ValidationError(
                    self.env._(
                        "“%(level)s” is archived, so no card of it can be issued:"
                        " choose another level.",
                        level=level.display_name,
                    )
                )


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    course_level_id = fields.Many2one(related="type_id.level_id", string="Leads to")
    course_can_close = fields.Boolean(
        compute="_compute_course", help="This user may close the course, and now."
    )
    course_can_take_back = fields.Boolean(
        compute="_compute_course",
        help="There are results that this user may take back.",
    )

    @api.depends(
        "kind",
        "state",
        "date_start",
        "guide_ids",
        "seat_ids.state",
        "seat_ids.course_result",
    )
    @api.depends_context("uid")
    def _compute_course(self):
        now = fields.Datetime.now()
        for trip in self:
            mine = trip.kind == "course" and trip._dive_may_close()
            trip.course_can_take_back = mine and any(
                trip.seat_ids.mapped("course_result")
            )
            trip.course_can_close = (
                mine
                and trip.state in ("open", "done")
                and bool(trip.date_start)  # none in a form just opened
                and trip.date_start <= now
                and bool(trip._dive_seats_to_close())
            )

    # ------------------------------------------------------------------
    # Who and when
    # ------------------------------------------------------------------

    def _dive_may_close(self):
        """Tell whether the user may say how this course ended.

        Front desk and managers may; an instructor may for the trips that he or she
        guides.
        """
        self.ensure_one()
        user = self.env.user
        if user.has_group("dive_crm.group_front_desk"):
            return True
        guides = self.sudo().guide_ids  # sudo: a guide may be of another company
        return (
            user.has_group("dive_crm.group_instructor")
            and user.partner_id.sudo() in guides
        )

    def _dive_check_may_close(self):
        """Raise an AccessError unless the user may close each of these courses."""
        self.check_access("read")
        for trip in self:
            if not trip._dive_may_close():
                raise AccessError(
                    self.env._(
                        "The results of “%(trip)s” are entered by its own guides or by"
                        " the front desk.",
                        trip=trip.display_name,
                    )
                )

    def _dive_check_closable(self):
        """Raise a UserError saying why the results cannot be entered now."""
        self.ensure_one()
        problem = None
        if self.kind != "course":
            problem = self.env._("it is not a course")
        elif self.state == "cancelled":
            problem = self.env._("it is cancelled")
        elif self.state == "draft":
            problem = self.env._("it was never opened for booking")
        elif self.date_start > fields.Datetime.now():
            problem = self.env._("it has not begun yet")
        if problem:
            raise UserError(
                self.env._(
                    "“%(trip)s” cannot be closed: %(problem)s.",
                    trip=self.display_name,
                    problem=problem,
                )
            )

    def _dive_seats_to_close(self):
        """Return the places of those who took part and have no result yet."""
        return self.seat_ids.filtered(
            lambda seat: seat.state in TOOK_PART and not seat.course_result
        )

    def _dive_last_day(self):
        """The trip's last day as a date in the zone of its company."""
        self.ensure_one()
        return self.company_id._dive_day_of(self.date_end)

    def _dive_instructor_cards(self, partners, date):
        """Return the professional cards of these people that count on a day.

        Those of the agency of this course come first, then the highest.
        """
        cards = self.env["dive.certification"].search(
            [
                ("partner_id", "in", partners.ids),
                ("level_id.category", "=", "professional"),
            ]
        )
        agency = self.course_level_id.agency_id
        return cards._dive_valid_on(date).sorted(
            lambda card: (card.agency_id != agency, -card.rank, -card.id)
        )

    def _dive_course_instructor(self, date):
        """Return who taught this course, as far as the trip tells.

        The first of its guides who is an instructor on that day, of the course's own
        agency if there is one; else the first guide.
        """
        self.ensure_one()
        guides = self.guide_ids
        teaching = self._dive_instructor_cards(guides, date).filtered(
            lambda card: card.level_id.autonomy == "instructor"
        )
        own = teaching.filtered(
            lambda card: card.agency_id == self.course_level_id.agency_id
        )
        teachers = (own or teaching).partner_id
        return guides.filtered(lambda guide: guide in teachers)[:1] or guides[:1]

    def _dive_instructor_number(self, instructor, date):
        """Return the number under which ``instructor`` teaches for the agency."""
        cards = self._dive_instructor_cards(instructor, date).filtered(
            lambda card: (
                card.number and card.agency_id == self.course_level_id.agency_id
            )
        )
        return cards[:1].number

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def action_close_course(self):
        """Open the screen that asks for the results of this course."""
        self.ensure_one()
        self._dive_check_may_close()
        self._dive_check_closable()
        seats = self._dive_seats_to_close()
        if not seats:
            raise UserError(
                self.env._(
                    "Nobody on “%(trip)s” waits for a result: its divers have one, did"
                    " not come, or were never booked.",
                    trip=self.display_name,
                )
            )
        wizard = self.env["dive.course.close"].create(
            {
                "trip_id": self.id,
                "line_ids": [
                    fields.Command.create({"seat_id": seat.id}) for seat in seats
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close the course"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _dive_close_course(self, results):
        """Write the results down, end the trip, and issue the cards; all or nothing.

        :param results: place → values: ``result`` (passed or continue) and, for a card,
            ``issue_date``, ``instructor_id``, ``instructor_number``, ``number``
        :return: the new cards
        :raise UserError: somebody else has closed it meanwhile, or it cannot be closed
        """
        self.ensure_one()
        self._dive_check_may_close()
        self._dive_check_closable()
        seats = self.env["dive.booking.diver"].concat(*results)
        if seats.trip_id != self:
            raise UserError(self.env._("These divers are not on this course."))
        for result in ("passed", "continue"):
            seats.filtered(
                lambda seat, result=result: results[seat]["result"] == result
            )._dive_claim_result(result)
        if self.state != "done":
            # sudo: instructors only read trips and bookings, but end their own course
            self.sudo().action_done()
        passed = seats.filtered(lambda seat: results[seat]["result"] == "passed")
        cards = self._dive_issue_cards(passed, results)
        self._dive_log_results(passed, seats - passed)
        return cards

    def _dive_issue_cards(self, seats, results):
        """Issue a card to the diver of each of ``seats``, verified by ourselves."""
        level = self.course_level_id
        cards = self.env["dive.certification"]
        if not level or not seats:
            return cards
        # "Today", after which no card is issued, is that of the course's own company.
        maker = cards.with_company(self.company_id)
        issued = maker._dive_unlocked().create(
            [
                {
                    "partner_id": seat.partner_id.id,
                    "level_id": level.id,
                    "issue_date": results[seat]["issue_date"],
                    "number": results[seat].get("number"),
                    "instructor_id": results[seat]["instructor_id"].id,
                    "instructor_name": results[seat]["instructor_id"].name,
                    "instructor_number": results[seat].get("instructor_number"),
                    "place": self.company_id.name,
                    "trip_id": self.id,
                    "booking_diver_id": seat.id,
                    "source": "course",
                }
                for seat in seats
            ]
        )
        issued._dive_note_issued(self)
        return issued.with_env(self.env)

    def _dive_log_results(self, passed, others):
        lines = []
        if passed:
            lines.append(
                self.env._(
                    "Course closed. Passed: %(divers)s.",
                    divers=", ".join(passed.partner_id.mapped("name")),
                )
            )
        if others:
            lines.append(
                self.env._(
                    "Course closed. To be continued: %(divers)s.",
                    divers=", ".join(others.partner_id.mapped("name")),
                )
            )
        # sudo: a note on the trip, from whoever may close it
        self.sudo()._message_log(body=Markup("<br/>").join(lines))

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def action_take_back_course(self):
        """Take back all results of these courses, and the cards they have issued."""
        self._dive_check_may_close()
        return self.seat_ids.filtered("course_result").action_take_back_result()
