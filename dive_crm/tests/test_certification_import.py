"""The certification columns of the customer import."""

from datetime import date

from odoo.tests import tagged

from .certification_common import CertificationMixin
from .customer_import_common import ImportCommon

HEADER = "Customer no,Name,Date of birth,Agency,Level,Card number,Certified on\n"


@tagged("post_install", "-at_install", "dive_long")
class TestCertificationImport(CertificationMixin, ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCertifications()

    def _cards(self, ref):
        return self._found(ref).dive_certification_ids

    def test_a_card_comes_with_its_customer_and_once(self):
        text = HEADER + "Z1,Bea Berg,1990-01-01,Zebra,Zebra Open,123-456,2015-06-30\n"
        record = self._import(text)
        self.assertFalse(record.line_ids)
        card = self._cards("Z1")
        self.assertEqual(
            (card.level_id, card.number, card.issue_date, card.verification),
            (self.open, "123-456", date(2015, 6, 30), "unverified"),
        )
        self.assertCounts(self._check(text), unchanged=1)
        spelled = HEADER + "Z1,Bea Berg,,ZEB,zebra open,123456,\n"
        self.assertCounts(self._check(spelled), unchanged=1)

    def test_ways_to_write_a_level(self):
        rows = (
            "Z1,Ann A,,Zebra,Zebra Open,1,",
            "Z2,Ann B,,zeb,ZO,2,",
            "Z3,Ann C,,ZEBRA,ZEB-ZO,3,",
            "Z4,Ann D,,,Zebra ZO,4,",
            "Z5,Ann E,,,ZEBRA OPEN,5,",
        )
        self._import(HEADER + "\n".join(rows))
        for number in range(1, 6):
            self.assertEqual(self._cards(f"Z{number}").level_id, self.open, number)

    def test_what_is_wrong_with_a_card_does_not_keep_its_customer_out(self):
        self.night.active = False
        rows = (
            "Z2,Ann B,1990-01-01,Zebraa,Zebra Open,123456,",
            "Z3,Ann C,1990-01-01,Zebra,Zebra Opn,123456,",
            "Z4,Ann D,1990-01-01,Zebra,,123456,",
            "Z5,Ann E,1990-01-01,,Nothing like it,123456,",
            "Z6,Ann F,1990-01-01,Zebra,Zebra Night,123456,",
            "Z7,Ann G,1990-01-01,Zebra,Zebra Open,123456,1990-01-01",
            f"Z8,Ann H,1990-01-01,Zebra,Zebra Open,{'9' * 65},",
            # what exports write for "empty"
            "Z9,Ann I,,Zebra,Zebra Open,123456,1900-01-01",
        )
        record = self._check(HEADER + "\n".join(rows))
        self.assertEqual(
            self._kinds(record),
            {
                2: "unknown_agency",
                3: "unknown_level",
                4: "card_incomplete",
                5: "card_incomplete",
                6: "unknown_level",
                7: "card_impossible",
                8: "card_impossible",
                9: "card_impossible",
            },
        )
        texts = {line.row: line.text for line in record.line_ids}
        self.assertIn("Did you mean Zebra?", texts[2])
        self.assertIn("Zebra Open", texts[3])
        self.assertIn("archived", texts[6])
        self.assertIn("1900-01-01: check the year", texts[9])
        record.action_import()
        self.assertCounts(record, new=8)
        customers = self.Partner.browse(record.imported_ids)
        self.assertFalse(customers.dive_certification_ids)
        # put right, the same file brings the cards alone
        again = self._import(HEADER + "Z2,Ann B,1990-01-01,Zebra,ZO,123456,")
        self.assertCounts(again, changed=1)
        self.assertEqual(self._cards("Z2").level_id, self.open)

    def test_dates_are_refused_as_all_dates_are(self):
        rows = (
            "Z1,Ann A,,Zebra,Zebra Open,1,31.02.2010",
            "Z2,Ann B,,Zebra,Zebra Open,2,2091-01-01",
        )
        record = self._check(HEADER + "\n".join(rows))
        self.assertEqual(
            self._kinds(record),
            {2: "bad_date card_number_odd", 3: "future_date card_number_odd"},
        )
        self.assertCounts(record, rejected=2)

    def test_known_cards_are_completed_and_else_left_alone(self):
        bare = self._card(issue_date=False)
        sure = self._card(level=self.advanced, number="654321")
        self._checked(sure)
        rows = (
            f"{self.anna.ref},Anna Keller,,Zebra,ZO,123456,2011-01-01",
            f"{self.anna.ref},Anna Keller,,Zebra,ZA,654321,2012-01-01",
        )
        record = self._import(HEADER + "\n".join(rows))
        self.assertEqual(self._kinds(record)[3], "same_person card_kept")
        self.assertEqual(self.anna.dive_certification_ids, bare | sure)
        self.assertEqual((bare.number, bare.issue_date), ("123456", date(2011, 1, 1)))
        self.assertEqual(
            (sure.issue_date, sure.verification), (date(2020, 3, 1), "verified")
        )

    def test_an_end_before_the_date_keeps_nobody_out(self):
        bare = self._card(issue_date=False, number="1", expiry_date=date(2010, 1, 1))
        record = self._import(
            HEADER + f"{self.anna.ref},Anna Keller,,Zebra,ZO,1,2011-01-01"
        )
        self.assertIn("card_kept", self._kinds(record)[2])
        self.assertFalse(bare.issue_date)

    def test_the_number_of_a_card_that_we_issued_comes_later(self):
        trip = self._trip()
        seat = self._booking(self.anna, trip).diver_ids
        ours = self._card()._dive_unlocked()
        ours.write({"trip_id": trip.id, "booking_diver_id": seat.id})
        ours._dive_note_issued(trip)
        seen = self._card(level=self.advanced)
        self._checked(seen)
        rows = (
            f"{self.anna.ref},Anna Keller,,Zebra,ZO,123456,",
            f"{self.anna.ref},Anna Keller,,Zebra,ZA,654321,",
        )
        record = self._import(HEADER + "\n".join(rows))
        self.assertEqual(
            self._kinds(record), {3: "same_person card_kept"}, "not ours: kept"
        )
        texts = [line.text for line in record.line_ids]
        self.assertTrue(any("the file says 654321" in text for text in texts))
        self.assertEqual((ours.number, ours.verification), ("123456", "verified"))
        self.assertFalse(seen.number)
        self.assertEqual(self.anna.dive_certification_ids, ours | seen)

    def test_two_numbers_for_a_card_without_one_are_two_cards(self):
        bare = self._card(issue_date=False)
        rows = [
            f"{self.anna.ref},Anna Keller,,Zebra,ZO,{number},{day}"
            for number, day in (
                ("111111", ""),
                ("222222", "2012-01-01"),
                ("111 111", "2011-01-01"),
                ("111111", "2013-01-01"),
            )
        ]
        self._import(HEADER + "\n".join(rows))
        self.assertEqual((bare.number, bare.issue_date), ("111111", date(2011, 1, 1)))
        other = self.anna.dive_certification_ids - bare
        self.assertEqual((other.number, other.issue_date), ("222222", date(2012, 1, 1)))

    def test_two_numbers_after_a_row_without_one(self):
        rows = [f"Z1,Ann A,,Zebra,ZO,{number}," for number in ("", "111111", "222222")]
        self._import(HEADER + "\n".join(rows))
        self.assertEqual(set(self._cards("Z1").mapped("number")), {"111111", "222222"})

    def test_several_cards_of_one_person(self):
        rows = (
            "Z1,Ann A,,Zebra,ZO,111111,2011-01-01",
            "Z1,Ann A,,Zebra,ZA,222222,2012-01-01",
            "Z1,Ann A,,Zebra,ZA,222 222,",
        )
        self._import(HEADER + "\n".join(rows))
        self.assertEqual(self._cards("Z1").level_id, self.open | self.advanced)
        self.assertEqual(len(self._cards("Z1")), 2)

    def test_a_number_that_somebody_else_bears(self):
        self._card(number="123456")
        rows = (
            "Z1,Ann A,,Zebra,ZO,123 456,",
            "Z2,Ann B,,Zebra,ZO,777777,",
            "Z3,Ann C,,Zebra,ZA,777777,",
        )
        record = self._check(HEADER + "\n".join(rows))
        self.assertEqual(
            self._kinds(record), {2: "card_two_divers", 4: "card_two_divers"}
        )
        texts = {line.row: line.text for line in record.line_ids}
        self.assertIn("Anna Keller", texts[2])
        self.assertIn("Ann B", texts[4])

    def test_queries_do_not_grow_with_cards(self):
        """Writing 80 cards of known customers asks as often as writing one."""
        counts = []
        for name, total in (("warm", 2), ("A", 1), ("B", 80)):
            people = [f"{name}{i},Ann {name}{i},1990-01-01" for i in range(total)]
            self._import(HEADER + "\n".join(f"{who},,,," for who in people))
            record = self._check(
                HEADER
                + "\n".join(
                    f"{who},Zebra,ZO,{name}{i}000,2015-01-01"
                    for i, who in enumerate(people)
                )
            )
            self.assertCounts(record, changed=total)
            plan = record._make_plan()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            record._write_customers(plan)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(record.state, "done")
        self.assertEqual(counts[1], counts[2])
