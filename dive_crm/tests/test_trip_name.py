"""A trip that is named like its kind is called as its kind is, in each language."""

from odoo.tests import tagged

from .common import DiveCommon
from .message_common import MessageMixin


@tagged("post_install", "-at_install")
class TestTripName(MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        for code in ("de_DE", "fr_FR"):
            cls.env["res.lang"]._activate_lang(code)
            cls.env["ir.module.module"]._load_module_terms(["dive_crm"], [code])
        cls.kind.with_context(lang="de_DE").name = "Wrackfahrt"
        cls.tom.lang = "de_DE"
        cls.trip.name = cls.kind.name

    def _in(self, record, lang):
        return record.with_context(lang=lang)

    def test_messages(self):
        booking = self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        mail = self._mails(told)
        self.assertIn("Gebucht: Wrackfahrt", mail.subject)
        self.assertIn("„Wrackfahrt“", mail.body_html)
        self.assertNotIn("Wreck dive", mail.body_html)
        event = told._dive_calendar_file().decode()
        self.assertIn("SUMMARY:Wrackfahrt", event)
        self.assertIn("Booked: Wreck dive", told.summary)
        (row,) = self._in(booking, "de_DE")._dive_portal_rows()
        self.assertEqual(row["trip"], "Wrackfahrt")
        (tile,) = self._in(self.trip, "de_DE")._dive_online_tiles(self.tom)
        self.assertEqual((tile["name"], tile["kind"]), ("Wrackfahrt", "Wrackfahrt"))
        # instead of a trip that is called off
        line = told._dive_alternative_line(self._in(self.trip, "de_DE"))
        self.assertIn("Wrackfahrt", line)
        # staff, who made it, read what they wrote
        self.assertIn("Wreck dive", self._in(self.trip, "de_DE").display_name)

    def test_requests_and_invitations(self):
        for model in ("dive.trip.invitation", "dive.online.request"):
            german = self._in(self.env[model], "de_DE")
            words = german.new({"trip_id": self.trip.id}).summary
            self.assertIn("Wrackfahrt", words)
            self.assertNotIn("Wreck", words)

    def test_whichever_language_it_was_made_in(self):
        """Made by somebody who works in German, read in English and French."""
        self.trip.name = "Wrackfahrt"
        names = [
            self._in(self.trip, lang)._dive_name()
            for lang in ("en_US", "fr_FR", "de_DE")
        ]
        self.assertEqual(names, ["Wreck dive", "Wreck dive", "Wrackfahrt"])
        # a name of its own stays what it is
        self.trip.name = "Reggio"
        for lang in ("en_US", "de_DE"):
            self.assertEqual(self._in(self.trip, lang)._dive_name(), "Reggio")

    def test_languages_are_asked_once(self):
        trips = self.trip
        for number in range(8):
            kind = self.trip.type_id.copy()
            trips += self.trip.copy({"name": f"Reggio {number}", "type_id": kind.id})
        counts = []
        for some in (trips[:2], trips):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for trip in self._in(some, "de_DE"):
                trip._dive_name()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
