import sys
import unicodedata

from odoo.tests.common import TransactionCase, tagged

from ..tools.text_fold import fold, fold_sql


@tagged("post_install", "-at_install")
class TestTextFold(TransactionCase):
    def test_spellings_of_one_name_are_equal(self):
        for left, right in (
            ("Łódź", "LODZ"),
            ("Müller", "muller"),
            ("Strauß", "STRAUSS"),
            ("Ærø", "aero"),
            ("José\u0301", "jose"),
            ("Ёлкина", "елкина"),
            ("ΆΝΝΑ", "αννα"),
            ("İstanbul", "istanbul"),
            ("ＡＢＣ１２", "abc12"),
            ("٠١٢", "012"),
        ):
            with self.subTest(left=left):
                self.assertEqual(fold(left), fold(right))

    def test_nothing_folds_to_nothing(self):
        for empty in ("", None, False):
            self.assertEqual(fold(empty), "")

    def test_database_folds_like_python(self):
        """Every letter of the scripts people write names in, in both cases."""
        letters = [
            chr(code)
            for code in range(32, 0x3100)
            if unicodedata.category(chr(code))[0] in "LMN"
            # PostgreSQL knows the letters of its own Unicode version, Python of its
            # own: compare what both have had for long.
            and unicodedata.ucd_3_2_0.category(chr(code)) != "Cn"
        ]
        self.assertGreater(len(letters), 5000, sys.version)
        self.env.cr.execute(
            f"SELECT letter, {fold_sql('letter')} FROM unnest(%s) AS letter", (letters,)
        )
        different = {
            f"U+{ord(letter):04X} {letter}": (folded, fold(letter))
            for letter, folded in self.env.cr.fetchall()
            if folded != fold(letter)
        }
        self.assertFalse(different)
