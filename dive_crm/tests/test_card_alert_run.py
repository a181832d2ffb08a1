"""The morning's run about cards, in real transactions: killed, twice, against a use."""

from datetime import timedelta

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .alert_race_common import TOLD, UNTOLD, AlertRaceMixin
from .common import RaceCase

CARDS = 6


@tagged("post_install", "-at_install", "dive_long")
class TestCardAlertRun(AlertRaceMixin, RaceCase):
    run_model = "dive.discount.card.alert"
    run_job = "dive_crm.ir_cron_card_alert"
    made_last = "mail.activity"
    batch = 2

    def setUp(self):
        super().setUp()
        self.addCleanup(self._remove)
        self.made = {}
        with self._env() as env:
            # whatever else the database holds is not due
            env.cr.execute(
                "UPDATE dive_discount_card card SET state = 'cancelled'"
                " FROM dive_discount_card before"
                " WHERE before.id = card.id AND card.state IN ('active', 'expired')"
                " RETURNING card.id, before.state"
            )
            self.others = env.cr.fetchall()
            self._make(env)

    def _make(self, env):
        house = env.company
        self.cared = house.dive_card_alert, house.dive_card_user_id.id
        user = new_test_user(env, "t_race_cards", "dive_crm.group_front_desk")
        house.write({"dive_card_alert": True, "dive_card_user_id": user.id})
        divers = env["res.partner"].create(
            [{"name": f"Race {n}", "email": f"r{n}@race.test"} for n in range(CARDS)]
        )
        kind = env["dive.discount.type"].create(
            {"name": "Race", "price": 350, "value": 400}
        )
        cards = env["dive.discount.card"].create(
            [{"type_id": kind.id, "partner_id": diver.id} for diver in divers]
        )
        env.flush_all()
        # without movements, which nobody could remove
        env.cr.execute(
            "UPDATE dive_discount_card"
            " SET state = 'active', balance = whole, expiry_date = %s"
            " WHERE id = ANY(%s)",
            [house._dive_today() + timedelta(days=5), cards.ids],
        )
        self.cards = cards.ids
        self.made = {"kind": kind.id, "divers": divers.ids, "user": user.id}

    def _remove(self):
        """Remove what was committed, and put back what was put aside."""
        with self._env() as env:
            cr = env.cr
            for card_id, state in self.others:
                cr.execute(
                    "UPDATE dive_discount_card SET state = %s WHERE id = %s",
                    [state, card_id],
                )
            if not self.made:
                return
            cards = env["dive.discount.card"].browse(self.cards)
            told = cards.alert_ids
            told._dive_retract()
            told.exists().unlink()
            cards._dive_unlocked().write({"state": "draft", "balance": 0})
            cards.unlink()
            env["dive.discount.type"].browse(self.made["kind"]).unlink()
            alert, cares = self.cared
            env.company.write({"dive_card_alert": alert, "dive_card_user_id": cares})
            user = env["res.users"].browse(self.made["user"])
            partners = user.partner_id | env["res.partner"].browse(self.made["divers"])
            user.unlink()
            partners.unlink()

    def _marks(self):
        with self._env() as env:
            return [
                (
                    len(card.alert_ids),
                    env["mail.mail"].search_count(
                        [("model", "=", card._name), ("res_id", "=", card.id)]
                    ),
                    len(card.activity_ids),
                )
                for card in env["dive.discount.card"].browse(self.cards)
            ]

    @mute_logger("odoo.sql_db")
    def test_changed_at_the_same_moment(self):
        """Who changes a card and does not see the reminder yet is run again."""
        self._overtaken_by_run(
            "dive.discount.card",
            self.cards[0],
            lambda card: card._dive_unlocked().write({"expiry_date": "2099-12-31"}),
        )
        self.assertEqual(self._marks(), [UNTOLD] + [TOLD] * (CARDS - 1))

    def test_locked_card_waits(self):
        """Who uses a card does not stop the others' reminders."""
        with self._env() as env:
            env["dive.discount.card"].browse(self.cards[0]).lock_for_update()
            self._run()
        self.assertEqual(self._marks(), [UNTOLD] + [TOLD] * (CARDS - 1))
        self._run()
        self._assert_told()
