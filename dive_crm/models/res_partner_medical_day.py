"""The medical status inside a query of others: of its diver, on its day."""

from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _dive_medical_lateral_sql(self, partner, day):
        """SQL for ``LEFT JOIN LATERAL``: (status, until); no row: no form.

        The same as :meth:`_dive_medical_status` says, made of the same parts. Per row
        it is a few look-ups by index: narrow the rows down by their date.

        :param SQL partner: an expression for the diver's id
        :param SQL day: an expression for the day, a date
        """
        today = self.env.company._dive_today()
        of_this = SQL(" AND partner_id = %s", partner)
        # PostgreSQL looks at the day first, and leaves the other half alone.
        return SQL(
            """SELECT past.status, past.until FROM (%(past)s) past
                WHERE %(day)s < %(today)s
            UNION ALL
               SELECT coming.status, coming.until
                 FROM (%(signed)s UNION ALL %(begun)s) coming
                WHERE %(day)s >= %(today)s""",
            day=day,
            today=today,
            past=self._dive_medical_signed_sql(day, True, of_this),
            signed=self._dive_medical_signed_sql(day, False, of_this),
            begun=self._dive_medical_begun_sql(of_this),
        )
