"""The medical room as a diver meets it who speaks German."""

import re
from datetime import date

from odoo.tests import tagged
from odoo.tools import SQL

from .medical_common import SIGNATURE, MedicalHttpCommon


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalInGerman(MedicalHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls._forget_german()
        # as an update of the database does
        cls.env["ir.module.module"]._load_module_terms(["dive_crm"], ["de_DE"])
        cls.env.invalidate_all()
        cls.greta = cls._customer(
            "Greta Groß", birthdate_date=date(1990, 5, 10), lang="de_DE"
        )
        cls.env.flush_all()

    @classmethod
    def _forget_german(cls):
        """Have the templates of mails as before anybody had translated them."""
        cls.env.flush_all()
        for field in ("subject", "body_html"):
            cls.env.cr.execute(
                SQL(
                    "UPDATE mail_template SET %(name)s = %(name)s - 'de_DE'"
                    " WHERE model = 'dive.medical.form'",
                    name=SQL.identifier(field),
                )
            )
        cls.env.invalidate_all()

    def _page(self, path, accepts="en-US", status=200, **data):
        answer = self.url_open(
            path, headers={"Accept-Language": accepts}, data=data or None
        )
        self.assertEqual(answer.status_code, status, path)
        return answer.text

    def _shows(self, page, texts, english):
        for text in texts:
            self.assertIn(text, page)
        # what a reader sees, between the tags
        body = re.sub(r"(?s)<(script|style|head).*?</\1>", "", page)
        words = [" ".join(text.split()) for text in re.findall(r">([^<]+)<", body)]
        for text in english:
            self.assertFalse([said for said in words if text in said], text)

    def test_a_tablet_speaks_the_language_of_the_diver(self):
        """Though the browser asks for English; and so does what is signed."""
        token = self.env["dive.medical.link"]._dive_issue(self.greta)
        self.env.flush_all()
        url = f"/dive/medical/{token}"
        page = self._page(url)
        self.assertIn('lang="de-DE"', page)
        english = ("Yes", "Back", "Go on", "No connection", "Diving asks", "Sign")
        self._shows(page, ("Weiter zur Unterschrift", "Nein", "Lunge"), english)
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        page = self._page(url, status=422, csrf_token=csrf, q_1="no")
        said = "Einige Fragen haben noch keine Antwort"
        self._shows(page, (said, "Nein"), ("Some questions", *english))
        # the record may be wrong about it: each tablet offers the other languages
        english = self._page(f"{url}?language=en_US")
        self._shows(english, ("Go on to the signature", ">Deutsch</a>"), ("Nein",))
        self.assertIn("Go on to the signature", self._page(url))
        self._page(f"{url}?language=xx_XX")
        self.assertIn("Go on to the signature", self._page(url))
        self.assertIn("Weiter zur Unterschrift", self._page(f"{url}?language=de_DE"))
        answers = {str(number): "no" for number in range(3, 11)}
        self.make_jsonrpc_request(f"{url}/answers", {"answers": answers})
        page = self._page(f"{url}/sign")
        english = ("Change an answer", "I have answered", "Yes")
        self._shows(page, ("Eine Antwort ändern", "Tauchzentrum"), english)
        sign = re.search(rf"({url}/signature/\w+)", page)[1]
        wrong = self.make_jsonrpc_request(sign, {"name": ""})
        self.assertIn("Schreiben Sie den Namen", wrong["error"])
        done = self.make_jsonrpc_request(
            sign, {"name": "Greta", "signature": SIGNATURE.decode()}
        )
        self._shows(self._page(done["redirect_url"]), ("Vielen Dank",), ("Thank",))
        self.env.invalidate_all()
        form = self.Form.search([("partner_id", "=", self.greta.id)])
        self.assertEqual(form.state, "submitted")
        words = form._dive_signed_paper()
        self.assertEqual(words["lang"], "de_DE")
        self.assertIn("nach bestem Wissen", words["declaration"])

    def test_a_physician_reads_what_the_browser_asks_for_or_the_diver(self):
        form = self._signed(self.greta, yes=("3",))
        url = self.env["dive.physician.link"]._dive_issue(form)
        path = url[url.index("/dive/") :]
        self.env.flush_all()
        gone = self._page("/dive/physician/x", "nl-NL", 404)
        self.assertIn("This address does not open", gone, "whose it is stays unsaid")
        page = self._page(path, "en-US")
        self._shows(page, ("Your papers", 'lang="en-US"'), ("Ihre Unterlagen",))
        page = self._page(path, "nl-NL")
        self._shows(page, ("Ihre Unterlagen", 'lang="de-DE"'), ("Your papers",))

    def test_papers_and_mail(self):
        form = self._signed(self.greta, yes=("3",))
        template = self.env.ref("dive_crm.mail_template_medical_papers")
        mail = template._generate_template(form.ids, ("subject", "body_html"))[form.id]
        self.assertIn("Unterlagen für Ihren Tauchgang", mail["subject"])
        self.assertIn("Sie finden sie hier", mail["body_html"])
        report = self.env["report.dive_crm.report_dive_medical_packet"]
        shared = report._shared(
            form, {**form._dive_signed_paper(), "lang": "de_DE", "company": "Reef"}
        )
        self.assertIn("Version 1", shared["which"])
        self.assertIn("Oder bringen Sie sie mit zu", shared["bring"])
        alert = self.env["dive.medical.alert"].with_context(lang="de_DE")
        words = alert.new(
            {"form_id": form.id, "kind": "before", "about_date": date(2099, 12, 31)}
        )
        self.assertEqual(
            words.summary,
            "Bitte füllen Sie bis zum 31. Dezember 2099 einen neuen Bogen aus",
        )
        opening = self.env["dive.emergency.opening"].with_context(lang="de_DE")
        said = opening._dive_diver_words(self.greta)
        self.assertIn("geboren am 10.05.1990", said["born_text"])
        self.assertIn("kein Tauchgang eingetragen", said["dives_text"])
