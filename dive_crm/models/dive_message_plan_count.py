"""What has become of each automatic message, and when the next one goes out."""

from datetime import timedelta

from odoo import fields, models

#: So many days are counted.
DAYS = 30


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    sent = fields.Integer(
        compute="_compute_counts", help="In the last 30 days, also what is queued."
    )
    failed = fields.Integer(
        compute="_compute_counts",
        help="In the last 30 days: what did not arrive, or was left to staff.",
    )
    next_on = fields.Date(
        "Next on",
        compute="_compute_next_on",
        help="When the next one is due, as far as is known today.",
    )

    def _compute_counts(self):
        since = fields.Datetime.now() - timedelta(days=DAYS)
        # sudo: numbers, of whatever the message was about
        groups = (
            self.env["dive.message.log"]
            .sudo()
            ._read_group(
                [("plan_id", "in", self.ids), ("date", ">=", since)],
                ["plan_id", "state"],
                ["__count"],
            )
        )
        counts = {(plan.id, state): count for plan, state, count in groups}
        for plan in self:
            plan.sent = sum(counts.get((plan.id, key), 0) for key in ("sent", "queued"))
            plan.failed = sum(
                counts.get((plan.id, key), 0) for key in ("failed", "staff")
            )

    def _compute_next_on(self):
        # sudo: a day, of whatever the message will be about
        days = self.filtered(lambda plan: plan.active and plan.id).sudo()._dive_next()
        for plan in self:
            plan.next_on = days.get(plan.id, False)

    def _dive_next(self):
        """Return plan id → the next day on which it is due; a hook."""
        return {}

    def action_view_log(self):
        """Open what has been sent by these."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_message_log"
        )
        failed = self.env.context.get("dive_failed")
        return {
            **action,
            "domain": [("plan_id", "in", self.ids)],
            "context": {
                "search_default_recent": 1,
                **({"search_default_trouble": 1} if failed else {}),
            },
        }
