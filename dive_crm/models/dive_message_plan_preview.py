"""What a message looks like: filled in with something real, and nothing sent."""

from odoo import api, models
from odoo.exceptions import UserError


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    def action_preview(self):
        """Show this message as somebody would read it.

        :raise UserError: there is nothing yet that it could be about, or its template
            cannot be filled in
        """
        self.ensure_one()
        self.check_access("write")
        preview = self.env["dive.message.preview"].create(
            {"plan_id": self.id, **self._dive_render_example()}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview: %(message)s", message=self.display_name),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def _dive_example(self):
        """Return a record that the templates of this event can be filled in with.

        Called where all that it makes is undone afterwards; a hook.
        """
        return self.env[self.template_model].browse()

    def _dive_example_domain(self):
        return [("company_id", "in", self.env.companies.ids)]

    def _dive_render_example(self):
        """Return values of a preview."""
        # what is not written yet goes with it, such as whom an example is about
        with self.env.cr.savepoint() as savepoint:
            # sudo: templates read what goes to the diver alone
            record = self.sudo()._dive_example()
            if not record:
                raise UserError(
                    self.env._(
                        "There is nothing yet that this message could be about. Come"
                        " back once there is."
                    )
                )
            values = self._dive_render(record)
            savepoint.rollback()
        return values

    def _dive_render(self, record):
        event = self._dive_events()[self.event]
        mail = self._dive_template(self.mail_template_id, event.mail)
        # a PDF goes by e-mail alone
        sms = event.sms and self._dive_template(self.sms_template_id, event.sms)
        writer = self.env["dive.alert.writer"]
        text = writer._dive_mail_texts(mail, record.ids)
        body = sms and writer._dive_sms_texts(sms, record.ids)
        values = {
            "record_name": record.display_name,
            "subject": text[record.id]["subject"],
            "body": text[record.id]["body_html"],
            "sms": body and body[record.id],
        }
        # whoever has the end of such a link answers for the diver
        secrets = getattr(record, "_dive_secrets", list)()
        for secret in secrets:
            for name in ("body", "sms"):
                values[name] = (values[name] or "").replace(secret, "…")
        return values

    @api.model
    def _dive_template(self, own, xmlid):
        """Return the template to be filled in, as superuser.

        :raise UserError: it was deleted
        """
        template = own or self.env.ref(xmlid, raise_if_not_found=False)
        if not template:
            raise UserError(
                self.env._(
                    "The standard template of this message was deleted: choose another"
                    " one here."
                )
            )
        # sudo: it reads what goes to the diver alone
        return template.sudo()
