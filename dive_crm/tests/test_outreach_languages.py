"""Every message that divers get, as they read it: in each language, on a phone."""

import re
from datetime import timedelta
from html import unescape

from odoo import fields
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon
from .medical_common import MedicalMixin
from .message_common import MessageMixin

LANGUAGES = ("de_DE", "es_ES", "fr_FR", "it_IT")
#: A name that could be markup, and is written from right to left.
NAME = "<b>Bob</b> & \N{HEBREW LETTER DALET}\N{HEBREW LETTER VAV}"
#: What stands there if something is missing.
NOTHING = re.compile(r"\b(?:False|None|Undefined)\b|\{\{|t-out|dive_\w")
#: Where something is missing: “call .”, “on  at”, “: .”
HOLE = re.compile(r"[^.…\s] +[.,](?:\s|$)|\S {2,}\S|«\s*»|[(“„]\s*[)”“]")
#: What does not break on a phone: as many letters as 390 px are wide, at 14 px.
WIDEST = 44
#: Pages that are opened by what the mail alone has.
OPENED = {
    "dive_online_url": "https://reef.test/dive/trips/confirm/" + "a" * 60,
    "dive_newsletter_url": "https://reef.test/dive/newsletter/" + "a" * 60,
    "dive_physician_url": "https://reef.test/dive/medical/" + "a" * 60,
}


