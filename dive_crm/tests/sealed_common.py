import base64
import os
import shutil
import tempfile
from unittest.mock import patch

from ..tools import keyring
from . import scan_files as files
from .common import DiveCommon

#: Who tells the log that something encrypted cannot be had.
QUIET = "odoo.addons.dive_crm.models.dive_key_holder"


class SealedMixin:
    """A key file of the test's own, and cards to hang pictures on."""

    @classmethod
    def setUpKeys(cls, known=False):
        """Call from ``setUpClass``, after ``super()``.

        :param known: have the keys of the database as well, in a copy
        """
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.key_file = os.path.join(folder, "keys.json")
        if known and os.path.exists(os.environ.get(keyring.VARIABLE, "")):
            shutil.copy(os.environ[keyring.VARIABLE], cls.key_file)
        else:
            keyring.create_keyring(cls.key_file)
        environment = patch.dict(os.environ, {keyring.VARIABLE: cls.key_file})
        environment.start()
        cls.addClassCleanup(environment.stop)

    def _keep_keys(self):
        """Put the key file back at the end of the test; return what is in it."""
        with open(self.key_file) as file:
            keys = file.read()
        self.addCleanup(self._write_keys, keys)
        return keys

    def _write_keys(self, text, mode=0o400):
        if os.path.exists(self.key_file):
            os.unlink(self.key_file)
        with open(self.key_file, "w") as file:
            file.write(text)
        os.chmod(self.key_file, mode)

    @classmethod
    def _level(cls, env):
        agency = env["dive.agency"].create({"name": "Seal Test", "code": "SEALT"})
        return env["dive.certification.level"].create(
            {
                "agency_id": agency.id,
                "name": "Open Water",
                "code": "SEALT-OW",
                "abbreviation": "SOW",
                "category": "beginner",
                "rank": 20,
            }
        )

    @classmethod
    def _card(cls, partner, level, **vals):
        return cls.env["dive.certification"].create(
            {"partner_id": partner.id, "level_id": level.id, **vals}
        )


def b64(data):
    return base64.b64encode(data)


class SealedCommon(SealedMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        cls.level = cls._level(cls.env)
        cls.diver = cls._customer("Ada Diver")
        cls.card = cls._card(cls.diver, cls.level, number="1")
        cls.jpeg = files.jpeg()
        cls.pdf = files.pdf()

    def _attachments(self, file):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "dive.sealed.file"),
                ("res_field", "!=", False),
                ("res_id", "in", file.ids),
            ]
        )
