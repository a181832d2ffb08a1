"""Mailings: to a saved segment, and how many customers have not agreed to them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    dive_segment_id = fields.Many2one(
        "dive.segment",
        "Segment",
        index="btree_not_null",
        help="Who is meant is asked anew when the mailing is sent.",
    )
    dive_left_out = fields.Char(compute="_compute_dive_left_out")

    @api.depends("dive_segment_id")
    def _compute_mailing_domain(self):
        result = super()._compute_mailing_domain()
        for mailing in self:
            if mailing.dive_segment_id and mailing.mailing_model_name == "res.partner":
                mailing.mailing_domain = repr(
                    list(mailing.dive_segment_id._dive_domain())
                )
        return result

    @api.onchange("dive_segment_id")
    def _onchange_dive_segment_id(self):
        if self.dive_segment_id:
            self.mailing_model_id = self.env["ir.model"]._get("res.partner")

    def _parse_mailing_domain(self):
        """Ask a segment for whom it means now, not on the day of writing."""
        if self.dive_segment_id and self.mailing_model_name == "res.partner":
            return list(self.dive_segment_id._dive_domain())
        return super()._parse_mailing_domain()

    def _dive_is_ours(self, email):
        """Say whether this is a newsletter of ours, or the address a customer's."""
        partners = self.env["res.partner"]
        address = email_normalize(email or "")
        return bool(
            self.contact_list_ids.dive_purpose_id
            or (address and partners._dive_at_address("email", address))
        )

    @api.depends(
        "mailing_model_id",
        "mailing_domain",
        "dive_segment_id",
        "contact_list_ids",
        "state",
    )
    def _compute_dive_left_out(self):
        for mailing in self:
            mailing.dive_left_out = mailing._dive_left_words()

    def _dive_left_words(self):
        """Say how many get nothing, since they have not agreed; of drafts alone."""
        self.ensure_one()
        if self.state not in ("draft", "in_queue") or self.mailing_type != "mail":
            return False
        match self.mailing_model_name:
            case "res.partner":
                number = self._dive_count_customers()
            case "mailing.list":
                number = len(self.contact_list_ids._dive_left())
            case "mailing.contact":
                number = self._dive_count_contacts()
            case _other:
                return False
        if not number:
            return False
        return self.env._(
            "%(number)s are left out: they have not agreed to news by e-mail.",
            number=number,
        )

    def _dive_count_contacts(self):
        try:
            return len(self.env["mailing.contact"]._mailing_get_opt_out_list(self))
        except (UserError, ValueError):
            return 0  # a condition that is being written

    def _dive_count_customers(self):
        partners = self.env["res.partner"]
        try:
            customers = partners.search(
                Domain(self._parse_mailing_domain())
                & Domain("dive_customer", "=", True)
            )
        except (UserError, ValueError):
            return 0  # a condition that is being written
        # sudo: that somebody is left out is said to who writes
        return len(customers.sudo()._dive_not_agreed("email"))
