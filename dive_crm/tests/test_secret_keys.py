import os

from odoo.exceptions import UserError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..tools import keyring
from .sealed_common import QUIET
from .secret_common import ALLERGY, MARKER, SecretCommon


@tagged("post_install", "-at_install")
class TestSecretKeys(SecretCommon):
    def setUp(self):
        super().setUp()
        self.keys = self._keep_keys()

    def _fails(self, words):
        """All that needs the key says why; all else works; nothing is overwritten."""
        before = self._rows()
        profile = self.profile
        other = self._customer("Bo")
        for action in (
            lambda: profile.conditions,
            lambda: profile.read(["conditions", "partner_id"]),
            lambda: profile.write({"conditions": "new"}),
            lambda: profile.write({"insurer": "new"}),
            lambda: self._profile(other, self.profiles.env, conditions="new"),
        ):
            self.env.invalidate_all()
            with (
                self.assertRaises(UserError) as caught,
                mute_logger(QUIET),
                self.cr.savepoint(),
            ):
                action()
            self.assertIn(words, str(caught.exception))
            self.assertNotIn(self.key_file, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(
            profile.read(["partner_id"])[0]["partner_id"][0], self.diver.id
        )
        self.assertTrue(profile.search([("conditions", "!=", False)]))
        profile.partner_id = profile.partner_id
        self.diver.name = f"still works: {words}"
        # without encrypted fields a record can be made
        self._profile(self._customer("Cy"), self.profiles.env)
        self.assertEqual(self._rows(), before)

    def test_each_fault_of_the_key_file(self):
        os.unlink(self.key_file)
        self._fails("not there")
        self._write_keys(self.keys, 0o444)
        self._fails("others than Odoo")
        self._write_keys("")
        self._fails("empty")
        self._write_keys("{}")
        self._fails("damaged")
        self._write_keys(self.keys)
        self.env.invalidate_all()
        self.assertEqual(self.profile.conditions, MARKER)

    def test_another_key_file_overwrites_nothing(self):
        key_id = self._rows()[0][1]
        os.unlink(self.key_file)
        keyring.create_keyring(self.key_file)
        before = self._rows()
        self.env.invalidate_all()
        for action in (
            lambda: self.profile.conditions,
            lambda: self.profile.write({"conditions": "new"}),
        ):
            with self.assertRaisesRegex(UserError, key_id), mute_logger(QUIET):
                action()
        self.assertEqual(self._rows(), before)
        # a field that is empty takes the key that is there
        self.profile.medications = "none"
        self.assertEqual(self.profile.medications, "none")
        # what no key opens can be taken away
        with mute_logger(QUIET):
            self.profile.conditions = False
        self.profile.conditions = "anew"
        self.env.invalidate_all()
        self.assertEqual(self.profile.conditions, "anew")

    def test_deleting_needs_no_key(self):
        os.unlink(self.key_file)
        self.profile.sudo()._dive_erase()
        self.assertFalse(self._rows())

    def _spoilt(self, name="conditions"):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught, mute_logger(QUIET):
            _read = self.profile[name]
        self.assertIn("damaged", str(caught.exception))
        self.assertNotIn("MARKER", str(caught.exception))

    def test_an_altered_envelope(self):
        self.env.cr.execute(
            "UPDATE dive_secret SET payload ="
            " set_byte(payload, 20, get_byte(payload, 20) # 1) WHERE id = %s",
            [self._row("conditions")],
        )
        self._spoilt()
        self.assertEqual(self.profile.allergies, ALLERGY)

    def test_a_cut_envelope(self):
        self.env.cr.execute(
            "UPDATE dive_secret SET payload = substr(payload, 1, 9) WHERE id = %s",
            [self._row("conditions")],
        )
        self._spoilt()

    def _row(self, name, records=None):
        return next(row[3] for row in self._rows(records) if row[0] == name)

    def test_a_row_moved_to_another_field(self):
        conditions, allergies = self._row("conditions"), self._row("allergies")
        self.env.cr.execute("DELETE FROM dive_secret WHERE id = %s", [conditions])
        self.env.cr.execute(
            "UPDATE dive_secret SET field = 'conditions' WHERE id = %s", [allergies]
        )
        self._spoilt()

    def test_a_row_moved_to_another_record(self):
        other = self._profile(self._customer("Bo"), self.profiles.env, conditions="no")
        self.env.cr.execute(
            "DELETE FROM dive_secret WHERE id = %s", [self._row("conditions")]
        )
        self.env.cr.execute(
            "UPDATE dive_secret SET res_id = %s WHERE id = %s",
            [self.profile.id, self._row("conditions", other)],
        )
        self._spoilt()

    def test_a_row_moved_with_the_random_id_of_its_record(self):
        other = self._profile(self._customer("Bo"), self.profiles.env, conditions="no")
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM dive_secret WHERE id = %s", [self._row("conditions")]
        )
        self.env.cr.execute(
            "UPDATE dive_secret SET res_id = %s WHERE id = %s",
            [self.profile.id, self._row("conditions", other)],
        )
        self.env.cr.execute(
            "UPDATE dive_medical_profile p SET dive_uid = o.dive_uid"
            " FROM dive_medical_profile o WHERE p.id = %s AND o.id = %s",
            [self.profile.id, other.id],
        )
        self._spoilt()

    def test_an_id_that_is_used_again(self):
        """After an uninstall and a reinstall, or a restore of one table."""
        self.env.cr.execute(
            "DELETE FROM dive_medical_profile WHERE id = %s RETURNING id",
            [self.profile.id],
        )
        other = self._profile(self._customer("Bo"), self.profiles.env)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dive_medical_profile SET id = %s WHERE id = %s",
            [self.profile.id, other.id],
        )
        self._spoilt()

    def test_the_random_id_of_another(self):
        """Of a row whose number was changed as well."""
        self.env.cr.execute(
            "UPDATE dive_medical_profile SET dive_uid = 'x' WHERE id = %s",
            [self.profile.id],
        )
        self._spoilt()
