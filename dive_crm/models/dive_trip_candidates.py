"""Who would like to come along on a trip that has free places: the best first."""

from datetime import date, timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: so many are asked for in the database; of these not all want to be written to
ASKED = 200
#: of so many whom it suits best it is asked whether they could come, step by step
STEP, STEPS = 1000, 10
#: so many of the latest trips of a kind, or to these sites, say who has been there
TRIPS = 500
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
        points = trip.env.execute_query(
            SQL(
                "SELECT points.partner_id, sum(points.points) FROM (%s) points"
                " WHERE %s GROUP BY points.partner_id"
                " ORDER BY sum(points.points) DESC, points.partner_id DESC LIMIT %s",
                SQL(" UNION ALL ").join(trip._dive_points_sql()),
                SQL("TRUE")
                if among is None
                else SQL("points.partner_id IN %s", tuple(among.ids) or (0,)),
                STEP * STEPS,
            )
        )
        found = []
        for start in range(0, len(points), STEP):
            found += trip._dive_of_these(points[start : start + STEP])
            if len(found) >= limit:
                break
        return self.env["res.partner"].browse(found[:limit])

    def _dive_of_these(self, points):
        """Return the ids of those who could come, the best first.

        :param points: (partner id, points)
        """
        points = dict(points)
        rows = self.env.execute_query(
            SQL(
                "SELECT partner.id, partner.dive_last_dive_date"
                " FROM res_partner partner"
                " WHERE partner.id IN %s AND %s",
                tuple(points),
                self._dive_may_come_sql(),
            )
        )
        rows.sort(key=lambda row: (points[row[0]], row[1] or date.min), reverse=True)
        return [row[0] for row in rows]

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
        trips = self._dive_latest(Domain("type_id", "=", self.type_id.id))
        year = self.date_start - timedelta(days=365)
        late = trips.filtered(lambda trip: trip.date_start > year)
        return SQL(
            "SELECT seat.partner_id, LEAST(count(*), %(most)s) * %(dive)s"
            " + CASE WHEN bool_or(seat.trip_id IN %(late_trips)s)"
            "   THEN %(late)s ELSE 0 END"
            " FROM dive_booking_diver seat"
            " WHERE seat.trip_id IN %(trips)s AND seat.state = 'done'"
            " GROUP BY seat.partner_id",
            most=MOST_DIVES,
            dive=POINTS["dive"],
            late=POINTS["late"],
            late_trips=tuple(late.ids) or (0,),
            trips=tuple(trips.ids) or (0,),
        )

    def _dive_dived_site_sql(self, sites):
        trips = self._dive_latest(
            Domain([("site_ids", "in", sites), ("type_id.kind", "=", "dive")])
        )
        return SQL(
            "SELECT DISTINCT seat.partner_id, %s FROM dive_booking_diver seat"
            " WHERE seat.trip_id IN %s AND seat.state = 'done'",
            POINTS["known"],
            tuple(trips.ids) or (0,),
        )

    def _dive_latest(self, domain):
        """Return the latest trips of this company that are done.

        Asked for before their divers are: told of a subquery, PostgreSQL reads all of
        the table of divers instead.
        """
        return self.search_fetch(
            domain
            & Domain([("company_id", "=", self.company_id.id), ("state", "=", "done")]),
            ["date_start"],
            order="date_start DESC",
            limit=TRIPS,
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
            " AND partner.id NOT IN (SELECT seat.partner_id"
            "  FROM dive_booking_diver seat WHERE seat.trip_id = %(trip)s"
            "  UNION ALL SELECT seat.partner_id"
            "  FROM dive_trip other JOIN dive_booking_diver seat"
            "  ON seat.trip_id = other.id AND seat.state IN %(busy)s"
            "  WHERE other.state IN ('draft', 'open')"
            "  AND other.date_start < %(end)s AND other.date_end > %(start)s)"
            " AND partner.id NOT IN %(guides)s"
            " AND partner.id NOT IN (SELECT told.partner_id"
            "  FROM dive_trip_invitation told"
            "  WHERE told.trip_id = %(trip)s OR told.until > %(now)s)",
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
