from odoo.tests import BaseCase, tagged

from ..tools.sms_text import parts, plain


@tagged("post_install", "-at_install")
class TestSmsText(BaseCase):
    def test_as_few_parts_as_the_words_allow(self):
        text = "Reef: “Wreck dive” – it’s booked…\N{NO-BREAK SPACE}See you · tomorrow. "
        simple = 'Reef: "Wreck dive" - it\'s booked... See you - tomorrow.'
        self.assertEqual(plain(text), simple)
        self.assertEqual(plain("„Straße“ für 5 €"), '"Straße" für 5 €')
        self.assertEqual(plain("« Épave »"), '"Épave"'.replace("É", "É"))
        # whoever needs the large alphabet anyway keeps it
        for text in ("“Être”", "“Yuki 由紀”", "“🤿”"):
            self.assertEqual(plain(text), text)
        self.assertEqual(plain(None), "")

    def test_parts(self):
        for text, count in (
            ("a" * 160, 1),
            ("a" * 161, 2),
            ("a" * 159 + "€", 2),
            ("a" * 306, 2),
            ("“" + "a" * 69, 1),
            ("“" + "a" * 70, 2),
            ("🤿" * 35, 1),
            ("🤿" * 36, 2),
        ):
            self.assertEqual(parts(text), count, text)
