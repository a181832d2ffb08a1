from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import tagged

from ..models.dive_encrypted_field import EncryptedText, Sealed, Typed
from ..models.dive_medical_profile import BLOOD_GROUPS, blood_group
from .secret_common import ALLERGY, MARKER, SecretCommon


@tagged("post_install", "-at_install")
class TestSecretField(SecretCommon):
    def test_write_read_remove(self):
        profile = self.profile
        self.assertEqual(profile.conditions, MARKER)
        self.assertIs(profile.medications, False)
        profile.write({"conditions": "asthma", "medications": "none"})
        self.env.invalidate_all()
        self.assertEqual(profile.conditions, "asthma")
        self.assertEqual(profile.read(["medications"])[0]["medications"], "none")
        profile.conditions = False
        self.assertIs(profile.conditions, False)
        self.assertNotIn("conditions", [row[0] for row in self._rows()])
        # an empty text is none
        profile.medications = ""
        self.env.invalidate_all()
        self.assertIs(profile.medications, False)

    def test_what_is_stored_is_an_envelope(self):
        names = [row[0] for row in self._rows()]
        self.assertEqual(names, ["allergies", "blood_group", "conditions"])
        for _name, _key_id, payload, _row_id in self._rows():
            self.assertEqual(payload[0], 1)
            self.assertNotIn(b"MARKER", payload)
        self.env.cr.execute("SELECT * FROM dive_medical_profile LIMIT 0")
        columns = {column.name for column in self.env.cr.description}
        self.assertFalse(columns & {"conditions", "allergies", "blood_group"})
        self.assertIn("dive_uid", columns)

    def test_short_texts_cannot_be_told_by_their_length(self):
        lengths = set()
        for group in BLOOD_GROUPS:
            self.profile.blood_group = group
            lengths.update(
                len(row[2]) for row in self._rows() if row[0] == "blood_group"
            )
        self.assertEqual(len(lengths), 1)

    def test_the_same_text_twice_is_two_envelopes(self):
        self.profile.write({"medications": ALLERGY})
        payloads = {row[0]: row[2][17:] for row in self._rows()}
        self.assertNotEqual(payloads["allergies"], payloads["medications"])

    def test_texts_of_all_kinds(self):
        for text in (
            "🤿 épilepsie",
            "שלום ‏עולם",
            "حساسية من البنسلين",
            "a\r\nb\t c  ",
            "0",
            "x" * 1_000_000,
            "é" * 500_000,
        ):
            self.profile.conditions = text
            self.env.invalidate_all()
            self.assertEqual(self.profile.conditions, text, text[:20])

    def test_nul_and_half_characters_do_no_harm(self):
        self.profile.conditions = "asth\0ma\0"
        self.env.invalidate_all()
        self.assertEqual(self.profile.conditions, "asthma")
        self.profile.conditions = "\0"
        self.assertIs(self.profile.conditions, False)
        self.profile.conditions = "bad \ud83d luck"
        self.env.invalidate_all()
        self.assertEqual(self.profile.conditions, "bad ? luck")

    def test_several_records_at_once(self):
        more = self._profile(self._customer("Bo"), self.profiles.env)
        both = self.profile + more
        both.write({"conditions": "the same"})
        self.env.invalidate_all()
        self.assertEqual(both.mapped("conditions"), ["the same"] * 2)
        self.assertEqual(len(self._rows(both)), 4)

    def test_many_created_at_once(self):
        made = self.profiles.create(
            [
                {"partner_id": self._customer(f"D{n}").id, "conditions": f"c{n}"}
                if n % 2
                else {"partner_id": self._customer(f"D{n}").id, "allergies": False}
                for n in range(6)
            ]
        )
        self.env.invalidate_all()
        self.assertEqual(
            made.mapped("conditions"), [False, "c1", False, "c3", False, "c5"]
        )

    def test_the_cache_holds_envelopes(self):
        field = self.profile._fields["conditions"]
        for _step in ("read", "written"):
            self.assertEqual(self.profile.conditions, MARKER)
            cached = field._get_cache(self.profile.env)[self.profile.id]
            self.assertIsInstance(cached, Sealed)
            self.assertNotIn("MARKER", repr(self.env.transaction.field_data[field]))
            self.profile.conditions = "other"
            self.profile.conditions = MARKER

    def test_what_one_writes_the_other_reads(self):
        self.assertEqual(self.profile.conditions, MARKER)
        self.assertEqual(self.profile.sudo().conditions, MARKER)
        self.profile.sudo().conditions = "newer"
        self.assertEqual(self.profile.conditions, "newer")

    def test_a_draft_shows_what_was_typed_to_who_typed_it(self):
        draft = self.profiles.new({"conditions": MARKER})
        self.assertEqual(draft.conditions, MARKER)
        cached = draft._fields["conditions"]._get_cache(draft.env)[draft.id]
        self.assertIsInstance(cached, Typed)
        self.assertNotIn("MARKER", repr(cached))
        for su in (False, True):
            with self.assertRaises(AccessError):
                # within, for Odoo's assertRaises empties the cache
                draft = self.profiles.new({"conditions": MARKER})
                self.assertEqual(draft.sudo().conditions, MARKER)
                _read = draft.with_user(self.front).sudo(su).conditions

    def test_only_set_and_not_set_are_searched_for(self):
        other = self._profile(self._customer("Bo"), self.profiles.env)
        both = [("id", "in", (self.profile + other).ids)]
        for domain, found in (
            ([("conditions", "!=", False)], self.profile),
            ([("conditions", "=", False)], other),
            ([("conditions", "=", "")], other),
            (["!", ("conditions", "=", False)], self.profile),
            ([("partner_id.name", "=", "Bo"), ("allergies", "=", False)], other),
        ):
            self.assertEqual(self.profiles.search(both + domain), found, domain)
            self.assertEqual((self.profile + other).filtered_domain(domain), found)
        for operator in ("=", "!=", "ilike", "=like", "not ilike", "<", ">=", "in"):
            value = [MARKER] if operator == "in" else MARKER
            for call in (self.profiles.search, self.profile.filtered_domain):
                with self.assertRaises(UserError) as caught:
                    call([("conditions", operator, value)])
                self.assertNotIn("MARKER", str(caught.exception))

    def test_filtering_opens_nothing(self):
        with self._noted() as notes:
            self.profile.filtered_domain([("conditions", "!=", False)])
            self.profiles.search([("conditions", "!=", False)])
        self.assertFalse(notes)

    def test_nothing_is_sorted_grouped_or_added_up(self):
        for call in (
            lambda: self.profiles.search([], order="conditions"),
            lambda: self.profiles.search_read([], ["id"], order="conditions desc"),
            lambda: self.profiles._read_group([], ["conditions"]),
            lambda: self.profiles._read_group([], [], ["conditions:count"]),
            lambda: self.profiles._read_group([], [], ["conditions:array_agg"]),
            lambda: self.profiles._read_group(
                [], ["partner_id"], having=[("conditions:max", ">", "a")]
            ),
            lambda: self.profiles.formatted_read_group([], ["conditions"]),
            lambda: self.profiles.web_read_group([], ["conditions"]),
            lambda: self.profiles.formatted_read_group([], [], ["conditions:max"]),
            lambda: self.profiles.search_panel_select_range("conditions"),
        ):
            with self.assertRaises(UserError) as caught:
                call()
            self.assertNotIn("MARKER", str(caught.exception))

    def test_described_as_what_it_is(self):
        described = self.profiles.fields_get(["conditions"])["conditions"]
        self.assertEqual(described["type"], "text")
        self.assertFalse(described["sortable"] or described["groupable"])
        self.assertFalse(described["exportable"])
        self.assertNotIn("aggregator", described)
        self.assertNotIn("dive_uid", self.profiles.fields_get())

    def test_no_options_that_would_write_it_down(self):
        for options in (
            {"tracking": True},
            {"translate": True},
            {"index": True},
            {"company_dependent": True},
            {"related": "partner_id.comment"},
            {"compute": "_compute_it"},
            {"default": "none"},
            {"required": True},
            {"store": False},
        ):
            with self.assertRaises(TypeError, msg=options):
                EncryptedText(**options)._get_attrs(type(self.profile), "x")

    def test_a_copy_has_nothing(self):
        copied = self.profile.copy({"partner_id": self._customer("Bo").id})
        self.env.invalidate_all()
        self.assertFalse(copied.conditions or copied.blood_group)
        self.assertNotEqual(copied.sudo().dive_uid, self.profile.sudo().dive_uid)
        self.assertNotIn("conditions", self.profile.copy_data()[0])

    def test_deleted_with_the_record(self):
        self.profile.sudo()._dive_erase()
        self.assertFalse(self._rows())

    def test_what_the_database_deletes_is_cleared_away(self):
        self.env.cr.execute(
            "DELETE FROM dive_medical_profile WHERE id = %s", [self.profile.id]
        )
        other = self._profile(self._customer("Bo"), self.profiles.env, conditions="c")
        self.env["dive.secret"]._gc_orphans()
        self.assertFalse(self._rows())
        self.assertTrue(self._rows(other))

    def test_nobody_chooses_the_random_id(self):
        other = self._customer("Bo")
        made = self.profiles.create({"partner_id": other.id, "dive_uid": "chosen"})
        self.assertNotEqual(made.sudo().dive_uid, "chosen")
        for records in (made, made.sudo()):
            with self.assertRaises(UserError):
                records.write({"dive_uid": "chosen"})
        with self.assertRaises(AccessError):
            made.read(["dive_uid"])

    def test_records_that_are_there_get_random_ids(self):
        more = self._profile(self._customer("Bo"), self.profiles.env)
        cr = self.env.cr
        cr.execute("ALTER TABLE dive_medical_profile ALTER dive_uid DROP NOT NULL")
        cr.execute("UPDATE dive_medical_profile SET dive_uid = NULL")
        self.env.invalidate_all()
        self.env["dive.medical.profile"]._init_column("dive_uid")
        uids = {record.sudo().dive_uid for record in self.profile + more}
        self.assertEqual(len(uids), 2)
        self.assertEqual({len(uid) for uid in uids}, {32})

    def test_blood_groups_as_people_write_them(self):
        for text, group in (
            ("a+", "A+"),
            ("0 neg", "O-"),
            ("O–", "O-"),
            ("AB Rh(D) positive", "AB+"),
            ("Null positiv", "O+"),
            ("b Rh −", "B-"),
            ("C+", None),
            ("A", None),
            ("A+ or B+", None),
        ):
            self.assertEqual(blood_group(text), group, text)
        self.profile.blood_group = "0-"
        self.assertEqual(self.profile.blood_group, "O-")
        with self.assertRaises(ValidationError) as caught:
            self.profile.blood_group = "MARKER"
        self.assertNotIn("MARKER", str(caught.exception))
        self.assertIn("AB-", str(caught.exception))

    def test_one_profile_for_each_diver(self):
        with self.assertRaisesRegex(ValidationError, "already"), self.cr.savepoint():
            self._profile(self.diver, self.profiles.env)

    def test_a_stored_related_field_is_refused(self):
        profile = self.registry["dive.medical.profile"]
        stored = fields.Text(related="x", store=True)
        stored.related_field = profile._fields["conditions"]
        stored.store = True
        self.patch(profile, "_fields", {**profile._fields, "x_copy": stored})
        with self.assertRaises(TypeError):
            self.env["dive.secret"]._register_hook()

    def test_mixed_with_other_fields(self):
        """One call that writes columns and encrypted fields."""
        event = self.env["dive.medical.event"].with_user(self.medical)
        event = event.create({"profile_id": self.profile.id, "text": "one"})
        event.write({"kind": "incident", "text": "two", "date": "2026-03-01"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((event.kind, event.text), ("incident", "two"))

    def test_only_on_models_that_guard_it(self):
        field = self.profile._fields["conditions"]
        with self.assertRaises(TypeError):
            field.setup_nonrelated(self.env["res.partner"])
