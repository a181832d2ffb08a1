"""How the managers learn that an emergency sheet was opened."""

import logging

from markupsafe import Markup

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class DiveEmergencyOpening(models.Model):
    _inherit = "dive.emergency.opening"

    def _dive_tell_managers(self):
        """Tell all managers of the company: who, of how many, why. No health data.

        What is written here, in the transaction that opens, is a queue: Odoo sends the
        e-mails after the commit, or else its cron does, and a transaction that is run
        again writes it anew. What fails here keeps nobody from the sheet.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                company = self.env["res.company"].browse(self.company_id)
                managers = self._dive_managers(company)
                for lang, people in managers.grouped("lang").items():
                    self.with_context(lang=lang)._dive_tell(people)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.critical(
                "Managers were not told of emergency opening %s", self.id, exc_info=True
            )

    def _dive_tell(self, people):
        """Tell some managers, in their language: by mail, on screen, as a to-do."""
        text = self._dive_told()
        title = self.env._("Emergency sheet opened")
        # Of a diver without a trip it is told on the diver.
        record = (self._dive_trip() or self._dive_divers()[:1]).with_env(self.env)
        record.message_notify(
            partner_ids=people.partner_id.ids,
            author_id=self.env.user.partner_id.id,
            subject=title,
            body=Markup("<p>{}</p><p>{}</p>").format(
                text,
                self.env._(
                    "All openings are listed under Reporting, Emergency openings."
                ),
            ),
            # one's own opening as well: it may have been somebody else
            notify_author=True,
        )
        people._bus_send(
            "simple_notification",
            {"type": "danger", "sticky": True, "title": title, "message": text},
        )
        for person in people:
            # the e-mail of above is enough
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=person.id,
                automated=True,
                summary=title,
                note=Markup("<p>{}</p>").format(text),
            )

    def _dive_told(self):
        """Return what is told. Of a reason in own words only that there is one: others
        than managers read it on the trip, and mails are not kept secret.
        """
        divers = self._dive_divers()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        values = {
            "user": self.user_name,
            "who": divers.name
            if len(divers) == 1
            else self.env._("%(count)s divers", count=len(divers)),
            "trip": self._dive_trip().with_env(self.env).display_name,
            "reason": labels[self.kind],
        }
        if self.trip_id:
            return self.env._(
                "%(user)s opened the emergency sheet of %(who)s of “%(trip)s”."
                " Reason: %(reason)s.",
                **values,
            )
        return self.env._(
            "%(user)s opened the emergency sheet of %(who)s. Reason: %(reason)s.",
            **values,
        )
