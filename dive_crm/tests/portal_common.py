"""Divers who have a login of their own."""

from datetime import date

from odoo.tests.common import new_test_user


class PortalMixin:
    """Two divers with a login, and wards; for tests over HTTP."""

    @classmethod
    def setUpPortal(cls):
        """Call from ``setUpClass``, after ``super()``.

        ``cls.diver`` is who logs in as ``t_portal``, ``cls.other`` as ``t_portal_b``.
        """
        cls.diver = cls.portal.partner_id
        cls.diver.write(
            {
                "dive_customer": True,
                "name": "Petra Portal",
                "birthdate_date": date(1990, 5, 10),
            }
        )
        cls.other_user = new_test_user(
            cls.env,
            login="t_portal_b",
            password="t_portal_b",
            groups="base.group_portal",
            name="Otto Other",
            email="t_portal_b@dive.test",
        )
        cls.other = cls.other_user.partner_id
        cls.other.write({"dive_customer": True, "birthdate_date": date(1980, 1, 2)})

    @classmethod
    def _ward(cls, guardian, name="Wanda Ward", **vals):
        return cls._customer(name, dive_guardian_id=guardian.id, **vals)
