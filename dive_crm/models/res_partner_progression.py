"""How far a diver has come: what is held, what has been, what was begun."""

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, format_date, get_lang

from .dive_trip_course import TOOK_PART
from .res_partner import STAFF_GROUPS
from .res_partner_certification import LADDER


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_progression = fields.Json(
        "Progression",
        compute="_compute_dive_progression",
        groups=STAFF_GROUPS,
        exportable=False,
        help="For one customer's form: each costs some queries, so not for lists.",
    )

    @api.depends("dive_certification_ids")
    @api.depends_context("company", "lang", "uid")
    def _compute_dive_progression(self):
        for partner in self:
            person = partner._origin if not partner.is_company else False
            partner.dive_progression = person and person._dive_progression()

    def _dive_progression(self):
        """Return what staff and the diver see of the way through the levels.

        As text in the user's language, ready to be shown, in lists that are empty
        rather than missing: ``held`` (the ladder, highest first), ``specialties``,
        ``renewals`` (cards that end, the next to end first), ``begun`` (courses to be
        continued), ``next`` (see ``_dive_next``), ``timeline`` (newest first). Record
        ids are for who may open them.

        It reads with the rights of its caller: the portal, whose users may not read
        trips, checks whose page it is and asks with sudo.

        :rtype: dict
        """
        self.ensure_one()
        today = self.env.company._dive_today()
        cards = self.env["dive.certification"].search(
            [("partner_id", "=", self.id), ("verification", "!=", "rejected")]
        )
        seats = self.env["dive.booking.diver"].search(
            [("partner_id", "=", self.id), ("state", "in", TOOK_PART)]
        )
        valid = cards._dive_valid_on(today)
        best = cards._dive_best_per_level(valid)
        ladder = best.filtered(lambda card: card.category in LADDER)
        others = best.filtered(lambda card: card.category == "specialty")
        ending = best.filtered("expiry_date").sorted("expiry_date")
        begun = self._dive_begun(seats, valid.level_id._dive_counts_as())
        return {
            "held": [card._dive_progression_card() for card in ladder],
            "specialties": [card._dive_progression_card() for card in others],
            "renewals": [card._dive_progression_renewal(today) for card in ending],
            "begun": begun,
            "next": self._dive_next(cards, valid, begun, today),
            "timeline": self._dive_timeline(cards, seats),
        }

    # ------------------------------------------------------------------
    # Courses begun
    # ------------------------------------------------------------------

    def _dive_begun(self, seats, held):
        """Return the courses that have led nowhere yet.

        Those to be continued, and those that have started and wait to be closed.

        :param seats: the places of this diver
        :param held: levels that the diver may be taken to hold
        """
        courses = seats.filtered(lambda seat: seat.trip_id.kind == "course").sorted(
            lambda seat: (seat.trip_id.date_start, seat.id)
        )
        now = fields.Datetime.now()
        begun = {}
        for seat in courses:
            key = seat.trip_id.course_level_id or seat.trip_id.type_id
            if seat.course_result == "continue":
                begun[key] = seat
            elif not seat.course_result and seat.trip_id.date_start <= now:
                begun.setdefault(key, seat)
            elif seat.course_result == "passed":
                begun.pop(key, None)
        return [
            self._dive_begun_item(seat, courses)
            for seat in begun.values()
            # a course need not lead to a level; no level is never held
            if seat.trip_id.course_level_id not in held
        ]

    def _dive_begun_item(self, seat, courses):
        trip = seat.trip_id
        following = courses.filtered(
            lambda other: (
                other.trip_id.type_id == trip.type_id
                and other.trip_id.date_start > trip.date_start
            )
        )[-1:].trip_id
        text = self.env._("Begun on %(date)s.", date=self._dive_date(trip._dive_day()))
        if following:
            text += " " + self.env._(
                "Goes on: %(trip)s.", trip=self._dive_date(following._dive_day())
            )
        return {
            "id": seat.id,
            "level_id": trip.course_level_id.id,
            "name": trip.course_level_id.name or trip.type_id.name,
            "trip_id": (following or trip).id,
            "text": text,
        }

    # ------------------------------------------------------------------
    # Timeline
    # ------------------------------------------------------------------

    def _dive_timeline(self, cards, seats):
        """Return what has happened, by date, the newest first."""
        done = seats.filtered(lambda seat: seat.state == "done")
        by_date = done.sorted(lambda seat: (seat.trip_id.date_start, seat.id))
        deep = done.filtered("max_depth_m").sorted(lambda s: (s.max_depth_m, -s.id))
        entries = [card._dive_timeline_item() for card in cards if card.issue_date]
        shown = cards.booking_diver_id
        entries += [
            seat._dive_timeline_item("course")
            for seat in seats
            if seat.course_result and seat not in shown
        ]
        entries += [seat._dive_timeline_item("first") for seat in by_date[:1]]
        entries += [seat._dive_timeline_item("deepest") for seat in deep[-1:]]
        return sorted(entries, key=lambda entry: entry["date"], reverse=True)

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _dive_date(self, date):
        """Return a date as the user's language writes it."""
        text = format_date(self.env, date, date_format="medium")
        # Arabic dates bear marks of direction, which tear a sentence apart unless the
        # date is kept to itself (first strong isolate … pop directional isolate).
        return f"\u2068{text}\u2069" if "\u200f" in text else text

    def _dive_from_today(self, days):
        """Return how far off a day is, in words: "in 5 days", "8 months ago".

        Said by CLDR, as a word may have another ending after "in" or "ago".

        :param days: below 0: so long ago, in whole months or years; else so long to
            wait, where a month that has begun counts
        """
        months = -(-days * 12 // 365)
        if abs(days) < 60:
            unit, span = "day", timedelta(days=days)
        elif abs(months) < 24:
            unit, span = "month", timedelta(days=30 * months)
        else:
            unit, span = "year", timedelta(days=365 * int(months / 12))
        return format_timedelta(
            span,
            granularity=unit,
            # no other unit, however large the number
            threshold=1000,
            add_direction=True,
            locale=babel_locale_parse(get_lang(self.env).code),
        )


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_best_per_level(self, valid):
        """Return one card of each level, the highest level first.

        :param valid: those of them that count today; these go before others
        """
        ordered = self.sorted(
            lambda card: (
                card.rank,
                card in valid,
                card.verification == "verified",
                card.expiry_date or fields.Date.to_date("9999-12-31"),
                card.issue_date or fields.Date.to_date("1900-01-01"),
                card.id,
            ),
            reverse=True,
        )
        best = {}
        for card in ordered:
            best.setdefault(card.level_id, card)
        return self.browse(card.id for card in best.values())

    def _dive_label(self, name):
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels[self[name]]

    def _dive_progression_card(self):
        dates = self.partner_id
        return {
            "id": self.id,
            "name": self.level_id.name,
            "agency": self.agency_id.name,
            "abbreviation": self.level_id.abbreviation or "",
            "number": self.number or "",
            "since": dates._dive_date(self.issue_date) if self.issue_date else "",
            "until": dates._dive_date(self.expiry_date) if self.expiry_date else "",
            "state": self.state,
            "state_label": self._dive_label("state"),
            "verification": self.verification,
            "verification_label": self._dive_label("verification"),
        }

    def _dive_progression_renewal(self, today):
        diver = self.partner_id
        days = (self.expiry_date - today).days
        date = diver._dive_date(self.expiry_date)
        if days < 0:
            text = self.env._(
                "Ended on %(date)s, %(time_ago)s.",
                date=date,
                time_ago=diver._dive_from_today(days),
            )
        elif not days:
            text = self.env._("Ends today.")
        else:
            text = self.env._(
                "Ends on %(date)s, %(in_time)s.",
                date=date,
                in_time=diver._dive_from_today(days),
            )
        return {**self._dive_progression_card(), "text": text}

    def _dive_timeline_item(self):
        detail = [self.agency_id.name]
        if self.booking_diver_id:
            # sudo: the name of one's own course, which the portal may not read
            course = self.trip_id.sudo().name
            detail = [self.env._("Course with us: %(course)s", course=course)]
        if self.number:
            detail.append(self.env._("number %(number)s", number=self.number))
        if self.instructor_name or self.instructor_id:
            # sudo: the name on the card, whichever company's contact it is
            detail.append(self.instructor_name or self.instructor_id.sudo().name)
        return {
            "key": f"card-{self.id}",
            "date": fields.Date.to_string(self.issue_date),
            "when": self.partner_id._dive_date(self.issue_date),
            "kind": "card",
            "title": self.level_id.name,
            "detail": " · ".join(detail),
            "model": self._name,
            "id": self.id,
        }


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _dive_timeline_item(self, kind):
        trip = self.trip_id
        day = trip._dive_last_day() if kind == "course" else trip._dive_day()
        if kind == "first":
            title, detail = self.env._("First time with us"), trip.name
        elif kind == "deepest":
            title = self.env._("Deepest dive with us: %(depth)s m", depth=self._depth())
            detail = trip.name
        else:
            results = self._fields["course_result"]._description_selection(self.env)
            title, detail = trip.name, dict(results)[self.course_result]
        return {
            "key": f"{kind}-{self.id}",
            "date": fields.Date.to_string(day),
            "when": self.partner_id._dive_date(day),
            "kind": kind,
            "title": title,
            "detail": detail,
            "model": trip._name,
            "id": trip.id,
        }

    def _depth(self):
        return f"{self.max_depth_m:g}"
