"""Who is reminded of prepaid cards, when, and who looks after it."""

from odoo import api, fields, models

from .dive_message_plan_card import ENDED, ENDS, LOW

#: Who may be chosen: an activity names a customer, on a card.
ROLES = ("dive_crm.group_front_desk",)


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_card_alert = fields.Boolean(
        "Remind of cards",
        compute="_compute_dive_card_alert",
        inverse="_inverse_dive_card_alert",
        store=True,
        help="Each morning the holders of cards that end, or on which little is left,"
        " are written to; an activity tells staff.",
    )
    dive_card_alert_days = fields.Char(
        "Tell before a card ends (days)",
        compute="_compute_dive_card_alert",
        inverse="_inverse_dive_card_alert_days",
        store=True,
        help="Days before the end, with commas, such as 30, 7. Empty: not before.",
    )
    dive_card_alert_expired = fields.Boolean(
        "Tell that a card has expired",
        compute="_compute_dive_card_alert",
        inverse="_inverse_dive_card_alert_expired",
        store=True,
        help="On the day after its last one, if something was left on it.",
    )
    dive_card_alert_percent = fields.Float(
        "Tell below (%)",
        digits=(5, 2),
        compute="_compute_dive_card_alert",
        inverse="_inverse_dive_card_alert_percent",
        store=True,
        help="So much of the whole is little; of several visits, the last one is. 0:"
        " nobody is told that little is left.",
    )
    dive_card_user_id = fields.Many2one(
        "res.users",
        "Looks after cards",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in ROLES]),
        ],
        ondelete="set null",
        help="Gets an activity for each card that ends, or on which little is left."
        " Nobody chosen: the first manager of the dive centre.",
    )

    @api.model
    def _dive_plan_settings(self):
        return super()._dive_plan_settings() | {
            "dive_card_alert",
            "dive_card_alert_days",
            "dive_card_alert_expired",
            "dive_card_alert_percent",
        }

    @api.depends(
        "dive_plan_ids.event",
        "dive_plan_ids.interval",
        "dive_plan_ids.active",
        "dive_plan_ids.percent",
    )
    def _compute_dive_card_alert(self):
        for company in self:
            company.dive_card_alert = company._dive_plans_on(ENDS, ENDED, LOW)
            company.dive_card_alert_days = company._dive_plan_days(ENDS)
            company.dive_card_alert_expired = company._dive_plans_on(ENDED)
            little = company._dive_plans_of(LOW).filtered("active")
            company.dive_card_alert_percent = max(little.mapped("percent"), default=0)

    def _inverse_dive_card_alert(self):
        for company in self:
            company._dive_switch_plans(company.dive_card_alert, ENDS, ENDED, LOW)

    def _inverse_dive_card_alert_days(self):
        for company in self:
            company._dive_set_plan_days(ENDS, company.dive_card_alert_days)

    def _inverse_dive_card_alert_expired(self):
        for company in self:
            company._dive_switch_plans(company.dive_card_alert_expired, ENDED)

    def _inverse_dive_card_alert_percent(self):
        for company in self:
            percent = company.dive_card_alert_percent
            little = company._dive_plans_of(LOW)
            if percent and little:
                little.write({"percent": percent, "active": True})
            elif percent:
                values = {"company_id": company.id, "event": LOW, "percent": percent}
                little.create({**values, "interval": 0})
            else:
                little.active = False

    def _dive_card_caretaker(self):
        """Return who gets the activities about cards, if anybody works here.

        :rtype: res.users
        """
        return self._dive_who_cares("dive_card_user_id", ROLES)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_card_alert = fields.Boolean(
        related="company_id.dive_card_alert", readonly=False
    )
    dive_card_alert_days = fields.Char(
        related="company_id.dive_card_alert_days", readonly=False
    )
    dive_card_alert_expired = fields.Boolean(
        related="company_id.dive_card_alert_expired", readonly=False
    )
    dive_card_alert_percent = fields.Float(
        related="company_id.dive_card_alert_percent", readonly=False
    )
    dive_card_user_id = fields.Many2one(
        related="company_id.dive_card_user_id", readonly=False
    )
