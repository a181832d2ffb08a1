"""Which trips people book by themselves, and what they are told of them."""

from bisect import bisect_left, bisect_right
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..tools.day_words import day_format
from ..tools.waiting import left_for_others

#: the public page of trips; one of a trip is below it
PUBLIC = "/dive/trips"
#: so many trips are looked through for a list
MOST = 300


class DiveTrip(models.Model):
    """Portal users have no right to trips: whoever calls has asked whose eyes see it.

    What leaves here is what stands on a poster: never who is on board.
    """

    _inherit = "dive.trip"

    def _dive_booking_url(self):
        """Return the public address at which this trip is booked."""
        self.ensure_one()
        return f"{self.get_base_url()}{PUBLIC}/{self.id}"

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    @api.model
    def _dive_online_domain(self, companies, newcomer=False):
        """Return which trips can be booked on-line now.

        :param companies: whose trips
        :param bool newcomer: by somebody without a login
        """
        now = fields.Datetime.now()
        # sudo: settings of the house, for everybody who stands at its door
        wanted = companies.sudo().filtered(
            lambda company: (
                company.dive_online != "off"
                and (company.dive_online_newcomers or not newcomer)
            )
        )
        return Domain(
            [
                ("state", "=", "open"),
                ("active", "=", True),
                ("type_id.online", "=", True),
            ]
        ) & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(
                "date_start", ">", now + timedelta(hours=company.dive_online_hours)
            )
            for company in wanted
        )

    @api.model
    def _dive_online_trips(self, companies, newcomer=False):
        """Return the trips that are offered, the next first, as superuser."""
        # sudo: see the docstring of the class
        domain = self._dive_online_domain(companies, newcomer)
        return self.sudo().search(domain, limit=MOST, order="date_start, id")

    @api.model
    def _dive_online_trip(self, trip_id, companies, newcomer=False):
        """Return one of them, or none: whether there is such a trip does not show."""
        domain = self._dive_online_domain(companies, newcomer)
        # sudo: see the docstring of the class
        return self.sudo().search(domain & Domain("id", "=", trip_id), limit=1)

    # ------------------------------------------------------------------
    # Places and price
    # ------------------------------------------------------------------

    def _dive_online_free(self):
        """Return how many places are free for somebody new: {trip: number}.

        As :meth:`_dive_free_for_new`, of many trips with one query.
        """
        lists = self.filtered("wait_last")
        # sudo: how long a list is, not who is on it
        seats = (
            self.env["dive.booking.diver"]
            .sudo()
            .search(
                [("trip_id", "in", lists.ids), ("state", "=", "waitlisted")],
                order="wait_rank, id",
            )
            if lists
            else self.env["dive.booking.diver"]
        )
        waiting = seats.grouped("trip_id")
        free = {}
        for trip in self:
            groups = waiting[trip].grouped("booking_id") if trip in waiting else {}
            free[trip] = left_for_others(
                [
                    (len(group), booking.may_split)
                    for booking, group in groups.items()
                    if not booking.wait_held_up
                ],
                max(trip.seats_free, 0),
                trip._dive_may_pass(),
            )
        return free

    @api.model
    def _dive_places_words(self, free):
        """Return how many places are left, as people say it."""
        if free <= 0:
            return self.env._("Full: waiting list")
        if free == 1:
            return self.env._("Last place")
        return self.env._("%(count)s places", count=free)

    def _dive_online_price(self, payer, product=None):
        """Return what a place costs this payer, with taxes; of nobody: as listed.

        :param product: of what else the price is asked
        """
        self.ensure_one()
        # sudo: products and taxes are not for the portal to read; their price is
        trip, payer = self.sudo(), payer.sudo()
        company, product = trip.company_id, (product or trip.product_id).sudo()
        if not product:
            return 0.0
        pricelist = payer.with_company(company).property_product_pricelist
        price = trip.env["dive.booking.diver"]._dive_price_of(
            company, pricelist if payer else None, product, 1, trip.date_start
        )
        booking = trip.env["dive.booking"].new(
            {"trip_id": trip.id, "partner_id": payer.id}
        )
        return booking._price_with_taxes(price, product)

    def _dive_online_rent(self, kind, payer):
        """Return what renting a kind of gear costs on this trip; 0: nothing."""
        if not kind.product_id or kind in self.type_id.gear_free_ids:
            return 0.0
        return self._dive_online_price(payer, kind.product_id)

    def _dive_online_prices(self, payer):
        """Return {trip: price}; asked once for trips of one product and season."""
        seasons = self._dive_price_seasons(payer)
        known, prices = {}, {}
        for trip in self:
            key = trip.company_id, trip.product_id, seasons[trip]
            if key not in known:
                known[key] = trip._dive_online_price(payer)
            prices[trip] = known[key]
        return prices

    def _dive_price_seasons(self, payer):
        """Return {trip: season}: a pricelist has one price of a product for each.

        A season ends where a rule of some pricelist begins or ends to count. In another
        currency each day is one, since rates change.
        """
        # sudo: pricelists are the house's
        trips, payer = self.sudo(), payer.sudo()
        pricelists = {
            company: payer.with_company(company).property_product_pricelist
            for company in trips.company_id
        }
        if not payer or not any(pricelists.values()):
            return dict.fromkeys(self)
        times = trips.mapped("date_start")
        within = [
            ("product_tmpl_id", "in", [False, *trips.product_id.product_tmpl_id.ids])
        ]
        rules = trips.env["product.pricelist.item"].search(
            Domain(within)
            & Domain.OR(
                Domain(name, ">=", min(times)) & Domain(name, "<=", max(times))
                for name in ("date_start", "date_end")
            )
        )
        starts = sorted(filter(None, rules.mapped("date_start")))
        ends = sorted(filter(None, rules.mapped("date_end")))
        return {
            trip: (
                bisect_right(starts, trip.date_start),
                bisect_left(ends, trip.date_start),
                pricelists[trip.company_id].currency_id != trip.company_id.currency_id
                and trip._dive_day(),
            )
            for trip in self
        }

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _dive_online_when(self):
        """Return when a trip is, where it is: "Sat, Nov 28 09:00 – 14:00"."""
        self.ensure_one()
        zone = str(self.company_id._dive_zone())
        start, end = (
            format_datetime(
                self.env, moment, tz=zone, dt_format=day_format(self.env, time=True)
            )
            for moment in (self.date_start, self.date_end)
        )
        if self._dive_day() == self.company_id._dive_day_of(self.date_end):
            end = format_datetime(self.env, self.date_end, tz=zone, dt_format="HH:mm")
        return f"{start} – {end}" if self.date_end > self.date_start else start

    def _dive_online_facts(self):
        """Return what a trip asks for, one fact a line."""
        self.ensure_one()
        _ = self.env._
        gases = dict(self._fields["gas"]._description_selection(self.env))
        facts = [
            self.min_level_id
            and _("Level: %(level)s", level=self.min_level_id.display_name),
            self.depth_m and _("Down to %(depth)g m", depth=self.depth_m),
            self.gas
            and self.gas != "air"
            and _("Gas: %(gas)s", gas=gases.get(self.gas)),
            self.autonomous and _("Without a guide in the water"),
            self.min_age and _("From %(years)s years on", years=self.min_age),
            self.min_dives and _("%(count)s logged dives", count=self.min_dives),
        ]
        return [fact for fact in facts if fact]

    def _dive_online_tiles(self, payer, people=(), suits=None):
        """Return what pages show of these trips, as dictionaries of plain values.

        :param payer: who will pay, may be empty
        :param people: of whom it is said what speaks against coming along
        :param dict suits: {(partner id, trip id): [reason]}
        """
        free = self._dive_online_free()
        prices = self._dive_online_prices(payer)
        said = self._dive_fitness_said(people) if people else {}
        already = self._dive_online_already(people)
        return [
            {
                "id": trip.id,
                "name": trip._dive_name(),
                "kind": trip.type_id.name,
                "when": trip._dive_online_when(),
                "sites": ", ".join(trip.site_ids.mapped("name")),
                "boat": trip.boat_id.name or "",
                "facts": trip._dive_online_facts(),
                "requirements": trip.requirements or "",
                "company": trip.company_id,
                "free": free[trip],
                "places": self._dive_places_words(free[trip]),
                "price": prices[trip],
                "currency": trip.company_id.currency_id,
                "people": [
                    {
                        "partner": partner,
                        "id": partner.id,
                        "name": partner.name,
                        "said": said[trip, partner],
                        "booking": already.get((trip.id, partner.id)),
                        "suits": (suits or {}).get((partner.id, trip.id), ()),
                    }
                    for partner in people
                ],
            }
            for trip in self
        ]

    def _dive_online_already(self, people):
        """Return who is on these trips already: {(trip id, partner id): booking}."""
        if not people:
            return {}
        # sudo: whether one's own people are on it, whoever booked
        seats = (
            self.env["dive.booking.diver"]
            .sudo()
            .search(
                [
                    ("trip_id", "in", self.ids),
                    ("partner_id", "in", people.ids),
                    ("state", "!=", "cancelled"),
                ]
            )
        )
        return {
            (seat.trip_id.id, seat.partner_id.id): seat.booking_id for seat in seats
        }

    def _dive_online_suits(self, people):
        """Return why these trips suit these people, as far as that is known.

        :return: {(partner id, trip id): [reason]}
        """
        return people._dive_suits(self) if people and self else {}

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    def _dive_full_words(self, number):
        """Return that too few places are free for so many."""
        free = max(self._dive_free_for_new(), 0)
        if not free:
            return self.env._(
                "The trip is full. You can go on the waiting list: nothing of what you"
                " entered is lost."
            )
        return self.env._(
            "There are only %(free)s places left for %(number)s divers. Choose fewer,"
            " or go on the waiting list together.",
            free=free,
            number=number,
        )

    def _dive_check_entries(self, entries):
        """Refuse divers who are on this trip already, or may not come along."""
        self.ensure_one()
        if not entries:
            raise UserError(self.env._("Choose who comes along."))
        people = entries[0].partner.union(*(entry.partner for entry in entries))
        already = self._dive_online_already(people)
        said = self._dive_fitness_said(people)
        lines = []
        for entry in entries:
            diver = entry.partner
            if (self.id, diver.id) in already:
                lines.append(
                    self.env._("%(diver)s is on this trip already.", diver=diver.name)
                )
            elif diver.dive_is_minor and not entry.consent:
                lines.append(
                    self.env._(
                        "%(diver)s is under age: please tick that you agree.",
                        diver=diver.name,
                    )
                )
            lines += [
                self.env._("%(label)s: %(text)s", label=diver.name, text=one.text)
                for one in said[self, diver]
                if one.blocks and not (one.code == "guardian" and entry.consent)
            ]
        if lines:
            raise UserError("\n".join(lines))
