import re
from uuid import uuid4

from odoo.tests.common import new_test_user

from .certification_common import CertificationMixin
from .common import DiveHttpCommon
from .scan_files import jpeg
from .sealed_common import SealedMixin

LIST = "/my/certifications"
NEW = "/my/certifications/new"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


class PortalCertificationCommon(CertificationMixin, SealedMixin, DiveHttpCommon):
    """Two divers with a login, a ward of the first, a ward of nobody here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys(known=True)
        cls.setUpCertifications()
        cls.diver = cls.portal.partner_id
        cls.diver.write({"dive_customer": True, "name": "Petra Portal"})
        cls.other_user = new_test_user(
            cls.env,
            login="t_portal_b",
            password="t_portal_b",
            groups="base.group_portal",
            name="Otto Other",
            email="t_portal_b@dive.test",
        )
        cls.other = cls.other_user.partner_id
        cls.other.dive_customer = True

    @classmethod
    def _ward(cls, guardian, name="Wanda Ward"):
        return cls._customer(name, dive_guardian_id=guardian.id)

    def _with_picture(self, card, slot="front"):
        """Store a picture, and return its address."""
        card.sudo()._dive_sealed_put(slot, jpeg())
        self.env.flush_all()
        return f"/dive/file/{card.sudo()[f'{slot}_id'].id}"

    def _login(self, login):
        self.authenticate(login, login)

    def _token(self, page):
        """Return what protects the form of a page from being sent by others."""
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def _get(self, path, status=200, **kwargs):
        answer = self.url_open(path, allow_redirects=False, **kwargs)
        self.assertEqual(answer.status_code, status, path)
        return answer.text

    def _post(self, path, form, status=303, files=None, token=None):
        """Send a form as a browser does, and return the answer."""
        if token is None:
            token = self._token(self._get(NEW))
        files = {
            slot: (f"{slot}.jpg", content, "image/jpeg")
            for slot, content in (files or {}).items()
        }
        answer = self.url_open(
            path,
            data={"csrf_token": token, **form},
            # as browsers do: a form with files is one with files when none is chosen
            files=files or {"front": ("", b"", "application/octet-stream")},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status, answer.text[-2000:])
        return answer

    def _form(self, **values):
        return {
            "level_id": str(self.open.id),
            "number": "654321",
            "issue_date": "2020-05-17",
            "form_key": uuid4().hex,
            **values,
        }

    def _cards(self, diver=None):
        return self.Card.search([("partner_id", "=", (diver or self.diver).id)])
