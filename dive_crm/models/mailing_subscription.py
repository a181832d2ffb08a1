"""A subscription that is ended or begun is an answer, however it came about."""

from odoo import api, models


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions._dive_leave_withdrawn()
        return subscriptions

    def write(self, vals):
        result = super().write(vals)
        if "opt_out" in vals and not self.env.context.get("dive_answered"):
            self._dive_note_opt_out()
        return result

    def _dive_note_opt_out(self):
        """Withdraw what was agreed to, where somebody has left a list."""
        partners = self.env["res.partner"]
        # sudo: whoever leaves a list withdraws, with a link and no login
        for subscription in self.sudo().filtered("opt_out"):
            purpose = subscription.list_id.dive_purpose_id
            email = subscription.contact_id.email_normalized
            if purpose and email:
                partners._dive_take_back_at("email", email, purpose, "link")

    def _dive_leave_withdrawn(self):
        """Keep off a list who has withdrawn: an import brings nobody back.

        Whoever subscribes anew agrees first, and then is no longer withdrawn.
        """
        # sudo: what people have answered decides, whoever imports
        withdrawn = self.sudo().filtered(lambda one: not one.opt_out)._dive_withdrawn()
        withdrawn.with_context(dive_answered=True).opt_out = True

    def _dive_withdrawn(self):
        """Return those of these whose person has taken back what the list asks for.

        Of several customers at one address one yes is enough.
        """
        answers = self._dive_answers()
        return self.filtered(lambda one: answers.get(one.id) is False)

    def _dive_may_be_sent(self):
        """Return those of these that a mailing to their list reaches."""
        answers = self._dive_answers()
        # sudo: what people have answered decides, whoever writes
        known = self.sudo()
        others = known.filtered(lambda one: not one.list_id.dive_purpose_id)
        refused = self.env["dive.consent"]._dive_refused_at(
            set(others.contact_id.mapped("email_normalized")) - {False}
        )
        reached = known.filtered(
            lambda one: (
                answers.get(one.id)
                if one.list_id.dive_purpose_id
                else one.contact_id.email_normalized not in refused
            )
        )
        return self & self.browse(reached.ids)

    def _dive_answers(self):
        """Return what was answered to what these lists ask for, by number of these.

        :rtype: dict[int, bool]: none: never answered, or nothing is asked
        """
        # sudo: what people have answered decides, whoever writes
        asked = self.sudo().filtered(
            lambda one: one.list_id.dive_purpose_id and one.contact_id.email_normalized
        )
        answers = self.env["dive.consent"]._dive_answers_at(
            set(asked.contact_id.mapped("email_normalized")),
            asked.list_id.dive_purpose_id,
        )
        found = {}
        for one in asked:
            key = (one.contact_id.email_normalized, one.list_id.dive_purpose_id.id)
            if key in answers:
                found[one.id] = answers[key]
        return found
