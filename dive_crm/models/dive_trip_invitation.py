"""Who was told that a trip has free places, and came."""

import logging

from psycopg2.errors import ExclusionViolation, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..tools.yes_no import yes_no_domain
from .dive_alert_mixin import OVERTAKEN
from .res_partner_way import Way

_logger = logging.getLogger(__name__)

INVITED_ALREADY = (UniqueViolation, ExclusionViolation)


class DiveTripInvitation(models.Model):
    """The mark that somebody was invited to a trip, with the message, once.

    ``until`` is when another invitation, to whatever trip, may follow. Two people who
    invite at the same moment meet at the constraints: one of them has written nothing.
    """

    _name = "dive.trip.invitation"
    _description = "Invitation to a trip"
    _inherit = ["dive.alert.mixin", "dive.alert.writer"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    trip_id = fields.Many2one(
        "dive.trip", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Diver", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="trip_id.company_id", store=True, index=True)
    date_start = fields.Datetime("Trip date", related="trip_id.date_start")
    until = fields.Datetime(
        "No other before", required=True, readonly=True, aggregator=None
    )
    why = fields.Char("Because", readonly=True, help="Why the trip suits the diver.")
    booked = fields.Boolean(
        compute="_compute_booked",
        search="_search_booked",
        help="Has a place on the trip, or waits for one.",
    )

    # For templates: whole sentences, which they cannot have.
    summary = fields.Char(compute="_compute_words")
    text = fields.Char(compute="_compute_words")
    because = fields.Char("What is known", compute="_compute_words")
    what_to_do = fields.Char(compute="_compute_words")
    link = fields.Char(compute="_compute_words")

    _once = models.UniqueIndex(
        "(partner_id, trip_id)",
        lambda env, diag: env._(
            "Somebody else has just invited one of these divers: open the list anew."
        ),
    )
    _until = models.Index("(until)")
    _not_too_often = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH &&,"
        " tsrange(date, until) WITH &&)",
        lambda env, diag: env._(
            "Somebody else has just invited one of these divers: open the list anew."
        ),
    )

    @api.depends("trip_id.seat_ids.state")
    def _compute_booked(self):
        pairs = self._dive_booked_pairs()
        for invitation in self:
            key = invitation.trip_id.id, invitation.partner_id.id
            invitation.booked = key in pairs

    @api.model
    def _search_booked(self, operator, value):
        seats = self.env["dive.booking.diver"]._fields
        return yes_no_domain(
            operator,
            value,
            lambda model, alias: SQL(
                "EXISTS (SELECT FROM dive_booking_diver seat"
                " WHERE seat.trip_id = %s AND seat.partner_id = %s"
                " AND seat.state != 'cancelled')",
                SQL.identifier(alias, "trip_id"),
                SQL.identifier(alias, "partner_id"),
                to_flush=tuple(
                    seats[name] for name in ("trip_id", "partner_id", "state")
                ),
            ),
        )

    def _dive_booked_pairs(self):
        # sudo: that somebody comes, not in which booking
        seats = self.env["dive.booking.diver"].sudo()
        return {
            (trip.id, partner.id)
            for trip, partner in seats._read_group(
                [
                    ("trip_id", "in", self.trip_id.ids),
                    ("partner_id", "in", self.partner_id.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["trip_id", "partner_id"],
            )
        }

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.depends("trip_id", "partner_id", "recipient_id")
    @api.depends_context("lang")
    def _compute_words(self):
        # sudo: what it says goes to the diver
        me = self.sudo()
        suits = {}
        for trip, invitations in me.grouped("trip_id").items():
            suits |= invitations.partner_id._dive_suits(trip)
        for invitation in me:
            zone = str(invitation.company_id._dive_zone())
            trip = invitation.trip_id.with_context(tz=zone, dive_hide_date=True)
            diver = invitation.partner_id
            values = {
                "trip": trip._dive_name() if trip else "",
                "when": trip._dive_when() if trip.date_start else "",
                "diver": diver.name or "",
                "why": "; ".join(suits.get((diver.id, trip.id), ())),
            }
            invitation.update(invitation._dive_words(values))
            invitation.link = trip and trip._dive_booking_url()

    def _dive_words(self, values):
        _ = self.env._
        own = self.recipient_id == self.partner_id
        return {
            "summary": _("Come along? %(trip)s, %(when)s", **values),
            "text": _(
                "there are still free places on “%(trip)s” on %(when)s, and we thought"
                " of you.",
                **values,
            )
            if own
            else _(
                "there are still free places on “%(trip)s” on %(when)s, and we thought"
                " of %(diver)s.",
                **values,
            ),
            "because": values["why"] and _("What we know: %(why)s.", why=values["why"]),
            "what_to_do": _("See the trip and book:"),
        }

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _dive_alert_xmlids(self):
        return (
            "dive_crm.mail_template_trip_invitation",
            "dive_crm.sms_template_trip_invitation",
        )

    def _dive_threads(self):
        return {invitation: invitation.partner_id for invitation in self}

    def _dive_company(self):
        return self.company_id

    @api.model
    def _dive_invite(self, trip, people):
        """Write to these divers, each by the way that is given, and mark it.

        What cannot be written to one does not stop the others. Nothing is sent here.

        :param dict people: diver → (reasons, findings, way)
        :return: the marks
        """
        # sudo: marks, mails and texts are nobody's to write
        me = self.sudo().with_company(trip.company_id)
        rows = [
            (me._dive_mark(trip, diver, reasons), way)
            for diver, (reasons, _findings, way) in people.items()
        ]
        try:
            with self.env.cr.savepoint():
                return me._dive_tell_all(rows)
        except INVITED_ALREADY as error:
            # Somebody else has invited one of them at this moment, which this
            # transaction cannot see yet: Odoo runs the request again, which then does.
            raise ConcurrencyError(self._description) from error
        except OVERTAKEN:
            raise
        except Exception:
            # One of them is at fault: each on its own, to find out which.
            _logger.info("A batch of invitations failed, now one by one", exc_info=True)
        told = me
        for row in rows:
            told += me._dive_tell_one(row)
        return told

    def _dive_tell_one(self, row):
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all([row])
        except INVITED_ALREADY as error:
            raise ConcurrencyError(self._description) from error  # as above
        except OVERTAKEN:
            raise
        except Exception as error:
            _logger.warning("No invitation of %s: %s", row[0]["partner_id"], error)
            way = Way(row[1].recipient, reason="error", error=str(error)[:200])
            return self._dive_tell_all([(row[0], way)])

    def _dive_mark(self, trip, diver, reasons):
        now = fields.Datetime.now()
        days = trip.company_id.dive_invite_days
        return {
            "trip_id": trip.id,
            "partner_id": diver.id,
            "why": "; ".join(reasons),
            "date": now,
            "until": fields.Datetime.add(now, days=days),
        }

    def _dive_tell_all(self, rows):
        invitations = self.create(
            [
                {
                    **values,
                    "recipient_id": way.recipient.id,
                    "channel": way.channel or False,
                    "address": way.address or False,
                    "reason": way.reason or False,
                    "error": way.error or False,
                }
                for values, way in rows
            ]
        )
        ways = {
            invitation: way
            for invitation, (_values, way) in zip(invitations, rows, strict=True)
        }
        messages = {
            **invitations._dive_write_mails(ways),
            **invitations._dive_write_texts(ways),
        }
        for invitation, message in messages.items():
            invitation.mail_message_id = message
        return invitations

    # ------------------------------------------------------------------
    # Merge of customers
    # ------------------------------------------------------------------

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Keep one invitation per trip of customers who are about to become one.

        To be called before the merge repoints rows.
        """
        # sudo: a merge spans all companies, whoever may start it
        rows = self.sudo().search(
            [("partner_id", "in", (src_partners | dst_partner).ids)], order="id"
        )
        for trip_rows in rows.grouped("trip_id").values():
            trip_rows.sorted(lambda row: row.partner_id != dst_partner)[1:].unlink()
        # of several periods without another invitation, the last one counts
        left = rows.exists().sorted("until", reverse=True)
        for row in left[1:]:
            row.until = row.date
