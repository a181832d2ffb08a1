"""The front desk notes calls, in a real browser."""

from odoo.tests import tagged

from .common import DiveHttpCommon


@tagged("post_install", "-at_install", "dive_browser")
class TestContactTour(DiveHttpCommon):
    def test_two_clicks_and_a_number(self):
        diver = self._customer("Tour Diver")
        caller = self._customer("Tour Caller", phone="+34 611 22 33 88")
        self.start_tour(
            f"/odoo/dive-customers/{diver.id}",
            "dive_crm_call",
            login="t_front",
            timeout=120,
        )
        log = self.env["dive.contact.log"]
        calls = log.search([("partner_id", "in", (diver | caller).ids)])
        self.assertEqual(
            [(row.partner_id, row.outcome_id.name, row.name) for row in calls],
            [(caller, "Booked", "Comes on Friday"), (diver, "No answer", "")],
        )
