"""What keeps encrypted texts out of where they would be written down in clear.

Mails, reports and exports read as the user who sends, prints or exports them, who may
be one that reads health data. What they make of it is stored or leaves the house. What
is made for health data (a physician's packet, an emergency sheet) takes a ticket, after
asking for the right: see tools/ticket.py.

The context says so to what is read by name. A template can also call methods, of the
records of anybody and in any context: while one is rendered nothing opens at all.
"""

from contextlib import nullcontext

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.ticket import writing_down
from .dive_encrypted_field import EncryptedText
from .dive_secret_mixin import CLOSED


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Export, but nothing encrypted by way of a related field."""
        closed = self.with_context(**{CLOSED: True})
        return super(Base, closed).export_data(fields_to_export)


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        closed = self.with_context(**{CLOSED: True})
        with writing_down():
            return super(MailRenderMixin, closed)._render_template(
                template_src, model, res_ids, engine, add_context, options
            )


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(
        self, res_ids, render_fields, render_results=None
    ):
        """Attach no report about health, not even one that its opener may print."""
        closed = self.with_context(**{CLOSED: True})
        with writing_down():
            return super(MailTemplate, closed)._generate_template_attachments(
                res_ids, render_fields, render_results
            )


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        closed = self.with_context(**{CLOSED: True})
        return super(IrActionsReport, closed)._get_rendering_context(
            report, docids, data
        )

    def _render_qweb_html(self, report_ref, docids, data=None):
        with self._dive_kept_shut(report_ref):
            return super()._render_qweb_html(report_ref, docids, data=data)

    @api.model
    def _render_qweb_text(self, report_ref, docids, data=None):
        with self._dive_kept_shut(report_ref):
            return super()._render_qweb_text(report_ref, docids, data=data)

    @api.model
    def _dive_kept_shut(self, report_ref):
        """Return a context in which no report opens anything but those about health."""
        name = self._get_report(report_ref).report_name
        return nullcontext() if name in self._dive_private_reports() else writing_down()


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.constrains("field_id")
    def _dive_check_encrypted(self):
        """Refuse a default for an encrypted field: it would be stored in clear."""
        # sudo: what a field is, for those who may not read fields
        for field in self.sudo().field_id:
            model = self.env.get(field.model)
            if model is not None and isinstance(
                model._fields.get(field.name), EncryptedText
            ):
                raise UserError(
                    self.env._("Encrypted fields cannot have a default value.")
                )
