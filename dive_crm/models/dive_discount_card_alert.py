"""What was told to whom about a prepaid card: it ends, has ended, is nearly used."""

from odoo import api, fields, models
from odoo.tools import format_date

#: Who sees cards, and therefore what was told about them; no portal.
READERS = (
    "dive_crm.group_front_desk,account.group_account_invoice,"
    "account.group_account_readonly"
)
#: ``days`` of what is told after the end.
ENDED = -1


class DiveDiscountCardAlert(models.Model):
    """The mark that somebody was told: see ``dive.alert.mixin``."""

    _name = "dive.discount.card.alert"
    _description = "Reminder of a prepaid card"
    _inherit = ["dive.alert.mark"]
    _order = "date desc, id desc"
    _rec_name = "card_id"

    # Only a card that was never sold is deleted, and of that nobody was told.
    card_id = fields.Many2one(
        "dive.discount.card", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(help="Whose card it is.")
    # Not the card's: that may have changed hands since.
    partner_id = fields.Many2one(
        "res.partner", "Holder", readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("before", "Card ends"),
            ("ended", "Card has expired"),
            ("low", "Little left"),
            ("sold", "Card sent"),
        ],
        "About",
        required=True,
        readonly=True,
    )
    days = fields.Integer(
        "Days before",
        readonly=True,
        aggregator=None,
        help="Of the days before the end, the one that had come.",
    )
    about_date = fields.Date(
        "Valid until", help="The last day on which the card can be used."
    )
    amount = fields.Float(
        "Left",
        digits=(16, 3),
        readonly=True,
        aggregator=None,
        help="What was left, or has lapsed: money, or visits.",
    )
    since_id = fields.Integer(
        readonly=True,
        help="Of the last movement that left more than little: each fall is told of"
        " once.",
    )

    # Whole sentences, which templates cannot have: there each expression ends a term.
    summary = fields.Char(
        compute="_compute_words", help="For templates: what it is about, in short."
    )
    text = fields.Char(
        compute="_compute_words", help="For templates: what is left, and until when."
    )
    what_to_do = fields.Char(
        compute="_compute_words", help="For templates: what the holder can do."
    )
    link = fields.Char(
        compute="_compute_words",
        help="For templates: the page of the card; empty without a login.",
    )

    _recent = models.Index("(date) WHERE gave_up IS NOT TRUE")
    # The marks themselves. No constraints, so that a merge of customers never deletes.
    _once = models.UniqueIndex(
        "(card_id, about_date, days) WHERE kind NOT IN ('low', 'sold')",
        lambda env, diag: env._("This reminder went out already."),
    )
    _once_a_fall = models.UniqueIndex(
        "(card_id, since_id) WHERE kind = 'low'",
        lambda env, diag: env._("This reminder went out already."),
    )
    _card = models.Index("(card_id)")

    @api.depends("card_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            # sudo: a name that a list of theirs shows
            card = alert.sudo().card_id.name or ""
            alert.display_name = f"{card} · {kinds.get(alert.kind, '')}"

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.depends("kind", "about_date", "amount", "card_id", "recipient_id")
    @api.depends_context("lang")
    def _compute_words(self):
        for alert in self:
            if alert.kind in (False, "sold"):  # the card speaks for itself
                alert.summary = alert.text = alert.what_to_do = alert.link = False
                continue
            values = alert._dive_word_values()
            alert.summary = alert._dive_words_short(values)
            alert.text = alert._dive_words_long(values)
            alert.what_to_do = alert._dive_words_to_do()
            alert.link = alert._dive_alert_link()

    def _dive_word_values(self):
        # sudo: whoever the holder is; what it says goes to the holder
        card = self.sudo().card_id
        return {
            "number": card.name,
            "type": card.type_id.name,
            "amount": card._dive_in_words(self.amount),
            "date": format_date(self.env, self.about_date, date_format="long"),
        }

    def _dive_words_short(self, values):
        match self.kind:
            case "before":
                return self.env._(
                    "Card %(number)s: %(amount)s to use by %(date)s", **values
                )
            case "ended":
                return self.env._("Card %(number)s expired on %(date)s", **values)
            case _low:
                return self.env._("Card %(number)s: %(amount)s left", **values)

    def _dive_words_long(self, values):
        # good for one visit as for ten: the verb is never the amount's
        match self.kind:
            case "before":
                return self.env._(
                    "The card “%(type)s” (%(number)s) has %(amount)s left. It can be"
                    " used until %(date)s; what is left then lapses.",
                    **values,
                )
            case "ended":
                return self.env._(
                    "The card “%(type)s” (%(number)s) expired on %(date)s. What was"
                    " left on it has lapsed: %(amount)s.",
                    **values,
                )
            case _low:
                return self.env._(
                    "The card “%(type)s” (%(number)s) has %(amount)s left. It can be"
                    " used until %(date)s.",
                    **values,
                )

    def _dive_words_to_do(self):
        match self.kind:
            case "before":
                return self.env._(
                    "Which dive shall it be? Tell us when you have time, and we find a"
                    " place for you."
                )
            case "ended":
                return self.env._(
                    "Did something keep you from diving? Talk to us: the manager of the"
                    " dive centre can extend the card."
                )
            case _low:
                return self.env._(
                    "Would you like to go on diving this way? Ask us for the next card."
                )

    def _dive_alert_link(self):
        """Return where this person sees the card; empty without a login."""
        # sudo: who has a login is for administrators to read
        card = self.sudo().card_id
        if not self.sudo().recipient_id.user_ids or card.access_url in (False, "", "#"):
            return ""
        return f"{card.get_base_url()}{card.access_url}"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_card(self):
        """Open the card that the reminder is about."""
        self.ensure_one()
        self.card_id.check_access("read")
        return self.card_id.get_formview_action()
