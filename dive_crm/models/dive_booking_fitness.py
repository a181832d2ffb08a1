"""What to look at before a booking is made, in words, while it is typed."""

from markupsafe import Markup

from odoo import api, fields, models

from .res_partner import STAFF_GROUPS

ICONS = {"block": "fa-ban text-danger", "warn": "fa-exclamation-triangle text-warning"}


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    fitness_html = fields.Html(
        compute="_compute_fitness_html", sanitize=False, groups=STAFF_GROUPS
    )

    @api.depends("trip_id", "state", "diver_ids.fitness_text")
    @api.depends_context("lang", "tz")
    def _compute_fitness_html(self):
        for booking in self:
            booking.fitness_html = (
                booking.state in ("draft", "confirmed") and booking._dive_fitness_html()
            )

    def _dive_fitness_html(self):
        found = self._active_seats()._dive_findings()
        return Markup().join(
            Markup("<div><b>{}</b>{}</div>").format(
                seat.partner_id.name,
                Markup().join(self._dive_finding_html(finding) for finding in findings),
            )
            for seat, findings in found.items()
            if findings
        )

    def _dive_finding_html(self, finding):
        return Markup(
            '<div class="ms-3"><i class="fa {icon} me-1"></i>'
            '<a href="/odoo/{model}/{res_id}">{text}</a> {anyway}</div>'
        ).format(
            icon=ICONS.get(
                "warn" if finding.anyway else finding.severity,
                "fa-info-circle text-muted",
            ),
            model=finding.model,
            res_id=finding.res_id,
            text=finding.text,
            anyway=finding.anyway,
        )