@tagged("post_install", "-at_install", "dive_long")
class TestOutreachLanguages(MessageMixin, CardMixin, MedicalMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.setUpMedical()
        cls.setUpMessages()
        for code in LANGUAGES:
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(["dive_crm"], list(LANGUAGES))
        cls.company.write({"phone": "+34 600 11 22 33", "website": "reef.test"})
        cls.tom.write({"name": NAME, "phone": "+34 600 11 22 44"})
        cls.booking = cls._booking(cls.tom, cls.trip, cls.tom | cls.mia, confirm=True)
        cls.records = cls._records()
        # what a centre names in its own language
        cls.given = {NAME, "Blue Reef", "Reggio", "Wreck dive", "Mask", "Too dark"}
        cards = cls.env["dive.certification"].search([])
        cls.given |= {card.rejection_reason for card in cards if card.rejection_reason}

    @classmethod
    def _records(cls):
        """Return what templates are about, for each model."""
        env, tom, company = cls.env, cls.tom, cls.company
        today, now = company._dive_today(), fields.Datetime.now()
        level = env["dive.certification.level"].search([], limit=1)
        form = cls.Form.create({"partner_id": tom.id})
        form._dive_unlocked().write(
            {
                "state": "submitted",
                "signed_on": today,
                "signed_at": now,
                "answered_outcome": "fit",
            }
        )
        form._dive_unlocked().valid_until = today + timedelta(days=30)
        records = {
            "res.partner": tom,
            "dive.booking": cls.booking,
            "dive.booking.diver": cls.booking.diver_ids[0],
            "dive.discount.card": cls._sold(partner=tom),
            "dive.certification": env["dive.certification"]
            .with_user(cls.front)
            .create(
                {
                    "partner_id": tom.id,
                    "level_id": level.id,
                    "expiry_date": today + timedelta(days=30),
                }
            )
            .with_user(env.user),
            "dive.medical.form": form,
            "dive.trip.invitation": env["dive.trip.invitation"].create(
                {
                    "trip_id": cls.trip.id,
                    "partner_id": tom.id,
                    "recipient_id": tom.id,
                    "until": now + timedelta(days=9),
                }
            ),
            "dive.online.request": env["dive.online.request"].create(
                {
                    "trip_id": cls.trip.id,
                    "name": NAME,
                    "email": "tom@reef.test",
                    "birthdate_date": "1990-05-05",
                    "token_hash": "a",
                    "expires_at": now + timedelta(days=1),
                }
            ),
            "dive.newsletter.request": env["dive.newsletter.request"].create(
                {
                    "email": "tom@reef.test",
                    "company_id": company.id,
                    "token_hash": "a",
                    "expires_at": now + timedelta(days=1),
                }
            ),
            "dive.ticket": env["dive.ticket"].create(
                {"name": "Mask", "partner_id": tom.id, "source": "portal"}
            ),
            "dive.brochure.request": env["dive.brochure.request"].create(
                {
                    "partner_id": tom.id,
                    "brochure_id": env.ref("dive_crm.brochure_general").id,
                }
            ),
        }
        records["dive.certification"]._dive_unlocked().rejection_reason = "Too dark"
        plans = env["dive.message.plan"].search([("company_id", "=", company.id)])
        cls.plans = plans + cls.kind.message_line_ids
        for event in ("card_ends", "medical_ends"):
            plan = plans.filtered(lambda one, event=event: one.event == event)[:1]
            record = plan._dive_example()
            records[record._name] = record
        return records

    # ------------------------------------------------------------------
    # Filling in
    # ------------------------------------------------------------------

    def _in(self, lang):
        """Have everybody who is written to read a language."""
        # also those who work here, and write to divers
        people = self.env["res.partner"].with_context(active_test=False)
        people.search([]).lang = lang
        for model in ("dive.online.request", "dive.newsletter.request"):
            self.records[model].lang = lang

    def _templates(self, model):
        found = self.env[model].search([])
        known = found.get_external_id()
        # those about trips say something in the place of the plan that they have
        return found.filtered(
            lambda one: (
                known[one.id].startswith("dive_crm.")
                and one.model != "dive.booking.notice"
            )
        )

    def _filled(self):
        """Return the messages of all templates and of the plan: name → (mail, SMS)."""
        # what ends “tomorrow at this hour” ends each time at the same
        with self._at(self.start - timedelta(days=4)):
            return self._fill()

    def _fill(self):
        filled = {}
        writer = self.env["dive.alert.writer"]
        for template in self._templates("mail.template"):
            record = self.records[template.model]
            text = writer._dive_mail_texts(template.with_context(**OPENED), record.ids)
            mail = text[record.id]
            filled[template.name] = mail["subject"], mail["body_html"], ""
        for template in self._templates("sms.template"):
            record = self.records[template.model]
            text = writer._dive_sms_texts(template, record.ids)[record.id]
            filled[f"SMS: {template.name}"] = "", "", text
        for plan in self.plans:
            values = plan._dive_render_example()
            key = f"{plan.event} {plan.id}"
            filled[key] = values["subject"], values["body"], values["sms"] or ""
        return filled

    @staticmethod
    def _lines(message):
        """Return what is read, each stretch without markup on its own."""
        subject, body, sms = message
        text = re.sub(r"</?(?:b|strong|t|i|span)\b[^>]*>", "", str(body))
        text = unescape(re.sub(r"<[^>]+>", "\n", text))
        return [
            line.strip() for line in f"{subject}\n{text}\n{sms}".split("\n") if line
        ]

    def _wrong(self, name, message):
        """Return what is wrong in any language."""
        subject, body, sms = message
        wrong = [
            f"{name}: {line}"
            for line in self._lines(message)
            if NOTHING.search(line) or HOLE.search(line)
        ]
        words = " ".join(self._lines((subject, body, ""))).split()
        wrong += [f"{name}: too wide: {word}" for word in words if len(word) > WIDEST]
        if sms.endswith(":"):
            wrong.append(f"{name}: nothing behind it: {sms}")
        if "<b>Bob" in str(body) or "&lt;" in f"{subject}{sms}":
            wrong.append(f"{name}: a name that is no text")
        return wrong

    def _all_wrong(self, filled):
        return [
            f"{self.tom.lang} {line}"
            for name, message in filled.items()
            for line in self._wrong(name, message)
        ]

    def _says_something(self, line):
        for given in self.given:
            line = line.replace(given, "")
        return re.search(r"[a-z]{2,} [a-z]{2,}", line)

    # ------------------------------------------------------------------

    def test_each_language_alone(self):
        """No line is as in English, whatever the desk reads; and English is whole."""
        self._in("en_US")
        filled = self._filled()
        english = {name: set(self._lines(one)) for name, one in filled.items()}
        self.assertGreater(len(english), 50)
        self.assertIn("offer", "".join(english))
        wrong = self._all_wrong(filled)
        for lang in LANGUAGES:
            self._in(lang)
            filled = self._filled()
            for name, message in filled.items():
                same = english[name].intersection(self._lines(message))
                left = filter(self._says_something, same)
                wrong += [f"{lang} {name} in English: {line}" for line in left]
            wrong += self._all_wrong(filled)
        self._in("en_US")
        self.env.user.lang = "de_DE"
        for name, message in self._filled().items():
            for line in set(self._lines(message)) - english[name]:
                wrong.append(f"{name} not in English: {line}")
        self.assertFalse(wrong, "\n".join(wrong))

    def test_a_centre_without_telephone(self):
        """No message has a hole where the number would stand."""
        self.company.write({"phone": False, "website": False, "email": False})
        wrong = []
        for lang in ("en_US", *LANGUAGES):
            self._in(lang)
            filled = self._filled()
            wrong += self._all_wrong(filled)
            bodies = [str(body) for _subject, body, _sms in filled.values()]
            self.assertNotIn("tel:", "".join(bodies))
        self.assertFalse(wrong, "\n".join(wrong))

    def test_divers_without_anything(self):
        """No language, telephone or e-mail address: what there is, is whole."""
        bare = {"lang": False, "phone": False, "email": False}
        (self.tom | self.anna | self.mia).write(bare)
        wrong = self._all_wrong(self._filled())
        self.assertFalse(wrong, "\n".join(wrong))

    def test_who_is_greeted(self):
        """Whom the mail goes to, by name; a minor's guardian in place of the minor."""
        self._in("de_DE")
        greeted = 0
        for template in self._templates("mail.template"):
            record = self.records[template.model]
            body = template._render_field("body_html", record.ids, compute_lang=True)
            said = re.search(r"Guten Tag ([^!,]+)[!,]", unescape(str(body[record.id])))
            if said and template.model != "dive.certification":
                self.assertEqual(said[1], NAME, template.name)
                greeted += 1
        self.assertGreater(greeted, 9)
