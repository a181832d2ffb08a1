"""What is no longer so is taken back: at once where it changes, else each morning."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.seats import SEAT_COMING


class DiveMedicalAlert(models.Model):
    _inherit = "dive.medical.alert"

    def _dive_still_so(self):
        """Return those of these that would be told today as well."""
        if not self:
            return self
        self.flush_model()
        self.env["res.partner"].flush_model(["active"])
        self.env["dive.trip"].flush_model(["active", "state"])
        found = set()
        for company, alerts in self.grouped("company_id").items():
            me = alerts.with_company(company)
            rows = self.env.execute_query(
                SQL(
                    "%s UNION ALL %s", me._dive_forms_so_sql(), me._dive_papers_so_sql()
                )
            )
            found.update(alert_id for (alert_id,) in rows)
        return self.filtered(lambda alert: alert.id in found)

    def _dive_forms_so_sql(self):
        form_fields = self.env["dive.medical.form"]._fields
        return SQL(
            """SELECT alert.id FROM dive_medical_alert alert
                 JOIN dive_medical_form form ON form.id = alert.form_id
                 JOIN res_partner diver ON diver.id = form.partner_id
                WHERE alert.id IN %s AND alert.kind != 'paper' AND %s""",
            self._ids,
            self._dive_form_counts_sql(),
            to_flush=[form_fields["partner_id"], form_fields["state"]],
        )

    def _dive_papers_so_sql(self):
        return SQL(
            """SELECT alert.id FROM dive_medical_alert alert
                 JOIN dive_medical_form form ON form.id = alert.form_id
                 JOIN %s row
                   ON row.id = alert.seat_id AND row.trip_id = alert.trip_id
                  AND row.date = alert.about_date AND row.partner_id = form.partner_id
                 JOIN dive_trip trip ON trip.id = row.trip_id
                 JOIN res_partner diver ON diver.id = row.partner_id
                WHERE alert.id IN %s AND alert.kind = 'paper' AND %s""",
            self.env["dive.medical.compliance"]._table_sql,
            self._ids,
            self._dive_paper_missing_sql(),
        )

    def _dive_drop_activities(self, todo):
        """Remove those activities that no other diver needs; rewrite the others."""
        papers = self.filtered(lambda alert: alert.kind == "paper")
        of_trips = papers.activity_id & todo
        dropped = super()._dive_drop_activities(todo - of_trips)
        papers.activity_id = False
        left = self.search([("activity_id", "in", of_trips.ids)])
        (of_trips - left.activity_id).unlink()
        left._dive_rewrite_notes()
        return dropped


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    alert_ids = fields.One2many(
        "dive.medical.alert", "form_id", "Reminders", readonly=True, copy=False
    )
    # Stored for a reason besides the screen: a reminder thereby *changes* the form, so
    # that whoever notes a word at the same moment is run again and takes it back.
    last_alert_date = fields.Datetime(
        "Last reminder", compute="_compute_last_alert_date", store=True, copy=False
    )

    @api.depends("alert_ids.date")
    def _compute_last_alert_date(self):
        for form in self:
            form.last_alert_date = max(form.alert_ids.mapped("date"), default=False)

    def _dive_submit_one(self):
        result = super()._dive_submit_one()
        self._dive_retract_alerts()
        return result

    def action_physician_word(self, result, date, until=None):
        """Note a physician's word, and take back what was asked for until then."""
        done = super().action_physician_word(result, date, until)
        self._dive_retract_alerts()
        return done

    def _dive_retract_alerts(self):
        self.env["dive.medical.alert"]._dive_retract_stale(
            [("form_id.partner_id", "in", self.partner_id.ids)]
        )

    def unlink(self):
        # sudo: see _dive_retract; before, since texts in a queue outlive their message
        self.sudo().alert_ids._dive_retract()
        return super().unlink()


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def write(self, vals):
        moved = self.browse()
        if "partner_id" in vals:
            moved = self.filtered(lambda seat: seat.partner_id.id != vals["partner_id"])
        result = super().write(vals)
        alerts = self.env["dive.medical.alert"]
        if moved or vals.get("state", "booked") not in SEAT_COMING:
            alerts._dive_retract_stale([("seat_id", "in", self.ids)])
        if moved:
            # The next diver has been told nothing. sudo: see _dive_retract
            alerts.sudo().search([("seat_id", "in", moved.ids)]).seat_id = False
        return result

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Let the place that stays take over what was told about the other one."""
        done = super()._dive_resolve_merge_duplicates(src_partners, dst_partner)
        # sudo: a merge spans all companies, whoever may start it
        seats = self.sudo().search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        alerts = self.env["dive.medical.alert"].sudo()
        alerts = alerts.search([("seat_id", "in", seats.ids)])
        for same_trip in seats.grouped("trip_id").values():
            keep = same_trip.filtered(lambda seat: seat.state != "cancelled")[:1]
            mine = alerts.filtered(lambda alert, keep=keep: alert.seat_id == keep)
            marks = {(alert.about_date, alert.days) for alert in mine}
            for alert in alerts:
                mark = (alert.about_date, alert.days)
                if keep and alert.seat_id in same_trip - keep and mark not in marks:
                    marks.add(mark)
                    alert.seat_id = keep
        return done


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def write(self, vals):
        result = super().write(vals)
        if "trip_id" in vals:
            self.env["dive.medical.alert"]._dive_retract_stale(
                [("seat_id", "in", self.diver_ids.ids)]
            )
        return result


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def write(self, vals):
        result = super().write(vals)
        if "date_start" in vals or vals.get("state") in ("done", "cancelled"):
            self.env["dive.medical.alert"]._dive_retract_stale(
                [("trip_id", "in", self.ids)]
            )
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self.env["dive.medical.alert"]._dive_retract_stale(
                [("form_id.partner_id", "in", self.ids)]
            )
        return result
