"""Sealed files that are committed, for tests about changing their keys."""

from unittest.mock import patch

from odoo.tests.common import get_db_name

from ..cli import dive_keys
from ..models.dive_sealed_file import PARTS, SEALED_TYPE
from ..tools import key_rotation, keyring
from ..tools.ticket import with_ticket
from . import scan_files as files
from .common import RaceCase
from .sealed_common import SealedMixin, b64

COUNT = 7


def put_texts_aside(case, env):
    """Take away the encrypted texts of demo data until the test is over.

    What a test counts is its own, and nothing of the demo data gets a key that only the
    test has.
    """
    columns = "res_model, res_id, field, key_id, payload"
    env.cr.execute(f"DELETE FROM dive_secret RETURNING {columns}")
    rows = env.cr.fetchall()

    def restore():
        with case._env() as env:
            for row in rows:
                env.cr.execute(f"INSERT INTO dive_secret ({columns}) VALUES %s", [row])

    case.addCleanup(restore)


class CommandMixin:
    """Runs ``dive_keys`` in this process; it leaves by SystemExit, with a status."""

    others = ("without",)

    def _run(self, *args):
        lines = []
        names = {get_db_name(), *self.others}
        with (
            patch.object(dive_keys, "databases", lambda cr: names),
            patch.object(dive_keys, "uses", lambda name: name != "without"),
            patch.object(dive_keys, "tell", lines.append),
            patch.object(dive_keys.config, "parse_config") as parse,
            patch.dict(dive_keys.config.options, {"db_name": [get_db_name()]}),
            self.assertRaises(SystemExit) as left,
        ):
            dive_keys.DiveKeys().run(list(args))
        self.assertIn("--no-http", parse.call_args.args[0])
        return left.exception.code, "\n".join(lines)


class RotationMixin(SealedMixin):
    """For a ``RaceCase``: another process changes the keys; all is put back.

    Encrypted texts that the database has (demo data) are put aside.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys(known=True)

    def setUp(self):
        super().setUp()
        self.told = []
        self._keep_keys()
        self.old_keys = keyring.load_keyring(self.key_file).ids
        with self._env() as env:
            put_texts_aside(self, env)

    def _rotate(self, **options):
        with self._env() as env:
            return key_rotation.rotate(env, self.key_file, self.told.append, **options)

    def _rotate_killed(self, **options):
        """Change the keys, and be killed right after the second commit."""
        calls = []
        commit = key_rotation._commit

        def killed(env):
            commit(env)
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt

        with (
            patch.object(key_rotation, "_commit", killed),
            self.assertRaises(KeyboardInterrupt),
        ):
            self._rotate(**options)

    def _check(self, sample=100):
        with self._env() as env:
            return key_rotation.check(env, self.key_file, self.told.append, sample)


class KeysCase(RotationMixin, RaceCase):
    """Sealed files that are committed, as another process sees them.

    Those that the database has (demo data) take part, and are put back.
    """

    def setUp(self):
        super().setUp()
        with self._env() as env:
            self._restore_others_at_end(env)
            self.addCleanup(self._remove)
            self.agency_id = self._make(env)
            self.total = env["dive.sealed.file"].search_count([])

    def _restore_others_at_end(self, env):
        others = [
            (file.id, file.key_id, {part.id: part.raw for part in parts})
            for file in env["dive.sealed.file"].search([])
            for parts in [file._attachments(PARTS)]
        ]

        def restore():
            with self._env() as env:
                for file_id, key_id, parts in others:
                    env["dive.sealed.file"].browse(file_id).key_id = key_id
                    for part_id, raw in parts.items():
                        part = env["ir.attachment"].browse(part_id)
                        part.write({"raw": raw, "mimetype": SEALED_TYPE})

        self.addCleanup(restore)

    def _make(self, env):
        level = self._level(env)
        partner = env["res.partner"].create({"name": "Key Test", "dive_customer": True})
        cards = env["dive.certification"].create(
            [
                {
                    "partner_id": partner.id,
                    "level_id": level.id,
                    "number": f"K{number}",
                    "front_image": b64(files.jpeg()),
                }
                for number in range(COUNT)
            ]
        )
        self.card_ids, self.partner_id, self.level_id = cards.ids, partner.id, level.id
        return level.agency_id.id

    def _remove(self):
        with self._env() as env:
            env["dive.certification"].browse(self.card_ids).exists().unlink()
            env["dive.certification.level"].browse(self.level_id).unlink()
            env["dive.agency"].browse(self.agency_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _files(self, env):
        return env["dive.certification"].browse(self.card_ids).front_id

    def _contents(self):
        with self._env() as env:
            cards = with_ticket(env["dive.certification"].browse(self.card_ids))
            return [
                (card._dive_sealed_open("front"), card._dive_sealed_open("front", part))
                for part in ["thumbnail"]
                for card in cards
            ]
