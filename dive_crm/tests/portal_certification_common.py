from uuid import uuid4

from .certification_common import CertificationMixin
from .common import DiveHttpCommon
from .portal_common import PortalMixin
from .scan_files import jpeg
from .sealed_common import SealedMixin

LIST = "/my/certifications"
NEW = "/my/certifications/new"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


class PortalCertificationCommon(
    PortalMixin, CertificationMixin, SealedMixin, DiveHttpCommon
):
    """The cards of two divers with a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys(known=True)
        cls.setUpCertifications()
        cls.setUpPortal()

    def _with_picture(self, card, slot="front"):
        """Store a picture, and return its address."""
        card.sudo()._dive_sealed_put(slot, jpeg())
        self.env.flush_all()
        return f"/dive/file/{card.sudo()[f'{slot}_id'].id}"

    def _login(self, login):
        self.authenticate(login, login)

    def _get(self, path, status=200, **kwargs):
        """Return the text of a page."""
        return super()._get(path, status, **kwargs).text

    def _post(self, path, form, status=303, files=None, token=None):
        """Send a form as a browser does, and return the answer."""
        if token is None:
            token = self._token_of(self._get(NEW))
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
