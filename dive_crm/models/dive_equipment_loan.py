from odoo import api, fields, models
from odoo.exceptions import UserError

#: in these the item is nobody else's for the time of the trip
LENT = ("reserved", "out")


class DiveEquipmentLoan(models.Model):
    """One item for one diver for the time of one trip.

    Made and changed by the buttons of a diver's gear only; what was handed out is kept
    for good, as the item's history and the diver's. Times are columns of its own, so
    that the database itself refuses to lend an item twice.
    """

    _name = "dive.equipment.loan"
    _description = "Loan of equipment"
    _inherit = ["dive.guarded.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "equipment_id"
    _check_company_auto = True
    _dive_guarded = {
        "state": "reserved",
        **dict.fromkeys(("equipment_id", "gear_id", "date_from", "date_to"), None),
    }

    equipment_id = fields.Many2one(
        "dive.equipment", "Item", required=True, index=True, ondelete="restrict"
    )
    kind_id = fields.Many2one(related="equipment_id.kind_id", string="Kind")
    gear_id = fields.Many2one(
        "dive.gear", "Need", index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Diver", index="btree_not_null", ondelete="set null"
    )
    trip_id = fields.Many2one("dive.trip", index="btree_not_null", ondelete="set null")
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("Until", required=True)
    state = fields.Selection(
        [("reserved", "Reserved"), ("out", "Out"), ("back", "Returned")],
        default="reserved",
        required=True,
        index=True,
    )
    exchanged = fields.Boolean(help="Taken back early: the diver needs another one.")
    out_on = fields.Datetime("Given out")
    out_by_id = fields.Many2one("res.users", "Given out by", ondelete="set null")
    back_on = fields.Datetime("Taken back")
    back_by_id = fields.Many2one("res.users", "Taken back by", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, index=True)

    _once = models.Constraint(
        "EXCLUDE USING gist (int4range(equipment_id, equipment_id, '[]') WITH &&,"
        " tsrange(date_from, date_to) WITH &&) WHERE (state IN ('reserved', 'out'))",
        lambda env, diag: env._(
            "Somebody else has just taken this item for that time. Prepare the gear"
            " again, or choose another item."
        ),
    )
    # an empty range overlaps nothing, so that a trip without length would not count
    _some_time = models.Constraint(
        "CHECK (date_to > date_from)", "A loan ends after it begins."
    )
    _out_once = models.UniqueIndex(
        "(equipment_id) WHERE state = 'out'",
        lambda env, diag: env._("This item is out already: take it back first."),
    )

    def _dive_who(self):
        """Say who has these items and for which trip: "Anna (Sat 28 Nov, Wreck)"."""
        # sudo: the diver may be a contact, the trip one of another company
        return ", ".join(
            f"{loan.partner_id.name or '?'} ({loan.trip_id.display_name or '?'})"
            for loan in self.sudo()
        )

    def _dive_release(self):
        """Give up what is reserved and was never handed out; return its needs."""
        needs = self.gear_id
        # sudo: reservations are nobody's to delete by hand; our doors asked before
        self.sudo().filtered(lambda loan: loan.state == "reserved").unlink()
        return needs

    def _dive_take_back(self, **vals):
        """Take back what is out."""
        # sudo: nobody writes loans by hand; our doors asked before
        out = self.sudo().filtered(lambda loan: loan.state == "out")
        out._dive_unlocked().write(
            {
                "state": "back",
                "back_on": fields.Datetime.now(),
                "back_by_id": self.env.uid,
                **vals,
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lent(self):
        if any(loan.state != "reserved" for loan in self):
            raise UserError(
                self.env._("What was handed out stays on record: take it back instead.")
            )
