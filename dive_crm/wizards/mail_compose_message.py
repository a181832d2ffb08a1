"""Odoo's composer of e-mails: honours what divers have agreed to."""

from ast import literal_eval

from markupsafe import Markup

from odoo import api, fields, models

from ..models.ir_qweb import CompiledOnce
from .dive_composer_mixin import BOOKING, SEAT


class MailTemplate(models.Model):
    _inherit = "mail.template"

    dive_marketing = fields.Boolean(
        "News or offer", help="Goes only to those who have agreed to news and offers."
    )


class MailComposeMessage(models.TransientModel):
    _name = "mail.compose.message"
    _inherit = ["mail.compose.message", "dive.composer.mixin"]

    _dive_channel = "email"

    @api.depends("model", "res_ids", "dive_marketing", "composition_mode")
    def _compute_dive_left_out(self):
        return super()._compute_dive_left_out()

    def _compute_force_send(self):
        """Leave what goes to several to the queue, few as they are.

        Odoo sends up to a hundred within the request: what a server has taken already
        goes out once more when the request is run again, or fails at the next.
        """
        result = super()._compute_force_send()
        for composer in self:
            ours = composer.model in self._dive_models()
            if ours and composer.composition_mode == "mass_mail":
                composer.force_send = composer._dive_is_mailing()
        return result

    def action_send_mail(self):
        """Say what became of it: Odoo closes the dialog without a word."""
        ours = self.model in self._dive_models() and not self._dive_is_mailing()
        if self.composition_mode != "mass_mail" or not ours:
            return super().action_send_mail()
        self._dive_check_number(self._dive_records())
        mails, _messages = self._action_send_mail()
        number = len(mails.filtered(lambda mail: mail.state == "outgoing"))
        if number:
            words = self.env._(
                "On their way: %(number)s. Each stands on its record.", number=number
            )
        else:
            words = self.env._("Nobody was written to: all are left out.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if number else "warning",
                "message": words,
                # with the new message in the chatter
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        # Odoo compiles the words of a template anew for each recipient
        quick = self.with_context(dive_compiled_once=CompiledOnce())
        mails = super(MailComposeMessage, quick)._action_send_mail_mass_mail(
            res_ids, auto_commit=auto_commit
        )
        if mails and not self.force_send:
            # sudo: whoever writes has it sent, within a minute
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return mails.with_context(dive_compiled_once=None)

    def _get_blacklist_record_ids(self, mail_values_dict, recipients_info=None):
        """Let what is no news reach people in any case."""
        refused = super()._get_blacklist_record_ids(mail_values_dict, recipients_info)
        if self._dive_is_mailing():
            return refused
        return set(refused) - self._dive_go_anyway(self.model, list(refused))

    def _dive_is_mailing(self):
        """Say whether this is one of Odoo's mailings: those have rules of their own."""
        return bool(self.mass_mailing_id)

    def _dive_records(self):
        if self.composition_mode != "mass_mail" or not self.model:
            return None
        if self.res_domain:
            return self.env[self.model].search(self._evaluate_res_domain())
        return self.env[self.model].browse(self._evaluate_res_ids())

    def _manage_mail_values(self, mail_values_all):
        values_all = super()._manage_mail_values(mail_values_all)
        if self.composition_mode != "mass_mail":
            self._dive_refuse_unasked_in(values_all)
            return values_all
        if self.dive_marketing:
            values_all = self._dive_only_agreed(values_all)
        if self.model == SEAT:
            self._dive_note_on_bookings(values_all)
        return values_all

    def _dive_refuse_unasked_in(self, values_all):
        ids = {id_ for values in values_all.values() for id_ in values["partner_ids"]}
        self._dive_refuse_unasked(self.env["res.partner"].browse(ids))

    def _dive_only_agreed(self, values_all):
        """Leave out who has not agreed; the others can stop it with one click."""
        partners = self.env["res.partner"].sudo()  # sudo: see dive.composer.mixin
        recipients = {
            id_: partners.browse(command[1] for command in values["recipient_ids"])
            if values.get("recipient_ids")
            else partners
            for id_, values in values_all.items()
        }
        agreed = partners.union(*recipients.values())._dive_agreed("email")
        kept = {}
        for id_, values in values_all.items():
            person = (recipients[id_] & agreed)[:1]
            if person.email_normalized and recipients[id_] <= agreed:
                kept[id_] = {**values, **self._dive_stoppable(person, values)}
        return kept

    def _dive_stoppable(self, person, values):
        """Return the headers that mail programs know (RFC 8058), and a link below."""
        address = person.email_normalized
        link = person._dive_consent_link("email", address)
        stop = person._dive_consent_link("email", address, path="/stop")
        told = self.with_context(lang=person.lang or self.env.lang)
        footer = Markup(
            '<p style="margin: 24px 0px 0px 0px; font-size: 11px; color: #555;">'
            '{} <a href="{}">{}</a></p>'
        ).format(
            told.env._("You get this because you have agreed to news and offers."),
            link,
            told.env._("No more of it, or something else"),
        )
        return {
            # the link is the reader's: what is noted for staff goes without it
            "body_html": Markup("{}{}").format(
                Markup(values.get("body_html") or values.get("body") or ""), footer
            ),
            "headers": repr(
                {
                    **literal_eval(values.get("headers") or "{}"),
                    "List-Unsubscribe": f"<{stop}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "Precedence": "list",
                }
            ),
        }

    def _dive_note_on_bookings(self, values_all):
        """Note on the booking what is written to one of its divers.

        Answers arrive there as well, where the company has an address for that.
        """
        seats = self.env[SEAT].browse(values_all)
        answers = seats.booking_id._notify_get_reply_to_batch(
            defaults={
                seat.booking_id.id: values_all[seat.id].get("reply_to")
                for seat in seats
            }
        )
        for seat in seats:
            booking = seat.booking_id
            values_all[seat.id].update(
                model=BOOKING, res_id=booking.id, reply_to=answers[booking.id]
            )
