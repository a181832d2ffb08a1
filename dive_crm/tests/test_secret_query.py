from odoo.tests.common import tagged

from .secret_common import NAMES, SecretCommon


@tagged("post_install", "-at_install")
class TestSecretQuery(SecretCommon):
    """Queries do not grow with rows (rule 9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.Partner.create(
            [{"name": f"Diver {n}", "dive_customer": True} for n in range(80)]
        )
        cls.many = cls.profiles.create(
            [
                {"partner_id": partner.id, **dict.fromkeys(NAMES, f"text {partner.id}")}
                for partner in partners
            ]
        )
        cls.env.flush_all()

    def _count(self, action, records):
        self.env.invalidate_all()
        records.browse().check_access("read")
        before = self.env.cr.sql_log_count
        action(records)
        return self.env.cr.sql_log_count - before

    def _same(self, action, most=None):
        self._count(action, self.many[:1])
        one = self._count(action, self.many[:1])
        eighty = self._count(action, self.many)
        self.assertEqual(one, eighty)
        if most is not None:
            self.assertLessEqual(eighty, most)

    def test_reading_a_list(self):
        # the companies of the rule, the records, all encrypted fields of all of them
        self._same(lambda records: records.read(["partner_id", *NAMES], load=None), 3)
        spec = {name: {} for name in NAMES}
        self._same(lambda records: records.web_read(spec))

    def test_searching_and_reading(self):
        self._same(
            lambda records: records.search_read([("id", "in", records.ids)], NAMES), 3
        )

    def test_one_by_one(self):
        def one_by_one(records):
            for record in records:
                self.assertEqual(
                    [record[name] for name in NAMES],
                    [f"text {record.sudo().partner_id.id}"] * 3,
                )

        self._same(one_by_one)

    def test_in_sudo(self):
        self._same(lambda records: records.sudo().mapped("conditions"))

    def test_writing(self):
        texts = iter("abc")
        self._same(lambda records: records.write({"conditions": next(texts)}))

    def test_only_what_is_asked_for_is_fetched(self):
        self.env.invalidate_all()
        self.many[:1].read(["conditions"])
        field = self.many._fields["allergies"]
        self.assertFalse(field._get_cache(self.many.env))
