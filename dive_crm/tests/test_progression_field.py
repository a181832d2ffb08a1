"""The unit tests of the widget that shows a diver's way, in the browser."""

from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestProgressionField(HttpCase):
    @no_retry
    def test_progression_field(self):
        suite = test_js.HOOTCommon._generate_hash(self, "@dive_crm/progression")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
