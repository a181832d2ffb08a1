"""What was told to whom about places: an offer, its end, a trip called off."""

import logging

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import format_datetime

from ..tools.day_words import day_format
from .dive_alert_mixin import OVERTAKEN
from .res_partner_way import Way

_logger = logging.getLogger(__name__)


class DiveBookingNotice(models.Model):
    """The mark that a payer was told, made in one transaction with what it is about.

    Whatever makes that transaction begin anew, or kills it, takes the message along:
    who has a mark has a message, once.
    """

    _name = "dive.booking.notice"
    _description = "Message about a booking"
    _inherit = ["dive.alert.mixin", "dive.alert.writer"]
    _order = "date desc, id desc"
    _rec_name = "booking_id"

    booking_id = fields.Many2one(
        "dive.booking", required=True, readonly=True, index=True, ondelete="cascade"
    )
    trip_id = fields.Many2one(
        "dive.trip", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="trip_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("offer", "Place offered"),
            ("place", "Booked from the waiting list"),
            ("lapsed", "Offer over"),
            ("cancelled", "Trip cancelled"),
            # of the schedule of a kind of trip: dive_message_plan_trip
            ("confirmed", "Booked"),
            ("reminder", "Reminder"),
            ("changed", "Trip changed"),
            ("booking_cancelled", "Place cancelled"),
            ("feedback", "Feedback"),
            ("follow_up", "Thank you"),
        ],
        "About",
        required=True,
        readonly=True,
    )
    offer_id = fields.Many2one(
        "dive.booking.offer", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    seat_ids = fields.Many2many(
        "dive.booking.diver",
        "dive_booking_notice_seat_rel",
        "notice_id",
        "seat_id",
        "Divers",
        readonly=True,
    )
    alternative_ids = fields.Many2many(
        "dive.trip",
        "dive_booking_notice_trip_rel",
        "notice_id",
        "trip_id",
        "Alternatives",
        readonly=True,
    )

    # Whole sentences, which templates cannot have: there each expression ends a term.
    summary = fields.Char(
        compute="_compute_words", help="For templates: what it is about, in short."
    )
    text = fields.Char(
        compute="_compute_words", help="For templates: what has happened."
    )
    what_to_do = fields.Char(
        compute="_compute_words", help="For templates: what comes before the link."
    )
    alternatives = fields.Text(
        "Other trips",
        compute="_compute_words",
        help="For templates: other trips, one a line.",
    )
    # whoever has the address answers for the payer: templates alone, as superuser
    link = fields.Char(
        compute="_compute_words",
        groups=NO_ACCESS,
        help="For templates: where an offer is answered.",
    )

    _offer_once = models.UniqueIndex(
        "(offer_id, kind, COALESCE(seat_key, 0)) WHERE offer_id IS NOT NULL",
        lambda env, diag: env._("This message went out already."),
    )

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.depends("kind", "offer_id", "seat_ids", "alternative_ids", "trip_id")
    @api.depends_context("lang")
    def _compute_words(self):
        # sudo: what it says goes to the payer; its parts may be of others
        for own in self:
            notice = own.sudo()
            zone = str(notice.company_id._dive_zone())
            trip = notice.trip_id.with_context(tz=zone, dive_hide_date=True)
            until = notice.offer_id.until
            words = {
                "trip": trip._dive_name() if trip else "",
                "when": trip._dive_when() if trip.date_start else "",
                "names": ", ".join(notice.seat_ids.partner_id.mapped("name")),
                "number": len(notice.seat_ids),
                "until": until
                and format_datetime(
                    self.env, until, tz=zone, dt_format=day_format(self.env, time=True)
                ),
            }
            own.alternatives = "\n".join(
                notice._dive_alternative_line(other)
                for other in notice.alternative_ids.with_context(tz=zone)
            )
            own.link = (
                notice.offer_id._dive_url()
                if notice.kind == "offer" and notice.offer_id
                else False
            )
            own.update(
                getattr(notice, f"_dive_words_{notice.kind}")(words)
                if notice.kind
                else {"summary": False, "text": False, "what_to_do": False}
            )

    @api.model
    def _dive_alternative_line(self, trip):
        """Return a trip on which to go instead, and where it is booked."""
        line = f"{trip._dive_when()} · {trip._dive_name()}"
        # a page of the trip, where there is one
        page = getattr(trip, "_dive_booking_url", None)
        return f"{line} · {page()}" if page and page() else line

    def _dive_words_offer(self, words):
        _ = self.env._
        return {
            "summary": _("A place is free: %(trip)s, %(when)s", **words),
            "text": _(
                "you wait for “%(trip)s” on %(when)s. Now there is room for %(names)s:"
                " we keep it until %(until)s. After that it goes to the next.",
                **words,
            )
            + self._dive_price_words(),
            "what_to_do": _("Please say yes or no here:"),
        }

    def _dive_words_place(self, words):
        _ = self.env._
        return {
            "summary": _("You have a place: %(trip)s, %(when)s", **words),
            "text": _(
                "a place became free: “%(trip)s” on %(when)s is booked for %(names)s.",
                **words,
            ),
            "what_to_do": _("If you cannot come, please tell us soon: others wait."),
        }

    def _dive_words_lapsed(self, words):
        _ = self.env._
        return {
            "summary": _("No longer on the waiting list: %(trip)s, %(when)s", **words),
            "text": _(
                "we kept room on “%(trip)s” on %(when)s for %(names)s until %(until)s,"
                " and had no answer. It goes to the next, and you are no longer on the"
                " waiting list.",
                **words,
            ),
            "what_to_do": _("Do you still want to come? Then tell us."),
        }

    def _dive_words_cancelled(self, words):
        _ = self.env._
        return {
            "summary": _("Cancelled: %(trip)s, %(when)s", **words),
            "text": _(
                "we are sorry: “%(trip)s” on %(when)s does not take place. The places"
                " of %(names)s are cancelled.",
                **words,
            ),
            "what_to_do": _(
                "These trips suit you and have free places. Tell us which one you like:"
            )
            if self.alternative_ids
            else _("Tell us when else you would like to come."),
        }

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _dive_alert_xmlids(self):
        return (
            "dive_crm.mail_template_booking_notice",
            "dive_crm.sms_template_booking_notice",
        )

    def _dive_threads(self):
        return {notice: notice.booking_id for notice in self}

    def _dive_company(self):
        return self.company_id

    @api.model
    def _dive_tell(self, bookings, kind, offers=None, seats=None, alternatives=None):
        """Tell the payers of these bookings, all of the same company.

        What cannot be written for one does not stop the others.

        :param offers: offers of these bookings that it is about, if any
        :param dict seats: booking → the divers it is about; those of the offer, or all
        :param dict alternatives: booking → trips to go on instead
        :return: the marks
        """
        # sudo: marks, mails and texts are nobody's to write, and who causes one may not
        # read all that it says
        notices = self.sudo()
        rows = [
            row
            for booking in bookings.sudo()
            for row in notices._dive_marks(
                booking,
                kind,
                (offers or self.env["dive.booking.offer"]).filtered(
                    lambda offer, booking=booking: offer.booking_id == booking
                ),
                (seats or {}).get(booking),
                (alternatives or {}).get(booking),
            )
        ]
        return notices._dive_tell_rows(rows)

    def _dive_tell_rows(self, rows):
        """Tell all; what cannot be written for one does not stop the others.

        :param rows: values of a mark, and a way
        """
        notices = self
        try:
            with self.env.cr.savepoint():
                return notices._dive_tell_all(rows)
        except OVERTAKEN:
            raise
        except Exception:
            # One of them is at fault: each on its own, to find out which.
            _logger.info("A batch of messages failed, now one by one", exc_info=True)
        told = notices
        for row in rows:
            told += notices._dive_tell_one(row)
        return told

    def _dive_tell_one(self, row):
        """Tell one; if that fails, tell staff that the payer was not told."""
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all([row])
        except OVERTAKEN:
            raise
        except Exception as error:
            _logger.warning("No message of %s: %s", row[0]["booking_id"], error)
            way = Way(row[1].recipient, reason="error", error=str(error)[:200])
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all([(row[0], way)])
        except OVERTAKEN:
            raise
        except Exception:
            # without a mark: what is planned is tried again by the next run
            _logger.exception("Nobody is told of %s", row[0]["booking_id"])
            return self.browse()

    def _dive_marks(self, booking, kind, offer, seats, alternatives):
        """Return values and way of a mark for each who pays for some of the divers.

        An offer is answered for all of a group: by the payer of the booking.
        """
        seats = seats or offer.seat_ids or booking._active_seats()
        payers = {booking.partner_id: seats}
        if kind != "offer" and seats:
            # sudo: whoever pays is told, also of a payer whom the user may not read
            payers = seats.sudo().grouped(lambda seat: seat._dive_payer())
        return [
            (
                {
                    "booking_id": booking.id,
                    "trip_id": booking.trip_id.id,
                    "kind": kind,
                    "offer_id": offer.id,
                    "seat_key": min(mine.ids, default=0),
                    "seat_ids": [(6, 0, mine.ids)],
                    "alternative_ids": [
                        (6, 0, alternatives.ids if alternatives else [])
                    ],
                },
                payer._dive_way(service=True),
            )
            for payer, mine in payers.items()
        ]

    def _dive_tell_all(self, rows):
        """Make the marks, the messages, and what is left for staff to do."""
        notices = self.create(
            [
                {
                    **values,
                    "recipient_id": way.recipient.id,
                    "channel": way.channel or False,
                    "address": way.address or False,
                    "reason": way.reason or False,
                    "error": way.error or False,
                    "retry_on": self._dive_held_until(values, way),
                }
                for values, way in rows
            ]
        )
        pairs = zip(notices, rows, strict=True)
        ways = {one: way for one, (_values, way) in pairs if not one.retry_on}
        self.union(*ways)._dive_before_writing()
        messages = {
            **notices._dive_write_mails(ways),
            **notices._dive_write_texts(ways),
        }
        for notice, message in messages.items():
            notice.mail_message_id = message
        notices._dive_add_activities(
            {
                notice: way
                for notice, way in ways.items()
                if not way.channel and notice._dive_for_staff(way)
            }
        )
        return notices

    def _dive_held_until(self, values, way):
        """Return until when a mark stands for a message not written yet; a hook."""
        return False

    def _dive_before_writing(self):
        """Make what the messages of these speak of: a hook."""

    def _dive_for_staff(self, way):
        """Say whether somebody has to tell by hand what could not be written."""
        return True

    def _dive_add_activities(self, ways):
        """Have staff tell those to whom no machine can write."""
        if not ways:
            return
        today = self.env.company._dive_today()
        rows = []
        for notice, way in ways.items():
            user = notice._dive_staff()
            if user:
                rows.append((notice, way, user))
        # where a template is broken, each of hundreds: without a mail of each
        quick = all(way.reason == "error" for way in ways.values())
        todo = self.env["mail.activity"].with_context(mail_activity_quick_update=quick)
        activities = todo.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("dive.booking"),
                    "res_id": notice.booking_id.id,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "summary": notice.with_context(
                        lang=user.lang or self.env.lang
                    ).summary,
                    "note": notice._dive_alert_note(way),
                    "date_deadline": today,
                    "user_id": user.id,
                }
                for notice, way, user in rows
            ]
        )
        for (notice, _way, user), activity in zip(rows, activities, strict=True):
            notice.write({"activity_id": activity.id, "user_id": user.id})

    def _dive_staff(self):
        """Return who tells the payer: who took the booking, else the caretaker."""
        user = self.booking_id.user_id
        if (
            user.active
            and user.has_group("dive_crm.group_front_desk")
            and self.company_id in user.company_ids
            and user != self.env.ref("base.user_root")
        ):
            return user
        return self.company_id._dive_caretaker()
