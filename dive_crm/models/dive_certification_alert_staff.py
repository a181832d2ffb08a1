"""The activity by which staff learn that a card ends, one open per card."""

from odoo import models
from odoo.tools import format_date

from .dive_certification_alert_tell import ACTIVITY_TYPE


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_add_activities(self, ways):
        """Give staff one activity per card; it takes the place of an earlier one.

        Whom nobody wrote to is to be reached today; else it is time until the end.

        :return: card → activity; empty where nobody works in the company
        """
        user = self.env.company._dive_caretaker()
        if not user:
            return {}
        earlier = self.env["dive.certification.alert"].search(
            [("certification_id", "in", [card.id for card in ways])]
        )
        earlier.activity_id.filtered("active").unlink()
        # in the words of who reads it, without a mail for each
        me = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        today = self.env.company._dive_today()
        kind = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        kind = kind or self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id(self._name)
        activities = me.env["mail.activity"].create(
            [
                {
                    "res_model_id": model,
                    "res_id": card.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": max(card.expiry_date, today)
                    if way.channel
                    else today,
                    "summary": me._dive_alert_summary(card, today),
                    "note": me._dive_alert_note(way),
                }
                for card, way in ways.items()
            ]
        )
        return dict(zip(ways, activities, strict=True))

    def _dive_alert_summary(self, card, today):
        card = card.with_env(self.env)
        values = {
            "card": card.level_id.display_name,
            "date": format_date(self.env, card.expiry_date),
        }
        if card.expiry_date < today:
            return self.env._("%(card)s ended on %(date)s", **values)
        return self.env._("%(card)s ends on %(date)s", **values)
