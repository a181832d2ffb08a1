"""Who may do what with trips and bookings, asked over the web API as anybody would."""

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import DiveMixin

MODELS = (
    "dive.site",
    "dive.trip.type",
    "dive.boat",
    "dive.trip",
    "dive.booking",
    "dive.booking.diver",
)
#: operations allowed by role: read, write, create, unlink
RIGHTS = {
    "front": ("r", "r", "r", "rwc", "rwc", "rwcu"),
    "manager": ("rwcu",) * 6,
    "instructor": ("r",) * 6,
    "medical": ("r",) * 6,
    "accountant": ("r",) * 6,
    "employee": ("r", "r", "", "", "", ""),
    "portal": ("", "", "", "", "r", "r"),
}


@tagged("post_install", "-at_install", "dive_long")
class TestDiveBookingAccess(DiveMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.anna = cls._customer("Anna Keller")
        cls.tom = cls._customer("Tom Keller")
        cls.trip = cls._trip()
        cls.booking = cls._booking(cls.anna, cls.trip)
        cls.seat = cls.booking.diver_ids

    def _rpc(self, model, method, args, kwargs=None):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs or {}},
        )

    def _login(self, role):
        self.authenticate(f"t_{role}", f"t_{role}")

    @mute_logger("odoo.http")
    def _refused(self, model, method, args, kwargs=None, error="AccessError"):
        with self.assertRaises(JsonRpcException) as caught:
            self._rpc(model, method, args, kwargs)
        self.assertIn(error, str(caught.exception))

    def _records(self):
        """A record of each model that may be deleted, and values for another."""
        trip = self._trip()
        booking = self._booking(self.tom, trip)
        values = {
            "dive.site": {"name": "Arch"},
            "dive.trip.type": {"name": "Wreck"},
            "dive.boat": {"name": "Nerea"},
            "dive.trip": {
                "type_id": self.trip.type_id.id,
                "date_start": str(fields.Datetime.now()),
            },
            "dive.booking": {"partner_id": self.tom.id, "trip_id": trip.id},
            "dive.booking.diver": {
                "partner_id": self.anna.id,
                "booking_id": booking.id,
            },
        }
        records = {
            model: self.env[model].create(vals) for model, vals in values.items()
        }
        values["dive.booking.diver"]["partner_id"] = self._customer("Mia").id
        return records, values

    def test_each_role_and_model(self):
        changes = {"dive.booking": {"note": "x"}, "dive.booking.diver": {"note": "x"}}
        for role, rights in RIGHTS.items():
            records, values = self._records()
            self.env.flush_all()
            self._login(role)
            for model, allowed in zip(MODELS, rights, strict=True):
                record = records[model]
                change = changes.get(model, {"name": "x"})
                calls = {
                    "r": ("search_read", [[("id", "=", record.id)], ["id"]]),
                    "w": ("write", [record.ids, change]),
                    "c": ("create", [[values[model]]]),
                    "u": ("unlink", [record.ids]),
                }
                for operation, (method, args) in calls.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        if operation in allowed:
                            self._rpc(model, method, args)
                        else:
                            self._refused(model, method, args)

    def test_front_desk_books_through(self):
        self._login("front")
        self._rpc("dive.booking", "action_confirm", [self.booking.ids])
        self.assertEqual(self.trip.seats_taken, 1)
        action = self._rpc("dive.booking", "action_create_invoice", [self.booking.ids])
        self.assertEqual(action["res_model"], "account.move")
        self._rpc("dive.booking", "action_cancel", [self.booking.ids])
        self.assertEqual(self.trip.seats_taken, 0)

    def test_readers_do_not_act(self):
        booking, seat, trip = self.booking, self.seat, self.trip
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            self._login(role)
            for record, method in (
                (booking, "action_confirm"),
                (booking, "action_cancel"),
                (booking, "action_draft"),
                (seat, "action_check_in"),
                (seat, "action_cancel"),
                (trip, "action_done"),
                (trip, "action_cancel"),
                (trip, "action_open"),
            ):
                with self.subTest(role=role, method=method, model=record._name):
                    self._refused(record._name, method, [record.ids])
        self.assertEqual(booking.state, "draft")

    def test_who_sets_a_price(self):
        """The front desk, by the price itself; whether it is the list's follows."""
        model, ids = "dive.booking.diver", self.seat.ids
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            self._login(role)
            for vals in ({"price_unit": 1}, {"price_unit": 1, "price_by_hand": True}):
                with self.subTest(role=role, vals=vals):
                    self._refused(model, "write", [ids, vals])
        self._login("front")
        for price, said in ((75, False), (75, True), (100, True)):
            vals = {"price_unit": price, "price_by_hand": said}
            self._rpc(model, "write", [ids, vals])
            self.env.invalidate_all()
            self.assertEqual(
                (self.seat.price_unit, self.seat.price_by_hand), (price, price != 100)
            )
            other = {"price_by_hand": price == 100}
            self._refused(model, "write", [ids, other], error="UserError")
        new = {"booking_id": self.booking.id, "partner_id": self.tom.id}
        context = {"context": {"default_price_by_hand": True}}
        (seat_id,) = self._rpc(model, "create", [[new]], context)
        self.assertFalse(self.seat.browse(seat_id).price_by_hand)

    def test_forged_writes(self):
        self._login("manager")
        booked = Command.update(self.seat.id, {"state": "booked"})
        for model, ids, vals in (
            ("dive.trip", self.trip.ids, {"seats_taken": 3}),
            ("dive.trip", self.trip.ids, {"state": "done"}),
            ("dive.booking", self.booking.ids, {"state": "confirmed"}),
            ("dive.booking", self.booking.ids, {"invoice_state": "paid"}),
            ("dive.booking", self.booking.ids, {"diver_ids": [booked]}),
            ("dive.booking", self.booking.ids, {"amount_total": 1}),
            ("dive.booking", self.booking.ids, {"name": "B0"}),
            ("dive.booking", self.booking.ids, {"access_token": "mine"}),
            ("dive.booking", self.booking.ids, {"cancel_asked": "2026-01-01"}),
            ("dive.booking", self.booking.ids, {"online_key": "x"}),
            ("dive.trip", self.trip.ids, {"changed_on": "2026-01-01 00:00:00"}),
            ("dive.trip", self.trip.ids, {"change_from": {"boat": 1}}),
            ("dive.trip", self.trip.ids, {"messages_since": "2026-01-01 00:00:00"}),
            ("dive.booking.diver", self.seat.ids, {"price_list": 1}),
            ("dive.booking.diver", self.seat.ids, {"price_key": "x"}),
            ("dive.booking.diver", self.seat.ids, {"price_by_hand": True}),
            ("dive.booking.diver", self.seat.ids, {"amount_total": 1}),
            (
                "dive.booking.diver",
                self.seat.ids,
                {"guardian_consent": "2026-01-01 00:00:00"},
            ),
            ("dive.booking.diver", self.seat.ids, {"guardian_consent_words": "Yes"}),
            ("dive.booking.diver", self.seat.ids, {"state": "booked"}),
            ("dive.booking.diver", self.seat.ids, {"trip_id": self.trip.id + 1}),
        ):
            for key in (True, {}, [1], "object"):
                with self.subTest(vals=vals, key=key):
                    kwargs = {"context": {"dive_unlock": key}}
                    self._refused(model, "write", [ids, vals], kwargs, "UserError")
        for method in ("_set_state", "_dive_unlocked", "_change_seats"):
            with self.subTest(method=method):
                self._refused("dive.booking.diver", method, [self.seat.ids])
        self.assertEqual(self.trip.seats_taken, 0)

    # -- portal --------------------------------------------------------------

    def _visible(self, model):
        rows = self._rpc(model, "search_read", [[], ["id"]])
        return {row["id"] for row in rows}

    def test_portal_sees_own_and_wards(self):
        me = self.portal.partner_id
        ward = self._customer("Ward", dive_guardian_id=me.id)
        trips = [self._trip(capacity=9) for _number in range(4)]
        paid = self._booking(me, trips[0], me + self.tom)
        dived = self._booking(self.anna, trips[1], self.anna + me)
        wards = self._booking(self.anna, trips[2], self.anna + ward)
        other = self._booking(self.anna, trips[3], self.anna + self.tom)
        other.diver_ids.filtered(lambda seat: seat.partner_id == self.tom).payer_id = me
        self._login("portal")
        # of bookings that others pay for, the own places, and no word besides
        self.assertEqual(self._visible("dive.booking"), {paid.id, other.id})
        for model, record, names in (
            (
                "dive.booking",
                paid,
                "note message_plan credit_names source link_hint user_id online_key"
                " access_token amount_total",
            ),
            (
                "dive.booking.diver",
                dived.diver_ids.filtered(lambda seat: seat.partner_id == me),
                "price_unit price_list price_key price_by_hand amount_total note",
            ),
        ):
            self._rpc(model, "read", [record.ids, ["display_name", "state"]])
            for name in names.split():
                with self.subTest(model=model, name=name):
                    self._refused(model, "read", [record.ids, [name]])
        mine = (paid + dived + wards + other).diver_ids.filtered(
            lambda seat: seat.partner_id in me + ward or seat.payer_id == me
        )
        self.assertEqual(self._visible("dive.booking.diver"), set(mine.ids))
        for ids in (self.booking.ids, [self.booking.id + 100000]):
            rows = self._rpc(
                "dive.booking", "search_read", [[("id", "in", ids)], ["id"]]
            )
            self.assertEqual(rows, [])

    def test_guardians_see_no_bookings_of_grown_ups(self):
        """Who was a ward once keeps the guardian on the form, not over the shoulder."""
        me = self.portal.partner_id
        today = self.company._dive_today()
        seen = {}
        for name, years, days in (("Minor", 18, -1), ("Of age", 18, 0)):
            born = fields.Date.subtract(today, years=years, days=days)
            ward = self._customer(name, dive_guardian_id=me.id, birthdate_date=born)
            dived = self._booking(self.anna, self._trip(), self.anna + ward)
            paid = self._booking(ward, self._trip())
            seen[name] = (paid, dived.diver_ids - dived.diver_ids[0])
        self.assertEqual(seen["Minor"][1].partner_id.name, "Minor")
        self._login("portal")
        bookings, seats = seen["Minor"]
        self.assertEqual(self._visible("dive.booking"), set(bookings.ids))
        self.assertEqual(
            self._visible("dive.booking.diver"),
            set((seats | bookings.diver_ids).ids),
        )

    def test_of_age_on_the_companys_day(self):
        """West and east of Greenwich a birthday begins when it does at the centre."""
        me = self.portal.partner_id
        ward = self._customer("Ward", dive_guardian_id=me.id)
        booking = self._booking(ward, self._trip())
        for zone, now, day, minor in (
            ("Pacific/Kiritimati", "2026-11-23 12:00", "2008-11-24", False),
            ("Pacific/Pago_Pago", "2026-11-23 05:00", "2008-11-23", True),
        ):
            self.company.partner_id.tz = zone
            ward.birthdate_date = day
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(now):
                for record in (booking, booking.diver_ids):
                    mine = record.with_user(self.portal)
                    with self.subTest(zone=zone, model=record._name):
                        found = mine.search([("id", "=", record.id)])
                        self.assertEqual(bool(found), minor)
                        self.assertEqual(mine.has_access("read"), minor)

    # -- companies -------------------------------------------------------------

    def test_other_company_is_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        product = self._product(company_id=False)
        trip = self._trip(company_id=other.id, product_id=product.id)
        booking = self._booking(self.anna, trip)
        boat = self.env["dive.boat"].create({"name": "Theirs", "company_id": other.id})
        site = self.env["dive.site"].create({"name": "Theirs", "company_id": other.id})
        self._login("manager")
        for record in (trip, booking, booking.diver_ids, boat, site):
            with self.subTest(model=record._name):
                self.assertNotIn(record.id, self._visible(record._name))
                self._refused(
                    record._name, "write", [record.ids, {"display_name": "x"}]
                )

    def test_branches_go_to_sea_with_what_their_parent_has(self):
        """Its sites, boats and kinds of trip; trips and bookings are each one's own."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        owned = {"company_id": self.company.id}
        boat = self.env["dive.boat"].create({"name": "Parent's", **owned})
        site = self.env["dive.site"].create({"name": "Parent's", **owned})
        kind = self.env["dive.trip.type"].create({"name": "Parent's", **owned})
        self.front.write(
            {"company_ids": [Command.set(branch.ids)], "company_id": branch.id}
        )
        self._login("front")
        for record in (boat, site, kind):
            self.assertIn(record.id, self._visible(record._name))
        self.assertNotIn(self.trip.id, self._visible("dive.trip"))
        trip = self._trip(
            company_id=branch.id,
            type_id=kind.id,
            boat_id=boat.id,
            site_ids=[Command.set(site.ids)],
            product_id=self._product(company_id=False).id,
        )
        self.assertEqual((trip.company_id, trip.boat_id), (branch, boat))
        self.assertIn(trip.id, self._visible("dive.trip"))
