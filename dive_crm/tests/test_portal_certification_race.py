from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from .common import RaceCase


@tagged("post_install", "-at_install", "dive_long")
class TestPortalCertificationRace(RaceCase):
    """One form, sent by two thumbs at the same moment."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            user = new_test_user(
                env(context={**env.context, "no_reset_password": True}),
                login="t_portal_race",
                groups="base.group_portal",
                name="Rita Race",
                email="t_portal_race@dive.test",
            )
            user.partner_id.dive_customer = True
            self.user_id, self.partner_id = user.id, user.partner_id.id
            self.level_id = env.ref("dive_crm.level_padi_owd").id
        self.addCleanup(self._clean)

    def _clean(self):
        with self._env() as env:
            cards = env["dive.certification"].search(
                [("partner_id", "=", self.partner_id)]
            )
            cards._dive_unlocked().unlink()
            env["res.users"].browse(self.user_id).unlink()
            partner = env["res.partner"].browse(self.partner_id)
            partner.dive_customer = False
            partner.unlink()

    def _send(self, form_key, number):
        def send(env):
            cards = env["dive.certification"].with_user(self.user_id)
            form = {
                "level_id": str(self.level_id),
                "number": number,
                "form_key": form_key,
            }
            cards._dive_portal_send(cards._dive_portal_divers(), form, {})

        return send

    def _count(self):
        with self._env() as env:
            return env["dive.certification"].search_count(
                [("partner_id", "=", self.partner_id)]
            )

    def test_one_form_makes_one_card(self):
        with mute_logger("odoo.sql_db"):
            outcome = self._race([self._send("k1", "123")] * 4)
        self.assertEqual(outcome, [True] * 4)
        self.assertEqual(self._count(), 1)

    def test_two_forms_of_one_card_make_one_card(self):
        with mute_logger("odoo.sql_db"):
            outcome = self._race([self._send(f"k{n}", "12-3") for n in range(4)])
        self.assertEqual(outcome, [True] * 4)
        self.assertEqual(self._count(), 1)
