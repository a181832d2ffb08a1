from odoo.tests import HttpCase, no_retry, tagged

# The module, not its classes: pytest would run their tests here as well.
from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestFieldsInBrowser(HttpCase):
    """The unit tests of our fields and widgets: static/tests/*.test.js, by HOOT."""

    def _run(self, name):
        suite = test_js.HOOTCommon._generate_hash(self, f"@dive_crm/{name}")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )

    @no_retry
    def test_phone_field(self):
        self._run("phone_field")

    @no_retry
    def test_progression(self):
        self._run("progression")

    @no_retry
    def test_scan_field(self):
        self._run("scan_field")

    @no_retry
    def test_unstated_number(self):
        self._run("unstated_number")
