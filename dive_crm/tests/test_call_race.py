"""Two desks take the same call, or one clicks twice: one customer, one line."""

from odoo.tests import tagged

from .common import RaceCase

NUMBER = "+34 611 22 33 77"


@tagged("post_install", "-at_install", "dive_race", "dive_long")
class TestCallRace(RaceCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)

    def _clean(self):
        with self._env() as env:
            partners = self._partners(env)
            env["dive.call.dialog"].search([("phone", "=", NUMBER)]).unlink()
            partners.unlink()

    def _partners(self, env):
        return env["res.partner"].search([("phone", "=", NUMBER)])

    def _dialogs(self, number):
        with self._env() as env:
            return (
                env["dive.call.dialog"]
                .create([{"from_number": True, "phone": NUMBER}] * number)
                .ids
            )

    def _log(self, id_):
        def log(env):
            outcome = env.ref("dive_crm.call_reached")
            dialog = env["dive.call.dialog"].browse(id_)
            dialog._compute_partner_id()
            outcome.with_context(dive_call_dialog_id=id_).action_dive_log()

        return log

    def test_the_same_number_at_two_desks(self):
        outcome = self._race([self._log(id_) for id_ in self._dialogs(4)])
        self.assertEqual(outcome, [True] * 4)
        with self._env() as env:
            partner = self._partners(env)
            self.assertEqual(len(partner), 1)
            rows = env["dive.contact"].search([("partner_id", "=", partner.id)])
            self.assertEqual(rows.mapped("kind"), ["call"] * 4)

    def test_a_double_click(self):
        (dialog,) = self._dialogs(1)
        outcome = self._race([self._log(dialog)] * 4)
        self.assertEqual(outcome, [True] * 4)
        with self._env() as env:
            partner = self._partners(env)
            rows = env["dive.contact"].search([("partner_id", "=", partner.id)])
            self.assertEqual(len(rows), 1)
