from contextlib import contextmanager

from odoo import Command

from .common import DiveCommon


class LevelCommon(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Level = cls.env["dive.certification.level"]
        cls.agency = cls.env["dive.agency"].create(
            {"name": "Test Agency", "code": "tst", "source": "test"}
        )

    @classmethod
    def _level(cls, name, rank, **vals):
        required = vals.pop("requires", cls.Level)
        vals = {
            "agency_id": cls.agency.id,
            "name": name,
            "code": f"TST-{name}",
            "rank": rank,
            "prerequisite_ids": [Command.set(required.ids)],
            **vals,
        }
        return cls.Level.create(vals)

    @classmethod
    def _equivalence(cls, level, other):
        return cls.env["dive.certification.equivalence"].create(
            {"level_id": level.id, "counts_as_id": other.id, "source": "test"}
        )

    def _shipped(self, *names):
        return self.Level.union(
            *(self.env.ref(f"dive_crm.level_{name}") for name in names)
        )

    @contextmanager
    def _refused(self, error, words):
        """Expect an error whose text has ``words``; what was begun is rolled back."""
        with self.assertRaises(error) as caught:
            yield caught
        self.assertRegex(str(caught.exception), words)
