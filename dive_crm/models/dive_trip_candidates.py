"""Who would like to come along on a trip that has free places: the best first."""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: so many are asked for in the database; of these not all want to be written to
ASKED = 200
#: of so many it is asked whether they are fit for the trip
LOOKED_AT = 60
#: what counts how much: a kind that is liked, a site, each dive of the kind done (up to
#: five), one of them within a year, a site known
POINTS = {"type": 40, "site": 30, "dive": 8, "late": 20, "known": 10}
MOST_DIVES = 5
#: who is on another trip in these states is not free
BUSY = ("requested", "offered", "booked", "checked_in")


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_candidates(self, limit=ASKED, among=None):
        """Return whom this trip suits and who could come, those first it suits best.

        Active customers of this company who are free then, have no place on the trip,
        are not on its waiting list, were not invited to it and to no other of late, and
        can be written to. Whether they want to be, and whether they are fit for it, is
        asked of those who are left: see ``_dive_fill_list``.

        :param among: only of these customers
        """
        self.ensure_one()
        # sudo: places with other companies make somebody busy as well
        trip = self.sudo()
        trip.env.flush_all()
        rows = trip.env.execute_query(
            SQL(
                "SELECT partner.id FROM"
                " (SELECT points.partner_id, sum(points.points) AS points"
                "   FROM (%(points)s) points GROUP BY points.partner_id) found"
                " JOIN res_partner partner ON partner.id = found.partner_id"
                " WHERE %(may)s AND %(among)s"
                " ORDER BY found.points DESC, partner.dive_last_dive_date DESC"
                " NULLS LAST, partner.id LIMIT %(limit)s",
                points=SQL(" UNION ALL ").join(trip._dive_points_sql()),
                may=trip._dive_may_come_sql(),
                among=SQL("TRUE")
                if among is None
                else SQL("partner.id IN %s", tuple(among.ids) or (0,)),
                limit=limit,
            )
        )
        return self.env["res.partner"].browse(row[0] for row in rows)

    def _dive_points_sql(self):
        """SQL: (partner_id, points), a query for each thing that counts.

        The same that ``res.partner._dive_suits`` says in words.
        """
        partners = self.env["res.partner"]._fields
        liked = partners["dive_favorite_type_ids"], "type", self.type_id.ids
        queries = [self._dive_liked_sql(*liked)]
        if self.kind != "dive":
            return queries
        sites = self.site_ids.ids
        queries.append(self._dive_dived_kind_sql())
        if sites:
            liked = partners["dive_favorite_site_ids"], "site", sites
            queries.append(self._dive_liked_sql(*liked))
            queries.append(self._dive_dived_site_sql(sites))
        return queries

    def _dive_liked_sql(self, field, what, ids):
        return SQL(
            "SELECT %(partner)s AS partner_id, %(points)s AS points FROM %(relation)s"
            " WHERE %(liked)s IN %(ids)s",
            partner=SQL.identifier(field.column1),
            points=POINTS[what],
            relation=SQL.identifier(field.relation),
            liked=SQL.identifier(field.column2),
            ids=tuple(ids),
        )

    def _dive_dived_kind_sql(self):
        return SQL(
            "SELECT seat.partner_id,"
            " LEAST(count(*), %(most)s) * %(dive)s"
            " + CASE WHEN max(past.date_start) > %(year)s THEN %(late)s ELSE 0 END"
            " FROM dive_trip past JOIN dive_booking_diver seat"
            " ON seat.trip_id = past.id AND seat.state = 'done'"
            " WHERE past.type_id = %(type)s AND past.company_id = %(company)s"
            " GROUP BY seat.partner_id",
            most=MOST_DIVES,
            dive=POINTS["dive"],
            late=POINTS["late"],
            year=self.date_start - timedelta(days=365),
            type=self.type_id.id,
            company=self.company_id.id,
        )

    def _dive_dived_site_sql(self, sites):
        relation = self._fields["site_ids"]
        return SQL(
            "SELECT seat.partner_id, %(points)s"
            " FROM %(relation)s rel JOIN dive_trip past ON past.id = rel.%(trip)s"
            " JOIN dive_trip_type kind ON kind.id = past.type_id"
            " JOIN dive_booking_diver seat"
            " ON seat.trip_id = past.id AND seat.state = 'done'"
            " WHERE rel.%(site)s IN %(sites)s AND past.company_id = %(company)s"
            " AND kind.kind = 'dive' GROUP BY seat.partner_id",
            points=POINTS["known"],
            relation=SQL.identifier(relation.relation),
            trip=SQL.identifier(relation.column1),
            site=SQL.identifier(relation.column2),
            sites=tuple(sites),
            company=self.company_id.id,
        )

    def _dive_may_come_sql(self):
        """SQL: ``partner`` is a customer of ours who could come and be written to."""
        company = self.company_id
        now = fields.Datetime.now()
        return SQL(
            "partner.active AND partner.dive_customer"
            " AND partner.is_company IS NOT TRUE"
            " AND (partner.company_id IS NULL OR partner.company_id IN %(companies)s)"
            # a minor's guardian is asked later
            " AND (partner.birthdate_date > %(minor)s OR"
            "  (COALESCE(partner.dive_channel, 'email') IN ('email', 'sms')"
            "   AND (partner.email_normalized IS NOT NULL"
            "    OR partner.phone_sanitized IS NOT NULL)))"
            " AND NOT EXISTS (SELECT FROM dive_booking_diver seat"
            "  WHERE seat.trip_id = %(trip)s AND seat.partner_id = partner.id)"
            " AND NOT EXISTS (SELECT FROM dive_booking_diver seat"
            "  JOIN dive_trip other ON other.id = seat.trip_id"
            "  WHERE seat.partner_id = partner.id AND seat.state IN %(busy)s"
            "  AND other.state != 'cancelled' AND other.date_start < %(end)s"
            "  AND other.date_end > %(start)s)"
            " AND partner.id NOT IN %(guides)s"
            " AND NOT EXISTS (SELECT FROM dive_trip_invitation told"
            "  WHERE told.partner_id = partner.id"
            "  AND (told.trip_id = %(trip)s OR told.until > %(now)s))",
            companies=tuple(company.parent_ids.ids),
            minor=company._dive_minor_limit(),
            trip=self.id,
            busy=BUSY,
            start=self.date_start,
            end=self.date_end,
            guides=tuple(self._dive_guides_then().ids) or (0,),
            now=now,
        )

    def _dive_guides_then(self):
        """Return who guides this trip, or another at that time."""
        trips = self.search(
            Domain("state", "in", ("draft", "open"))
            & Domain("date_start", "<", self.date_end)
            & Domain("date_end", ">", self.date_start)
        )
        return (self | trips).guide_ids

    def _dive_fill_list(self, among=None):
        """Return who may be invited to this trip, with what to know of each.

        :param among: only of these customers
        :return: ({partner: (reasons, findings, way)}, the best first; those whom
            it suits and who are not fit for it)
        :rtype: tuple
        """
        self.ensure_one()
        candidates = self._dive_candidates(among=among)
        ways = candidates._dive_may_invite()
        partners = self.env["res.partner"].union(*list(ways)[:LOOKED_AT])
        reasons = partners._dive_suits(self)
        found = self.env["dive.fitness"]._dive_findings_of(self, partners)
        unfit = partners.filtered(
            lambda partner: any(finding.blocks for finding in found[partner])
        )
        fit = partners - unfit
        return {
            partner: (
                reasons.get((partner.id, self.id), []),
                found[partner],
                ways[partner],
            )
            for partner in fit
        }, unfit


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_may_invite(self):
        """Return those of these who may be written to of their own free will, and how.

        Whoever prefers to be called or has opted out is not among them.

        :return: {partner: Way}, in the order of ``self``
        :rtype: dict
        """
        # sudo: whether an address is on the list of those who opted out
        ways = {partner: partner.sudo()._dive_way() for partner in self}
        return {partner: way for partner, way in ways.items() if way.channel}
