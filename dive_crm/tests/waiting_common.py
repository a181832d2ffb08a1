"""What tests of waiting lists need."""

from odoo import fields

from .alert_common import AlertQueueMixin


class WaitingMixin(AlertQueueMixin):
    @classmethod
    def setUpWaiting(cls):
        """Make a full trip for two, and people with addresses."""
        names = ("Anna", "Tom", "Mia", "James", "Lucia", "Pierre", "Yuki", "Omar")
        cls.people = cls.Partner.union(
            *(
                cls._customer(f"{name} Reef", email=f"{name.lower()}@reef.test")
                for name in names
            )
        )
        cls.trip = cls._trip(capacity=2)
        cls.first = cls._booking(cls.people[0], cls.trip, cls.people[:2], confirm=True)

    def _wait(self, *divers, **vals):
        """Put a booking of these divers (numbers of people) on the waiting list."""
        people = self.Partner.union(*(self.people[number] for number in divers))
        booking = self._booking(people[0], self.trip, people)
        booking.write(vals)
        booking.action_waitlist()
        return booking

    def _run(self):
        """Run the scheduled action."""
        with self._no_commit() as commits:
            self.env["dive.trip"]._cron_waiting()
        return commits

    def _free(self, *numbers):
        """Cancel places of the first booking, and run."""
        for number in numbers:
            self.first.diver_ids[number].action_cancel()
        self._run()

    def _states(self, *bookings):
        return [
            ",".join(sorted(booking.diver_ids.mapped("state"))) for booking in bookings
        ]

    def _let_lapse(self, booking):
        """Let the time of an offer be over, and run."""
        booking.offer_ids.until = fields.Datetime.subtract(
            fields.Datetime.now(), minutes=1
        )
        self._run()

    def _told(self, *bookings):
        return [booking.notice_ids.sorted("id").mapped("kind") for booking in bookings]
