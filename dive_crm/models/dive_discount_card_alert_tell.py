"""How holders of cards, and staff, are told: all in batches, nothing sent here."""

from datetime import timedelta

from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from .res_partner_way import Way

#: External names of the templates: e-mail, SMS.
END_TEMPLATES = (
    "dive_crm.mail_template_card_ends",
    "dive_crm.sms_template_card_ends",
)
LOW_TEMPLATES = (
    "dive_crm.mail_template_card_low",
    "dive_crm.sms_template_card_low",
)
END_ACTIVITY = "dive_crm.mail_activity_type_card_ends"
LOW_ACTIVITY = "dive_crm.mail_activity_type_card_low"
#: Of a card on which little is left, staff talk to the holder in so many days.
LOW_DAYS = 7


class DiveDiscountCardAlert(models.Model):
    _inherit = "dive.discount.card.alert"

    def _dive_alert_xmlids(self):
        return LOW_TEMPLATES if self[:1].kind == "low" else END_TEMPLATES

    def _dive_threads(self):
        """Return the card on which each message is noted."""
        return {alert: alert.card_id for alert in self}

    # ------------------------------------------------------------------
    # The holders
    # ------------------------------------------------------------------

    def _dive_tell_all(self, due, error=""):
        cards = self.env["dive.discount.card"].browse(row.id for row in due)
        plans = self._dive_plans_due(due)
        user = self.env.company._dive_card_caretaker()
        told = []
        for row, card in zip(due, cards, strict=True):
            way = card.partner_id._dive_way(channel=plans[row].channel)
            if error:
                way = Way(way.recipient, reason="error", error=error)
            # Whom nobody could tell of is told of when somebody works here.
            if (way.channel or user) and not self._dive_waits(way):
                told.append((row, card, way))
        alerts = self.create(
            [self._dive_mark(row, card, way, user) for row, card, way in told]
        )
        ways = {
            alert: way for alert, (_row, _card, way) in zip(alerts, told, strict=True)
        }
        low = alerts.filtered(lambda alert: alert.kind == "low")
        for some, xmlid in ((low, LOW_ACTIVITY), (alerts - low, END_ACTIVITY)):
            some._dive_write_all(ways)
            if user:
                some._dive_add_card_activities(user, xmlid)
        return alerts

    def _dive_mark(self, row, card, way, user):
        """Return the values of a mark."""
        return {
            **self._dive_mark_of_way(way, user),
            "plan_id": row.plan_id,
            "card_id": card.id,
            "partner_id": card.partner_id.id,
            "kind": row.kind,
            "days": row.days,
            "about_date": row.date,
            "amount": float(row.amount),
            "since_id": row.since,
        }

    # ------------------------------------------------------------------
    # Staff
    # ------------------------------------------------------------------

    def _dive_add_card_activities(self, user, xmlid):
        """Give staff one activity per card; it takes the place of an earlier one."""
        if not self:
            return
        low = self[0].kind == "low"
        earlier = self.search(
            [
                ("card_id", "in", self.card_id.ids),
                ("kind", "=" if low else "!=", "low"),
                ("id", "not in", self.ids),
            ]
        )
        earlier.activity_id.filtered("active").unlink()
        self._dive_add_activities(
            user,
            xmlid,
            [
                (
                    alert.card_id,
                    alert,
                    alert.with_context(lang=user.lang)._dive_staff_summary(),
                )
                for alert in self
            ],
        )

    def _dive_staff_summary(self):
        values = {
            "name": self.partner_id.name or "",
            "amount": self.card_id._dive_in_words(self.amount),
            "date": format_date(self.env, self.about_date),
        }
        match self.kind:
            case "before":
                return self.env._("%(name)s: %(amount)s to use by %(date)s", **values)
            case "ended":
                return self.env._("%(name)s: %(amount)s lapsed on %(date)s", **values)
            case _low:
                return self.env._("%(name)s: %(amount)s left", **values)

    def _dive_staff_note(self, user):
        # in the words of who reads it; one activity is of one card
        alert = self.with_context(lang=user.lang)[:1]
        note = alert._dive_alert_note(alert._dive_told())
        if alert.kind == "ended":
            note += Markup("<p>{}</p>").format(
                alert.env._("A manager can extend the card: what lapsed comes back.")
            )
        return note

    def _dive_deadline(self, today):
        deadline = super()._dive_deadline(today)
        if self[:1].kind == "low" and deadline > today:
            return min(deadline, today + timedelta(LOW_DAYS))
        return deadline
