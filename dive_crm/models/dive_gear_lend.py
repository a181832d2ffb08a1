"""How a diver's gear is reserved, handed out and taken back."""

from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..tools.seats import SEAT_COMING
from .dive_equipment_loan import LENT


class DiveGear(models.Model):
    _inherit = "dive.gear"

    # ------------------------------------------------------------------
    # Reserve
    # ------------------------------------------------------------------

    def _inverse_equipment_id(self):
        """Reserve the item that somebody has chosen by hand, or give it up."""
        self._dive_check_may_lend()
        for gear, item in [(gear, gear.equipment_id) for gear in self]:
            # what the loans say until now: the field itself is changed already
            loan = gear._dive_loans(*LENT)[-1:]
            if loan.equipment_id == item:
                continue
            gear._dive_give_up(loan)
            if item:
                gear._dive_reserve(item)

    def _dive_give_up(self, loan):
        """End a loan for another one: what was reserved is free, what was out back."""
        if loan.state == "reserved":
            loan._dive_release()
        else:
            loan._dive_take_back(exchanged=True)

    def _dive_reserve(self, item):
        """Reserve one item for one need.

        :raise UserError: it is not free; the message says who has it
        """
        self.ensure_one()
        self._dive_check_reservable(item)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._dive_make_loans([(self, item)])
        except ExclusionViolation:
            # the guard has seen what this transaction does not: somebody was faster
            raise UserError(
                self.env._(
                    "Somebody else has just taken %(item)s for that time: choose"
                    " another item.",
                    item=item.display_name,
                )
            ) from None

    def _dive_check_reservable(self, item):
        trip = self.trip_id
        if self.own or self.kind_id.counted or item.kind_id != self.kind_id:
            raise UserError(
                self.env._(
                    "%(item)s is not what %(who)s needs: choose an item of the kind"
                    " %(kind)s, and none for what is the diver's own.",
                    item=item.display_name,
                    who=self.partner_id.name,
                    kind=self.kind_id.name,
                )
            )
        if self.seat_state not in SEAT_COMING:
            raise UserError(
                self.env._(
                    "%(seat)s has no place on this trip: confirm the booking first.",
                    seat=self.seat_id.display_name,
                )
            )
        why = item._dive_why_not_lent(trip._dive_last_gear_day())
        if why:
            raise UserError(self.env._("%(why)s Choose another item.", why=why))
        taken = item._dive_lent().filtered(
            lambda loan: (
                loan.date_from < trip._dive_gear_end()
                and loan.date_to > trip.date_start
            )
        )
        if taken:
            raise UserError(
                self.env._(
                    "%(item)s is lent to %(who)s at that time: choose another item.",
                    item=item.display_name,
                    who=taken._dive_who(),
                )
            )

    @api.model
    def _dive_make_loans(self, pairs):
        """Reserve items for needs, as ``(need, item)``; the database is the guard."""
        # sudo: nobody makes loans by hand; our doors asked before
        return (
            self.env["dive.equipment.loan"]
            .sudo()
            ._dive_unlocked()
            .create(
                [
                    {
                        "equipment_id": item.id,
                        "gear_id": gear.id,
                        "partner_id": gear.partner_id.id,
                        "trip_id": gear.trip_id.id,
                        "company_id": gear.company_id.id,
                        "date_from": gear.trip_id.date_start,
                        "date_to": gear.trip_id._dive_gear_end(),
                        "state": "reserved",
                    }
                    for gear, item in pairs
                ]
            )
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_give_out(self):
        """Hand out what is ready; what is out already stays so.

        :raise UserError: nothing is ready, or an item must not or cannot go out
        """
        self._dive_check_may_lend()
        ready = self.filtered(lambda gear: gear.state == "reserved")
        if not ready:
            raise UserError(self._dive_nothing_ready())
        ready._dive_check_present()
        loans = ready._dive_loans("reserved")
        ready._dive_check_fit_to_go(loans)
        loans._dive_unlocked().write(
            {
                "state": "out",
                "out_on": fields.Datetime.now(),
                "out_by_id": self.env.uid,
            }
        )
        counted = ready.filtered("counted")
        counted._dive_unlocked().write({"handed": "out"})
        return True

    def _dive_nothing_ready(self):
        missing = self.filtered(lambda gear: gear.state == "missing")
        if missing:
            return self.env._(
                "Nothing is ready: press Prepare gear, or choose an item for %(gear)s.",
                gear=", ".join(missing[:8].mapped("display_name")),
            )
        return self.env._("All of it is handed out already, or is the diver's own.")

    def _dive_check_present(self):
        for gear in self:
            if gear.seat_state not in SEAT_COMING:
                raise UserError(
                    self.env._(
                        "%(seat)s is not on the trip any more: nothing is handed out.",
                        seat=gear.seat_id.display_name,
                    )
                )

    def _dive_check_fit_to_go(self, loans):
        """Refuse items that are not here, or that nobody may dive with."""
        items = loans.equipment_id
        elsewhere = items._dive_lent().filtered(
            lambda loan: loan.state == "out" and loan not in loans
        )
        for loan in elsewhere:
            raise UserError(
                self.env._(
                    "%(item)s is still out with %(who)s: take it back first, or choose"
                    " another item.",
                    item=loan.equipment_id.display_name,
                    who=loan._dive_who(),
                )
            )
        for loan in loans:
            # sudo: as _dive_lent
            item = loan.equipment_id
            why = item._dive_why_not_lent(loan.company_id._dive_day_of(loan.date_to))
            if why:
                raise UserError(self.env._("%(why)s Choose another item.", why=why))

    def action_take_back(self):
        """Take back what is out.

        :raise UserError: nothing of it is out
        """
        self._dive_check_may_lend()
        out = self.filtered(lambda gear: gear.state == "out")
        if not out:
            raise UserError(self.env._("Nothing of this is out."))
        out._dive_loans("out")._dive_take_back()
        counted = out.filtered("counted")
        counted._dive_unlocked().write({"handed": "back"})
        return True

    def action_undo(self):
        """Take one step back: what is back is out again, what is out is ready."""
        self._dive_check_may_lend()
        for gear in self:
            if gear.state not in ("out", "back"):
                raise UserError(
                    self.env._("%(gear)s is not out.", gear=gear.display_name)
                )
            before = "out" if gear.state == "back" else "reserved"
            gear._dive_step_back(before)
        return True

    def _dive_step_back(self, state):
        if self.counted:
            self._dive_unlocked().write({"handed": state})
            return
        loan = self._dive_loans("out", "back")[-1:]
        others = (loan.equipment_id._dive_lent() - loan).filtered(
            lambda other: (
                other.state == "out"
                or (other.date_from < loan.date_to and other.date_to > loan.date_from)
            )
        )
        if others:
            raise UserError(
                self.env._(
                    "%(item)s is lent to %(who)s by now: choose another item.",
                    item=loan.equipment_id.display_name,
                    who=others._dive_who(),
                )
            )
        vals = {"state": state, "back_on": False, "back_by_id": False}
        if state == "reserved":
            vals |= {"out_on": False, "out_by_id": False}
        loan._dive_unlocked().write(vals)

    # ------------------------------------------------------------------
    # Buttons above the gear of a trip: whatever is selected, all of the trip
    # ------------------------------------------------------------------

    def _dive_screen_trip(self):
        trip = self.env["dive.trip"].browse(self.env.context.get("dive_gear_trip_id"))
        if not trip.exists():
            raise UserError(self.env._("Open the gear from a trip."))
        return trip

    def action_screen_prepare(self):
        """Prepare the gear of the trip on the screen."""
        return self._dive_screen_trip().action_prepare_gear()

    def action_screen_give_out(self):
        """Hand out all that is ready for the trip on the screen."""
        return self._dive_screen_trip().action_give_out_gear()

    def action_screen_take_back(self):
        """Take back all that is out for the trip on the screen."""
        return self._dive_screen_trip().action_take_back_gear()

    def action_screen_print(self):
        """Print the packing list of the trip on the screen."""
        report = self.env.ref("dive_crm.action_report_dive_packing_list")
        return report.report_action(self._dive_screen_trip(), config=False)

    # ------------------------------------------------------------------
    # Damage
    # ------------------------------------------------------------------

    def action_damaged(self):
        """Open the dialog that takes an item back and sends it to service."""
        self.ensure_one()
        self._dive_check_may_lend()
        return self.equipment_id._dive_ask_service(gear=self)
