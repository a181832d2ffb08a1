"""Papers on the diver's page: medical form, certifications, what else a trip asks."""

from odoo import api, models

from ..tools.portal_home import Section, Step
from .dive_booking_diver_fitness import OPEN
from .dive_trip_fitness_words import PROFILE

MEDICAL = ("unfit", "medical")
CARDS = ("level", "depth", "gas", "autonomy", "unverified", "expiring")
CONTACT = ("emergency_contact",)
#: of these nothing is said unless something is wrong
OTHER = ("age", "dives", "refresher", "insurance", "elsewhere")


class DivePortalHome(models.AbstractModel):
    """What speaks against coming along is asked of ``dive.fitness``, as everywhere."""

    _inherit = "dive.portal.home"

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    @api.model
    def _dive_steps(self, bookings, me, people):
        """Add what the trip asks of each diver, ticked where it is there."""
        steps = super()._dive_steps(bookings, me, people)
        trip = bookings.trip_id
        seats = self._dive_seats(bookings, people)
        divers = seats.filtered(lambda seat: seat.state in OPEN).partner_id
        asked = self.env["dive.fitness"]._dive_told_codes(trip)
        if not divers or not asked:
            return steps
        day = trip._dive_day()
        status = divers._dive_medical_coming(day)
        said = trip._dive_fitness_said(
            divers, medical={(diver.id, day): status[diver] for diver in divers}
        )
        medical = divers._dive_medical_steps(status)
        for seat in seats.filtered(lambda seat: seat.state in OPEN):
            diver = seat.partner_id
            found = {one.code: one for one in said[trip, diver]}
            steps += self._dive_steps_of(diver, asked, found, medical[diver])
            steps += self._dive_steps_consent(seat, me, found.get("guardian"))
        return steps

    @api.model
    def _dive_steps_consent(self, seat, me, missing):
        """Return whether a guardian has agreed, where that is asked for."""
        title, diver = self.env._("A guardian's consent"), seat.partner_id
        if missing:
            # a guardian agrees on the page of the booking
            url = f"/my/bookings/{seat.booking_id.id}" if diver != me else ""
            return [Step(60, title, "todo", missing.text, url, diver.id)]
        if seat.guardian_consent:
            return [Step(60, title, "done", diver=diver.id)]
        return []

    @api.model
    def _dive_steps_of(self, diver, asked, found, medical):
        """Return the steps of one diver.

        :param asked: codes of what the trip asks for
        :param dict found: what is missing, by its code
        :param medical: (state, words, address) if the medical form is what is missing
        """
        _ = self.env._
        steps = []
        if asked & set(MEDICAL):
            steps.append(self._dive_step_medical(diver, found, medical))
        parts = (
            (40, _("Certification"), CARDS, "/my/certifications"),
            (50, _("Emergency contact"), CONTACT, "/my/emergency"),
        )
        for order, title, codes, url in parts:
            if not asked & set(codes):
                continue
            missing = [found[code] for code in codes if code in found]
            text = " ".join(dict.fromkeys(one.text for one in missing))
            state = "todo" if missing else "done"
            steps.append(Step(order, title, state, text, url, diver.id))
        for code in OTHER:
            if one := found.get(code):
                title = _("To talk about with us")
                url = f"{PROFILE}?diver={diver.id}" if one.url == PROFILE else one.url
                steps.append(Step(60, title, "todo", one.text, url, diver.id))
        return steps

    @api.model
    def _dive_step_medical(self, diver, found, medical):
        title = self.env._("Medical form")
        if unfit := found.get("unfit"):
            return Step(30, title, "todo", unfit.text, "/my/medical", diver.id)
        if "medical" not in found:
            return Step(30, title, "done", "", "/my/medical", diver.id)
        state, words, url = medical
        return Step(30, title, state, words, url, diver.id)

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    @api.model
    def _dive_to_count(self, people):
        media = self.env["dive.trip.media"]
        dived = [("partner_id", "in", people.ids), ("seat_id.state", "=", "done")]
        return super()._dive_to_count(people) | {
            "dives": ("dive.logged.dive", dived),
            "photos": (media._name, media._dive_portal_domain(people)),
        }

    @api.model
    def _dive_sections(self, me, people, coming):
        """Add certifications, the medical form, dives and photos."""
        sections = super()._dive_sections(me, people, coming)
        divers = people.filtered("dive_customer")
        if divers:
            sections.append(self._dive_section_cards(divers))
            sections.append(self._dive_section_medical(divers))
        sections.append(self._dive_section_dives())
        if photos := self._dive_section_photos():
            sections.append(photos)
        return sections

    @api.model
    def _dive_section_cards(self, divers):
        _ = self.env._
        groups = self.env["dive.certification"]._read_group(
            [("partner_id", "in", divers.ids)], ["verification", "state"], ["__count"]
        )
        refused = sum(count for said, _state, count in groups if said == "rejected")
        over = sum(
            count
            for said, state, count in groups
            if said != "rejected" and state in ("expiring", "expired")
        )
        number = sum(count for _said, _state, count in groups)
        text = _("See them, send a new one")
        if refused:
            text = _("Not accepted: %(count)s", count=refused)
        elif over:
            text = _("Expired, or soon: %(count)s", count=over)
        elif not number:
            text = _("Send your first card")
        return Section(
            30,
            "certifications",
            _("Certifications"),
            "fa-id-card-o",
            "/my/certifications",
            str(number or ""),
            text,
            bool(refused),
        )

    @api.model
    def _dive_section_medical(self, divers):
        _ = self.env._
        missing = [diver.name for diver in divers if diver.dive_medical_status != "fit"]
        text = _("Filled in, and valid today")
        if missing:
            text = (
                _("To see to: %(names)s", names=", ".join(missing))
                if len(divers) > 1
                else _("Please see to it before you dive")
            )
        return Section(
            40,
            "medical",
            _("Medical form"),
            "fa-heartbeat",
            "/my/medical",
            "",
            text,
            bool(missing),
        )

    @api.model
    def _dive_section_dives(self):
        _ = self.env._
        return Section(
            70,
            "dives",
            _("Dives"),
            "fa-book",
            "/my/dives",
            str(self._dive_count("dives") or ""),
            _("Depth, minutes, gas of dives with us"),
        )

    @api.model
    def _dive_section_photos(self):
        _ = self.env._
        count = self._dive_count("photos")
        if not count:
            return None
        return Section(
            80,
            "photos",
            _("Photos"),
            "fa-camera",
            "/my/photos",
            str(count),
            _("Of the trips you were on"),
        )
