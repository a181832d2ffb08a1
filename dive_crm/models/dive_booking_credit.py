"""Credit notes for just those divers who were cancelled after the invoice."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: what a place must be for money to go back: cancelled, or its rental, and charged
TO_CREDIT = Domain("state", "=", "cancelled") & (
    Domain("invoice_state", "=", "invoiced")
    | Domain("gear_ids.invoice_state", "=", "invoiced")
)


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    credit_state = fields.Selection(
        [("due", "Credit note due"), ("draft", "Draft credit note")],
        compute="_compute_credit_state",
        search="_search_credit_state",
        compute_sudo=True,
    )
    credit_names = fields.Char(
        "Cancelled after the invoice",
        compute="_compute_credit_state",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("diver_ids.state", "diver_ids.invoice_state", "invoice_state")
    def _compute_credit_state(self):
        for booking in self:
            due, drafted = booking._dive_credit_seats()
            booking.credit_state = "due" if due else "draft" if drafted else False
            booking.credit_names = ", ".join((due or drafted).partner_id.mapped("name"))

    @api.model
    def _search_credit_state(self, operator, value):
        """Find what is not credited yet, in whichever state its credit note is."""
        if operator != "in" or not ({"due", "draft"} & set(value)):
            return NotImplemented
        # sudo: what is invoiced counts for those as well who lend no gear
        seats = self.env["dive.booking.diver"].sudo()._search(TO_CREDIT)
        return [("diver_ids", "in", seats)]

    def _dive_credit_seats(self):
        """Return whose money is to go back: without, and with a draft credit note."""
        # sudo: whoever cancels a place learns that money is to go back
        seats = self.sudo().diver_ids.filtered_domain(TO_CREDIT)
        drafted = seats.filtered(
            lambda seat: any(
                move.move_type == "out_refund" and move.state == "draft"
                for move in seat.invoice_line_ids.move_id
            )
        )
        return seats - drafted, drafted

    def action_credit_cancelled(self):
        """Make a draft credit note for the cancelled divers, and their rental only.

        May be called again, and by two people at once: each is credited once.

        :return: an action that opens the new credit notes, or the draft ones there are
        :raise UserError: nothing is to be credited
        """
        self.ensure_one()
        self._check_may_invoice()
        self._dive_hold()
        due, drafted = self._dive_credit_seats()
        moves = self.env["account.move"]
        for move in self._dive_moves_of(due):
            moves |= self._dive_credit(move, due)
        if not moves:
            moves = self.env["account.move"].browse(
                drafted.invoice_line_ids.move_id.filtered(
                    lambda move: (
                        move.move_type == "out_refund" and move.state == "draft"
                    )
                ).ids
            )
        if not moves:
            raise UserError(
                self.env._("Nothing in this booking is to be credited any more.")
            )
        action = self._action_open_moves(moves)
        action["context"] = {"default_move_type": "out_refund"}
        return action

    def action_credit_note(self):
        """Of a cancelled booking credit only what it is charged and not given back.

        Odoo's dialog reverses whole invoices: also what is credited already, and the
        places of divers who moved to another booking.
        """
        if len(self) == 1 and self.state == "cancelled" and self._dive_part_of_moves():
            if any(self._dive_credit_seats()):
                return self.action_credit_cancelled()
        return super().action_credit_note()

    def _dive_part_of_moves(self):
        """Say whether invoices of this booking are credited in part, or are not its
        own alone."""
        # sudo: only to see whether there are any
        moves = self.sudo().invoice_ids
        if moves.invoice_line_ids.dive_booking_diver_id.booking_id - self:
            return True
        return any(
            move.move_type == "out_refund" and move.state != "cancel" for move in moves
        )

    def _dive_hold(self):
        """Have others who do the same wait, and begin anew: the row is written."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE dive_booking SET state = state WHERE id IN %s RETURNING id",
                tuple(self.ids),
            )
        )

    def _dive_moves_of(self, seats):
        """Return the posted invoices that charge these places, with the user's rights.

        :param seats: as superuser
        """
        moves = seats.invoice_line_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        return self.env["account.move"].browse(moves.ids)

    def _dive_credit(self, move, seats):
        """Return Odoo's reversal of an invoice, less what it charges for others."""
        action = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "journal_id": move.journal_id.id,
                    "reason": self.env._(
                        "Cancelled: %(names)s",
                        names=", ".join(seats.partner_id.mapped("name")),
                    ),
                }
            )
            .refund_moves()
        )
        refund = self.env["account.move"].browse(action["res_id"])
        commands = []
        for line in refund.invoice_line_ids:
            left = line._dive_left_to_credit(move) if line._dive_is_of(seats) else 0
            if not left:
                commands.append((2, line.id, 0))
            elif left < 1:
                commands.append((1, line.id, {"price_unit": line.price_unit * left}))
        refund.write({"invoice_line_ids": commands})
        if refund.invoice_line_ids:
            return refund
        refund.unlink()
        return refund.browse()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _dive_is_of(self, seats):
        return self.dive_booking_diver_id.id in seats.ids

    def _dive_left_to_credit(self, move):
        """Return which part of this line's charge no posted credit note gave back.

        :param move: the invoice that this line's credit note reverses
        """
        self.ensure_one()
        # sudo: the link to gear is for those who lend it
        mine = self.sudo()
        same = mine.dive_booking_diver_id.invoice_line_ids.filtered(
            lambda line: line.dive_gear_id == mine.dive_gear_id
        )
        charged = sum(
            same.filtered(lambda line: line.move_id == move).mapped("price_total")
        )
        credited = sum(
            same.filtered(
                lambda line: (
                    line.move_id.reversed_entry_id == move
                    and line.move_id.state == "posted"
                )
            ).mapped("price_total")
        )
        if not charged:
            return 0
        return max(0, 1 - credited / charged)
