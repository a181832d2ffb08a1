import inspect

from odoo.tests.common import BaseCase, tagged

from odoo.addons.portal.controllers.portal import CustomerPortal

from .. import controllers


@tagged("post_install", "-at_install")
class TestControllers(BaseCase):
    def test_portal_pages_do_not_replace_each_other(self):
        """Odoo makes one class of all that extend a controller: names must differ.

        A class that extends another one of ours calls it.
        """
        owners = {}
        for _module_name, module in inspect.getmembers(controllers, inspect.ismodule):
            for _name, found in inspect.getmembers(module, inspect.isclass):
                if issubclass(found, CustomerPortal) and found is not CustomerPortal:
                    for name, method in vars(found).items():
                        if callable(method) and not hasattr(CustomerPortal, name):
                            owners.setdefault(name, set()).add(found)
        self.assertIn("_dive_medical_diver", owners)
        twice = {
            name: found
            for name, found in owners.items()
            if not any(all(issubclass(last, one) for one in found) for last in found)
        }
        self.assertFalse(twice)
