"""What tests of reminders of prepaid cards share."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields

from .alert_common import AlertQueueMixin
from .card_common import CardMixin
from .common import DiveCommon


class CardAlertCommon(AlertQueueMixin, CardMixin, DiveCommon):
    """Cards that end or are nearly used, and a run that commits nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.Alert = cls.env["dive.discount.card.alert"]
        # Nothing of demo data is due.
        cls.env["res.company"].search([]).dive_card_alert = False
        others = cls.env["dive.discount.card"].search([("state", "=", "active")])
        others._dive_unlocked().write({"state": "cancelled"})
        cls.company.write(
            {
                "dive_card_alert": True,
                "dive_card_alert_days": "30, 7",
                "dive_card_alert_percent": 10,
                "dive_card_user_id": cls.manager.id,
                "email": "desk@dive.test",
                "phone": "+32 59 12 34 56",
                "name": "Blue Reef",
            }
        )
        cls.anna.write({"email": "anna@keller.test", "phone": "+32 470 12 34 56"})
        cls.today = cls.company._dive_today()

    @classmethod
    def _ends(cls, card, days, sold=200):
        """Have a card end in so many days, and be sold so many days ago."""
        card._dive_unlocked().write(
            {
                "expiry_date": cls.today + timedelta(days=days),
                "sold_on": cls.today - timedelta(days=sold),
            }
        )
        return card

    def _used(self, card, amount):
        """Use a card on a draft invoice; return that."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": card.partner_id.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.dive.id, "price_unit": amount})
                ],
            }
        )
        card.redeem(amount, invoice=move)
        return move

    @classmethod
    def _quick(cls, partners, days=100):
        """Make cards that work, without invoices, and end in so many days."""
        cards = cls.env["dive.discount.card"].create(
            [{"type_id": cls.type.id, "partner_id": partner.id} for partner in partners]
        )
        for card in cards:
            card._dive_claim("draft", "unpaid")
            card._dive_activate()
        return cls._ends(cards, days)

    @contextmanager
    def _in(self, days):
        """Be so many days later."""
        moment = fields.Datetime.now() + timedelta(days=days)
        # only the clock that models read: to stop all takes a second each time
        with patch.object(fields.Datetime, "now", lambda: moment):
            yield

    def _run(self):
        """Run as the morning's job does; return the marks that it made."""
        last = self.Alert.search([], order="id desc", limit=1).id or 0
        with self._no_commit():
            self.Alert.with_user(self.env.ref("base.user_root"))._cron_tell()
        self.env.invalidate_all()
        return self.Alert.search([("id", ">", last)], order="id")
