"""The light at each diver, and the door that stays shut for a red one."""

from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.fitness import light
from ..tools.seats import SEAT_HELD
from .res_partner import STAFF_GROUPS

LIGHTS = [("green", "OK"), ("amber", "Check"), ("red", "Not allowed")]
#: places of which it is still to be said whether the diver may come
OPEN = ("requested", "waitlisted", "offered", "booked", "checked_in")
#: findings of the medical room: what they say stays there
HEALTH = ("unfit", "medical")
LEVEL_FIELDS = ("diver_level_id", "diver_level", "card_state")


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    fitness = fields.Selection(
        LIGHTS,
        "Fit",
        compute="_compute_fitness",
        groups=STAFF_GROUPS,
        help="Whether this diver may come along, on the day of the trip.",
    )
    fitness_text = fields.Text(
        "What to look at", compute="_compute_fitness", groups=STAFF_GROUPS
    )
    fitness_html = fields.Html(
        "Why", compute="_compute_fitness", sanitize=False, groups=STAFF_GROUPS
    )
    guardian_consent = fields.Datetime(
        "Guardian agreed on", readonly=True, copy=False, groups=STAFF_GROUPS
    )
    is_minor = fields.Boolean(related="partner_id.dive_is_minor")

    @api.depends(
        "partner_id",
        "state",
        "guardian_consent",
        "trip_id.date_start",
        "trip_id.date_end",
        "trip_id.type_id",
        "trip_id.min_level_id",
        "trip_id.depth_m",
        "trip_id.gas",
        "trip_id.autonomous",
        "trip_id.min_age",
        "trip_id.min_dives",
        "trip_id.refresher_months",
    )
    @api.depends_context("lang", "tz")
    def _compute_fitness(self):
        # sudo: see dive.fitness; who may see the words is said by the fields' groups
        seats = self.sudo()
        days = seats._dive_days()
        held = self.env["res.partner"]._dive_held_on(days.values())
        medical = {days[seat]: seat.medical_status for seat in seats}
        looked_at = seats._dive_looked_at()
        found = looked_at._dive_findings(held=held, medical=medical)
        html = self.env["dive.fitness"]._dive_html
        alike = defaultdict(list)
        for seat in seats:
            findings = found.get(seat)
            colour = light(findings) if findings is not None else False
            text = "\n".join(
                f"{finding.text} {finding.anyway}" if finding.anyway else finding.text
                for finding in findings or ()
            )
            alike[colour, text].append(seat.id)
            seat.fitness_html = html(seat.partner_id, findings)
        for (colour, text), ids in alike.items():
            self.browse(ids).fitness = colour
            self.browse(ids).fitness_text = text
        # beside a light stands the level: the cards are asked for both once
        levels = [self._fields[name] for name in LEVEL_FIELDS]
        with self.env.protecting(levels, self):
            self._dive_set_levels(days, held)

    def _dive_looked_at(self):
        """Return those of whom it is still to be said whether they may come."""
        now = fields.Datetime.now()
        return self.filtered(
            lambda seat: seat.state in OPEN and (seat.trip_id.date_end or now) >= now
        )

    def _dive_findings(self, only=None, **known):
        """Return what speaks against each of these divers: {seat: [Finding]}.

        As the method of ``dive.fitness``; nothing of a place without diver or trip, as
        in a form that is being filled in.
        """
        pairs = {
            seat: (seat.trip_id or seat.booking_id.trip_id, seat.partner_id)
            for seat in self
        }
        asked = {seat: pair for seat, pair in pairs.items() if all(pair)}
        fitness = self.env["dive.fitness"]
        found = fitness._dive_findings(list(asked.values()), only, **known)
        return {
            seat: found[trip._origin.id, partner._origin.id]
            for seat, (trip, partner) in asked.items()
        }

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    def write(self, vals):
        trips = {seat: seat.trip_id for seat in self}
        result = super().write(vals)
        if vals.keys() & {"booking_id", "partner_id"}:
            # a guardian agrees to one trip of one diver
            self.filtered(
                lambda seat: "partner_id" in vals or seat.trip_id != trips[seat]
            )._dive_forget_consent()
        if "partner_id" in vals:
            self.filtered(lambda seat: seat.state in SEAT_HELD)._dive_check_fit()
        return result

    def _dive_forget_consent(self):
        agreed = self.filtered("guardian_consent")
        agreed._dive_unlocked().write({"guardian_consent": False})

    def _set_state(self, state):
        if state in SEAT_HELD:
            self.filtered(lambda seat: seat.state not in SEAT_HELD)._dive_check_fit()
        return super()._set_state(state)

    def _dive_check_fit(self):
        """Refuse a place to divers who may not come along, and say why.

        Not of trips that are over: what has been cannot be forbidden.

        :raise UserError: naming who, and what speaks against it
        """
        now = fields.Datetime.now()
        coming = self.filtered(lambda seat: seat.trip_id.date_end >= now)
        coming._dive_meet_others()
        refused = []
        for seat, findings in coming._dive_findings("block").items():
            why = [finding.text for finding in findings if finding.blocks]
            if why:
                refused.append(f"{seat.partner_id.name}: {' '.join(why)}")
        if refused:
            raise UserError(
                self.env._(
                    "No place on “%(trip)s” for:\n%(divers)s\nA manager can take a"
                    " diver along anyway: the button is in the diver's row.",
                    trip=self.trip_id[:1].display_name,
                    divers="\n".join(refused),
                )
            )

    def _dive_meet_others(self):
        """Make whoever books the same divers at this moment notice each other.

        Two trips share no row, so that two transactions would each find the diver free
        on the other one. They write the diver's row: PostgreSQL lets the first through,
        and Odoo runs the second again, which then sees what the first has done.
        """
        if partner_ids := sorted(self.partner_id.ids):
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET active = active WHERE id IN %s",
                    tuple(partner_ids),
                )
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_take_anyway(self):
        """Ask a manager why these divers come along all the same."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take along anyway"),
            "res_model": "dive.fitness.override.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_seat_ids": self.ids},
        }

    def _dive_note_anyway(self, findings, reason):
        """Note in the booking's chatter who comes along in spite of what.

        Nothing of health: the chatter is read and searched by more than those who may
        know, and for longer. That is shown at the diver, as it is now.
        """
        self.ensure_one()
        papers = self.env._("Papers: see the diver's row.")
        texts = [
            papers if finding.code in HEALTH else finding.text for finding in findings
        ]
        items = Markup().join(
            Markup("<li>%s</li>") % text for text in dict.fromkeys(texts)
        )
        self.booking_id._message_log(
            body=Markup("<p>%s</p><ul>%s</ul><p>%s</p>")
            % (
                self.env._("%(diver)s comes along anyway:", diver=self.partner_id.name),
                items,
                reason,
            )
        )
        self.invalidate_recordset(
            ["fitness", "fitness_html", "fitness_text", "medical_status"], flush=False
        )

    def action_guardian_agrees(self):
        """Note that the guardian of a minor agrees to this trip."""
        self.check_access("write")
        self._dive_unlocked().write({"guardian_consent": fields.Datetime.now()})
        for booking in self.booking_id:
            booking._log_divers(
                self & booking.diver_ids, self.env._("The guardian agrees")
            )
        return True
