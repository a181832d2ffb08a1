from odoo import http
from odoo.http import request


class DataSecurity(http.Controller):
    @http.route("/dive/data-security", type="http", auth="user", website=True)
    def data_security(self):
        """Show staff how customers' data is kept safe, and what they do for it."""
        if not request.env.user._is_internal():
            raise request.not_found()
        return request.render("dive_crm.data_security")
