"""Odoo's composer of SMS: honours what divers have agreed to."""

from odoo import api, fields, models


class SmsTemplate(models.Model):
    _inherit = "sms.template"

    dive_marketing = fields.Boolean(
        "News or offer", help="Goes only to those who have agreed to news and offers."
    )


class SmsComposer(models.TransientModel):
    _name = "sms.composer"
    _inherit = ["sms.composer", "dive.composer.mixin"]

    _dive_channel = "sms"

    @api.depends("res_model", "res_ids", "res_id", "dive_marketing", "composition_mode")
    def _compute_dive_left_out(self):
        return super()._compute_dive_left_out()

    def _dive_records(self):
        return self._get_records() if self.composition_mode == "mass" else None

    @api.model
    def _dive_refused(self, people):
        # sudo: as for Odoo's composer; that a number is refused is said to who writes
        refused = self.env["phone.blacklist"].sudo()
        numbers = set(
            refused.search([("number", "in", people.mapped("phone_sanitized"))]).mapped(
                "number"
            )
        )
        return people.filtered(lambda one: one.phone_sanitized in numbers)

    def _get_blacklist_record_ids(self, records, recipients_info):
        """Let what is no news reach people in any case."""
        refused = super()._get_blacklist_record_ids(records, recipients_info)
        return set(refused) - self._dive_go_anyway(records._name, list(refused))

    def _dive_same_twice(self, values_all):
        """Send all that is no news; only the same words go to a number but once.

        Odoo writes to each number once, whatever each message is about: of two bookings
        of one payer the second would be silent.
        """
        ours = self._dive_go_anyway(self.res_model, list(values_all))
        said, kept = set(), {}
        for id_, values in values_all.items():
            words = values["number"], values["body"]
            twice = values["failure_type"] == "sms_duplicate" and id_ in ours
            if twice and words not in said:
                values = {**values, "state": "outgoing", "failure_type": ""}
            said.add(words)
            kept[id_] = values
        return kept

    def _filter_out_and_handle_revoked_sms_values(self, sms_values_all):
        values_all = super()._filter_out_and_handle_revoked_sms_values(sms_values_all)
        if not self.dive_marketing:
            return self._dive_same_twice(values_all)
        # sudo: see dive.composer.mixin
        partners = self.env["res.partner"].sudo()
        people = partners.browse(
            values["partner_id"] for values in values_all.values()
        ).exists()
        agreed = set(people._dive_agreed("sms").ids)
        return {
            id_: {**values, "body": self._dive_stoppable(values)}
            for id_, values in values_all.items()
            if values["partner_id"] in agreed
        }

    def _dive_stoppable(self, values):
        """Return the text with a link by which this person can stop such messages."""
        person = self.env["res.partner"].browse(values["partner_id"])
        link = person._dive_consent_link("sms", values["number"])
        # sudo: the guardian of a diver may be a contact of another company
        told = self.with_context(lang=person.sudo().lang or self.env.lang)
        stop = told.env._("No more of it: %(link)s", link=link)
        return f"{values['body']}\n{stop}"

    def _action_send_sms(self):
        if self.composition_mode == "mass" and self.res_model in self._dive_models():
            self._dive_check_number(self._get_records())
        if self.dive_marketing and self.composition_mode == "comment":
            records = self._get_records()
            people = self.env["res.partner"].union(
                *records._mail_get_partners().values()
            )
            self._dive_refuse_unasked(people)
        return super()._action_send_sms()
