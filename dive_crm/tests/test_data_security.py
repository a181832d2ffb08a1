from odoo.tests.common import tagged

from .common import DiveHttpCommon


@tagged("post_install", "-at_install")
class TestDataSecurity(DiveHttpCommon):
    """The page that tells staff who sees what."""

    def _page(self, login):
        self.authenticate(login, login)
        return self.url_open("/dive/data-security", allow_redirects=False)

    def test_staff_read_it(self):
        for role in ("front", "instructor", "medical", "manager", "accountant"):
            with self.subTest(role=role):
                page = self._page(f"t_{role}")
                self.assertEqual(page.status_code, 200)
                self.assertIn("Who sees what", page.text)

    def test_customers_and_strangers_do_not(self):
        self.assertEqual(self._page("t_portal").status_code, 404)
        self.authenticate(None, None)
        page = self.url_open("/dive/data-security", allow_redirects=False)
        self.assertEqual(page.status_code, 303)
        self.assertIn("/web/login", page.headers["Location"])
