"""What is sold with the code of an offer: a booking, a prepaid card."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import offer_code


class DiveOfferMixin(models.AbstractModel):
    """Something that is sold, maybe with the code of an offer.

    Which use it holds stands on the record: whatever is saved how often, one use is
    counted once, and given back when it is cancelled.
    """

    _name = "dive.offer.mixin"
    _description = "Sold in a campaign"

    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        groups="base.group_user",
        help="What brought the customer here.",
    )
    offer_id = fields.Many2one(
        "dive.campaign.offer",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        groups="base.group_user",
    )
    offer_code = fields.Char(
        "Code of the offer",
        compute="_compute_offer_code",
        readonly=False,
        groups="base.group_user",
        help="As the customer says it: small letters and spaces do not matter.",
    )
    # the offer of which this holds a use
    offer_used_id = fields.Many2one(
        "dive.campaign.offer",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    @api.depends("offer_id.code")
    def _compute_offer_code(self):
        for record in self:
            record.offer_code = record.offer_id.code

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    @api.onchange("offer_code")
    def _onchange_offer_code(self):
        """Find the offer, or say at once what is wrong with the code."""
        typed = self.offer_code
        if offer_code.normal(typed) == (self.offer_id.code or ""):
            return None
        offer = self.env["dive.campaign.offer"]._dive_by_code(
            typed, self._dive_offer_company()
        )
        self.offer_id = offer.with_env(self.env)
        self.offer_code = offer.code or typed
        if typed and not offer:
            return self._dive_offer_warning(offer._dive_words("unknown", typed))
        return None

    @api.onchange("offer_id")
    def _onchange_offer_id(self):
        """Take over the campaign, and say at once why an offer cannot be used."""
        if not self.offer_id:
            return None
        self.campaign_id = self.offer_id.campaign_id
        offer = self.offer_id._origin
        why = offer._dive_why_not(self._dive_offer_company(), self._name)
        if not why and self._origin.offer_used_id != offer:
            why = offer._dive_why_used_up() or offer._dive_why_used_up_by(
                self.partner_id._origin
            )
        return self._dive_offer_warning(why) if why else None

    def _dive_offer_warning(self, message):
        return {"warning": {"title": self.env._("Code"), "message": message}}

    # ------------------------------------------------------------------
    # What the models say
    # ------------------------------------------------------------------

    def _dive_offer_company(self):
        """Return whose offers count here."""
        return self.company_id or self.env.company

    def _dive_offer_people(self):
        """Return for whom this is: one of them must have got the mailing."""
        return self.partner_id

    def _dive_check_offer_fits(self, before):
        """Refuse an offer that has come or gone where that changes nothing any more.

        :param before: the offer that was there
        """

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        codes = [vals.get("offer_code") for vals in vals_list]
        records = super().create(
            [
                {name: vals[name] for name in vals if name != "offer_code"}
                for vals in vals_list
            ]
        )
        for record, code in zip(records, codes, strict=True):
            if code and offer_code.normal(code) != record.offer_id.code:
                record.offer_id = record._dive_offer_of(code)
        records.filtered("offer_id")._dive_offer_changed({})
        return records

    def write(self, vals):
        if "offer_code" in vals:
            vals = dict(vals)
            code = vals.pop("offer_code")
            if "offer_id" not in vals or code:
                vals["offer_id"] = self[:1]._dive_offer_of(code).id if code else False
        if not vals.keys() & {"offer_id", "state", "partner_id"}:
            return super().write(vals)
        before = {
            record: (*record._dive_offer_wanted(), record.partner_id) for record in self
        }
        result = super().write(vals)
        # what a method writes was promised before, and its use is counted already
        if "offer_id" not in vals or not self._dive_is_unlocked():
            self._dive_offer_changed(before)
        return result

    def unlink(self):
        held = [record.offer_used_id for record in self]
        result = super().unlink()
        for offer in held:
            offer._dive_give_back()
        return result

    def _dive_offer_of(self, code):
        """Return the offer that a code typed at the desk means.

        :raise UserError: there is none
        """
        offers = self.env["dive.campaign.offer"]
        offer = offers._dive_by_code(code, self._dive_offer_company())
        if not offer:
            raise UserError(offers._dive_words("unknown", code))
        return offer.with_env(self.env)

    def _dive_offer_wanted(self):
        """Return the offer, and that of which a use is to be held; as superuser."""
        self.ensure_one()
        # sudo: an instructor who calls a trip off gives a use back
        offer = self.sudo().offer_id
        return offer, offer if self.state != "cancelled" else offer.browse()

    def _dive_offer_changed(self, before):
        """Check offers that are new here, and count their uses.

        :param dict before: {record: what :meth:`_dive_offer_wanted` said, and the
            customer}
        """
        for record in self:
            offer, held = record._dive_offer_wanted()
            nothing = (offer.browse(), offer.browse(), record.partner_id)
            had, held_before, customer = before.get(record, nothing)
            if offer != had:
                record._dive_check_offer(had)
            if held != held_before:
                record.sudo()._dive_hold_offer(held)  # sudo: as above
            elif held and record.partner_id != customer:
                held._dive_check_customer(record.partner_id)

    def _dive_check_offer(self, before):
        """Refuse an offer that cannot be used here; take over its campaign.

        :raise UserError: the message says why
        """
        self.ensure_one()
        self._dive_check_offer_fits(before)
        offer = self.offer_id
        if not offer:
            return
        why = offer._dive_why_not(
            self._dive_offer_company(), self._name
        ) or offer._dive_why_not_for(self._dive_offer_people())
        if why:
            raise UserError(why)
        if self.campaign_id != offer.campaign_id:
            self.campaign_id = offer.campaign_id

    def _dive_hold_offer(self, wanted):
        """Hold a use of this offer and of no other, once."""
        self.ensure_one()
        held = self.offer_used_id
        if held == wanted:
            return
        self._dive_unlocked().offer_used_id = wanted
        held._dive_give_back()
        if wanted:
            wanted._dive_take()
            wanted._dive_check_customer(self.partner_id)
