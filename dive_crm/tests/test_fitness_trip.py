"""The lights of a trip: how many of which colour, of whom, and who sees them."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DiveCommon
from .fitness_common import FitnessMixin

LIGHTS = ("fitness_red", "fitness_amber", "fitness_html")


@tagged("post_install", "-at_install")
class TestFitnessTrip(FitnessMixin, DiveCommon):
    """Anna may come, Ben lacks dives, Cleo is too young."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpFitness()
        cls.ben = cls._customer("Ben Amber", birthdate_date="1990-01-01")
        cls.cleo = cls._customer("Cleo Red", birthdate_date="2020-01-01")
        cls.anna.dive_logged_dives = cls.cleo.dive_logged_dives = 20
        for diver in (cls.ben, cls.cleo):
            cls._contact(diver)
        cls._booking(cls.anna, cls.trip, cls.anna + cls.ben + cls.cleo, confirm=True)
        # found out after the booking
        cls._rule("age").severity = "block"
        cls._rule("dives").severity = "warn"
        cls.trip.write({"min_age": 10, "min_dives": 10})
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_one_of_each_colour(self):
        for user in (self.front, self.instructor, self.medical, self.manager):
            trip = self.trip.with_user(user)
            lights = {seat.partner_id: seat.fitness for seat in trip.seat_ids}
            self.assertEqual(
                [lights[one] for one in (self.anna, self.ben, self.cleo)],
                ["green", "amber", "red"],
            )
            self.assertEqual((trip.fitness_red, trip.fitness_amber), (1, 1))
            html = str(trip.fitness_html)
            self.assertRegex(html, r"(?s)Ben Amber.*Needs 10 logged dives; has 0\.")
            self.assertRegex(html, r"(?s)Cleo Red.*From 10 years on")
            self.assertNotIn("Anna Keller", html, "of whom there is nothing to say")
        # who does not come any more is not counted
        self.trip.seat_ids.filtered(
            lambda seat: seat.partner_id == self.cleo
        ).action_cancel()
        self.env.invalidate_all()
        self.assertEqual((self.trip.fitness_red, self.trip.fitness_amber), (0, 1))
        self.assertNotIn("Cleo Red", self.trip.fitness_html)

    def test_who_sees_the_lights(self):
        """On the card of the trip and in its form; who keeps the books, nowhere."""
        Trip = self.env["dive.trip"]
        for user in (self.front, self.instructor, self.medical, self.accountant):
            staff = user != self.accountant
            card = Trip.with_user(user).get_view(False, "kanban")["arch"]
            form = Trip.with_user(user).get_view(False, "form")["arch"]
            for name, arch in zip(LIGHTS, (card, card, form), strict=True):
                self.assertEqual(f'name="{name}"' in arch, staff, user.login)
                trip = self.trip.with_user(user)
                if staff:
                    self.assertTrue(trip.read([name])[0][name])
                    continue
                with self.assertRaises(AccessError):
                    trip.read([name])
