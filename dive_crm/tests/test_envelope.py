from odoo.tests.common import BaseCase, tagged

from ..tools import envelope
from ..tools.ticket import has_ticket, with_ticket


@tagged("post_install", "-at_install")
class TestEnvelope(BaseCase):
    def setUp(self):
        super().setUp()
        self.key_id = envelope.new_key_id()
        self.cipher = envelope.cipher_of(b"k" * envelope.KEY_BYTES)
        self.ciphers = {self.key_id: self.cipher}
        self.place = envelope.associated_data("dive.test/text", 7, "uid")

    def _seal(self, data=b"asthma", place=None):
        return envelope.seal(self.key_id, self.cipher, data, place or self.place)

    def _open(self, sealed, place=None, ciphers=None):
        return envelope.open_envelope(
            sealed, self.ciphers if ciphers is None else ciphers, place or self.place
        )

    def test_what_goes_in_comes_out(self):
        for data in (b"", b"\0", "喘息 🫁 ربو".encode(), b"x" * 1_000_000):
            sealed = self._seal(data)
            self.assertEqual(self._open(sealed), data)
            self.assertEqual(len(sealed), len(data) + envelope.OVERHEAD)
        self.assertNotIn(b"asthma", self._seal())

    def test_a_memoryview_opens_as_well(self):
        """PostgreSQL's driver gives one for a bytea."""
        self.assertEqual(self._open(memoryview(self._seal())), b"asthma")

    def test_the_same_value_is_never_sealed_alike(self):
        self.assertEqual(len({self._seal() for _count in range(100)}), 100)

    def test_every_changed_bit_shows(self):
        sealed = self._seal(b"ok")
        for position in range(len(sealed)):
            changed = bytearray(sealed)
            changed[position] ^= 1
            with self.assertRaises(envelope.EnvelopeError):
                self._open(bytes(changed))

    def test_what_is_cut_says_so(self):
        sealed = self._seal()
        for length in range(envelope.OVERHEAD):
            with self.assertRaises(envelope.Cut):
                self._open(sealed[:length])
        with self.assertRaises(envelope.Altered):
            self._open(sealed[:-1])

    def test_another_version_says_so(self):
        with self.assertRaises(envelope.UnknownVersion):
            self._open(b"\xff" + self._seal()[1:])
        with self.assertRaises(envelope.UnknownVersion):
            self._open(b"%PDF-1.4 never sealed at all, which somebody put in its place")

    def test_a_missing_key_is_named(self):
        with self.assertRaises(envelope.UnknownKey) as caught:
            self._open(self._seal(), ciphers={})
        self.assertEqual(caught.exception.key_id, self.key_id)

    def test_another_key_of_the_same_name_says_so(self):
        other = {self.key_id: envelope.cipher_of(b"o" * envelope.KEY_BYTES)}
        with self.assertRaises(envelope.Altered):
            self._open(self._seal(), ciphers=other)

    def test_the_key_id_is_bound(self):
        """The same key under a second name does not open what names the first."""
        second = envelope.new_key_id()
        sealed = self._seal()
        renamed = sealed[:1] + bytes.fromhex(second) + sealed[5:]
        with self.assertRaises(envelope.Altered):
            self._open(renamed, ciphers={second: self.cipher})

    def test_it_opens_only_where_it_was_sealed(self):
        sealed = self._seal()
        for label, record_id, uid in (
            ("dive.test/other", 7, "uid"),
            ("dive.test/text", 8, "uid"),
            ("dive.test/text", 7, "other"),
        ):
            with self.assertRaises(envelope.Altered):
                self._open(sealed, envelope.associated_data(label, record_id, uid))

    def test_places_are_not_confused(self):
        self.assertNotEqual(
            envelope.associated_data("a", 1, "bc"),
            envelope.associated_data("ab", 1, "c"),
        )

    def test_exceptions_tell_no_content(self):
        sealed = self._seal(b"SECRET")
        for broken in (sealed[:-1], sealed[:9], b"\x09" + sealed):
            with self.assertRaises(envelope.EnvelopeError) as caught:
                self._open(broken)
            self.assertNotIn("SECRET", str(caught.exception))

    def test_ids_are_random(self):
        self.assertEqual(len({envelope.new_key_id() for _count in range(99)}), 99)
        self.assertEqual(len({envelope.new_uid() for _count in range(99)}), 99)


class FakeRecords:
    """As much of a recordset as a ticket needs."""

    def __init__(self, context):
        self.context = context

    def with_context(self, **values):
        return FakeRecords({**self.context, **values})


@tagged("post_install", "-at_install")
class TestTicket(BaseCase):
    def test_only_the_ticket_itself_is_a_ticket(self):
        for forged in (True, 1, "ticket", {}, [], object(), None):
            self.assertFalse(has_ticket(FakeRecords({"dive_ticket": forged})))
        self.assertFalse(has_ticket(FakeRecords({})))
        self.assertTrue(has_ticket(with_ticket(FakeRecords({}))))
