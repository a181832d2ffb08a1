"""What customers agree to: the ledger, how things stand, who may, merging."""

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon


class ConsentMixin:
    @classmethod
    def setUpConsents(cls):
        cls.Consent = cls.env["dive.consent"]
        cls.State = cls.env["dive.consent.state"]
        # of our own: those that are there may have been answered
        purposes = cls.env["dive.consent.purpose"]
        purposes.search([]).active = False
        cls.news, cls.texts, cls.pictures = purposes.create(
            [
                {
                    "name": name,
                    "channel": channel,
                    "wording_ids": [(0, 0, {"text": f"{name}? Stop with one click."})],
                }
                for name, channel in (
                    ("News", "email"),
                    ("Texts", "sms"),
                    ("Pictures", False),
                )
            ]
        )

    def _rows(self, partner):
        return self.Consent.search([("partner_id", "=", partner.id)])

    def _answers(self, partner):
        return [
            (row.purpose_id, row.given, row.source)
            for row in self._rows(partner).sorted("id")
        ]


@tagged("post_install", "-at_install", "dive_long")
class TestConsent(ConsentMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpConsents()
        cls.anna = cls._customer("Anna Keller", email="anna@keller.test")

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def test_one_click_at_the_desk(self):
        anna = self.anna.with_user(self.front)
        items = {item["id"]: item for item in anna.dive_consents()}
        self.assertEqual(items[self.news.id]["answer"], "")
        self.assertIn("with one click", items[self.news.id]["wording"])
        self.assertFalse(self.anna._dive_agreed("email"))
        items = {
            item["id"]: item for item in anna.action_dive_answer(self.news.id, True)
        }
        self.assertEqual(items[self.news.id]["answer"], "yes")
        self.assertEqual(self.anna._dive_agreed("email"), self.anna)
        self.assertFalse(self.anna._dive_agreed("sms"))
        row = self._rows(self.anna)
        self.assertEqual(
            (row.given, row.source, row.user_name, row.address),
            (True, "desk", self.front.name, "anna@keller.test"),
        )
        self.assertEqual(row.wording_id, self.news.wording_id)
        self.assertEqual(row.wording, self.news.wording_id.text)
        # the same once more, as of a double click, is nothing new
        words = items[self.news.id]["words"]
        anna.action_dive_answer(self.news.id, True, words)
        with self.assertRaisesRegex(UserError, "words have changed"):
            anna.action_dive_answer(self.news.id, True, f"{words}1")
        self.assertEqual(self._rows(self.anna), row)
        anna.action_dive_answer(self.news.id, False)
        self.assertEqual(
            self._answers(self.anna),
            [(self.news, True, "desk"), (self.news, False, "desk")],
        )
        self.assertFalse(self.anna._dive_agreed("email"))
        state = self.anna.dive_consent_state_ids
        self.assertEqual((len(state), state.given), (1, False))

    def test_asked_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.news.wording_id.with_context(lang="de_DE").text = "Ja zu Neuigkeiten"
        self.anna.lang = "de_DE"
        items = self.anna.with_user(self.front).dive_consents()
        self.assertIn("Ja zu Neuigkeiten", [item["wording"] for item in items])
        self.anna._dive_answer(self.news, True, "desk")
        self.assertEqual(self._rows(self.anna).wording, "Ja zu Neuigkeiten")

    def test_minors(self):
        """Messages go to the guardian; what concerns the child is asked of it."""
        ward = self._customer(
            "Wanda", birthdate_date=fields.Date.today(), dive_guardian_id=self.anna.id
        ).with_user(self.front)
        items = {item["id"]: item for item in ward.dive_consents()}
        self.assertTrue(items[self.news.id]["guardian"])
        self.assertFalse(items[self.pictures.id]["guardian"])
        with self.assertRaisesRegex(UserError, "under age"):
            ward.action_dive_answer(self.news.id, True)
        ward.action_dive_answer(self.pictures.id, False)
        self.assertEqual(self._answers(ward), [(self.pictures, False, "desk")])

    def test_what_is_not_asked(self):
        anna = self.anna.with_user(self.front)
        self.pictures.active = False
        for purpose_id in (self.pictures.id, 0, -1, 2**31, "1", None, [1]):
            with self.assertRaises(UserError):
                anna.action_dive_answer(purpose_id, True)
        self.news.wording_ids.unlink()
        self.assertNotIn(self.news.id, [item["id"] for item in anna.dive_consents()])
        with self.assertRaisesRegex(UserError, "no words"):
            self.anna._dive_answer(self.news, True, "desk")

    def test_a_purpose_that_is_no_more_allows_nothing(self):
        self.anna._dive_answer(self.news, True, "desk")
        self.news.active = False
        self.assertFalse(self.anna._dive_agreed("email"))
        self.news.active = True
        self.news.company_id = self.env["res.company"].create({"name": "Other Reef"})
        self.assertFalse(self.anna._dive_agreed("email"), "Agreed to another company")

    # ------------------------------------------------------------------
    # Wordings
    # ------------------------------------------------------------------

    def test_words_that_were_answered_stay(self):
        wording = self.news.wording_id
        wording.text = "Before anybody was asked"
        self.anna._dive_answer(self.news, True, "desk")
        with self.assertRaisesRegex(UserError, "stay as they are"):
            wording.text = "Something else"
        for record in (wording, self.news):
            with self.assertRaises(UserError):
                record.unlink()
        new = self.env["dive.consent.wording"].create(
            [
                {"purpose_id": self.news.id, "text": "New words"},
                {"purpose_id": self.news.id, "text": "Newer words"},
            ]
        )
        self.assertEqual(new.mapped("version"), [2, 3])
        self.assertEqual(self.news.wording_id, new[1])
        items = {item["id"]: item for item in self.anna.dive_consents()}
        self.assertTrue(items[self.news.id]["older"])
        # what was agreed to goes on; the new words are a new answer
        self.assertTrue(self.anna._dive_agreed("email"))
        self.anna._dive_answer(self.news, True, "desk")
        versions = self._rows(self.anna).sorted("id").wording_id.mapped("version")
        self.assertEqual(sorted(versions), [1, 3])

    # ------------------------------------------------------------------
    # The ledger
    # ------------------------------------------------------------------

    def test_nobody_changes_the_ledger(self):
        self.anna._dive_answer(self.news, True, "desk")
        row = self._rows(self.anna)
        for user in (self.manager, self.env.ref("base.user_admin")):
            # sudo: not even so
            mine = row.with_user(user).sudo()
            with self.assertRaises(UserError):
                mine.given = False
            with self.assertRaises(UserError):
                mine.unlink()
            with self.assertRaises(UserError):
                mine.copy()
        for query in (
            "UPDATE dive_consent SET given = false",
            "DELETE FROM dive_consent",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_roles(self):
        self.anna._dive_answer(self.news, True, "desk")
        row, state = self._rows(self.anna), self.anna.dive_consent_state_ids
        for user in (self.front, self.instructor):
            self.assertTrue(self.anna.with_user(user).dive_consents())
            self.assertTrue(state.with_user(user).given)
            with self.assertRaises(AccessError):
                state.with_user(user).given = False
        self.assertTrue(row.with_user(self.front).given)
        for user in (self.instructor, self.medical, self.employee, self.portal):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["given"])
        for user in (self.employee, self.portal, self.accountant):
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_dive_answer(self.news.id, False)
            with self.assertRaises(AccessError):
                state.with_user(user).read(["given"])
        for user in (self.front, self.instructor, self.medical):
            with self.assertRaises(AccessError):
                self.news.with_user(user).name = "Mine"
        self.news.with_user(self.manager).name = "Ours"

    def test_customers_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Reef"})
        anna = self._customer("Olga", company_id=other.id)
        anna._dive_answer(self.news, True, "desk")
        row, state = self._rows(anna), anna.dive_consent_state_ids
        with self.assertRaises(AccessError):
            row.with_user(self.front).read(["given"])
        with self.assertRaises(AccessError):
            state.with_user(self.front).read(["given"])
        with self.assertRaises(AccessError):
            anna.with_user(self.front).dive_consents()

    def test_search(self):
        ben = self._customer("Ben")
        ben._dive_answer(self.news, False, "desk")
        self.anna._dive_answer(self.news, True, "desk")
        found = self.env["res.partner"].search(
            [("dive_consent_state_ids", "any", [("given", "=", True)])]
        )
        self.assertIn(self.anna, found)
        self.assertNotIn(ben, found)

    # ------------------------------------------------------------------
    # Merging, erasing
    # ------------------------------------------------------------------

    def test_merge(self):
        """The latest answer counts, whoever of the two has given it."""
        keep, gone = self._customer("Ann K"), self._customer("Anna K")
        early, late = fields.Datetime.to_datetime("2026-01-01"), fields.Datetime.now()
        keep._dive_answer(self.news, True, "desk", date=early)
        gone._dive_answer(self.news, False, "portal", date=late)
        gone._dive_answer(self.texts, True, "desk", date=early)
        keep._dive_answer(self.pictures, True, "desk", date=late)
        gone._dive_answer(self.pictures, False, "desk", date=early)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((keep | gone).ids, keep)
        self.assertFalse(gone.exists())
        states = {
            state.purpose_id: state.given for state in keep.dive_consent_state_ids
        }
        self.assertEqual(
            states, {self.news: False, self.texts: True, self.pictures: True}
        )
        merged = self._rows(keep).filtered(lambda row: row.source == "merge")
        self.assertEqual(merged.purpose_id, self.news | self.texts)
        self.assertIn("Anna K", merged[0].detail)

    def test_queries_do_not_grow(self):
        people = self.env["res.partner"].create(
            [{"name": f"Diver {n}", "dive_customer": True} for n in range(80)]
        )

        def asked(some):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some._dive_agreed("email")
            return self.env.cr.sql_log_count - start

        self.assertEqual(asked(people[:1]), asked(people))
