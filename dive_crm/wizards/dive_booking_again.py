from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveBookingAgain(models.TransientModel):
    """The group of an earlier booking, on another trip."""

    _name = "dive.booking.again"
    _description = "Book a group again"

    # one of the two is known: who comes, or into which booking they come
    source_id = fields.Many2one("dive.booking", "As in", ondelete="cascade")
    target_id = fields.Many2one("dive.booking", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", compute="_compute_source")
    company_id = fields.Many2one("res.company", compute="_compute_source")
    trip_id = fields.Many2one(
        "dive.trip",
        "On the trip",
        compute="_compute_trip_id",
        store=True,
        readonly=False,
    )
    words = fields.Text("What happens", compute="_compute_words")

    @api.depends("source_id", "target_id")
    def _compute_source(self):
        for wizard in self:
            booking = wizard.target_id or wizard.source_id
            wizard.partner_id = booking.partner_id
            wizard.company_id = booking.company_id

    @api.depends("target_id")
    def _compute_trip_id(self):
        for wizard in self:
            wizard.trip_id = wizard.target_id.trip_id

    @api.depends("source_id", "trip_id")
    def _compute_words(self):
        for wizard in self:
            wizard.words = wizard.source_id and "\n".join(wizard._words())

    def _words(self):
        seats, left_out = self.source_id._dive_split_group(self.trip_id)
        names = ", ".join(seats.partner_id.mapped("name"))
        lines = [
            self.env._(
                "Booked again (%(number)s): %(names)s.", number=len(seats), names=names
            )
            if seats
            else self.env._("Nobody of this group can be booked.")
        ]
        if self.trip_id and len(seats) > self.trip_id.seats_free:
            lines.append(
                self.env._(
                    "Only %(free)s places are free: the booking stays a draft until"
                    " there is room, or some wait.",
                    free=max(self.trip_id.seats_free, 0),
                )
            )
        lines += [
            self.env._("Not %(name)s: %(why)s.", name=partner.name, why=why)
            for partner, why in left_out
        ]
        return lines

    def action_book(self):
        """Make the draft, or fill the one there is, and open it."""
        self.ensure_one()
        if not self.source_id:
            raise UserError(self.env._("Choose the booking to take the group from."))
        if not self.trip_id:
            raise UserError(self.env._("Choose the trip on which they come."))
        target = self.target_id or self.source_id._dive_again_on(self.trip_id)
        target.check_access("write")
        left_out = target._dive_book_again(self.source_id)
        if left_out:
            target._dive_note_left_out(self.source_id, left_out)
        return target._dive_action_open()
