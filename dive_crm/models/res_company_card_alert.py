"""Who is reminded of prepaid cards, when, and who looks after it."""

from odoo import api, fields, models

#: Who may be chosen: an activity names a customer, on a card.
ROLES = ("dive_crm.group_front_desk",)


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_card_alert = fields.Boolean(
        "Remind of cards",
        default=True,
        help="Each morning the holders of cards that end, or on which little is left,"
        " are written to; an activity tells staff.",
    )
    dive_card_alert_days = fields.Char(
        "Tell before a card ends (days)",
        default="30, 7",
        help="Days before the end, with commas, such as 30, 7. Empty: not before.",
    )
    dive_card_alert_expired = fields.Boolean(
        "Tell that a card has expired",
        default=True,
        help="On the day after its last one, if something was left on it.",
    )
    dive_card_alert_percent = fields.Float(
        "Tell below (%)",
        digits=(5, 2),
        default=10,
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

    _dive_card_alert_percent_range = models.Constraint(
        "CHECK (dive_card_alert_percent BETWEEN 0 AND 100)",
        "What counts as little on a card is from 0 to 100 %.",
    )

    @api.constrains("dive_card_alert_days")
    def _check_dive_card_alert_days(self):
        for company in self:
            company._dive_alert_days("dive_card_alert_days")

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
