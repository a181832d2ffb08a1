import base64
import os

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.dive_sealed_field import SIZE_TEXT
from ..tools.ticket import with_ticket
from . import scan_files as files
from .sealed_common import QUIET, SealedCommon, b64


@tagged("post_install", "-at_install")
class TestSealedFile(SealedCommon):
    def test_write_read_remove(self):
        card = self.card.with_user(self.front)
        self.assertFalse(card.front_image)
        card.front_image = b64(self.jpeg)
        file = self.card.front_id
        self.assertEqual(
            (file.name, file.mimetype, file.pages), ("front.jpg", "image/jpeg", 1)
        )
        content = base64.b64decode(card.front_image)
        self.assertEqual(len(content), file.size)
        self.assertTrue(content.startswith(b"\xff\xd8\xff"))
        self.assertNotIn(files.NOTE, content)
        self.assertFalse(card.back_image)
        card.front_image = False
        self.assertFalse(card.front_image)
        self.assertFalse(self.card.front_id)
        self.assertFalse(file.exists())

    def test_both_sides_in_one_go(self):
        """Odoo calls one inverse for all fields that share it."""
        image = {"front_image": b64(self.jpeg), "back_image": b64(self.pdf)}
        made = self._card(self.diver, self.level, number="2", **image)
        self.card.write(image)
        for card in made, self.card:
            self.assertEqual(card.front_id.name, "front.jpg")
            self.assertEqual(card.back_id.name, "back.pdf")
        seen = made.with_user(self.front).back_image
        self.assertIn(files.VISIBLE, base64.b64decode(seen))

    def test_text_is_taken_as_well_as_bytes(self):
        """The web client sends text."""
        self.card.front_image = b64(self.jpeg).decode()
        self.assertTrue(self.card.front_id)

    def test_replaced_files_are_gone(self):
        self.card.front_image = b64(self.jpeg)
        old = self.card.front_id
        stored = self._attachments(old)
        self.assertEqual(set(stored.mapped("res_field")), {"payload", "thumbnail"})
        self.card.front_image = b64(self.pdf)
        self.assertEqual(self.card.front_id.name, "front.pdf")
        self.assertNotEqual(self.card.front_id, old)
        self.assertFalse(old.exists() or stored.exists())
        self.assertEqual(
            self._attachments(self.card.front_id).mapped("res_field"), ["payload"]
        )

    def test_no_file_is_let_go_by_number(self):
        """It would belong to nothing, and stay when the card is deleted."""
        self.card.front_image = b64(self.jpeg)
        with self.assertRaisesRegex(UserError, "not its number"):
            self.card.with_user(self.front).front_id = False
        self.assertTrue(self.card.front_id)
        self.card.with_user(self.front).write({"back_id": False, "place": "Gozo"})
        self.assertEqual(self.card.place, "Gozo")

    def test_a_deleted_card_takes_its_files_along(self):
        card = self._card(
            self.diver, self.level, number="3", front_image=b64(self.jpeg)
        )
        file, stored = card.front_id, self._attachments(card.front_id)
        paths = [stored._full_path(name) for name in stored.mapped("store_fname")]
        self.assertTrue(all(map(os.path.exists, paths)))
        card.unlink()
        self.assertFalse(file.exists() or stored.exists())
        stored._gc_file_store_unsafe()
        self.assertFalse(any(map(os.path.exists, paths)))

    def test_a_failed_transaction_stores_nothing(self):
        paths = []
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.card.front_image = b64(self.jpeg)
            stored = self._attachments(self.card.front_id)
            paths += [stored._full_path(name) for name in stored.mapped("store_fname")]
            self.assertTrue(all(map(os.path.exists, paths)))
            self.env.flush_all()
            _failed = 1 / 0
        self.env.invalidate_all()
        self.assertFalse(self.card.front_id)
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(any(map(os.path.exists, paths)))

    def test_a_copy_has_no_files(self):
        self.card.write({"front_image": b64(self.jpeg), "back_image": b64(self.jpeg)})
        copy = self.card.copy({"number": "4"})
        self.assertFalse(copy.front_id or copy.back_id)
        self.assertTrue(self.card.front_id)

    def test_what_is_refused_changes_nothing(self):
        self.card.front_image = b64(self.jpeg)
        file = self.card.front_id
        for data, words in (
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"<html><script>1</script>", "HTML"),
            (b"\0\0\0\x1cftypheic" + b"\0" * 40, "HEIC"),
            (self.jpeg[:200], "damaged"),
            (files.png_of_size(60_000, 60_000), "3600 million pixels"),
            (self.jpeg + b"\0" * 10 * 1024 * 1024, "10 MB is the most"),
            (files.pdf(pages=21), "21 pages"),
            (files.form_pdf(look=False), "Print it"),
        ):
            with self.assertRaises(UserError, msg=words) as caught:
                self.card.front_image = b64(data)
            self.assertIn(words, str(caught.exception))
            self.env.invalidate_all()
            self.assertEqual(self.card.front_id, file)
        for value in (b"not base64!", "日本"):
            with self.assertRaises(UserError):
                self.card.front_image = value
        self.assertTrue(self.card.with_user(self.front).front_image)

    def test_files_are_found_by_their_owner(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'dive_sealed_file'"
        )
        found = [row[0] for row in self.env.cr.fetchall()]
        self.assertTrue([text for text in found if "(res_model, res_id)" in text])

    def test_the_size_sent_back_is_not_a_file(self):
        self.card.front_image = b64(self.jpeg)
        file = self.card.front_id
        sizes = self.card.with_context(bin_size=True)
        self.card.front_image = sizes.front_image
        self.assertEqual(self.card.front_id, file)
        for text in (b"2.93 Mb", b"1 bytes", b"820.00 bytes", b"3.10 Kb"):
            self.card.front_image = text
        self.assertEqual(self.card.front_id, file)

    def test_writing_with_bin_size_in_the_context(self):
        """As the web client saves."""
        card = self.card.with_user(self.front).with_context(bin_size=True)
        card.write({"front_image": b64(self.jpeg)})
        self.assertTrue(self.card.front_id)
        self.assertRegex(card.front_image.decode(), r"^[\d.]+ (bytes|Kb)$")
        made = card.create(
            {
                "partner_id": self.diver.id,
                "level_id": self.level.id,
                "number": "5",
                "front_image": b64(self.jpeg),
            }
        )
        self.assertTrue(made.sudo().front_id)
        card.write({"front_image": False})
        self.assertFalse(self.card.front_id)

    def test_search_for_set_or_not(self):
        other = self._card(self.diver, self.level, number="6")
        self.card.front_image = b64(self.jpeg)
        Card = self.env["dive.certification"].with_user(self.front)
        mine = [("id", "in", (self.card + other).ids)]
        self.assertEqual(Card.search([*mine, ("front_image", "!=", False)]), self.card)
        self.assertEqual(Card.search([*mine, ("front_image", "=", False)]), other)
        with self.assertRaises(UserError):
            Card.search([("front_image", "=", "/9j/")])
        with self.assertRaises(NotImplementedError):  # Odoo's own, of any file
            Card.search([("front_image", "like", "/9j/")])

    def test_form(self):
        with Form(self.env["dive.certification"].with_user(self.front)) as form:
            form.partner_id = self.diver
            form.level_id = self.level
            form.number = "7"
        form.record.front_image = b64(self.jpeg)


