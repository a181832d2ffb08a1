"""Short ways through the pages on which a diver answers and signs."""

import re

from odoo import fields, http

from .medical_common import SIGNATURE
from .portal_common import PortalMixin

FIRST = [str(number) for number in range(1, 11)]
PNG = SIGNATURE.decode()


class PortalMedicalMixin(PortalMixin):
    """A diver with a login, a ward, and short ways through the pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        today = cls.company._dive_today()
        cls.ward = cls._ward(
            cls.diver, birthdate_date=fields.Date.subtract(today, years=12)
        )

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")

    # -- short ways ---------------------------------------------------------

    def _url(self, diver=None):
        return f"/my/medical/{(diver or self.diver).id}"

    def _token_url(self, diver=None):
        token = self.env["dive.medical.link"]._dive_issue(diver or self.diver)
        self.env.flush_all()
        return f"/dive/medical/{token}"

    def _post(self, path, said, status=303, **values):
        page = self._get(path).text
        token = self._token_of(page)
        form = {f"q_{code}": word for code, word in said.items()}
        answer = self.url_open(
            path,
            data={"csrf_token": token, **form, **values},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status, answer.text[-1500:])
        return answer

    def _send(self, path, said=(), files=None, **values):
        """Post without looking at the page first."""
        form = {f"q_{code}": word for code, word in dict(said).items()}
        token = http.Request.csrf_token(self)
        return self.url_open(
            path,
            data={"csrf_token": token, **form, **values},
            files=files,
            allow_redirects=False,
        )

    def _rpc(self, path, **params):
        return self.make_jsonrpc_request(path, params)

    def _seen(self, base):
        """Return where the page sends a signature to."""
        page = self._get(f"{base}/sign").text.replace("\\/", "/")
        return re.search(rf"({base}/signature/\w+)", page)[1]

    def _sign(self, base, name="Petra Portal", signature=PNG):
        return self._rpc(self._seen(base), name=name, signature=signature)

    def _forms(self, diver=None):
        forms = self.Form.search([("partner_id", "=", (diver or self.diver).id)])
        forms.invalidate_recordset()
        return forms

    def _no(self, **but):
        return {**dict.fromkeys(FIRST, "no"), **but}
