"""Which trips suit whom: what a diver likes, and where the diver has been with us."""

from collections import defaultdict

from odoo import models
from odoo.tools import SQL, format_date


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_suits(self, trips):
        """Return why trips suit these divers, in words for the diver and for staff.

        A dive suits who likes its kind or one of its sites, who has done such dives
        with us, or dived there with us. A course suits who likes it: who has done it
        needs it no more. Whether the diver is fit for it, and whether a place is free,
        is for others to say. The number of queries is fixed.

        :return: {(partner id, trip id): [reason, …]} of those pairs that suit, the best
            reason first
        :rtype: dict
        """
        if not self.ids or not trips.ids:
            return {}
        # sudo: words about kinds and sites, and of each diver only the diver's own
        partners, trips = self.sudo(), trips.sudo()
        liked = partners._dive_liked()
        dives = trips.filtered(lambda trip: trip.kind == "dive")
        kinds = partners._dive_dived_kinds(dives.type_id)
        sites = partners._dive_dived_sites(dives.site_ids)
        suits = {}
        for trip in trips:
            for partner_id in partners.ids:
                reasons = [
                    *trip._dive_liked_words(liked[partner_id]),
                    *trip._dive_dived_words(
                        kinds.get((partner_id, trip.type_id.id, trip.company_id.id)),
                        sites.get((partner_id, trip.company_id.id), ()),
                        liked[partner_id],
                    ),
                ]
                if reasons:
                    suits[partner_id, trip.id] = reasons
        return suits

    def _dive_liked(self):
        """Return what each likes: partner id → {("type" or "site", id)}."""
        liked = defaultdict(set)
        types = self._fields["dive_favorite_type_ids"]
        sites = self._fields["dive_favorite_site_ids"]
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %(partner)s, %(what)s, %(liked)s FROM %(relation)s"
                    " WHERE %(partner)s IN %(ids)s",
                    partner=SQL.identifier(field.column1),
                    what=what,
                    liked=SQL.identifier(field.column2),
                    relation=SQL.identifier(field.relation),
                    ids=tuple(self.ids),
                    to_flush=field,
                )
                for what, field in (("type", types), ("site", sites))
            )
        )
        for partner_id, what, liked_id in rows:
            liked[partner_id].add((what, liked_id))
        return liked

    def _dive_dived_kinds(self, kinds):
        """Return how often and when last each has done dives of these kinds with us.

        :return: {(partner id, type id, company id): (times, last start)}
        """
        if not kinds:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT seat.partner_id, trip.type_id, trip.company_id, count(*),"
                " max(trip.date_start) FROM %s AND trip.type_id IN %s"
                " GROUP BY seat.partner_id, trip.type_id, trip.company_id",
                self._dive_dived_sql(),
                tuple(kinds.ids),
            )
        )
        return {tuple(row[:3]): (row[3], row[4]) for row in rows}

    def _dive_dived_sites(self, sites):
        """Return where each has dived with us, of these sites.

        :return: {(partner id, company id): {site id}}
        """
        dived = defaultdict(set)
        if not sites:
            return dived
        relation = self.env["dive.trip"]._fields["site_ids"]
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT seat.partner_id, trip.company_id, site.id"
                " FROM %(seats)s AND site.id IN %(sites)s",
                seats=self._dive_dived_sql(
                    SQL(
                        " JOIN %(relation)s rel ON rel.%(trip)s = trip.id"
                        " JOIN dive_site site ON site.id = rel.%(site)s",
                        relation=SQL.identifier(relation.relation),
                        trip=SQL.identifier(relation.column1),
                        site=SQL.identifier(relation.column2),
                        to_flush=relation,
                    )
                ),
                sites=tuple(sites.ids),
            )
        )
        for partner_id, company_id, site_id in rows:
            dived[partner_id, company_id].add(site_id)
        return dived

    def _dive_dived_sql(self, joined=None):
        """SQL: the seats in which these divers have dived, up to the conditions."""
        seats = self.env["dive.booking.diver"]._fields
        trips = self.env["dive.trip"]._fields
        return SQL(
            "dive_booking_diver seat JOIN dive_trip trip ON trip.id = seat.trip_id"
            "%(joined)s WHERE seat.state = 'done' AND seat.partner_id IN %(ids)s",
            joined=joined or SQL(),
            ids=tuple(self.ids),
            to_flush=(
                *(seats[name] for name in ("state", "partner_id", "trip_id")),
                *(trips[name] for name in ("type_id", "company_id", "date_start")),
            ),
        )


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_liked_words(self, liked):
        """Return what of this trip somebody likes, in words."""
        self.ensure_one()
        reasons = []
        if ("type", self.type_id.id) in liked:
            reasons.append(
                self.env._("Favourite activity: %(kind)s", kind=self.type_id.name)
            )
        sites = self.site_ids.filtered(lambda site: ("site", site.id) in liked)
        if sites and self.kind == "dive":
            names = ", ".join(sites.mapped("name"))
            reasons.append(
                self.env._("Favourite site: %(sites)s", sites=names)
                if len(sites) == 1
                else self.env._("Favourite sites: %(sites)s", sites=names)
            )
        return reasons

    def _dive_dived_words(self, done, sites, liked):
        """Return what of this trip somebody has done with us, in words.

        :param done: how often such dives, and when last
        :param sites: ids of the sites
        :param liked: what was said already
        """
        self.ensure_one()
        reasons = []
        if self.kind != "dive":
            return reasons
        if done:
            values = {
                "kind": self.type_id.name,
                "times": done[0],
                "month": format_date(
                    self.env,
                    self.company_id._dive_day_of(done[1]),
                    date_format="LLLL y",
                ),
            }
            reasons.append(
                self.env._("%(kind)s: once with us, in %(month)s", **values)
                if done[0] == 1
                else self.env._(
                    "%(kind)s: %(times)s times with us, last in %(month)s", **values
                )
            )
        known = self.site_ids.filtered(
            lambda site: site.id in sites and ("site", site.id) not in liked
        )
        if known:
            names = ", ".join(known.mapped("name"))
            reasons.append(self.env._("Has dived at %(sites)s with us", sites=names))
        return reasons
