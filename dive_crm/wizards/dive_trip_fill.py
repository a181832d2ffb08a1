from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.dive_booking_diver_fitness import LIGHTS
from ..models.res_partner_preference import CHANNELS
from ..tools.fitness import light

#: how many of those who are not fit are named
NAMED = 5


class DiveTripFill(models.TransientModel):
    """Whom to invite to a trip: the best first, each with the reason."""

    _name = "dive.trip.fill"
    _description = "Fill this trip"

    trip_id = fields.Many2one("dive.trip", required=True, readonly=True)
    seats_free = fields.Integer(related="trip_id.seats_free", related_sudo=False)
    number = fields.Integer(
        "Write to the first", help="Twice as many as there are places, to begin with."
    )
    line_ids = fields.One2many("dive.trip.fill.line", "fill_id", "Who would like it")
    chosen_text = fields.Char(compute="_compute_chosen_text")
    unfit_text = fields.Char(readonly=True)

    @api.depends("line_ids.chosen")
    def _compute_chosen_text(self):
        for fill in self:
            fill.chosen_text = self.env._(
                "%(chosen)s of %(all)s are chosen.",
                chosen=len(fill.line_ids.filtered("chosen")),
                all=len(fill.line_ids),
            )

    @api.onchange("number")
    def _onchange_number(self):
        for place, line in enumerate(self.line_ids):
            line.chosen = place < self.number

    @api.model
    def _dive_open(self, trip):
        """Make the list for a trip."""
        people, unfit = trip._dive_fill_list()
        number = min(2 * trip._dive_free_for_new(), len(people))
        return self.create(
            {
                "trip_id": trip.id,
                "number": number,
                "unfit_text": self._dive_unfit_text(unfit),
                "line_ids": [
                    fields.Command.create(
                        {
                            "sequence": place,
                            "chosen": place < number,
                            "partner_id": partner.id,
                            "why": "; ".join(reasons),
                            "fitness": light(findings),
                            "fitness_text": "\n".join(
                                finding.text
                                for finding in findings
                                if finding.severity in ("block", "warn")
                            ),
                            "channel": way.channel,
                        }
                    )
                    for place, (partner, (reasons, findings, way)) in enumerate(
                        people.items()
                    )
                ],
            }
        )

    def _dive_unfit_text(self, unfit):
        if not unfit:
            return False
        names = unfit[:NAMED].mapped("name")
        more = len(unfit) - len(names)
        values = {"names": ", ".join(names), "more": more}
        return (
            self.env._(
                "Would like it and may not come along as it is: %(names)s and %(more)s"
                " more.",
                **values,
            )
            if more
            else self.env._(
                "Would like it and may not come along as it is: %(names)s.", **values
            )
        )

    def action_write_to(self):
        """Write to those who are chosen."""
        self.ensure_one()
        partners = self.line_ids.filtered("chosen").partner_id
        if not partners:
            raise UserError(self.env._("Choose at least one diver to write to."))
        told = self.trip_id._dive_invite(partners).filtered("channel")
        left = len(partners) - len(told)
        values = {"told": len(told), "left": left}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": self.env._(
                    "%(told)s are written to. %(left)s were left out: they were"
                    " invited, booked or changed in the meantime.",
                    **values,
                )
                if left
                else self.env._("%(told)s are written to.", **values),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class DiveTripFillLine(models.TransientModel):
    """Somebody who would like to come along."""

    _name = "dive.trip.fill.line"
    _description = "Somebody whom a trip suits"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("partner_id",)
    _order = "sequence, id"

    fill_id = fields.Many2one("dive.trip.fill", required=True, ondelete="cascade")
    sequence = fields.Integer()
    chosen = fields.Boolean("Write")
    partner_id = fields.Many2one("res.partner", "Diver", required=True, readonly=True)
    why = fields.Char("Because", readonly=True)
    # with the rights of who asks: anybody's number can be put into a line
    level_id = fields.Many2one(related="partner_id.dive_level_id", related_sudo=False)
    last_dive = fields.Date(
        related="partner_id.dive_last_dive_date",
        string="Last dive",
        related_sudo=False,
    )
    fitness = fields.Selection(LIGHTS, "Fit", readonly=True)
    fitness_text = fields.Char("To look at", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
