"""What a guardian agreed to on-line, and what gear a diver asked for there."""

from odoo import fields, models

from .dive_booking_diver_fitness import OPEN


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    guardian_consent_words = fields.Text(
        "What the guardian agreed to", readonly=True, copy=False
    )

    def _dive_note_consent(self, words):
        """Keep that a guardian agreed, when, and to which words."""
        self.ensure_one()
        self._dive_unlocked().write(
            {"guardian_consent": fields.Datetime.now(), "guardian_consent_words": words}
        )
        self.booking_id._log_divers(self, words)

    def _dive_forget_consent(self):
        said = self.filtered("guardian_consent_words")
        said._dive_unlocked().write({"guardian_consent_words": False})
        return super()._dive_forget_consent()

    def _dive_note_gear(self, gear):
        """Write down what this diver brings and what is to be rented.

        :param dict gear: {kind id: values of a ``dive.gear``}
        """
        self.ensure_one()
        kinds = self.trip_id._dive_gear_kinds()
        wishes = self.partner_id._dive_gear_wishes(kinds)
        self._dive_claim_gear()
        self.env["dive.gear"].create(
            [
                {
                    "seat_id": self.id,
                    "kind_id": kind.id,
                    **wishes[self.partner_id.id, kind.id],
                    **gear.get(kind.id, {}),
                }
                for kind in kinds
            ]
        )
        self.invalidate_recordset(["gear_ids"])

    def _dive_portal_divers(self, people, coming):
        """Return what the page of a booking shows of these divers.

        What is missing, and what somebody wears, only of those acted for.

        :param people: whom the user acts for
        :param bool coming: whether it is still to be said who may come along
        """
        mine = self.filtered(
            lambda seat: coming and seat.partner_id in people and seat.state in OPEN
        )
        said = self.trip_id._dive_fitness_said(mine.partner_id) if mine else {}
        return [
            {
                "partner": seat.partner_id,
                "agree": seat in mine
                and seat.partner_id in people[1:]
                and any(
                    one.code == "guardian"
                    for one in said[seat.trip_id, seat.partner_id]
                ),
                "name": seat.partner_id.name,
                "state": seat._dive_state_name(),
                "cancelled": seat.state == "cancelled",
                "said": said.get((seat.trip_id, seat.partner_id), ())
                if seat in mine
                else (),
                "gear": seat._dive_portal_gear() if seat.partner_id in people else "",
            }
            for seat in self
        ]

    def _dive_portal_gear(self):
        """Return what this diver brings, and what is ready to rent, in a line."""
        _ = self.env._
        own = self.gear_ids.filtered("own").mapped("kind_id.name")
        rent = [
            f"{gear.kind_id.name} {gear.size_id.name}"
            if gear.size_id
            else gear.kind_id.name
            for gear in self.gear_ids
            if not gear.own
        ]
        lines = []
        if own:
            lines.append(_("Own: %(gear)s", gear=", ".join(own)))
        if rent:
            lines.append(_("From us: %(gear)s", gear=", ".join(rent)))
        return " · ".join(lines)
