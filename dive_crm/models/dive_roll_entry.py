from odoo import api, fields, models


class DiveRollEntry(models.Model):
    """Each tap of a roll call: who was put where, by whom, and when.

    The key is the phone's: what it sends again, not knowing that it had arrived, is
    told apart from a second tap.
    """

    _name = "dive.roll.entry"
    _inherit = ["dive.append.only.mixin"]
    _description = "Tap of a roll call"
    _order = "id desc"
    _rec_name = "diver_name"
    _log_access = False

    # plain numbers: see dive.append.only.mixin
    key = fields.Char(readonly=True, required=True)
    date = fields.Datetime("Tapped at", readonly=True, required=True)
    arrived = fields.Datetime(
        readonly=True,
        required=True,
        help="Later than the tap where there was no connection.",
    )
    trip_id = fields.Integer(
        "Trip's number", readonly=True, required=True, aggregator=False
    )
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    seat_id = fields.Integer(
        "Number of the place", readonly=True, required=True, aggregator=False
    )
    diver_name = fields.Char("Diver", compute="_compute_diver_name")
    state_from = fields.Selection(
        selection="_selection_state", string="State before", readonly=True
    )
    state_to = fields.Selection(
        selection="_selection_state", readonly=True, required=True
    )
    undo = fields.Boolean("Undone", readonly=True)
    user_id = fields.Integer(
        "User's number", readonly=True, required=True, aggregator=False
    )
    user_name = fields.Char("By", readonly=True, required=True)

    _key_once = models.UniqueIndex("(trip_id, key)")

    @api.model
    def _selection_state(self):
        return self.env["dive.booking.diver"]._fields["roll_call"].selection

    @api.depends("seat_id")
    def _compute_diver_name(self):
        # sudo: a diver may be a contact of another company; here it is a name
        seats = self.env["dive.booking.diver"].sudo().browse(self.mapped("seat_id"))
        names = {seat.id: seat.partner_id.name for seat in seats.exists()}
        for entry in self:
            entry.diver_name = names.get(entry.seat_id, "")

    @api.model
    def _dive_last_by_seat(self, trip):
        """Return who has tapped last on each diver: {place's id: name}."""
        self.flush_model()
        self.env.cr.execute(
            "SELECT DISTINCT ON (seat_id) seat_id, user_name FROM dive_roll_entry"
            " WHERE trip_id = %s ORDER BY seat_id, id DESC",
            [trip.id],
        )
        return dict(self.env.cr.fetchall())
