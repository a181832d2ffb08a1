"""A letter to one diver: shown as it will be read, so that a line can be added to it.

Odoo shows the template itself where a message goes out as a mailing, as all of ours do,
and lets nobody change it who may not edit templates: what they typed would be run. Here
the template is filled in first, as Odoo does where a message is posted, and what comes
of it, with all that is typed, is never filled in again: it is text.
"""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..models.res_partner import STAFF_GROUPS

#: Fields of the composer, as their templates call them.
SHOWN = {"subject": "subject", "body": "body_html"}


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _dive_letter(self):
        """Return the template as it reads for the one record; {}: as Odoo has it.

        With the rights of whoever writes: what they may not see is not shown.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        if (
            self.is_mail_template_editor
            or not self.template_id
            or self.composition_mode != "mass_mail"
            or self.composition_batch
            or self.model not in self._dive_models()
            or not self.env.user.has_groups(STAFF_GROUPS)
        ):
            return {}
        ids = self._evaluate_res_ids()
        if len(ids) != 1:
            return {}
        try:
            self.env[self.model].browse(ids).check_access("read")
            return self.template_id._generate_template(ids, set(SHOWN.values()))[ids[0]]
        except (AccessError, UserError):
            # sent, it is filled in as superuser; it cannot be shown
            return {}

    def _set_value_from_template(self, template_fname, composer_fname=False):
        if template_fname in SHOWN.values() and (letter := self._dive_letter()):
            self[composer_fname or template_fname] = letter.get(template_fname)
            return None
        return super()._set_value_from_template(template_fname, composer_fname)

    @api.depends("composition_mode", "model", "res_domain", "res_ids")
    def _compute_can_edit_body(self):
        result = super()._compute_can_edit_body()
        for composer in self.filtered(lambda one: not one.can_edit_body):
            composer.can_edit_body = bool(composer._dive_letter())
        return result

    def _render_field(self, field, res_ids, *args, **kwargs):
        if field in SHOWN and self._dive_is_filled_in(field):
            value = self[field]
            if field == "body":
                value = self._replace_local_links(value)
            return dict.fromkeys(res_ids, value)
        return super()._render_field(field, res_ids, *args, **kwargs)

    def _dive_is_filled_in(self, field):
        """Say whether this has been filled in: what looks like code in it is text."""
        if field == "body":
            raw = self.body_has_template_value
        else:
            raw = self[field] == self.template_id[SHOWN[field]]
        return not raw and bool(self._dive_letter())
