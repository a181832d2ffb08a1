"""What is no longer so of a card is taken back: where it changes, else daily."""

from odoo import api, fields, models
from odoo.tools import SQL

from .dive_discount_card_alert import READERS

#: What makes a reminder of a card wrong.
MATTERS = {"expiry_date", "state", "partner_id"}


class DiveDiscountCardAlert(models.Model):
    _inherit = "dive.discount.card.alert"

    def _dive_still_so(self):
        if not self:
            return self
        self.flush_model()
        for model in ("dive.discount.card", "dive.discount.card.entry"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["active"])
        self.env["res.company"].flush_model(["dive_card_alert_percent"])
        found = set()
        for company, alerts in self.grouped("company_id").items():
            rows = self.env.execute_query(
                # sudo: the zone of the company, for whoever takes a card
                alerts._dive_so_sql(company.sudo()._dive_today())
            )
            found.update(alert_id for (alert_id,) in rows)
        return self.filtered(lambda alert: alert.id in found)

    def _dive_so_sql(self, today):
        """SQL: the ids of those of these marks that are still so.

        Of a card that ended it does not matter whether the remainder was taken off by
        now: that it ended is so until it is extended.
        """
        return SQL(
            """SELECT alert.id FROM dive_discount_card_alert alert
                 JOIN dive_discount_card card ON card.id = alert.card_id
                 JOIN res_company company ON company.id = card.company_id
                 JOIN res_partner diver ON diver.id = card.partner_id
                 JOIN LATERAL (%(since)s) since ON TRUE
                WHERE alert.id IN %(ids)s AND diver.active IS TRUE
                  AND alert.partner_id = card.partner_id
                  AND CASE alert.kind
                      WHEN 'before' THEN %(usable)s
                           AND alert.about_date = card.expiry_date
                      WHEN 'ended' THEN card.state IN ('active', 'expired')
                           AND alert.about_date = card.expiry_date
                           AND card.expiry_date < %(today)s
                      WHEN 'sold' THEN card.state NOT IN ('refunded', 'cancelled')
                      ELSE %(usable)s AND %(little)s AND alert.since_id >= since.id
                      END""",
            since=self._dive_since_sql(),
            ids=self._ids,
            usable=self._dive_usable_sql(today),
            little=self._dive_little_sql(),
            today=today,
        )


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    alert_ids = fields.One2many(
        "dive.discount.card.alert",
        "card_id",
        "Reminders",
        readonly=True,
        copy=False,
        groups=READERS,
    )
    # Stored for a reason besides the screen: a reminder thereby *changes* the card, so
    # that whoever uses or extends it at the same moment is run again and takes it back.
    last_alert_date = fields.Datetime(
        "Last reminder",
        compute="_compute_last_alert_date",
        store=True,
        copy=False,
        groups=READERS,
    )

    @api.depends("alert_ids.date")
    def _compute_last_alert_date(self):
        for card in self:
            reminders = card.alert_ids.filtered(lambda alert: alert.kind != "sold")
            card.last_alert_date = max(reminders.mapped("date"), default=False)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & MATTERS:
            self._dive_retract_alerts()
        return result

    def _dive_move(self, *args, **kwargs):
        entry = super()._dive_move(*args, **kwargs)
        self._dive_retract_alerts()
        return entry

    def _dive_retract_alerts(self):
        self.env["dive.discount.card.alert"]._dive_retract_stale(
            [("card_id", "in", self.ids)]
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self.env["dive.discount.card.alert"]._dive_retract_stale(
                [("partner_id", "in", self.ids)]
            )
        return result
