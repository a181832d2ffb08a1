import posixpath

from odoo import api, models, tools
from odoo.tools.misc import file_open

from ..tools.paper_style import embed_fonts, embed_styles, icons_in

OURS = "dive_crm."


class IrActionsReport(models.Model):
    """Our paper is made without asking the server for styles and fonts.

    It comes out whole however busy the server is, and from behind whatever address:
    see tools/paper_style.py.
    """

    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(
        self, bodies, report_ref=False, header=None, footer=None, *args, **options
    ):
        if report_ref and self._get_report(report_ref).report_name.startswith(OURS):
            bodies = [self._dive_embed(body) for body in bodies]
            header = header and self._dive_embed(header)
            footer = footer and self._dive_embed(footer)
        return super()._run_wkhtmltopdf(
            bodies, report_ref, header, footer, *args, **options
        )

    @api.model
    def _dive_embed(self, html):
        html = str(html)
        icons = icons_in(html)
        return embed_styles(html, lambda url: self._dive_style(url, icons))

    @api.model
    @tools.ormcache("url", "icons", cache="assets")
    def _dive_style(self, url, icons):
        """Return the style at an address of Odoo's, as its own route would, with fonts.

        None if there is no such style.
        """
        *_path, version, filename = url.split("/")
        # sudo: styles are nobody's; who prints may not read how they are put together
        odoo = self.sudo().env
        try:
            name, rtl, _kind, autoprefix = odoo["ir.asset"]._parse_bundle_name(
                filename, version == "debug"
            )
        except ValueError:
            return None
        bundle = odoo["ir.qweb"]._get_asset_bundle(
            name, css=True, js=False, rtl=rtl, autoprefix=autoprefix
        )
        return embed_fonts(bundle.css().raw.decode(), icons, self._dive_font_file)

    @api.model
    def _dive_font_file(self, address):
        try:
            with file_open(posixpath.normpath(address).lstrip("/"), "rb") as file:
                return file.read()
        except (FileNotFoundError, ValueError):
            return None
