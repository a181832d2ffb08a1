import logging
import os
import subprocess

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models import ir_actions_report as base_report

from ..tools.private_folder import private_folder

_logger = logging.getLogger(__name__)

SIGNED = "dive_crm.report_dive_medical_form"
PACKET = "dive_crm.report_dive_medical_packet"
#: Seconds after which something is wrong with the renderer.
PATIENCE = 120


class IrActionsReport(models.Model):
    """Papers with health data are made without leaving anything behind.

    Odoo writes their pages to its temporary folder (mode 0600, deleted afterwards): a
    server killed while printing leaves them there, readable. So these are made in a
    folder of their own, see tools/private_folder.py.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _dive_private_reports(self):
        """Return the names of the reports about health."""
        return {SIGNED, PACKET}

    @api.model
    def _dive_private_pdf(self, report_name, records, **data):
        """Return the PDF of a report about health; it is kept nowhere.

        Call it after asking for the right, with a ticket (see tools/ticket.py): the
        report itself opens for nobody else.

        :param records: what it is about
        :param data: further values for the report
        :rtype: bytes
        :raise UserError: there is no program that makes PDFs
        """
        # sudo: portal users and visitors with a link may read no reports
        reports = self.sudo()
        if reports.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._("wkhtmltopdf is missing on the server: no PDF can be made.")
            )
        # found once: by its name Odoo looks for it at each step
        report = reports._get_report(report_name).with_context(debug=False)
        html, _type = reports._render_qweb_html(
            report,
            records.ids,
            data={"report_type": "pdf", "debug": False, **data},
        )
        bodies, _ids, header, footer, args = report._prepare_html(
            html, report_model=records._name
        )
        return reports._run_wkhtmltopdf(
            bodies,
            report_ref=report,
            header=header,
            footer=footer,
            specific_paperformat_args=args,
        )

    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        report = report_ref and self._get_report(report_ref)
        if not report or report.report_name not in self._dive_private_reports():
            return super()._run_wkhtmltopdf(
                bodies,
                report_ref=report_ref,
                header=header,
                footer=footer,
                landscape=landscape,
                specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )
        options = self._build_wkhtmltopdf_args(
            report.get_paperformat(),
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
        return self._dive_print_privately(options, bodies, header, footer)

    @api.model
    def _dive_print_privately(self, options, bodies, header, footer):
        with private_folder() as folder:

            def page(name, html):
                path = os.path.join(folder, f"{name}.html")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(html)
                return path

            if header:
                options = [*options, "--header-html", page("header", header)]
            if footer:
                options = [*options, "--footer-html", page("footer", footer)]
            # A script of Odoo's finds the letterhead by the number in this name.
            pages = [
                page(f"report.body.tmp.{number}", body)
                for number, body in enumerate(bodies)
            ]
            result = os.path.join(folder, "result.pdf")
            self._dive_call_wkhtmltopdf([*options, *pages, result], folder)
            with open(result, "rb") as file:
                return file.read()

    @api.model
    def _dive_call_wkhtmltopdf(self, args, folder):
        try:
            done = subprocess.run(
                [base_report._wkhtml().bin, *args],
                capture_output=True,
                check=False,
                timeout=PATIENCE,
                # what it writes for itself as well
                env={**os.environ, "TMPDIR": folder},
            )
            code = done.returncode
        except subprocess.TimeoutExpired:
            code = "timeout"
        # 1: something could not be fetched, such as a style sheet; the PDF is there
        if code not in (0, 1) or not os.path.exists(args[-1]):
            # what it says may quote the page
            _logger.warning("wkhtmltopdf made no paper of a medical form: %s", code)
            raise UserError(
                self.env._("The PDF could not be made. Please try again in a minute.")
            )
