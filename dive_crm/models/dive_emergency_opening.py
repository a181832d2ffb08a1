"""Who opened the emergency sheet of whom, and why: without it nothing is shown."""

import re
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import mute_logger

from .dive_access_log import note_access
from .dive_secret_mixin import MANAGER, MEDICAL
from .res_partner_access import SHORTEST

INSTRUCTOR = "dive_crm.group_instructor"
#: How long a sheet stays open: until the diver is in other hands.
HOURS = 2
#: What stands in the access log where others name fields.
SHEET = ("emergency_sheet",)
KINDS = [
    ("accident", "Accident"),
    ("unwell", "Feeling unwell"),
    ("drill", "Drill"),
    ("other", "Other"),
]
TOKEN = re.compile("[0-9a-f]{32}")
#: Letters of a reason in own words. What is written here stays for good.
LONGEST = 500


class DiveEmergencyOpening(models.Model):
    """One opening of an emergency sheet, by one person; it holds for two hours.

    Given beforehand and only added. Whoever looks is asked again at each look: a guide
    who is taken off the trip sees no more.
    """

    _name = "dive.emergency.opening"
    _inherit = ["dive.append.only.mixin"]
    _description = "Opening of an emergency sheet"
    _order = "id desc"
    _rec_name = "date"
    _log_access = False

    date = fields.Datetime(readonly=True, required=True)
    until = fields.Datetime(readonly=True, required=True)
    token = fields.Char(readonly=True, required=True, groups=NO_ACCESS)
    user_id = fields.Integer(
        "User's number", readonly=True, required=True, aggregator=False
    )
    user_name = fields.Char("User", readonly=True)
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    trip_id = fields.Integer("Trip's number", readonly=True, aggregator=False)
    trip_name = fields.Char("Trip", readonly=True)
    partner_ids = fields.Text("Divers' numbers", readonly=True, required=True)
    diver_names = fields.Char("Divers", compute="_compute_diver_names")
    kind = fields.Selection(KINDS, readonly=True, required=True)
    reason = fields.Text(readonly=True, required=True)

    # A form that is sent twice opens once.
    _token_once = models.UniqueIndex("(user_id, token)")
    _date_idx = models.Index("(company_id, date)")

    @api.depends("partner_ids")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_diver_names(self):
        there = self.env["res.partner"].browse(
            {found for opening in self for found in opening._dive_partner_ids()}
        )
        there = there.exists()._filtered_access("read")
        names = {partner.id: partner.name for partner in there}
        for opening in self:
            opening.diver_names = ", ".join(
                names.get(found) or self.env._("No. %s", found)
                for found in opening._dive_partner_ids()
            )

    def _dive_partner_ids(self):
        return [int(found) for found in (self.partner_ids or "").split(",") if found]

    def _dive_trip(self):
        """Return the trip, as the superuser; empty if none, or if it is gone."""
        return self.env["dive.trip"].sudo().browse(self.trip_id or ()).exists()

    def _dive_divers(self):
        """Return the divers who are still there, as the superuser, in their order."""
        found = self.env["res.partner"].sudo().browse(self._dive_partner_ids())
        return found.exists()

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    @api.model
    def _dive_ask(self, trip, divers, action="open"):
        """Let through who may open the sheet of these divers; note a denial.

        The trip's guides who have the role Instructor, from the day before until the
        day after; medical officers and managers always. It is the person who is asked:
        in ``sudo`` the one behind it. Front desk writes the guides of a trip, and so
        could let itself in: being named a guide is not enough.

        :param trip: a trip, or none: then medical officers and managers only
        :raise AccessError: this person may not; the message says who can
        """
        try:
            self._dive_check_right(trip, divers)
        except (AccessError, MissingError):
            note_access(divers, SHEET, action, allowed=False)
            raise

    @api.model
    def _dive_check_right(self, trip, divers):
        user = self.env.user
        if not user._is_internal():
            raise AccessError(self.env._("Emergency sheets are for the staff."))
        if trip:
            self.env["dive.trip"].browse(trip.id).sudo(False).check_access("read")
            # sudo: the right was asked for in the line above
            if not trip.sudo().exists():
                raise MissingError(self.env._("This trip is not there any more."))
        else:
            people = self.env["res.partner"].browse(divers.ids).sudo(False)
            people.check_access("read")
        if user.has_group(MEDICAL) or user.has_group(MANAGER):
            return
        if not trip:
            raise AccessError(
                self.env._(
                    "Outside a trip, managers and medical officers open the emergency"
                    " sheet of a diver. Ask one of them: %(managers)s.",
                    managers=self._dive_managers_said(self.env.company),
                )
            )
        # sudo: a guide may be a contact of another company
        trip = trip.sudo()
        if not (
            user.has_group(INSTRUCTOR)
            and user.partner_id.id in trip.guide_ids.ids
            and trip._dive_emergency_day()
        ):
            raise AccessError(
                self.env._(
                    "The emergency sheet of this trip is opened by its guides, from the"
                    " day before until the day after, and by managers and medical"
                    " officers. Ask one of them: guides %(guides)s; managers"
                    " %(managers)s.",
                    guides=", ".join(trip.guide_ids.mapped("name")) or "–",
                    managers=self._dive_managers_said(trip.company_id),
                )
            )

    @api.model
    def _dive_managers(self, company):
        """Return the managers of a company, as the superuser."""
        # sudo: who is in a group is for administrators to read
        people = self.env.ref(MANAGER).sudo().all_user_ids
        people -= self.env.ref("base.user_root")  # the robot reads nothing
        return people.filtered(
            lambda user: user.active and company.id in user.company_ids.ids
        )

    @api.model
    def _dive_managers_said(self, company):
        return ", ".join(self._dive_managers(company).mapped("name")) or "–"

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _dive_open(self, token, kind, text, trip, divers):
        """Open the sheet of ``divers``: note who and why, and tell the managers.

        Sent twice, it opens once; both find it by ``token``.

        :param str token: 32 hexadecimal digits, new for each form that is shown
        :param str kind: one of :data:`KINDS`; only the last one asks for a text
        :param trip: the trip that they are on, or none
        :raise AccessError: this person may not
        :raise UserError: no reason, or nobody to show
        """
        self._dive_ask(trip, divers)
        reason = self._dive_reason(kind, text)
        if not divers or (trip and divers - trip._dive_aboard()):
            raise UserError(
                self.env._("There is nobody to show: no diver is booked on this trip.")
            )
        if not self._dive_is_token(token):
            raise UserError(self.env._("Open the page anew, please."))
        if self._dive_of(token):
            return
        now = fields.Datetime.now()
        company = trip.sudo().company_id if trip else self.env.company
        values = {
            "date": now,
            "until": now + timedelta(hours=HOURS),
            "token": token,
            "user_id": self.env.uid,
            "user_name": self.env.user.name,
            "company_id": company.id,
            "trip_id": trip.id,
            "trip_name": trip.sudo().display_name if trip else False,
            "partner_ids": ",".join(map(str, divers.ids)),
            "kind": kind,
            "reason": reason,
        }
        try:
            # The other of two taps may have come first, unseen by this transaction.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # sudo: nobody has the right to add one otherwise
                opening = self.sudo()._dive_adding().create(values)
        except UniqueViolation:
            return
        opening._dive_tell_managers()

    @api.model
    def _dive_reason(self, kind, text):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        if kind not in labels:
            raise UserError(self.env._("Say first what has happened."))
        text = text.replace("\0", "") if isinstance(text, str) else ""
        text = " ".join(text.split())[:LONGEST]
        if kind != "other":
            return labels[kind]
        if len(text) < SHORTEST:
            raise UserError(
                self.env._(
                    "Write in a few words why you open it: at least %(number)s"
                    " letters.",
                    number=SHORTEST,
                )
            )
        return f"{labels[kind]}: {text}"

    @api.model
    def _dive_is_token(self, token):
        return isinstance(token, str) and bool(TOKEN.fullmatch(token))

    @api.model
    def _dive_of(self, token):
        """Return the current user's opening of a token, as the superuser, or none."""
        # sudo: one's own, which only managers have the right to read
        openings = self.sudo()
        if not self._dive_is_token(token):
            return openings
        return openings.search(
            [("user_id", "=", self.env.uid), ("token", "=", token)], limit=1
        )

    def _dive_look(self, action):
        """Let the person who opened these sheets look at them; note the look.

        :param str action: ``open`` or ``print``, for the access log
        :raise AccessError: somebody else's, lapsed, or not allowed any more
        """
        for opening in self:
            trip, divers = opening._dive_trip(), opening._dive_divers()
            if opening.user_id != self.env.uid or (
                opening.until <= fields.Datetime.now()
            ):
                note_access(divers, SHEET, action, allowed=False)
                raise AccessError(self._dive_closed())
            if not divers:
                raise MissingError(self.env._("These customers were deleted."))
            opening._dive_ask(trip, divers, action)
            note_access(divers, SHEET, action, reason=opening.reason)

    @api.model
    def _dive_closed(self):
        return self.env._(
            "This sheet is not open for you, or not any more. Open it anew from the"
            " trip or the customer: that takes two taps."
        )
