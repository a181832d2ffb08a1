"""Many messages that fail for one cause: one errand, not one for each diver."""

from markupsafe import Markup

from odoo import models

from .dive_alert_retry import NO_GATEWAY, NO_SERVER

#: Somebody has to pay, or to sign up: before that no SMS reaches anybody.
NO_CREDIT = ("sms_credit", "sms_acc")
#: What says nothing of the diver.
COMMON = (*NO_CREDIT, NO_GATEWAY, NO_SERVER)


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    def _dive_note_failure(self):
        """Tell once of what keeps many from being reached."""
        # sudo: why a message failed is its author's to see
        notices = self.sudo()
        several = self.browse()
        groups = notices.grouped(lambda one: (one.company_id, one._dive_cause()))
        for (company, cause), some in groups.items():
            some = some.filtered(lambda one: not one.activity_id)
            if cause and (len(some) > 1 or (some and cause in NO_CREDIT)):
                some._dive_add_common(company, cause)
                several |= some
        several.failure_noted = True
        return super(DiveBookingNotice, self - several)._dive_note_failure()

    def _dive_cause(self):
        """Return what kept this from arriving that would keep others, too; or False."""
        if self.reason == "late":
            return "late"
        causes = set(self.mail_message_id.notification_ids.mapped("failure_type"))
        return next((cause for cause in COMMON if causes == {cause}), False)

    def _dive_add_common(self, company, cause):
        """Add these to the open activity about a cause, or make one."""
        user = company._dive_caretaker()
        if not user:
            return
        activity = self._dive_open_common(company, cause)
        if not activity:
            activity = self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("dive.booking"),
                    "res_id": self[0].booking_id.id,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "date_deadline": company._dive_today(),
                    "user_id": user.id,
                }
            )
        self.write({"activity_id": activity.id, "user_id": activity.user_id.id})
        me = self.with_context(lang=user.lang or self.env.lang)
        activity.summary = me._dive_common_words(cause)
        me._dive_rewrite_notes()

    def _dive_open_common(self, company, cause):
        if cause == "late":
            return self.env["mail.activity"]
        told = self.search(
            [
                ("company_id", "=", company.id),
                ("failure_noted", "=", True),
                ("activity_id.active", "=", True),
                ("mail_message_id.notification_ids.failure_type", "=", cause),
            ],
            limit=1,
        )
        return told.activity_id

    def _dive_common_words(self, cause):
        if cause in NO_CREDIT:
            return self.env._("No credit for SMS: buy some, and tell these divers")
        if cause == NO_GATEWAY:
            return self.env._("The SMS service is out of reach: tell these divers")
        if cause == NO_SERVER:
            return self.env._("The mail server is out of reach: tell these divers")
        return self.env._("Not sent in time: tell these divers")

    def _dive_rewrite_notes(self):
        """Name all whom nobody has reached yet."""
        for todo in self.activity_id:
            notices = self.search([("activity_id", "=", todo.id)], order="id")
            todo.note = Markup().join(
                notice._dive_alert_note(notice._dive_failed_way()) for notice in notices
            )

    def _dive_drop_activities(self, todo):
        """An activity about several goes with the last of them."""
        mine = self.filtered(lambda notice: notice.activity_id in todo)
        left = self.search(
            [("activity_id", "in", todo.ids), ("id", "not in", mine.ids)]
        )
        dropped = super()._dive_drop_activities(todo - left.activity_id)
        mine.filtered(
            lambda one: one.activity_id in left.activity_id
        ).activity_id = False
        left._dive_rewrite_notes()
        return dropped
