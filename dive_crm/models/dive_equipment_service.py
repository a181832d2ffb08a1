"""How an item goes to service, comes back, and who is reminded that it is due."""

import logging

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.months import months_later
from .dive_gear import LENDERS

_logger = logging.getLogger(__name__)

#: so many days before a service its activity is made
NOTICE_DAYS = 14
ACTIVITY_TYPE = "dive_crm.mail_activity_type_equipment_service"


class DiveEquipment(models.Model):
    _inherit = "dive.equipment"

    # ------------------------------------------------------------------
    # To service and back
    # ------------------------------------------------------------------

    def _dive_check_may_serve(self):
        if not self.env.su and not any(map(self.env.user.has_group, LENDERS)):
            raise AccessError(
                self.env._(
                    "Equipment is looked after by the front desk and by instructors."
                )
            )
        self.check_access("read")

    def _dive_ask_service(self, gear=None):
        """Open the dialog that asks what is wrong with an item."""
        if not self:
            raise UserError(
                self.env._("No item was given out here: there is nothing to send.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To service: %(item)s", item=self.display_name),
            "res_model": "dive.equipment.damage",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_equipment_id": self.id,
                "default_gear_id": gear.id if gear else False,
            },
        }

    def action_to_service(self):
        """Ask what is wrong, and send this item to service."""
        self.ensure_one()
        self._dive_check_may_serve()
        return self._dive_ask_service()

    def _dive_to_service(self, note):
        """Take an item out of use until it is serviced; return who misses it then.

        :return: needs for which it was reserved
        :rtype: dive.gear
        """
        self.ensure_one()
        self._dive_check_may_serve()
        if self.state == "service":
            raise UserError(
                self.env._("%(item)s is in service already.", item=self.display_name)
            )
        lent = self._dive_lent()
        out = lent.filtered(lambda loan: loan.state == "out")
        now = fields.Datetime.now()
        # before its trip is over the diver needs another one
        out._dive_take_back(exchanged=bool(out) and out.date_to > now)
        needs = (lent - out)._dive_release() | out.filtered("exchanged").gear_id
        # sudo: instructors, who find the damage, do not otherwise edit items
        self.sudo()._dive_unlocked().write({"state": "service"})
        who = out.partner_id.name
        self._message_log(
            body=Markup("%s<br/>%s")
            % (note, self.env._("Last with %(who)s.", who=who) if who else "")
        )
        self._dive_tell_trips(needs)
        return needs

    def _dive_tell_trips(self, needs):
        """Leave a note on each trip whose divers miss an item now."""
        for trip, mine in needs.grouped("trip_id").items():
            # sudo: a note on what instructors may read only
            trip.sudo()._message_log(
                body=self.env._(
                    "%(item)s cannot be lent: %(who)s have none now. Prepare the gear"
                    " again.",
                    item=self.display_name,
                    who=", ".join(mine.partner_id.mapped("name")),
                ),
                author_id=self.env.user.partner_id.id,
            )

    def action_serviced(self):
        """Put items back in use after a service, today; the next one is due by then."""
        self._dive_check_may_serve()
        for item in self:
            if item.state == "out":
                raise UserError(
                    self.env._(
                        "%(item)s is out of use: put it back in use first.",
                        item=item.display_name,
                    )
                )
            today = (item.company_id or self.env.company)._dive_today()
            months = item.kind_id.service_months
            # sudo: as in _dive_to_service
            item.sudo()._dive_unlocked().write(
                {
                    "state": "in_use",
                    "last_service_date": today,
                    "next_service_date": bool(months) and months_later(today, months),
                }
            )
            item._dive_service_activities().action_feedback(
                feedback=self.env._("Serviced")
            )
        return True

    def _dive_service_activities(self):
        kind = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        # sudo: somebody else's activity is done by whoever does it
        return self.sudo().activity_ids.filtered(
            lambda activity: kind and activity.activity_type_id == kind
        )

    def action_retire(self):
        """Take items out of use for good; they stay on record."""
        self.check_access("write")
        self._dive_leave_use()
        self._dive_unlocked().write({"state": "out"})
        return True

    def action_use_again(self):
        """Put items back in use that were taken out of it."""
        self.check_access("write")
        self._dive_unlocked().write({"state": "in_use"})
        return True

    def _dive_leave_use(self):
        """Free what is reserved of items that are lent no more.

        :raise UserError: somebody has one of them
        """
        lent = self._dive_lent()
        out = lent.filtered(lambda loan: loan.state == "out")
        if out:
            raise UserError(
                self.env._(
                    "%(items)s: out with %(who)s. Take it back first.",
                    items=", ".join(out.equipment_id.mapped("display_name")),
                    who=out._dive_who(),
                )
            )
        for item, loans in lent.grouped("equipment_id").items():
            item._dive_tell_trips(loans._dive_release())

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    @api.model
    def _dive_service_due(self):
        """Return the domain of items that somebody is to be reminded of."""
        day = fields.Date.add(self.env["res.company"]._dive_today(), days=NOTICE_DAYS)
        return [
            ("state", "!=", "out"),
            ("next_service_date", "!=", False),
            ("next_service_date", "<=", day),
            ("service_reminded", "=", False),
        ]

    @api.model
    def _cron_dive_service(self):
        """Give staff one activity per item and date of service; item by item.

        The mark that it was done is the date it was done for: written with the
        activity, so that a run that is killed, or a second one, does not repeat it.
        """
        cron = self.env["ir.cron"]
        ids = self.search(self._dive_service_due(), order="id").ids
        cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), 100):
            batch = ids[start : start + 100]
            try:
                with self.env.cr.savepoint():
                    items = self.browse(batch).try_lock_for_update()
                    items.filtered(
                        lambda item: not item.service_reminded
                    )._dive_remind()
            except OperationalError:
                # somebody changes them at this moment: the next run takes them
                _logger.info("Equipment: %s items wait for the next run", len(batch))
            self.env.invalidate_all()
            if not cron._commit_progress(len(batch)):
                return

    def _dive_remind(self):
        """Make an activity for each of these items, for who looks after them."""
        kind = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        kind = kind or self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id(self._name)
        companies = self.env["res.company"]
        told = self.browse()
        vals_list = []
        for company, items in self.grouped("company_id").items():
            user = (company or companies._dive_main_company())._dive_who_cares(
                "dive_gear_user_id", LENDERS
            )
            if not user:
                continue  # nobody works there yet; some day's run finds somebody
            told |= items
            me = self.with_context(lang=user.lang)
            vals_list += [
                {
                    "res_model_id": model,
                    "res_id": item.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": item.next_service_date,
                    "summary": me.env._(
                        "%(item)s: service on %(date)s",
                        item=item.display_name,
                        date=format_date(me.env, item.next_service_date),
                    ),
                }
                for item in items
            ]
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        activities.create(vals_list)
        for date, items in told.grouped("next_service_date").items():
            items._dive_unlocked().write({"service_noted": date})
