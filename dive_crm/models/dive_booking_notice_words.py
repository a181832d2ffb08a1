"""What the messages of the schedules say, in whole sentences."""

from odoo import api, fields, models
from odoo.tools import format_amount, format_datetime, format_time

from ..tools.day_words import day_format


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    details = fields.Text(
        compute="_compute_details",
        help="For templates: when, from where, with whom; one a line.",
    )

    diver_names = fields.Char("For whom", compute="_compute_diver_names")

    def _compute_diver_names(self):
        for notice in self:
            # sudo: who may read the message may know of whom it speaks
            divers = notice.sudo().seat_ids.partner_id
            notice.diver_names = ", ".join(name or "" for name in divers.mapped("name"))

    # ------------------------------------------------------------------
    # The trip, line by line
    # ------------------------------------------------------------------

    @api.depends("kind", "trip_id")
    @api.depends_context("lang")
    def _compute_details(self):
        # sudo: what it says goes to divers, who read no trips
        for notice in self.sudo():
            lines = []
            if notice.kind == "changed":
                lines = notice._dive_change_lines()
            elif notice.kind in ("confirmed", "place", "reminder"):
                lines = notice._dive_detail_lines()
            notice.details = "\n".join(lines)

    def _dive_moment_words(self, moment):
        """Return a moment on the clock of the company, its day in the language."""
        zone = str(self.company_id._dive_zone())
        return format_datetime(
            self.env,
            moment,
            tz=zone,
            dt_format=day_format(self.env, year=True, time=True),
        )

    def _dive_end_words(self, start, end):
        """Return an end: of the same day, the time alone is enough."""
        day_of = self.company_id._dive_day_of
        if day_of(start) != day_of(end):
            return self._dive_moment_words(end)
        zone = str(self.company_id._dive_zone())
        return format_time(self.env, end, tz=zone, time_format="HH:mm")

    def _dive_detail_lines(self):
        """Return what somebody who comes has to know."""
        _ = self.env._
        trip = self.trip_id
        rows = [
            (_("Start"), self._dive_moment_words(trip.date_start)),
            (_("End"), self._dive_end_words(trip.date_start, trip.date_end)),
            (_("Boat"), trip.boat_id.name),
            (_("Dive sites"), ", ".join(trip.site_ids.mapped("name"))),
            (_("With"), ", ".join(trip.guide_ids.mapped("name"))),
            (_("Please note"), trip.requirements),
            (_("Booking"), self.booking_id.name),
        ]
        # some languages have a space before the colon
        return [
            _("%(label)s: %(text)s", label=name, text=text)
            for name, text in rows
            if text
        ]

    def _dive_change_lines(self):
        """Return what is new, and what it was."""
        _ = self.env._
        trip = self.trip_id
        before, after = trip.change_from or {}, trip._dive_facts()
        sites = self.env["dive.site"]
        names = {
            "start": (
                _("Start"),
                lambda value: self._dive_moment_words(
                    fields.Datetime.to_datetime(value)
                ),
            ),
            "end": (
                _("End"),
                lambda value: self._dive_moment_words(
                    fields.Datetime.to_datetime(value)
                ),
            ),
            "boat": (
                _("Boat"),
                lambda value: self.env["dive.boat"].browse(value).exists().name,
            ),
            "sites": (
                _("Dive sites"),
                lambda value: ", ".join(sites.browse(value).exists().mapped("name")),
            ),
        }
        lines = []
        for key, (name, words) in names.items():
            old, new = before.get(key), after[key]
            if key not in before or old == new:
                continue
            values = {
                "what": name,
                "new": (new and words(new)) or _("none"),
                "old": (old and words(old)) or _("none"),
            }
            lines.append(_("%(what)s: %(new)s (it was: %(old)s)", **values))
        return lines or self._dive_detail_lines()

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    def _dive_is_about_recipient(self):
        """Say whether the message is about whom it goes to, and nobody else."""
        return self.seat_ids.partner_id == self.recipient_id

    def _dive_price_words(self):
        """Return what the offered places cost the payer, as a sentence to add."""
        price = self.offer_id._dive_price()
        if not price:
            return ""
        amount = format_amount(
            self.env, price, self.booking_id.currency_id, lang_code=self.env.lang
        )
        return " " + self.env._("The price for you is %(amount)s.", amount=amount)

    def _dive_words_confirmed(self, words):
        _ = self.env._
        return {
            "summary": _("Booked: %(trip)s, %(when)s", **words),
            "text": _(
                "“%(trip)s” on %(when)s is booked for %(names)s. We look forward to"
                " it.",
                **words,
            ),
            "what_to_do": _(
                "The file that comes with this message puts it into your calendar. If"
                " something is wrong, or you cannot come, please tell us."
            ),
        }

    def _dive_words_reminder(self, words):
        _ = self.env._
        if self._dive_is_about_recipient():
            text = _("your trip is coming: “%(trip)s” on %(when)s.", **words)
        else:
            text = _(
                "“%(trip)s” on %(when)s is coming, with %(names)s on board.", **words
            )
        return {
            "summary": _("Coming soon: %(trip)s, %(when)s", **words),
            "text": text,
            "what_to_do": _("Cannot come? Please tell us now: others may wait."),
        }

    def _dive_words_changed(self, words):
        _ = self.env._
        return {
            "summary": _("Changed: %(trip)s, %(when)s", **words),
            "text": _(
                "“%(trip)s”, which is booked for %(names)s, has changed. It now begins"
                " on %(when)s.",
                **words,
            ),
            "what_to_do": _(
                "If it does not suit you like this, please tell us: we find another"
                " trip."
            ),
        }

    def _dive_words_booking_cancelled(self, words):
        _ = self.env._
        return {
            "summary": _("Place cancelled: %(trip)s, %(when)s", **words),
            "text": _(
                "as agreed, the booking of %(names)s for “%(trip)s” on %(when)s is"
                " cancelled.",
                **words,
            ),
            "what_to_do": _("If that is not right, please tell us soon."),
        }

    def _dive_words_feedback(self, words):
        _ = self.env._
        if self._dive_is_about_recipient():
            text = _("you were with us: “%(trip)s” on %(when)s. How was it?", **words)
        else:
            text = _(
                "%(names)s went with us: “%(trip)s” on %(when)s. How was it?", **words
            )
        return {
            "summary": _("How was it? %(trip)s, %(when)s", **words),
            "text": text,
            "what_to_do": _("Tap one and send it off; a word more helps us:"),
        }

    def _dive_words_follow_up(self, words):
        _ = self.env._
        if self._dive_is_about_recipient():
            text = _("thank you for being with us: “%(trip)s” on %(when)s.", **words)
        else:
            text = _(
                "thank you: %(names)s went with us, “%(trip)s” on %(when)s.", **words
            )
        return {
            "summary": _("Thank you: %(trip)s, %(when)s", **words),
            "text": text,
            "what_to_do": _(
                "When do you dive next? We would be glad to see you again."
            ),
        }
