"""Writing to divers by hand: news and offers only to those who have agreed."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..models.res_partner import STAFF_GROUPS

#: So many names are said of each reason.
NAMED = 5
#: So many are written to in one request: some 10 ms each, and Odoo's workers have a
#: minute. Mailings are sent in portions.
MOST = 2000
SEAT, BOOKING = "dive.booking.diver", "dive.booking"
PAPERS = ("dive.discount.card", "dive.certification", "dive.medical.form")
FIELDS = {"email": "email_normalized", "sms": "phone_sanitized"}


class DiveComposerMixin(models.AbstractModel):
    """What Odoo's composers of e-mail and SMS have in common here."""

    _name = "dive.composer.mixin"
    _description = "Writes to divers by hand"

    #: "email" or "sms"
    _dive_channel = None

    dive_marketing = fields.Boolean(
        "News or offer",
        compute="_compute_dive_marketing",
        store=True,
        readonly=False,
        help="Goes only to those who have agreed to news and offers. Not ticked: it is"
        " about something that they have asked for or booked.",
    )
    dive_left_out = fields.Html(compute="_compute_dive_left_out", sanitize=False)

    @api.depends("template_id")
    def _compute_dive_marketing(self):
        for composer in self:
            # a template may tick it; only who writes takes the tick away
            composer.dive_marketing = (
                composer.dive_marketing or composer.template_id.dive_marketing
            )

    @api.model
    def _dive_models(self):
        """Return what is written about here."""
        return ("res.partner", BOOKING, SEAT, *PAPERS)

    def _dive_go_anyway(self, model, ids):
        """Return those of these ids whose people Odoo's list of refusals does not hold.

        What somebody has booked or asked for reaches them in any case: the list is of
        those who want no mailings. What is written about anybody else than customers,
        or by somebody who is not of the dive centre, keeps to it.
        """
        ours = self.env.user.has_groups(STAFF_GROUPS) and model in self._dive_models()
        if not ours or self.dive_marketing:
            return set()
        if model != "res.partner":
            return set(ids)
        partners = self.env["res.partner"].browse(ids)
        return set(partners.filtered("dive_customer").ids)

    def _dive_records(self):
        """Return what the message is about."""
        raise NotImplementedError

    def _dive_sort_out(self, records):
        """Return who gets no such message, and why: reason → records.

        :rtype: dict[str, recordset]
        """
        left = {}
        # sudo: that an address or a consent is missing is said of whom one may write to
        recipients = {
            id_: partners.sudo()
            for id_, partners in records._mail_get_partners().items()
        }
        everybody = self.env["res.partner"].sudo().union(*recipients.values())
        agreed = everybody._dive_agreed(self._dive_channel)
        refused = (
            self._dive_refused(everybody) if self.dive_marketing else everybody.browse()
        )
        for record in records:
            people = recipients[record.id]
            reached = people.filtered(FIELDS[self._dive_channel])
            reason = ""
            if not people:
                reason = "nobody"
            elif not reached:
                reason = "address"
            elif self.dive_marketing and not reached & agreed:
                reason = "consent"
            elif self.dive_marketing and not (reached & agreed) - refused:
                reason = "refused"
            if reason:
                left[reason] = left.get(reason, records.browse()) | record
        return left

    @api.model
    def _dive_refused(self, people):
        """Return those of these whom Odoo's list of refusals keeps news from."""
        return people.browse()

    def _compute_dive_left_out(self):
        for composer in self:
            records = composer._dive_records()
            left = composer._dive_sort_out(records) if records else {}
            composer.dive_left_out = left and composer._dive_left_words(records, left)

    def _dive_left_words(self, records, left):
        """Say in words who is left out."""
        gone = sum(len(some) for some in left.values())
        head = self.env._(
            "%(gone)s of %(all)s are left out:", gone=gone, all=len(records)
        )
        lines = Markup().join(
            Markup("<li>{}</li>").format(self._dive_reason_words(reason, some))
            for reason, some in left.items()
        )
        return Markup("{}<ul class='mb-0'>{}</ul>").format(head, lines)

    def _dive_reason_words(self, reason, records):
        names = records[:NAMED].mapped("display_name")
        if len(records) > NAMED:
            more = len(records) - NAMED
            names.append(self.env._("%(number)s more", number=more))
        values = {"number": len(records), "names": format_list(self.env, names)}
        match reason, self._dive_channel:
            case "nobody", _any:
                return self.env._(
                    "%(number)s with nobody to write to, such as minors without a"
                    " guardian: %(names)s",
                    **values,
                )
            case "address", "email":
                return self.env._(
                    "%(number)s without e-mail address: %(names)s", **values
                )
            case "address", _sms:
                return self.env._("%(number)s without phone: %(names)s", **values)
            case "refused", _sms:
                return self.env._(
                    "%(number)s whose number wants no such messages: %(names)s",
                    **values,
                )
            case _consent:
                return self.env._(
                    "%(number)s who have not agreed to news and offers: %(names)s",
                    **values,
                )

    def _dive_check_number(self, records):
        """Refuse more than can be written to before the server ends the request."""
        if len(records) > MOST:
            raise UserError(
                self.env._(
                    "%(number)s at once are too many: at most %(most)s. Select fewer,"
                    " or write a mailing, which is sent in portions.",
                    number=len(records),
                    most=MOST,
                )
            )

    def _dive_refuse_unasked(self, partners):
        """Refuse news for people who were chosen by hand and have not agreed."""
        if not self.dive_marketing:
            return
        # sudo: as above
        partners = partners.sudo()
        refused = partners - partners._dive_agreed(self._dive_channel)
        if refused:
            raise UserError(
                self.env._(
                    "Not agreed to news and offers: %(names)s. Ask first, on"
                    " the customer under Preferences; or untick “News or offer” if it"
                    " is about something that they have asked for.",
                    names=format_list(self.env, refused.mapped("display_name")),
                )
            )
