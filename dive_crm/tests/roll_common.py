"""What tests about the roll call share."""

from datetime import timedelta

from odoo import fields


class RollMixin:
    """A trip that starts now, with a guide, and three divers in two bookings."""

    @classmethod
    def setUpRoll(cls):
        """Call from ``setUpClass``, after the users are there."""
        cls.anna = cls._customer("Anna Keller")
        cls.tom = cls._customer("Tom Keller")
        cls.zoe = cls._customer("Zoe Alone")
        cls.trip = cls._trip(
            name="Wreck",
            date_start=fields.Datetime.now() - timedelta(minutes=30),
            guide_ids=[(6, 0, cls.instructor.partner_id.ids)],
        )
        cls._booking(cls.anna, cls.trip, cls.anna + cls.tom, confirm=True)
        cls._booking(cls.zoe, cls.trip, confirm=True)
        cls.seat = {seat.partner_id: seat for seat in cls.trip.seat_ids}
        cls.keys = iter(range(10_000))

    def _tap(self, diver, before, after, **values):
        return {
            "key": f"key-{next(self.keys):05}",
            "type": "tap",
            "seat": self.seat[diver].id,
            "from": before,
            "to": after,
            **values,
        }

    def _count(self, kind, number, name, **values):
        return {
            "key": f"key-{next(self.keys):05}",
            "type": "count",
            "kind": kind,
            "number": number,
            "name": name,
            **values,
        }

    def _send(self, *actions, user=None):
        """Send what a phone sends; return what it is told of each."""
        trip = self.trip.with_user(user or self.instructor)
        answer = trip.roll_call_send(list(actions))
        return [answer["results"][action["key"]] for action in actions]
