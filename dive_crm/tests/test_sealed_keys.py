import os

from odoo.exceptions import UserError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models import dive_sealed_file
from ..tools import keyring
from .sealed_common import QUIET, SealedCommon, b64


@tagged("post_install", "-at_install")
class TestSealedCost(SealedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = cls.env["dive.certification"]
        for number in range(80):
            cls.cards += cls._card(cls.diver, cls.level, number=f"N{number}")
        cls.cards[0].front_image = b64(cls.jpeg)
        for card in cls.cards[1:]:
            card.front_image = b64(cls.pdf)

    def setUp(self):
        super().setUp()
        self.opened = 0
        original = dive_sealed_file.DiveSealedFile._open

        def counted(file, part="payload"):
            self.opened += 1
            return original(file, part)

        self.patch(self.registry["dive.sealed.file"], "_open", counted)

    def _sizes(self, cards):
        self.env.invalidate_all()
        cards = cards.with_user(self.front).with_context(bin_size=True)
        cards.browse().check_access("read")
        before = self.env.cr.sql_log_count
        rows = cards.web_read({"front_image": {}, "front_id": {"fields": {}}})
        self.assertTrue(all(row["front_image"] for row in rows))
        return self.env.cr.sql_log_count - before

    def test_a_list_decrypts_nothing_and_asks_little(self):
        self._sizes(self.cards[:1])
        one, eighty = self._sizes(self.cards[:1]), self._sizes(self.cards)
        self.assertEqual(one, eighty)
        self.assertEqual(self.opened, 0)

    def test_reading_one_decrypts_one(self):
        cards = self.cards.with_user(self.front)
        self.assertTrue(cards[5].front_image)
        self.assertEqual(self.opened, 1)

    def test_an_onchange_decrypts_nothing(self):
        card = self.cards[0].with_user(self.front)
        card.onchange(
            {"note": "x"},
            ["note"],
            {"note": {}, "front_image": {}, "back_image": {}, "front_id": {}},
        )
        self.assertEqual(self.opened, 0)


@tagged("post_install", "-at_install")
class TestSealedKeys(SealedCommon):
    def setUp(self):
        super().setUp()
        self.card.front_image = b64(self.jpeg)
        self.file = self.card.front_id
        self.env.flush_all()
        self.keys = self._keep_keys()

    def _fails(self, words):
        """All that needs the key says why; all else works; nothing is overwritten."""
        before = {found.id: found.raw for found in self._attachments(self.file)}
        card = self.card.with_user(self.front)
        for action in (
            lambda: card.front_image,
            lambda: card._dive_sealed_open("front", "thumbnail"),
            lambda: card.write({"front_image": b64(self.pdf)}),
            lambda: card.write({"back_image": b64(self.pdf)}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(UserError) as caught, mute_logger(QUIET):
                action()
            self.assertIn(words, str(caught.exception))
            self.assertNotIn(self.key_file, str(caught.exception))
        self.env.invalidate_all()
        card.note = f"still works: {words}"
        card.with_context(bin_size=True).read(["front_image", "number"])
        self.assertEqual(self.card.front_id, self.file)
        after = {found.id: found.raw for found in self._attachments(self.file)}
        self.assertEqual(after, before)

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
        self.assertTrue(self.card.with_user(self.front).front_image)

    def test_another_key_file(self):
        os.unlink(self.key_file)
        keyring.create_keyring(self.key_file)
        card = self.card.with_user(self.front)
        with self.assertRaises(UserError) as caught, mute_logger(QUIET):
            _read = card.front_image
        self.assertIn(self.file.key_id, str(caught.exception))
        # a new file can be stored: it is sealed with the key that is there
        card.back_image = b64(self.pdf)
        self.assertTrue(card.back_image)

    def test_removing_needs_no_key(self):
        os.unlink(self.key_file)
        self.card.with_user(self.front).front_image = False
        self.assertFalse(self.card.front_id)

    def test_a_file_that_is_lost(self):
        stored = self._attachments(self.file)
        os.unlink(stored._full_path(stored[0].store_fname))
        os.unlink(stored._full_path(stored[1].store_fname))
        self.env.invalidate_all()
        with (
            self.assertRaises(UserError),
            mute_logger(QUIET, "odoo.addons.base.models.ir_attachment"),
        ):
            _read = self.card.with_user(self.front).front_image
