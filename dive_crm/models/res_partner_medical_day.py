"""The medical status inside a query of others: of its diver, on its day."""

from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _dive_medical_of_sql(self, partner, day):
        """SQL of a subquery: (status, until), one row; no row: no form.

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

    def _dive_medical_on(self, days):
        """Return what forms say of many divers, each on days of their own.

        In one query, however many there are; see :meth:`_dive_medical_status`.

        :param days: (partner id, day) pairs
        :return: {(partner id, day): status}
        :rtype: dict
        """
        wanted = sorted(set(days))
        if not wanted:
            return {}
        if len({day for _id, day in wanted}) == 1:
            # of one trip: PostgreSQL has half as much to plan
            return self._dive_medical_on_day(wanted)
        rows = self.env.execute_query(
            SQL(
                """SELECT asked.partner_id, asked.day, COALESCE(said.status, 'none')
                     FROM (VALUES %s) asked(partner_id, day)
                     LEFT JOIN LATERAL (%s) said ON TRUE""",
                SQL(", ").join(SQL("(%s, %s::date)", *pair) for pair in wanted),
                self._dive_medical_of_sql(SQL("asked.partner_id"), SQL("asked.day")),
            )
        )
        return {(partner_id, day): status for partner_id, day, status in rows}

    def _dive_medical_on_day(self, pairs):
        """Do so where the day is the same for all."""
        partners = self.browse([partner_id for partner_id, _day in pairs])
        found = partners._dive_medical_rows(pairs[0][1])
        return {pair: found.get(pair[0], ("none", None))[0] for pair in pairs}
