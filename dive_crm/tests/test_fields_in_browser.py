from pathlib import Path

from odoo.tests import HttpCase, no_retry, tagged

# The module, not its classes: pytest would run their tests here as well.
from odoo.addons.web.tests import test_js

FILES = Path(__file__).parents[1] / "static" / "tests"


@tagged("post_install", "-at_install", "dive_browser")
class TestFieldsInBrowser(HttpCase):
    """The unit tests of our fields and widgets: static/tests/*.test.js, by HOOT."""

    @no_retry
    def test_each_file(self):
        """All in one page: a browser reads 20 MB of scripts before the first test."""
        names = [path.name.split(".")[0] for path in FILES.glob("*.test.js")]
        self.assertTrue(names)
        suites = "".join(
            f"&id={test_js.HOOTCommon._generate_hash(self, f'@dive_crm/{name}')}"
            for name in sorted(names)
        )
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{suites}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
