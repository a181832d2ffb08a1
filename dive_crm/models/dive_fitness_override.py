from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .dive_fitness_rule import CODES

MIN_REASON = 5


class DiveFitnessOverride(models.Model):
    """A manager's word that a diver comes along all the same, and why.

    For one diver on one trip, and for what spoke against it then: another trip, or
    something new, is asked about again. Only added; the booking's chatter has it too.
    """

    _name = "dive.fitness.override"
    _inherit = ["dive.append.only.mixin"]
    _description = "Taken along anyway"
    _order = "id desc"
    _rec_name = "reason"
    _log_access = False

    # plain numbers: see dive.append.only.mixin
    date = fields.Datetime(readonly=True, required=True)
    user_id = fields.Integer(
        "User's number", readonly=True, required=True, aggregator=False
    )
    user_name = fields.Char(readonly=True, required=True)
    trip_id = fields.Integer(
        "Trip's number", readonly=True, required=True, aggregator=False
    )
    partner_id = fields.Integer(
        "Diver's number", readonly=True, required=True, aggregator=False
    )
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    code = fields.Selection(CODES, "What", readonly=True, required=True)
    reason = fields.Char(readonly=True, required=True)

    _pair_idx = models.Index("(trip_id, partner_id)")

    @api.model
    def _dive_reasons(self, pairs):
        """Return who took which diver along anyway, and why.

        :param pairs: (trip, partner)
        :return: {(trip id, partner id, code): words}
        :rtype: dict
        """
        # sudo: the words are part of a finding; who asks decides who sees those
        rows = self.sudo().search(
            [
                ("trip_id", "in", [trip.id for trip, _p in pairs if trip.id]),
                ("partner_id", "in", [partner.id for _t, partner in pairs]),
            ],
            order="id",
        )
        return {
            (row.trip_id, row.partner_id, row.code): self.env._(
                "%(manager)s takes the diver along: %(reason)s",
                manager=row.user_name,
                reason=row.reason,
            )
            for row in rows
        }

    @api.model
    def _dive_add(self, seats, reason):
        """Take these divers along anyway, whatever speaks against it now.

        :raise AccessError: for others than managers
        :raise UserError: without a reason, or if nothing speaks against it
        """
        if not self.env.user.has_group("dive_crm.group_manager"):
            raise AccessError(
                self.env._("Only a manager takes a diver along anyway: ask one.")
            )
        seats.check_access("write")
        reason = (reason or "").strip()
        if len(reason) < MIN_REASON:
            raise UserError(self.env._("Say in a few words why: it is kept."))
        blocking = {
            seat: [finding for finding in findings if finding.blocks]
            for seat, findings in seats._dive_findings().items()
        }
        if not any(blocking.values()):
            raise UserError(
                self.env._("Nothing keeps this diver from coming along any more.")
            )
        # sudo: the right was asked above; nobody adds such rows by hand
        rows = self.sudo()._dive_adding()
        rows.create(
            [
                {
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "user_name": self.env.user.name,
                    "trip_id": seat.trip_id.id,
                    "partner_id": seat.partner_id.id,
                    "company_id": seat.company_id.id,
                    "code": finding.code,
                    "reason": reason,
                }
                for seat, findings in blocking.items()
                for finding in findings
            ]
        )
        for seat, findings in blocking.items():
            seat._dive_note_anyway(findings, reason)
