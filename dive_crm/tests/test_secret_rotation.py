import os
import threading

from odoo.exceptions import UserError
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import dive_secret
from ..tools import key_rotation, keyring
from ..tools.ticket import with_ticket
from .common import RaceCase
from .keys_common import RotationMixin
from .sealed_common import QUIET
from .secret_common import NAMES

COUNT = 7


@tagged("post_install", "-at_install", "dive_long")
class TestSecretRotation(RotationMixin, RaceCase):
    """Texts that are committed, whose keys another process changes."""

    def setUp(self):
        super().setUp()
        self.patch(key_rotation, "holders", lambda env: [env["dive.secret"]])
        self.addCleanup(self._remove)
        with self._env() as env:
            partners = env["res.partner"].create(
                [{"name": f"Rotation {n}"} for n in range(COUNT)]
            )
            self.partner_ids = partners.ids
            profiles = with_ticket(env["dive.medical.profile"]).create(
                [
                    {
                        "partner_id": partner.id,
                        **{name: f"{name} {partner.id}" for name in NAMES},
                    }
                    for partner in partners
                ]
            )
            self.profile_ids = profiles.ids
            self.total = env["dive.secret"].search_count([])
        self.before = self._texts()
        self.assertEqual(len(self.before), COUNT)
        self.assertIn(NAMES[0], self.before[0][0])

    def _remove(self):
        with self._env() as env:
            env["dive.medical.profile"].browse(self.profile_ids).exists()._dive_erase()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _texts(self):
        with self._env() as env:
            profiles = with_ticket(env["dive.medical.profile"].browse(self.profile_ids))
            return [[profile[name] for name in NAMES] for profile in profiles]

    def _keys(self):
        with self._env() as env:
            return set(env["dive.secret"].search([]).mapped("key_id"))

    def test_rotate_check_and_drop(self):
        self.assertEqual(self._rotate(), 0)
        keys = keyring.load_keyring(self.key_file)
        self.assertEqual(self._keys(), {keys.current})
        self.assertEqual(self._texts(), self.before)
        with self._env() as env:
            self.assertEqual(
                key_rotation.check(env, self.key_file, self.told.append, None), 0
            )
            self.assertIn(
                f"  dive.secret: {self.total} of {self.total} tried open", self.told
            )
            self.assertEqual(
                key_rotation.drop_old([env], self.key_file, self.told.append),
                self.old_keys,
            )
        self.assertEqual(self._texts(), self.before)

    def test_killed_between_batches_it_goes_on(self):
        self.patch(self.registry["dive.secret"], "_dive_reseal_factor", 1)
        self._rotate_killed(batch=4)
        keys = keyring.load_keyring(self.key_file)
        with self._env() as env:
            left = key_rotation.waiting(env, keys.current)
            self.assertEqual(left, self.total - 8)
            self.assertFalse(
                key_rotation.drop_old([env], self.key_file, self.told.append)
            )
        self.assertEqual(self._texts(), self.before)
        self.assertEqual(self._rotate(), 0)
        self.assertEqual(keyring.load_keyring(self.key_file).ids, keys.ids)
        self.assertEqual(self._texts(), self.before)

    def test_what_does_not_open_stays_as_it_is(self):
        with self._env() as env:
            row = env["dive.secret"].search([], order="id desc", limit=1)
            env.cr.execute(
                "UPDATE dive_secret SET payload ="
                " set_byte(payload, 20, get_byte(payload, 20) # 1)"
                " WHERE id = %s RETURNING payload",
                [row.id],
            )
            spoilt = bytes(env.cr.fetchone()[0])
            row_id, name = row.id, key_rotation.value_name(row)
        self.patch(key_rotation.time, "sleep", lambda seconds: None)
        self.assertEqual(self._rotate(), 1)
        self.assertEqual(len(self._keys()), 2)
        with self._env() as env:
            env.cr.execute("SELECT payload FROM dive_secret WHERE id = %s", [row_id])
            self.assertEqual(bytes(env.cr.fetchone()[0]), spoilt)
            self.assertEqual(
                key_rotation.check(env, self.key_file, self.told.append), 1
            )
            self.assertIn(f"  dive.secret {row_id}: DOES NOT OPEN", self.told)
            self.assertFalse(
                key_rotation.drop_old([env], self.key_file, self.told.append)
            )
            self.assertIn(f"  {name} does not open (--give-up names it)", self.told)
            self.assertTrue(
                key_rotation.drop_old([env], self.key_file, self.told.append, [name])
            )

    def test_written_while_the_keys_change(self):
        """A batch and a user at the same time: one of them comes later, both count."""
        officer = {}
        with self._env() as env:
            user = new_test_user(
                env, f"rotation_{os.getpid()}", groups="dive_crm.group_medical"
            )
            officer["id"], partner = user.id, user.partner_id.id
        self.addCleanup(self._remove_user, officer["id"], partner)
        keyring.add_key(self.key_file)

        def write(env):
            profiles = env["dive.medical.profile"].with_user(officer["id"])
            profiles.browse(self.profile_ids).write({"conditions": "written"})
            env.flush_all()

        def reseal(env):
            keys = keyring.load_keyring(self.key_file)
            model = env["dive.secret"]
            rows = model._dive_next_to_reseal(keys.current, 0, 100)
            rows._dive_reseal(keys)

        for _turn in range(5):
            outcome = self._race([write, reseal])
            self.assertEqual(outcome, [True, True])
        self.patch(key_rotation.time, "sleep", lambda seconds: None)
        self.assertEqual(self._rotate(), 0)
        self.assertEqual({row[0] for row in self._texts()}, {"written"})

    def _remove_user(self, user_id, partner_id):
        with self._env() as env:
            env["dive.medical.profile"].browse(self.profile_ids).exists()._dive_erase()
            env["res.users"].browse(user_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    def test_a_text_written_while_a_key_is_dropped(self):
        """Who is about to seal is waited for; who comes later takes the new key."""
        self._rotate()
        started, done = threading.Event(), threading.Event()

        def drop(env):
            started.set()
            key_rotation.drop_old([env], self.key_file, self.told.append)
            done.set()

        with self._env() as env, self._env() as other:
            profile = with_ticket(
                env["dive.medical.profile"].browse(self.profile_ids[0])
            )
            profile.insurer = "DAN"
            thread = threading.Thread(target=drop, args=[other])
            thread.start()
            started.wait(10)
            self.assertFalse(done.wait(0.5), "the key was dropped under a writer")
            env.cr.commit()
            thread.join(30)
        self.assertTrue(done.is_set())
        self.assertEqual(len(keyring.load_keyring(self.key_file).ids), 1)
        with self._env() as env:
            profile = with_ticket(
                env["dive.medical.profile"].browse(self.profile_ids[0])
            )
            self.assertEqual(profile.insurer, "DAN")

    def test_no_key_is_dropped_between_taking_and_using_it(self):
        """The table is locked before the key is taken, not when the row comes in."""
        self._rotate()
        drops, done = [], threading.Event()

        def drop(env):
            key_rotation.drop_old([env], self.key_file, self.told.append)
            done.set()

        def slow():
            keys = keyring.load_keyring(self.key_file)
            if not drops:
                drops.append(threading.Thread(target=drop, args=[other]))
                drops[0].start()
                self.assertFalse(done.wait(0.5), "the key was dropped meanwhile")
            return keys

        with self._env() as env, self._env() as other:
            profile = with_ticket(
                env["dive.medical.profile"].browse(self.profile_ids[0])
            )
            self.assertFalse(profile.insurer)
            self.patch(dive_secret, "load_keyring", slow)
            profile.insurer = "DAN"
            env.cr.commit()
            drops[0].join(30)
        self.assertTrue(done.is_set())

    def test_a_row_without_its_owner_opens_with_nothing(self):
        with self._env() as env:
            env.cr.execute(
                "UPDATE dive_secret SET res_id = 0 WHERE res_id = %s",
                [self.profile_ids[0]],
            )
        try:
            with self._env() as env:
                faults = key_rotation.check(env, self.key_file, self.told.append)
                self.assertEqual(faults, len(NAMES))
        finally:
            with self._env() as env:
                env["dive.secret"]._gc_orphans()
                self.assertEqual(
                    key_rotation.check(env, self.key_file, self.told.append), 0
                )

    def test_two_create_the_same_text(self):
        """Two officers fill an empty field at the same moment: one comes later."""
        profile_id = self.profile_ids[0]

        def write(env):
            profile = with_ticket(env["dive.medical.profile"].browse(profile_id))
            profile.insurer = f"by {env.cr._cnx.get_backend_pid()}"
            env.flush_all()

        self.assertEqual(self._race([write, write]), [True, True])
        with self._env() as env:
            number = env["dive.secret"].search_count(
                [("res_id", "=", profile_id), ("field", "=", "insurer")]
            )
        self.assertEqual(number, 1)

    def test_without_the_key_file(self):
        os.rename(self.key_file, self.key_file + ".away")
        try:
            with self.assertRaises(UserError), mute_logger(QUIET):
                self._texts()
        finally:
            os.rename(self.key_file + ".away", self.key_file)
        self.assertEqual(self._texts(), self.before)
