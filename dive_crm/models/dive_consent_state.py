"""How things stand with what people have agreed to."""

from odoo import api, fields, models

from .dive_consent import SOURCES


class DiveConsentState(models.Model):
    """How things stand: one row per person and purpose, made from the ledger's latest.

    Written by :meth:`ResPartner._dive_answer` alone.
    """

    _name = "dive.consent.state"
    _description = "State of a consent"
    _order = "purpose_id, id"
    _rec_name = "purpose_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    purpose_id = fields.Many2one(
        "dive.consent.purpose",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    channel = fields.Selection(related="purpose_id.channel")
    wording_id = fields.Many2one(
        "dive.consent.wording", readonly=True, required=True, ondelete="cascade"
    )
    given = fields.Boolean("Agreed", readonly=True)
    date = fields.Datetime("Since", readonly=True, required=True)
    source = fields.Selection(SOURCES, "How", readonly=True, required=True)

    _once = models.UniqueIndex(
        "(partner_id, purpose_id)",
        lambda env, diag: env._("Somebody else has just answered: look again."),
    )

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Let the customer who stays have the latest answer of all of these.

        To be called before a merge: the database would keep the target's own.
        """
        # sudo: a merge spans all companies
        states = self.sudo().search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        for purpose, some in states.grouped("purpose_id").items():
            latest = max(some, key=lambda state: (state.date, not state.given))
            if latest.partner_id != dst_partner:
                # sudo: as above
                dst_partner.sudo()._dive_answer(
                    purpose,
                    latest.given,
                    "merge",
                    wording=latest.wording_id,
                    date=latest.date,
                    detail=self.env._(
                        "Of %(name)s, number %(number)s",
                        name=latest.partner_id.name or "",
                        number=latest.partner_id.id,
                    ),
                )
        # sudo: as above
        (states - dst_partner.sudo().dive_consent_state_ids).unlink()
