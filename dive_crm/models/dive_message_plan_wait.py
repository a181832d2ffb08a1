"""The plan of what is written at once: waiting list, and trips that are called off."""

from datetime import timedelta

from odoo import api, fields, models

from .dive_message_plan import AT, Event

#: event → kind of ``dive.booking.notice``
KINDS = {
    "offer": "offer",
    "place": "place",
    "lapsed": "lapsed",
    "trip_cancelled": "cancelled",
}
#: These speak of an offer.
OF_OFFERS = ("offer", "lapsed")


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    event = fields.Selection(
        selection_add=[
            ("offer", "A place is offered"),
            ("place", "A place is booked from the waiting list"),
            ("lapsed", "An offer is over"),
            ("trip_cancelled", "The trip is called off"),
        ],
        ondelete=dict.fromkeys(KINDS, "cascade"),
    )
    about = fields.Selection(selection_add=[("wait", "Waiting list")])

    @api.model
    def _dive_events(self):
        return super()._dive_events() | {
            event: Event(
                "trip" if event == "trip_cancelled" else "wait",
                AT,
                "payer",
                "dive.booking.notice",
                "dive.booking.notice",
                "dive_crm.mail_template_booking_notice",
                "dive_crm.sms_template_booking_notice",
            )
            for event in KINDS
        }

    def _dive_example(self):
        kind = KINDS.get(self.event)
        if not kind:
            return super()._dive_example()
        notice = self._dive_example_notice(kind)
        if kind in OF_OFFERS and notice and not notice.offer_id:
            notice.offer_id = self.env["dive.booking.offer"].create(
                {
                    "booking_id": notice.booking_id.id,
                    "trip_id": notice.trip_id.id,
                    "until": fields.Datetime.now() + timedelta(days=1),
                }
            )
        return notice


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _dive_standard_plans(self):
        return [
            *super()._dive_standard_plans(),
            *({"event": event, "interval": 0} for event in KINDS),
        ]


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    def _dive_marks(self, booking, kind, offer, seats, alternatives):
        """What is switched off is told by staff, if it has to be told at all."""
        rows = super()._dive_marks(booking, kind, offer, seats, alternatives)
        event = next((event for event, told in KINDS.items() if told == kind), None)
        # sudo: what is planned is no secret; read once for all bookings
        plans = booking.company_id.sudo()._dive_plans_of(event)
        plan = plans.filtered("active")[:1]
        return [
            ({**values, "plan_id": plan.id}, self._dive_planned_way(way, plan))
            for values, way in rows
        ]

    @api.model
    def _dive_planned_way(self, way, plan):
        if not plan:
            return way._replace(channel="", address="", reason="off")
        if plan.channel != "preferred" and way.channel not in ("", plan.channel):
            return way.recipient._dive_way(service=True, channel=plan.channel)
        return way

    def _dive_for_staff(self, way):
        if way.reason == "off" and self.kind == "lapsed":
            return False
        return super()._dive_for_staff(way)
