"""Quiet hours: what can wait is written when people are up, where they are."""

from datetime import UTC, timedelta

from odoo import api, fields, models

from ..tools.zone import zone_of


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_quiet_from = fields.Float(
        "Quiet from",
        default=21,
        help="Messages that can wait do so from this hour on, where the diver is.",
    )
    dive_quiet_to = fields.Float(
        "Quiet until", default=8, help="The same as the other: there are no such hours."
    )

    _dive_quiet_range = models.Constraint(
        "CHECK (dive_quiet_from >= 0 AND dive_quiet_from < 24"
        " AND dive_quiet_to >= 0 AND dive_quiet_to < 24)",
        "Hours of the day are from 0:00 to 23:59.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_quiet_from = fields.Float(related="company_id.dive_quiet_from", readonly=False)
    dive_quiet_to = fields.Float(related="company_id.dive_quiet_to", readonly=False)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_quiet_until(self, company):
        """Return until when this person is not to be written to, if so now.

        :rtype: datetime, or None
        """
        begin, end = company.dive_quiet_from, company.dive_quiet_to
        zone = zone_of(self.tz) or company._dive_zone()
        here = fields.Datetime.now().replace(tzinfo=UTC).astimezone(zone)
        hour = here.hour + here.minute / 60
        quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
        if not quiet:
            return None
        minutes = round(end * 60)
        until = here.replace(
            hour=minutes // 60, minute=minutes % 60, second=0, microsecond=0
        )
        if until <= here:
            until += timedelta(days=1)  # of the clock on the wall
        return until.astimezone(UTC).replace(tzinfo=None)


class DiveAlertRound(models.AbstractModel):
    _inherit = "dive.alert.round"

    #: External name of the scheduled action.
    _dive_cron = None

    @api.model
    def _dive_waits(self, way, before=None):
        """Say whether somebody is to be told later, when they are up; see to it then.

        :param way: by which they would be told
        :param before: when it would be too late: not even to wait for
        """
        return bool(self._dive_waits_until(way, before))

    @api.model
    def _dive_waits_until(self, way, before=None):
        """Return until when this waits, see :meth:`_dive_waits`; or None."""
        until = way.channel and way.recipient._dive_quiet_until(self.env.company)
        if not until or (before and until >= before):
            return None
        self._dive_run_soon(until)
        return until

    @api.model
    def _dive_run_soon(self, at=None):
        """Have the scheduled action look who is due: within a minute, or then.

        One row for all that a transaction does, at its end. Not this very moment: that
        would wake the scheduler through a connection of its own, for each booking.
        """
        data = self.env.cr.precommit.data.setdefault("dive_messages", {})
        if not data:
            self.env.cr.precommit.add(self._dive_trigger_wanted)
        data.setdefault(self._dive_cron, set()).add(at)

    @api.model
    def _dive_trigger_wanted(self):
        wanted = self.env.cr.precommit.data.pop("dive_messages", {})
        soon = fields.Datetime.now() + timedelta(seconds=1)
        for name, moments in wanted.items():
            # sudo: whoever books has it told
            if cron := self.env.ref(name, raise_if_not_found=False):
                cron.sudo()._trigger(sorted({at or soon for at in moments}))
