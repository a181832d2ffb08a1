from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..tools.zone import zone_of


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_lapsed_months = fields.Integer(
        string="Lapsed after (months)",
        default=12,
        help="A customer who has dived with us counts as lapsed after so many months "
        "without a trip, when none is booked.",
    )

    _dive_lapsed_months_positive = models.Constraint(
        "CHECK (dive_lapsed_months > 0)",
        "The months after which a customer counts as lapsed must be positive.",
    )

    @api.model
    def _dive_minor_limit(self):
        """Return the birth date after which somebody is a minor today (under 18)."""
        return fields.Date.subtract(self._dive_today(), years=18)

    def _dive_today(self):
        """Return the date of the company's day."""
        return self._dive_day_of(fields.Datetime.now())

    def _dive_day_of(self, moment):
        """Return the day of a moment (UTC, without a zone) where the company is."""
        aware = moment.replace(tzinfo=ZoneInfo("UTC"))
        return aware.astimezone(self._dive_zone()).date()

    def _dive_zone(self):
        """Return the company's time zone.

        Companies have none of their own: it is that of their partner, else UTC, as if
        this machine does not know it. Called on no company, it is the current one's.
        """
        company = self[:1] or self.env.company
        # sudo: the partner behind a company may belong to another one
        return zone_of(company.sudo().partner_id.tz) or ZoneInfo("UTC")
