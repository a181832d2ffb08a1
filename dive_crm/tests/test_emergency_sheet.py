"""What stands on an emergency sheet, on screen and on paper."""

import io
import os
import re
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests.common import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..reports import dive_emergency_report
from ..reports.dive_emergency_report import REPORT
from ..tools import keyring
from ..tools.phone_link import phone_link
from ..tools.ticket import with_ticket
from .emergency_common import ALLERGY, EmergencyCommon
from .sealed_common import QUIET

LONG = "Swelling of the throat after shellfish; adrenaline pen in the red bag. "
TWO_THOUSAND = (LONG * 30)[:1996] + " END"


@tagged("post_install", "-at_install", "dive_long")
class TestEmergencySheet(EmergencyCommon):
    def _sheet(self, *args, **kwargs):
        return self._open(*args, **kwargs)._dive_sheet()

    def _pages(self, opening):
        reports = opening.sudo(False).env["ir.actions.report"]
        reports = reports.with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(REPORT, opening.ids)
        self.assertEqual(kind, "pdf")
        return [
            re.sub(r"\s+", " ", page.extract_text())
            for page in PdfFileReader(io.BytesIO(content)).pages
        ]

    def test_contents(self):
        mia = self._customer(
            "Mia Keller",
            birthdate_date=date(2015, 1, 1),
            dive_guardian_id=self.anna.id,
            dive_emergency_contact_ids=[
                Command.create({"name": "Gran", "phone": "+34 600 100 300"}),
                Command.create(
                    {"contact_id": self.anna.id, "phone": "+34 600 100 400"}
                ),
            ],
        )
        self.anna.phone = "+34 600 100 400"
        trip = self._emergency_trip(self.guide, mia | self.anna | self.bob)
        sheet = self._sheet(self.guide, trip)
        self.assertEqual(
            [diver["name"] for diver in sheet["divers"]],
            sorted(["Anna Keller", "Bob Reef", "Mia Keller"]),
        )
        anna, bob, child = sheet["divers"]
        self.assertEqual(
            (anna["blood_group"], anna["insurer"], anna["policy_number"]),
            ("AB-", "Sea Mutual", "SM-1"),
        )
        self.assertEqual(
            [(part["name"], part["text"]) for part in anna["texts"]],
            [
                ("allergies", ALLERGY),
                ("medications", ""),
                ("conditions", ""),
                ("procedures", ""),
            ],
        )
        [phone] = anna["contacts"][0]["phones"]
        self.assertEqual(phone["link"], "tel:+34600100200")
        self.assertEqual((bob["known"], bob["contacts"]), (False, []))
        self.assertEqual(
            [contact["name"] for contact in child["contacts"]],
            ["Anna Keller", "Gran"],
        )
        self.assertEqual(child["contacts"][0]["relationship"], "Guardian")
        [chamber] = sheet["chambers"]
        way = {"site": "Arch", "minutes": 65, "text": "Arch: 65 minutes"}
        self.assertEqual(chamber["ways"], [way])
        self.assertEqual(chamber["phone"][0]["link"], "tel:+34972555010")
        self.assertEqual(
            sheet["rescue"],
            [
                {"text": "Sea rescue 900 555 202", "link": "tel:900555202"},
                {"text": "VHF 16", "link": ""},
            ],
        )

    def test_what_is_missing_is_said(self):
        """On paper as on screen, in plain words; nothing is left blank."""
        self.company.dive_rescue_phone = False
        self.site.chamber_id = False
        child = self._customer("Kid", birthdate_date=date(2015, 1, 1))
        opening = self._open(self.medical, divers=child.with_user(self.medical))
        sheet = opening._dive_sheet()
        self.assertTrue(sheet["chambers_unsaid"])
        self.assertIn(self.chamber.name, [one["name"] for one in sheet["chambers"]])
        self.env["dive.chamber"].search([]).active = False
        sheet = opening._dive_sheet()
        values = {"lang": "en", "rtl": False, "token": "", **sheet}
        screen = str(self.env["ir.qweb"]._render("dive_crm.emergency_sheet", values))
        paper = opening.env["ir.actions.report"]._render_qweb_html(REPORT, opening.ids)
        for text in (screen, paper[0].decode()):
            for said in (
                "No emergency contact.",
                "No medical profile",
                "No rescue number is set",
                "No chamber is set",
                "no guardian on record",
                "No certification on record",
                "no dive on record",
            ):
                self.assertIn(said, text)

    def test_action_plan(self):
        """The general plan in the reader's words, until the centre writes its own."""
        general = self.company.dive_action_plan
        self.assertIn("oxygen", general)
        self.assertFalse(self.company.dive_action_plan_own)
        self.company.dive_action_plan = general + "\n"
        self.assertFalse(
            self.company.dive_action_plan_own, "as it was: none of its own"
        )
        self.company.dive_action_plan = "Call Jordi"
        self.assertEqual(self._sheet(self.guide, self.trip)["plan"], "Call Jordi")
        self.company.dive_action_plan = False
        self.assertEqual(self._sheet(self.guide, self.trip)["plan"], general)

    def test_without_the_key(self):
        """All but health is there, and a sentence; a text that is broken is marked."""
        opening = self._open(self.guide, self.trip)
        lost = os.path.join(os.path.dirname(self.key_file), "gone.json")
        with (
            patch.dict(os.environ, {keyring.VARIABLE: lost}),
            mute_logger(QUIET, "odoo.addons.dive_crm.models.dive_access_log"),
            self._looks() as rows,
        ):
            sheet = opening._dive_sheet()
            paper = opening.env["ir.actions.report"]._render_qweb_html(
                REPORT, opening.ids
            )[0]
        self.assertIn("cannot be read", sheet["medical_closed"])
        self.assertEqual(sheet["divers"][0]["contacts"][0]["name"], "Tom Keller")
        self.assertIn(b"Tom Keller", paper)
        self.assertIn(b"the medical part cannot be read", paper.lower())
        self.assertNotIn(b"No medical profile", paper, "it is not known whether")
        self.assertTrue([row for row in rows if row.action == "open"])
        self.env.cr.execute(
            "UPDATE dive_secret SET payload = '\\x00' WHERE field = 'blood_group'"
        )
        self.env.invalidate_all()
        with mute_logger(QUIET):
            anna = opening._dive_sheet()["divers"][0]
        self.assertTrue(anna["unreadable"])
        self.assertEqual(anna["blood_group"], "?")
        self.assertEqual(anna["texts"][0]["text"], ALLERGY)

    def test_as_many_queries_for_one_and_for_eighty(self):
        mum = Command.create({"name": "Mum", "phone": "+34 600 100 200"})
        divers = self.Partner.create(
            [
                {
                    "name": f"Diver {number:02}",
                    "dive_customer": True,
                    "birthdate_date": date(2014, 1, 1),
                    "dive_guardian_id": self.anna.id,
                    "dive_emergency_contact_ids": [mum],
                }
                for number in range(80)
            ]
        )
        with_ticket(self.env["dive.medical.profile"]).create(
            [
                {"partner_id": diver.id, "allergies": ALLERGY, "blood_group": "0+"}
                for diver in divers
            ]
        )
        many = self._open(self.guide, self._emergency_trip(self.guide, divers))
        one = self._open(self.guide, self._emergency_trip(self.guide, divers[0]))
        one._dive_sheet()  # what is asked once per user
        counts = []
        for opening in (one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheet = opening._dive_sheet()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertTrue(all(ALLERGY in str(diver) for diver in sheet["divers"]))
        self.assertEqual(len(sheet["divers"]), 80)
        self.assertEqual(counts[0], counts[1])
        # the list of openings
        vals = many.copy_data()[0]
        more = many._dive_adding().create(
            [dict(vals, token=f"{number:032}") for number in range(80)]
        )
        counts = []
        spec = {"date": {}, "user_name": {}, "kind": {}, "diver_names": {}}
        more[1:2].with_user(self.manager).web_read(spec)  # asked once per user
        for openings in (one, more):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            openings.with_user(self.manager).web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # ------------------------------------------------------------------
    # On paper
    # ------------------------------------------------------------------

    @contextmanager
    def _counted(self):
        """Collect the runs of the program that prints, in a folder of their own."""
        reports = self.registry["ir.actions.report"]
        run = reports._dive_print_privately
        renders = []

        def counted(*args, **kwargs):
            renders.append(1)
            return run(*args, **kwargs)

        with patch.object(reports, "_dive_print_privately", counted):
            yield renders

    def test_one_page_per_diver(self):
        """Whatever is written: with an index before them; nothing of it is lost."""
        texts = {
            "Long": dict.fromkeys(
                ("allergies", "medications", "conditions", "procedures"), TWO_THOUSAND
            ),
            "Lines": {"allergies": "\n".join(f"line{n}" for n in range(300))},
            "Right": {"allergies": "حساسية من البنسلين " * 60 + "END"},
            "Wide 🤿": {"allergies": "对青霉素过敏🤧" * 150 + " END"},
            "Markup": {"allergies": "<h1 style='page-break-before:always'>x</h1> END"},
        }
        divers = self.bob
        for name, vals in texts.items():
            divers |= self._customer(
                f"{name} Diver",
                dive_emergency_contact_ids=[
                    Command.create(
                        {"name": f"Call {n}", "phone": f"+34 600 10 02 0{n}"}
                    )
                    for n in range(6)
                ],
            )
            self._profile(divers[-1], blood_group="O+", **vals)
        divers[3].dive_emergency_contact_ids[5].name = "ليلى"  # that of "Right"
        opening = self._open(self.guide, self._emergency_trip(self.guide, divers))
        with self._counted() as renders:
            index, *pages = self._pages(opening)
        self.assertEqual(len(pages), len(divers))
        self.assertEqual(len(renders), 2, "all at once, and the index")
        by_name = {page.split(" Diver")[0].split()[-1]: page for page in pages}
        self.assertIn("Divers: 6", index)
        for page in pages:
            self.assertIn("+34 972 555 010", page)
            self.assertIn("900 555 202", page)
            self.assertIn("9. Call the emergency contacts", page)
        long = by_name["Long"]
        self.assertEqual(long.count("END"), 4)
        self.assertEqual(long.count("Swelling of the throat"), 4 * 28)
        self.assertIn("+34 600 10 02 05", long)
        self.assertIn("line299", by_name["Lines"])
        self.assertIn("END", by_name["Right"])
        # (who reads the PDF here loses the plus sign)
        self.assertIn("34 600 10 02 05", by_name["Right"])
        self.assertIn("END", by_name["Markup"])
        self.assertIn("page-break-before", by_name["Markup"])
        wide = next(page for page in pages if "Wide" in page)
        self.assertIn("END", wide)

    def test_what_no_page_holds_is_cut_and_said(self):
        """Wrong estimates are found out; the allergies and whom to call stay."""
        self._profile(
            self.bob,
            allergies=TWO_THOUSAND,
            conditions=LONG * 600,
            procedures=LONG * 600,
        )
        opening = self._open(self.guide, self.trip, divers=self.bob)
        with self._counted() as renders:
            [page] = self._pages(opening)
        self.assertLessEqual(len(renders), 2)
        self.assertIn("the rest is on the screen", page)
        self.assertEqual(page.count("END"), 1)
        self.assertIn("No emergency contact.", page)
        self.assertEqual(
            opening._dive_sheet()["divers"][0]["texts"][2]["text"], LONG * 600
        )

    def test_an_estimate_that_was_wrong(self):
        """Pages are counted, and printed smaller until there is one.

        In a language from right to left, where a sign would change its side.
        """
        self.env["res.lang"]._activate_lang("ar_001")
        self._profile(
            self.bob,
            allergies=TWO_THOUSAND,
            medications=TWO_THOUSAND,
            blood_group="AB-",
            policy_number="12-34/A",
        )
        opening = self._open(self.guide, self.trip, divers=self.bob)
        opening = opening.with_context(lang="ar_001")
        with (
            patch.object(dive_emergency_report, "STEPS", [(1.3, None), (0.8, None)]),
            patch.object(dive_emergency_report, "_first_step", lambda *args: 0),
            self._counted() as renders,
        ):
            [page] = self._pages(opening)
        self.assertEqual(len(renders), 2)
        self.assertEqual(page.count("END"), 2)
        for said in ("AB-", "12-34/A", "+34 972 555 010", "900 555 202"):
            self.assertIn(said, page)

    def test_phone_link(self):
        for text, link in (
            ("+34 600-100 (200)", "tel:+34600100200"),
            ("+44 (0)20 7946 0000", "tel:+442079460000"),
            ("Coast guard: 900 202 202", "tel:900202202"),
            ("112", "tel:112"),
            ("VHF 16", ""),
            ("600 100 200 ext. 5", "tel:600100200"),
            ("javascript:alert(1)", ""),
            ("", ""),
            (None, ""),
        ):
            self.assertEqual(phone_link(text), link, text)
