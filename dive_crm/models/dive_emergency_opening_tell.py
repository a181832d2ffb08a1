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
        again writes it anew. What fails here keeps nobody from the sheet, and one way
        does not take the other with it.
        """
        self.ensure_one()
        company = self.env["res.company"].browse(self.company_id)
        managers = self._dive_managers(company)
        for lang, people in managers.grouped("lang").items():
            opening = self.with_context(lang=lang)
            opening._dive_try(opening._dive_write_to, people)
            for person in people:
                opening._dive_try(opening._dive_leave_todo, person)

    def _dive_try(self, way, people):
        try:
            with self.env.cr.savepoint():
                way(people)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.critical(
                "Managers were not told of emergency opening %s", self.id, exc_info=True
            )

    def _dive_told_on(self):
        """Return the trip; of a diver without one, the diver."""
        return (self._dive_trip() or self._dive_divers()[:1]).with_env(self.env)

    def _dive_write_to(self, people):
        """Tell some managers, in their language: by mail, and on screen."""
        text = self._dive_told()
        title = self.env._("Emergency sheet opened")
        self._dive_told_on().message_notify(
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

    def _dive_leave_todo(self, person):
        """Have a manager look at it, without a second e-mail."""
        record = self._dive_told_on().with_context(mail_activity_quick_update=True)
        record.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=person.id,
            automated=True,
            summary=self.env._("Emergency sheet opened"),
            note=Markup("<p>{}</p>").format(self._dive_told()),
        )

    def _dive_told(self):
        """Return what is told. Of a reason in own words only that there is one: others
        than managers read it on the trip, and mails are not kept secret. Beside the
        name of one diver not even its kind, which says how that diver is.
        """
        divers = self._dive_divers()
        one = len(divers) == 1
        labels = dict(self._fields["kind"]._description_selection(self.env))
        values = {
            "user": self.user_name,
            "who": divers.name
            if one
            else self.env._("%(count)s divers", count=len(divers)),
            "trip": self._dive_trip().with_env(self.env).display_name,
        }
        if self.trip_id:
            told = self.env._(
                "%(user)s opened the emergency sheet of %(who)s of “%(trip)s”.",
                **values,
            )
        else:
            told = self.env._(
                "%(user)s opened the emergency sheet of %(who)s.", **values
            )
        if one and self.kind != "drill":
            return told
        return self.env._(
            "%(told)s Reason: %(reason)s.", told=told, reason=labels[self.kind]
        )
