from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

LONGEST = 4000


class DiveDiverNote(models.Model):
    """What an instructor keeps in mind of a diver after a trip; for staff only.

    Nothing about health: that has its own place, which not all staff can read.
    """

    _name = "dive.diver.note"
    _description = "Instructor's note"
    _order = "create_date desc, id desc"
    _rec_name = "text"
    _check_company_auto = True

    # cascade: a place is deleted through the ORM, and only if it may be
    seat_id = fields.Many2one(
        "dive.booking.diver",
        "Diver on the trip",
        required=True,
        index=True,
        ondelete="cascade",
    )
    trip_id = fields.Many2one(
        related="seat_id.trip_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="seat_id.partner_id",
        string="Diver",
        store=True,
        index=True,
        precompute=True,
    )
    company_id = fields.Many2one(
        related="seat_id.company_id", store=True, index=True, precompute=True
    )
    text = fields.Text("Note", required=True)
    author_name = fields.Char(
        "By", readonly=True, default=lambda self: self.env.user.name
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for note in self:
            note.is_mine = not note.id or note.create_uid == self.env.user

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_text(vals.get("text"))
        notes = super().create(
            # by whoever writes it, whatever was sent
            [{**vals, "author_name": self.env.user.name} for vals in vals_list]
        )
        notes.trip_id._dive_check_may_note()
        return notes

    def write(self, vals):
        if "text" in vals:
            self._dive_check_text(vals["text"])
        if vals.keys() - {"text"}:
            raise UserError(self.env._("Only the text of a note can be changed."))
        self._dive_check_mine()
        return super().write(vals)

    def unlink(self):
        self._dive_check_mine()
        return super().unlink()

    @api.model
    def _dive_check_text(self, text):
        if not (text or "").strip():
            raise UserError(self.env._("Write something, or remove the row."))
        if len(text) > LONGEST:
            raise UserError(
                self.env._("A note has at most %(count)s characters.", count=LONGEST)
            )

    def _dive_check_mine(self):
        """A note is its author's; a manager may change or remove any."""
        self.check_access("write")
        if self.env.su or self.env.user.has_group("dive_crm.group_manager"):
            return
        if any(note.create_uid != self.env.user for note in self):
            raise AccessError(
                self.env._("A note is changed by who wrote it, or by a manager.")
            )


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    diver_note_ids = fields.One2many(
        "dive.diver.note",
        "seat_id",
        "Instructor's notes",
        groups="dive_crm.group_front_desk,dive_crm.group_instructor",
    )


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    diver_note_count = fields.Integer(
        compute="_compute_diver_note_count",
        groups="dive_crm.group_front_desk,dive_crm.group_instructor",
    )

    def _compute_diver_note_count(self):
        counts = dict(
            self.env["dive.diver.note"]._read_group(
                [("trip_id", "in", self.ids)], ["trip_id"], ["__count"]
            )
        )
        for trip in self:
            trip.diver_note_count = counts.get(trip._origin, 0)

    def _dive_check_may_note(self):
        """Notes are written by the guides of a trip and the front desk."""
        self._dive_check_may_roll()

    def action_diver_notes(self):
        """Open the notes on the divers of this trip, to read and to write."""
        self.ensure_one()
        self._dive_check_may_note()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_diver_note"
        )
        return {
            **action,
            "display_name": self.env._("Notes: %(trip)s", trip=self.display_name),
            "domain": [("trip_id", "=", self.id)],
            "context": {"dive_note_trip_id": self.id},
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_dive_diver_notes(self):
        """Open the notes on this diver, of all trips."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_diver_note"
        )
        return {
            **action,
            "display_name": self.env._("Notes: %(diver)s", diver=self.display_name),
            "domain": [("partner_id", "=", self.id)],
            "context": {"create": False},
        }
