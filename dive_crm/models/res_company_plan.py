"""The plan of automatic messages of a company: what it begins with, and its days."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Nobody plans further, and a slip like 6030 is seen.
MAX_DAYS = 730


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_plan_ids = fields.One2many(
        "dive.message.plan",
        "company_id",
        "Automatic messages",
        context={"active_test": False},
    )
    # what a manager has deleted does not come back with an update
    dive_plans_made = fields.Json(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._dive_add_plans()
        for company, vals in zip(companies, vals_list, strict=True):
            # settings of rows that are there only now
            if settings := self._dive_plan_settings() & vals.keys():
                company.write({name: vals[name] for name in settings})
        return companies

    @api.model
    def _dive_standard_plans(self):
        """Return with which messages a company begins: values of each; a hook."""
        return []

    @api.model
    def _dive_plan_settings(self):
        """Return the fields of a company that are rows of its plan; a hook."""
        return set()

    @api.model
    def _dive_add_missing_plans(self):
        """Give companies the messages that are from before there were any."""
        # pylint: disable=no-search-all
        self.with_context(active_test=False).search([])._dive_add_plans()

    def _dive_add_plans(self):
        """Give these companies the standard messages they have never been given."""
        # sudo: whoever adds a company adds what belongs to it
        plans = self.env["dive.message.plan"].sudo()
        for company in self.sudo():
            made = set(company.dive_plans_made or ())
            missing = [
                {"company_id": company.id, "sequence": number, **vals}
                for number, vals in enumerate(self._dive_standard_plans())
                if vals["event"] not in made
            ]
            if missing:
                plans.create(missing)
                made.update(vals["event"] for vals in missing)
                company.dive_plans_made = sorted(made)

    def _dive_plans(self, *events):
        """Return the messages about these events that are switched on.

        The nearest to the event first.
        """
        self.ensure_one()
        # sudo: what is planned is no secret from who causes it
        return (
            self.env["dive.message.plan"]
            .sudo()
            .search(
                [("company_id", "=", self.id), ("event", "in", events)],
                order="interval, id",
            )
        )

    # ------------------------------------------------------------------
    # Settings that are rows of the plan
    # ------------------------------------------------------------------

    def _dive_plans_of(self, *events):
        """Return all messages about these events, also those that are switched off."""
        return self.dive_plan_ids.filtered(lambda plan: plan.event in events)

    def _dive_plans_on(self, *events):
        """Say whether one of these is switched on."""
        return any(self._dive_plans_of(*events).mapped("active"))

    def _dive_switch_plans(self, on, *events):
        """Switch all of these on or off, where that is not so."""
        for company in self:
            if company._dive_plans_on(*events) != bool(on):
                company._dive_plans_of(*events).active = bool(on)

    def _dive_plan_days(self, event):
        """Return the days of an event as a text such as “60, 30, 7”."""
        days = sorted(self._dive_plans_of(event).mapped("interval"), reverse=True)
        return ", ".join(map(str, days))

    def _dive_set_plan_days(self, event, text):
        """Have a message on each of these days, and on no others.

        :param str text: days with commas
        :raise ValidationError: something else
        """
        days = self._dive_read_days(text)
        # sudo: settings are an administrator's, who need not be a manager
        for company in self.sudo():
            plans = company._dive_plans_of(event)
            on = not plans or company._dive_plans_on(event)
            there = set(plans.mapped("interval"))
            first = min(plans.mapped("sequence"), default=10)  # they stand together
            plans.filtered(lambda plan: plan.interval not in days).unlink()
            company.env["dive.message.plan"].create(
                [
                    {
                        "company_id": company.id,
                        "event": event,
                        "interval": number,
                        "active": on,
                        "sequence": first,
                    }
                    for number in days
                    if number not in there
                ]
            )

    @api.model
    def _dive_read_days(self, text):
        """Return the days that a text lists, most first.

        :rtype: list[int]
        :raise ValidationError: the text is not a list of days
        """
        days = set()
        for part in re.split(r"[,;\s]+", text or ""):
            if not part:
                continue
            if not re.fullmatch(r"[0-9]{1,4}", part) or int(part) > MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a number of days between 0 and %(max)s."
                        " Write for example 60, 30, 7, 0.",
                        text=part,
                        max=MAX_DAYS,
                    )
                )
            days.add(int(part))
        return sorted(days, reverse=True)
