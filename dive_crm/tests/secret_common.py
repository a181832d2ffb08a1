"""A medical profile with something in it, and who looked at it."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError

from ..models import dive_secret_mixin
from .common import DiveCommon
from .sealed_common import SealedMixin

#: What no test may find where it does not belong.
MARKER = "SECRET-MARKER-7391 épilepsie"
ALLERGY = "SECRET-ALLERGY-5512"
NAMES = ("conditions", "medications", "allergies")


class SecretMixin(SealedMixin):
    """For test cases with an environment of their own as well: see the leak tests."""

    @classmethod
    def _profile(cls, partner, env=None, **vals):
        """Make a profile, as a medical officer does."""
        return (env or cls.env)["dive.medical.profile"].create(
            {"partner_id": partner.id, **vals}
        )

    @contextmanager
    def _reason(self, *partners, text="Fainted on deck"):
        """Let managers in, as if they had given a reason for these customers."""
        ids = {partner.id for partner in partners}
        with patch.object(
            self.registry["res.partner"],
            "_dive_access_reasons",
            lambda partners: dict.fromkeys(set(partners.ids) & set(ids), text),
        ):
            yield

    @contextmanager
    def _noted(self):
        """Collect what the log is told: (action, allowed, reason, ids, names)."""
        notes = []

        def note(records, fields, action, allowed=True, reason="", partners=None):
            notes.append((action, allowed, reason, records._ids, tuple(fields)))

        with patch.object(dive_secret_mixin, "note_access", note):
            yield notes


class SecretCommon(SecretMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        cls.diver = cls._customer("Ada Diver")
        cls.profiles = cls.env["dive.medical.profile"].with_user(cls.medical)
        cls.profile = cls._profile(
            cls.diver,
            cls.profiles.env,
            conditions=MARKER,
            allergies=ALLERGY,
            blood_group="A+",
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _as(self, role):
        return self.profile.with_user(getattr(self, role))

    def _refuses(self, action):
        """Check that an action is refused, with all that is in the cache.

        Odoo's own assertRaises empties the cache before it lets an AccessError happen.
        """
        try:
            result = action()
        except AccessError as error:
            self.assertNotIn("MARKER", str(error))
        else:
            self.fail(f"not refused: {result!r}")

    def _rows(self, records=None, **where):
        """Return (field, key id, envelope, row id) of what is stored for a record."""
        records = self.profile if records is None else records
        self.env.cr.execute(
            "SELECT field, key_id, payload, id FROM dive_secret"
            " WHERE res_model = %s AND res_id IN %s ORDER BY field",
            [records._name, tuple(records.ids)],
        )
        return [
            (name, key_id, bytes(payload), row_id)
            for name, key_id, payload, row_id in self.env.cr.fetchall()
        ]
