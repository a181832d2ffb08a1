"""The profile in the portal: what divers change, and what they ask the desk for."""

from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon
from .online_common import OnlineMixin

START = "/my/profile"


@tagged("post_install", "-at_install", "dive_long")
class TestPortalProfile(OnlineMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()
        cls.diver.write({"dive_logged_dives": 20, "dive_size_bcd": "M"})

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")
        self.csrf = self._token_of(self._get(START).text)

    def _save(self, diver=None, status=303, **data):
        answer = self.url_open(
            f"{START}/{getattr(diver, 'id', diver) or self.diver.id}",
            data={"csrf_token": self.csrf, **data},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        return answer

    def _asked(self, diver=None):
        return (diver or self.diver)._dive_profile_activity()

    def test_own(self):
        """Sizes, gear and wishes are theirs to say."""
        self._save(
            dive_size_suit="L",
            dive_size_bcd="",
            dive_weight_kg="6,5",
            dive_own_gear="Mask <b>",
            dive_diet="Vegan 🌱",
            dive_comfort="calm",
            dive_channel="nonsense",
        )
        diver = self.diver
        self.assertEqual(
            (diver.dive_size_suit, diver.dive_size_bcd, diver.dive_weight_kg),
            ("L", False, 6.5),
        )
        self.assertEqual((diver.dive_comfort, diver.dive_channel), ("calm", False))
        self.assertEqual(diver.dive_own_gear, "Mask <b>")
        self.assertFalse(self._asked())
        page = self._get(f"{START}?diver={diver.id}&said=saved").text
        self.assertIn("Mask &lt;b&gt;", page)
        self.assertIn("Vegan 🌱", page)

    def test_asked(self):
        """What rules and papers depend on is not changed, and the desk told once."""
        answer = self._save(
            name="Petra <Portal-Meyer>".replace("<", "").replace(">", ""),
            birthdate_date="1991-05-10",
            dive_logged_dives="120",
            dive_last_dive_date=str(date.today() - timedelta(9)),
            dive_deepest_m="38,5",
        )
        self.assertIn("said=asked", answer.headers["Location"])
        self.assertEqual(
            (self.diver.name, self.diver.dive_logged_dives), ("Petra Portal", 20)
        )
        self.assertEqual(self.diver.birthdate_date, date(1990, 5, 10))
        todo = self._asked()
        for words in ("Portal-Meyer", "120 (on record: 20)", "38.5"):
            self.assertIn(words, todo.note)
        self.assertTrue(todo.user_id.has_group("dive_crm.group_front_desk"))
        self.assertIn("we look at it", self._get(START).text)
        self._save(dive_logged_dives="130")
        self.assertEqual(len(self.diver.activity_ids & todo), 1)
        self.assertIn("130", self._asked().note)
        self.assertNotIn("120", self._asked().note)
        # as on record: nothing to ask for
        self._save(self.ward, name="Wanda Ward", dive_logged_dives="0")
        self.assertFalse(self._asked(self.ward))

    def test_birth_that_is_missing(self):
        """Taken as it is where there is none; a ward would grow up by it."""
        self.diver.birthdate_date = False
        self._save(birthdate_date="1988-02-29")
        self.assertEqual(self.diver.birthdate_date, date(1988, 2, 29))
        self.assertFalse(self._asked())
        self.ward.birthdate_date = False
        self._save(self.ward, birthdate_date="1988-02-29")
        self.assertFalse(self.ward.birthdate_date)
        self.assertTrue(self._asked(self.ward))

    def test_what_cannot_be(self):
        tomorrow = str(date.today() + timedelta(2))
        for name, value, words in (
            ("dive_weight_kg", "51", "from 0 to 50"),
            ("dive_weight_kg", "six", "from 0 to 50"),
            ("dive_weight_kg", "nan", "from 0 to 50"),
            ("dive_logged_dives", "-1", "from 0 to 50,000"),
            ("dive_logged_dives", "1.5", "from 0 to 50,000"),
            ("dive_logged_dives", "9" * 400, "from 0 to 50,000"),
            ("dive_deepest_m", "351", "from 0 to 350"),
            ("dive_last_dive_date", tomorrow, "cannot be in the future"),
            ("dive_last_dive_date", "soon", "cannot be in the future"),
            ("birthdate_date", "1800-01-01", "as it is in the passport"),
            ("birthdate_date", "31/31/31", "as it is in the passport"),
            ("name", "<script>", "without signs"),
        ):
            answer = self._save(status=422, dive_diet="Kept", **{name: value})
            self.assertIn(words, answer.text, (name, value))
            self.assertIn('value="Kept"', answer.text)
        self.assertFalse(self._asked())
        self.assertFalse(self.diver.dive_diet)
        self._save(dive_size_suit="x" * 999, dive_diet="y" * 9999)
        self.assertEqual(
            (len(self.diver.dive_size_suit), len(self.diver.dive_diet)), (20, 200)
        )
        # what is no field of this form is not written
        self._save(email="x@y.z", dive_guardian_id=str(self.other.id), ref="1")
        self.assertFalse(self.diver.dive_guardian_id)
        self.assertEqual(self.diver.email, "t_portal@dive.test")

    def test_sizes_reach_the_trip(self):
        kind = self.env.ref("dive_crm.equipment_kind_bcd")
        self.kind.gear_kind_ids = kind
        booking = self._booking(self.ward, self.trip, confirm=True)
        seat = booking.diver_ids
        gear = self.env["dive.gear"].create({"seat_id": seat.id, "kind_id": kind.id})
        self.assertEqual(seat._dive_sizes_missing(), {seat: kind})
        self._save(self.ward, dive_size_bcd="XS")
        self.assertEqual(gear.size_id.name, "XS")
        self.assertFalse(seat._dive_sizes_missing()[seat])

    def test_foreign(self):
        grown_up = self._ward(self.diver, "Grown Up", birthdate_date="1990-01-01")
        for number in (self.other.id, grown_up.id, 2**31, 10**30, 0):
            self._get(f"{START}?diver={number}", 404)
            self._save(number or "0", 404, dive_diet="Foreign")
        self._get(f"{START}?diver=x", 404)
        self.assertFalse((self.other | grown_up).filtered("dive_diet"))
        self.csrf = "forged"
        with mute_logger("odoo.http"):
            self._save(status=400, dive_diet="Forged")
        self.logout(keep_db=True)
        self._get(START, 303)
        self.authenticate("t_employee", "t_employee")
        self._get(START, 404)

    def test_name_on_cards(self):
        """Odoo's page changes no name that stands on a certification."""
        level = self.env["dive.certification.level"].search([], limit=1)

        def send():
            page = self._get("/my/account").text
            return self.url_open(
                "/my/address/submit",
                data={
                    "csrf_token": self._token_of(page),
                    "partner_id": self.diver.id,
                    "name": "Somebody Else",
                    "email": self.diver.email,
                    "phone": "+32 2 555 12 12",
                    "street": "Quay 1",
                    "city": "Gent",
                    "zip": "9000",
                    "country_id": self.company.country_id.id,
                    "address_type": "billing",
                },
            ).json()

        card = self.env["dive.certification"].create(
            {"partner_id": self.diver.id, "level_id": level.id}
        )
        said = send()
        self.assertIn("certifications are in this name", " ".join(said["messages"]))
        self.env.invalidate_all()
        self.assertEqual(self.diver.name, "Petra Portal")
        card.unlink()
        self.assertIn("redirectUrl", send())
        self.env.invalidate_all()
        self.assertEqual(self.diver.name, "Somebody Else")
