from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_medical_tile(self):
        """Return what a diver, or a guardian, is shown of the medical form.

        Called as superuser; whose it is was asked.

        :return: plain values: ``next`` is what is to be done: ``answer``, ``go_on``,
            ``confirm``, ``physician`` or ``unfit``
        """
        self.ensure_one()
        newest = self.env["dive.medical.form"]._dive_page_newest(self)
        status = self._dive_medical_status()[self]
        to_do = {
            "none": "answer",
            "expired": "answer",
            "pending": "go_on",
            "fit": "confirm",
        }
        return {
            "id": self.id,
            "name": self.name,
            "status": status,
            "next": to_do.get(status, status),
            **self._dive_medical_tile_words(newest),
            "today": newest.confirmed_on == self.env.company._dive_today(),
            "signed": bool(newest.paper_state) and newest._dive_page_is_mine(),
        }

    def _dive_medical_tile_words(self, newest):
        """Return the sentences of a tile that have a date in them."""
        until = self.dive_medical_until
        since = newest.confirmed_on or newest.signed_on
        arrived = newest.physician_page_on and self.env.company._dive_day_of(
            newest.physician_page_on
        )
        return {
            "until": until
            and self.env._("Valid until %(date)s.", date=format_date(self.env, until)),
            "changed": since
            and self.env._(
                "Has anything about your health changed since %(date)s?",
                date=format_date(self.env, since),
            ),
            "arrived": arrived
            and self.env._(
                "The physician's page arrived on %(date)s. We look at it, and tell"
                " you.",
                date=format_date(self.env, arrived),
            ),
        }

    def _dive_medical_steps(self, statuses):
        """Return what each diver does next for the medical form of a day.

        Called as superuser; whose it is was asked. In the words of the status, which
        says nothing of what was answered.

        :param statuses: what ``_dive_medical_status`` says of the day
        :return: {diver: (state of the step, sentence, address)}
        :rtype: dict
        """
        _ = self.env._
        words = {
            "none": _("Answer some questions about your health: five minutes."),
            "expired": _("The last form has run out by then: answer once more."),
            "pending": _("There are questions still to be answered, or a signature."),
        }
        steps = {}
        for diver, status in statuses.items():
            url = f"/my/medical/{diver.id}"
            if status == "physician":
                steps[diver] = diver._dive_medical_physician_step(url)
            elif status in words:
                steps[diver] = "todo", words[status], url
            else:
                steps[diver] = "todo", "", "/my/medical"
        return steps

    def _dive_medical_physician_step(self, url):
        form = self.env["dive.medical.form"]._dive_page_newest(self)
        if form and form._dive_needs_physician() and form.physician_page_on:
            text = self.env._("The physician's page has arrived: we look at it.")
            return "waits", text, "/my/medical"
        text = self.env._("A physician has to look at you first: here are the papers.")
        return "todo", text, f"{url}/physician"

    def action_dive_answer_medical(self):
        """Show where this diver answers the questions: a code to scan.

        :raises AccessError: whoever has the address can sign, so it is for those who
            may begin a form
        :raises UserError: no questionnaire is in use
        """
        self.ensure_one()
        self.check_access("read")
        self.env["dive.medical.form"].check_access("create")
        if not self.env["dive.medical.questionnaire"]._dive_current():
            raise UserError(
                self.env._(
                    "No medical questionnaire is in use. A manager chooses one under"
                    " Configuration › Medical questionnaires."
                )
            )
        token = self.env["dive.medical.link"]._dive_issue(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(diver)s answers", diver=self.name),
            "res_model": "dive.medical.link.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.id,
                "dive_medical_token": token,
            },
        }
