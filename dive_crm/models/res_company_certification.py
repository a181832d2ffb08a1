import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Nobody plans further, and a slip like 6030 is seen.
MAX_DAYS = 730


class ResCompany(models.Model):
    """When people are told that a certification ends."""

    _inherit = "res.company"

    dive_certification_alert_days = fields.Char(
        "Tell before a certification ends (days)",
        default="60,30,7,0",
        help="Days before the end, with commas. From the first of them on, a card"
        " counts as expiring. 0 is the last day itself.",
    )

    def _dive_alert_days(self, name="dive_certification_alert_days"):
        """Return the days before the end on which people are told, most first.

        :param str name: the field that lists them
        :rtype: list[int]
        :raise ValidationError: the text is not a list of days
        """
        self.ensure_one()
        days = set()
        for text in re.split(r"[,;\s]+", self[name] or ""):
            if not text:
                continue
            if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a number of days between 0 and %(max)s."
                        " Write for example 60, 30, 7, 0.",
                        text=text,
                        max=MAX_DAYS,
                    )
                )
            days.add(int(text))
        return sorted(days, reverse=True)

    def _dive_alert_horizon(self):
        """Return how many days before its end a card counts as expiring."""
        return max(self._dive_alert_days(), default=0)

    @api.constrains("dive_certification_alert_days")
    def _check_dive_certification_alert_days(self):
        for company in self:
            company._dive_alert_days()
