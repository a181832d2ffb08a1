"""The activity by which staff learn that a card ends, one open per card."""

import logging

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

from .dive_certification_alert_due import BATCH, OVERTAKEN
from .dive_certification_alert_tell import ACTIVITY_TYPE, Way

_logger = logging.getLogger(__name__)


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_add_activities(self, ways):
        """Give staff one activity per card; it takes the place of an earlier one.

        Whom nobody wrote to is to be reached today; else it is time until the end.

        :return: card → activity; empty where nobody works in the company
        """
        user = self.env.company._dive_caretaker()
        if not user:
            return {}
        earlier = self.env["dive.certification.alert"].search(
            [("certification_id", "in", [card.id for card in ways])]
        )
        earlier.activity_id.filtered("active").unlink()
        # in the words of who reads it, without a mail for each
        me = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        today = self.env.company._dive_today()
        kind = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        kind = kind or self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id(self._name)
        activities = me.env["mail.activity"].create(
            [
                {
                    "res_model_id": model,
                    "res_id": card.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": max(card.expiry_date, today)
                    if way.channel
                    else today,
                    "summary": me._dive_alert_summary(card, today),
                    "note": me._dive_alert_note(way),
                }
                for card, way in ways.items()
            ]
        )
        return dict(zip(ways, activities, strict=True))

    def _dive_alert_summary(self, card, today):
        card = card.with_env(self.env)
        values = {
            "card": card.level_id.display_name,
            "date": format_date(self.env, card.expiry_date),
        }
        if card.expiry_date < today:
            return self.env._("%(card)s ended on %(date)s", **values)
        return self.env._("%(card)s ends on %(date)s", **values)

    def _dive_alert_note(self, way):
        """Return what was done about the diver, or what is left to do."""
        recipient = way.recipient
        values = {
            "name": recipient.name or "",
            "address": way.address,
            "phone": recipient.phone or "-",
            "email": recipient.email or "-",
            "error": way.error,
        }
        texts = {
            "email": self.env._(
                "%(name)s was told by e-mail to %(address)s.", **values
            ),
            "sms": self.env._("%(name)s was told by SMS to %(address)s.", **values),
            "failed": self.env._(
                "The message to %(name)s did not arrive (%(address)s). Phone:"
                " %(phone)s.",
                **values,
            ),
            "phone": self.env._("Call %(name)s: %(phone)s.", **values),
            "post": self.env._("%(name)s prefers letters: write one.", **values),
            "guardian": self.env._(
                "A minor without a guardian on record: nobody was told. Find out who"
                " decides for the diver."
            ),
            "address": self.env._(
                "%(name)s has neither e-mail address nor phone: nobody was told. Ask at"
                " the next visit.",
                **values,
            ),
            "opted_out": self.env._(
                "%(name)s wants no such messages and was not told. In person, or by"
                " phone: %(phone)s.",
                **values,
            ),
            "error": self.env._(
                "The message to %(name)s could not be written (%(error)s). Phone:"
                " %(phone)s, e-mail: %(email)s.",
                **values,
            ),
        }
        return Markup("<p>{}</p>").format(texts[way.channel or way.reason])


class DiveCertificationAlert(models.Model):
    _inherit = "dive.certification.alert"

    # ------------------------------------------------------------------
    # What did not arrive
    # ------------------------------------------------------------------

    @api.model
    def _dive_note_failures(self):
        """Tell staff of messages that did not arrive: their activity says they did.

        Batch by batch, each of them once; may be killed anywhere, and run again.

        :return: whether there was time for all of them
        :rtype: bool
        """
        after = 0
        unnoted = self._dive_failed_domain()
        while failed := self.search(
            [("id", ">", after), *unnoted], order="id", limit=BATCH
        ):
            after = failed[-1].id
            try:
                # Another run has the others.
                failed.try_lock_for_update()._dive_note_failure()
                self.env.flush_all()
            except OVERTAKEN:
                self.env.cr.rollback()
                _logger.info("Failed reminders up to %s wait for the next run", after)
            if not self.env["ir.cron"]._commit_progress(len(failed)):
                return False
            # As much memory for the last batch as for the first.
            self.env.invalidate_all()
        return True

    @api.model
    def _dive_failed_domain(self):
        """Reminders that failed and whose activity, still open, does not say so."""
        return [
            ("failure_noted", "=", False),
            ("activity_id.active", "=", True),
            ("state", "=", "failed"),
        ]

    def _dive_note_failure(self):
        """Have staff reach today whom the message did not reach."""
        by_company = self.grouped(lambda alert: alert.certification_id.alert_company_id)
        for company, alerts in by_company.items():
            alerts.activity_id.date_deadline = company._dive_today()
        for alert in self:
            todo = alert.activity_id
            # in the words of who reads it
            card = alert.certification_id.with_context(lang=todo.user_id.lang)
            recipient = alert.recipient_id or alert.partner_id
            way = Way(recipient, reason="failed", address=alert.address)
            todo.note = card._dive_alert_note(way)
        self.failure_noted = True
