"""Bookings on the diver's page: the answer, the money, the gear."""

from odoo import api, models
from odoo.tools import formatLang

from ..tools.portal_home import Section, Step
from .dive_booking_diver_fitness import OPEN


class DivePortalHome(models.AbstractModel):
    _inherit = "dive.portal.home"

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    @api.model
    def _dive_steps(self, bookings, me, people):
        """Add the answer to an offer, the confirmation, what is to pay, sizes."""
        steps = super()._dive_steps(bookings, me, people)
        for booking in bookings:
            if booking.partner_id in people:
                steps.append(self._dive_step_answer(booking))
            steps += self._dive_steps_pay(booking, me, people)
        return steps + self._dive_steps_sizes(bookings, people)

    @api.model
    def _dive_step_answer(self, booking):
        _ = self.env._
        url = f"/my/bookings/{booking.id}"
        words = booking._dive_portal_state_words()
        if booking.wait_state == "offered":
            offer = booking.offer_ids.filtered(lambda one: one._dive_is_open())[:1]
            url = offer._dive_url() if offer else url
            return Step(10, _("Say yes or no"), "todo", words, url)
        if booking.wait_state == "waiting":
            return Step(10, _("Waiting list"), "waits", words, url)
        if booking.state == "draft":
            return Step(10, _("Request"), "waits", words, url)
        return Step(10, _("Booked"), "done", "", url)

    @api.model
    def _dive_steps_pay(self, booking, me, people):
        """Return what these people pay in a booking; nothing before it is confirmed."""
        if booking.state != "confirmed":
            return []
        seats = booking._active_seats()
        if all(seat.invoice_state == "none" for seat in seats):
            # what it comes to, with taxes, takes a while to say: the booking says it
            mine = seats.filtered(lambda seat: seat._dive_payer() in people)
            priced = any(seat.price_unit for seat in mine)
            return [self._dive_step_billed(booking)] if priced else []
        owed = booking._dive_owed_by_payer()
        invoiced = booking.invoice_ids.filtered(lambda move: move.state == "posted")
        return [
            self._dive_step_pay(booking, me, payer, owed.get(payer, 0.0))
            for payer in people
            if payer in owed or payer in invoiced.partner_id
        ]

    @api.model
    def _dive_step_billed(self, booking):
        _ = self.env._
        text = _("By the invoice that we send, or with us")
        return Step(20, _("Pay"), "waits", text, f"/my/bookings/{booking.id}")

    @api.model
    def _dive_step_pay(self, booking, me, payer, owed):
        _ = self.env._
        url = f"/my/bookings/{booking.id}"
        if not owed:
            return Step(20, _("Paid"), "done", "", url)
        move = booking._dive_open_moves(payer)[:1]
        if not move:
            return self._dive_step_billed(booking)
        # a ward's own invoice is not for the guardian's login to open
        if payer == me:
            url = f"/my/invoices/{move.id}"
        amount = self._dive_money(owed, booking.currency_id)
        return Step(20, _("Pay"), "todo", amount, url)

    @api.model
    def _dive_money(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    @api.model
    def _dive_steps_sizes(self, bookings, people):
        """Return for each diver whether we know what gear they need in which size."""
        _ = self.env._
        seats = self._dive_seats(bookings, people).filtered(
            lambda seat: seat.state in OPEN
        )
        steps = []
        for seat, missing in seats._dive_sizes_missing().items():
            diver = seat.partner_id
            text = (
                _("Missing: %(gear)s", gear=", ".join(missing.mapped("name")))
                if missing
                else ""
            )
            steps.append(
                Step(
                    80,
                    _("Sizes of your gear"),
                    "todo" if missing else "done",
                    text,
                    f"/my/profile?diver={diver.id}",
                    diver.id,
                )
            )
        return steps

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    @api.model
    def _dive_sections(self, me, people, coming):
        """Add bookings and offers, and where trips are booked."""
        _ = self.env._
        sections = super()._dive_sections(me, people, coming)
        offers = coming.filtered(
            lambda one: one.wait_state == "offered" and one.partner_id in people
        )
        waiting = coming.filtered(lambda one: one.wait_state == "waiting")
        text = _("Your trips, coming and past")
        if offers:
            text = _("A place is offered: say yes or no")
        elif waiting:
            text = _("On a waiting list: %(count)s", count=len(waiting))
        number = str(len(coming)) if coming else ""
        sections.append(
            Section(
                10,
                "bookings",
                _("Bookings"),
                "fa-calendar",
                "/my/bookings",
                number,
                text,
                bool(offers),
            )
        )
        if self._dive_is_sold_online(me):
            sections.append(
                Section(
                    20,
                    "trips",
                    _("Book a trip"),
                    "fa-ship",
                    "/my/trips",
                    "",
                    _("Where we go next, and places left"),
                )
            )
        return sections

    @api.model
    def _dive_is_sold_online(self, me):
        """Say whether trips are booked in the portal of this person's companies."""
        companies = self.env.companies
        if me != self.env.user.partner_id:
            # the desk looks: what counts is where the diver logs in
            companies = me.user_ids[:1].company_ids or me.company_id or companies
        return any(company.dive_online != "off" for company in companies)