@tagged("post_install", "-at_install")
class TestSealedAccess(SealedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card.write({"front_image": b64(cls.jpeg), "back_image": b64(cls.pdf)})
        cls.file = cls.card.front_id
        cls.env.invalidate_all()

    def test_the_dialog_that_checks_a_card_shows_its_pictures(self):
        """By their sizes; what the dialog is sent back leaves the card as it was."""
        wizard = self.env["dive.certification.check.wizard"].with_user(self.front)
        wizard = wizard.with_context(active_ids=self.card.ids)
        spec = {"front_image": {}, "back_image": {}, "front_id": {"fields": {}}}
        shown = wizard.onchange({}, [], {"certification_ids": {}, **spec})["value"]
        self.assertEqual(shown["front_id"], {"id": self.file.id})
        dialog = wizard.create({"result": "verified", "front_image": False})
        for values in (shown, dialog.read(["front_image", "back_image"])[0]):
            for name in ("front_image", "back_image"):
                self.assertTrue(SIZE_TEXT.fullmatch(values[name]), values[name])
        self.assertEqual(dialog.front_id, self.file)
        dialog.action_save()
        self.assertEqual(self.card.front_id, self.file)
        self.assertEqual(self.card.verification, "verified")

    def test_staff_sees_it(self):
        for user in (self.front, self.instructor, self.medical, self.manager):
            card = self.card.with_user(user)
            self.assertTrue(card.front_image, user.login)
            self.assertTrue(card._dive_sealed_open("front", "thumbnail"))
            self.assertTrue(card.sudo().front_image, "the user behind sudo may")

    def test_others_do_not_even_by_sudo(self):
        for user in (self.accountant, self.employee, self.env.ref("base.public_user")):
            card = self.card.with_user(user)
            self.assertFalse(card.sudo().front_image, user.login)
            with self.assertRaises(AccessError):
                card.sudo()._dive_sealed_open("front")
            with self.assertRaises(AccessError):
                card._dive_sealed_open("front")

    def test_the_system_itself_needs_a_ticket(self):
        card = self.card.with_user(SUPERUSER_ID)
        self.assertFalse(card.front_image)
        with self.assertRaises(AccessError):
            card._dive_sealed_open("front")
        for forged in (True, {"a": 1}, "ticket", object()):
            with self.assertRaises(AccessError):
                card.with_context(dive_ticket=forged)._dive_sealed_open("front")
            with self.assertRaises(AccessError):
                self.file.sudo().with_context(dive_ticket=forged)._open()
        self.assertTrue(with_ticket(card)._dive_sealed_open("front"))

    def test_the_cache_of_one_is_not_that_of_the_next(self):
        self.assertTrue(self.card.with_user(self.front).front_image)
        self.assertFalse(self.card.with_user(self.employee).sudo().front_image)
        self.assertFalse(self.card.with_user(SUPERUSER_ID).front_image)

    def test_the_file_itself_nobody_reads(self):
        for user in (self.front, self.manager, self.env.ref("base.user_admin")):
            file = self.file.with_user(user)
            with self.assertRaises(AccessError):
                file.read(["payload"])
            with self.assertRaises(AccessError):
                file.search([])
            with self.assertRaises(AccessError):
                file.write({"res_id": 1})
            with self.assertRaises(AccessError):
                self._attachments(self.file).with_user(user).read(["raw"])

    def test_nobody_points_a_card_at_somebody_elses_file(self):
        other = self._card(self.diver, self.level, number="9")
        for user in (self.front, self.manager, self.env.user):
            card = other.with_user(user)
            with self.assertRaises(UserError):
                card.write({"front_id": self.file.id})
            with self.assertRaises(UserError):
                card.create(
                    {
                        "partner_id": self.diver.id,
                        "level_id": self.level.id,
                        "number": "10",
                        "front_id": self.file.id,
                    }
                )
        made = other.with_context(default_front_id=self.file.id).create(
            {"partner_id": self.diver.id, "level_id": self.level.id, "number": "11"}
        )
        self.assertFalse(made.front_id)

    def test_a_row_changed_by_hand_shows_nothing(self):
        """Who can write the database points a card, or a file, elsewhere."""
        other = self._card(self.diver, self.level, number="12")
        self.env.cr.execute(
            "UPDATE dive_certification SET front_id = %s WHERE id = %s",
            [self.file.id, other.id],
        )
        self.env.invalidate_all()
        self.assertFalse(other.with_user(self.front).front_image)
        self.env.cr.execute(
            "UPDATE dive_sealed_file SET res_id = %s WHERE id = %s",
            [other.id, self.file.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught, mute_logger(QUIET):
            other.with_user(self.front)._dive_sealed_open("front")
        self.assertIn("changed or damaged", str(caught.exception))

    def test_export_gives_no_file(self):
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        card = self.card.with_user(self.manager)
        paths = ["number", "front_image", "back_image"]
        self.assertEqual(card.export_data(paths)["datas"], [["1", "", ""]])
        partner = self.diver.with_user(self.manager)
        rows = partner.export_data(["dive_certification_ids/front_image"])["datas"]
        self.assertEqual([value for row in rows for value in row], [""] * len(rows))

    def test_not_grouped_aggregated_or_tracked(self):
        Card = self.env["dive.certification"].with_user(self.front)
        with self.assertRaises(ValueError):
            Card._read_group([], ["front_image"])
        with self.assertRaises(ValueError):
            Card._read_group([], [], ["front_image:array_agg"])
        for name in ("front_image", "front_id"):
            field = self.env["dive.certification"]._fields[name]
            self.assertFalse(getattr(field, "tracking", None))
            self.assertFalse(field.copy)
