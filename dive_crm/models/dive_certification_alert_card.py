"""Reminders seen from the card: the button, and what happens when the card changes."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from .dive_certification_renewal import LATER

#: No portal: the marks are of staff. Not for the medical officer either.
READERS = "dive_crm.group_front_desk,dive_crm.group_instructor"
#: What makes a reminder of a card wrong.
MATTERS = {"active", "expiry_date", "issue_date", "level_id", "partner_id"}


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    alert_ids = fields.One2many(
        "dive.certification.alert",
        "certification_id",
        "Reminders",
        groups=READERS,
        copy=False,
    )
    # Stored for a reason besides the screen: a reminder thereby *changes* the card, so
    # that whoever renews it at the same moment is run again and takes it back.
    last_alert_date = fields.Datetime(
        "Last reminder",
        compute="_compute_last_alert_date",
        store=True,
        copy=False,
        groups=READERS,
    )
    alert_company_id = fields.Many2one(
        "res.company",
        "In charge",
        compute="_compute_alert_company_id",
        help="The customer's company, else the first: in whose name people are told.",
    )

    # Whole sentences, which templates cannot have: there each expression ends a term.
    alert_summary = fields.Char(
        "Reminder in short",
        compute="_compute_alert_text",
        help="For templates: until when the card is valid, or when it ended.",
    )
    alert_text = fields.Char(
        "Reminder",
        compute="_compute_alert_text",
        help="For templates: when the card ends or ended.",
    )

    @api.depends("expiry_date", "level_id.display_name")
    @api.depends_context("lang", "company")
    def _compute_alert_text(self):
        for card in self:
            card.alert_summary = card.expiry_date and card._dive_alert_subject()
            card.alert_text = card.expiry_date and card._dive_alert_text()

    def _dive_alert_subject(self):
        values = {
            "card": self.level_id.display_name,
            "date": format_date(self.env, self.expiry_date, date_format="long"),
        }
        if self.days_left < 0:
            return self.env._("%(card)s ended on %(date)s", **values)
        return self.env._("%(card)s is valid until %(date)s", **values)

    def _dive_alert_text(self):
        date = format_date(self.env, self.expiry_date, date_format="long")
        match self.days_left:
            case 0:
                return self.env._("It ends today, %(date)s.", date=date)
            case 1:
                return self.env._("It ends tomorrow, %(date)s.", date=date)
            case days if days > 1:
                return self.env._(
                    "It ends in %(days)s days, on %(date)s.", days=days, date=date
                )
            case _over:
                return self.env._("It ended on %(date)s.", date=date)

    @api.depends("alert_ids.date")
    def _compute_last_alert_date(self):
        for card in self:
            reminders = card.alert_ids.filtered(lambda alert: alert.kind != "rejected")
            card.last_alert_date = max(reminders.mapped("date"), default=False)

    @api.depends("company_id")
    def _compute_alert_company_id(self):
        main = self.env["res.company"]._dive_main_company()
        for card in self:
            card.alert_company_id = card.company_id or main

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def action_remind(self):
        """Remind the diver of this card now, once a day at most.

        :raise UserError: there is nothing to remind of, or nobody to write to
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the company in charge need not be one of the user's; which way the diver
        # is told is in fields of the diver and of the guardian, who may be of another
        card = self.sudo().with_company(self.alert_company_id)
        card._dive_check_remindable()
        way = card.partner_id._dive_way()
        if way.reason:
            raise UserError(
                self.env._(
                    "No message can be sent. %(why)s",
                    why=card._dive_alert_note(way).striptags(),
                )
            )
        alert = card._dive_tell(kind="manual")
        if alert.reason:
            raise UserError(
                self.env._(
                    "The message could not be written: %(error)s. A manager can put the"
                    " template right.",
                    error=alert.error,
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(name)s is being told: %(address)s",
                    name=way.recipient.name,
                    address=way.address,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _dive_check_remindable(self):
        """Refuse a reminder that would be wrong, or the second one of a day."""
        if not self.expiry_date:
            raise UserError(self.env._("This card never ends: there is no reminder."))
        if not self.active or self.verification == "rejected":
            raise UserError(
                self.env._("This card does not count: there is nothing to remind of.")
            )
        today = self.env.company._dive_today()
        # sudo: one that another company has sent today counts as well
        told = self.sudo().alert_ids.filtered(
            lambda alert: (
                alert.kind != "rejected" and alert.channel and alert.day == today
            )
        )
        failed = told.filtered(lambda alert: alert.state == "failed")
        # The index counts one of a day as well.
        failed.filtered(lambda alert: alert.kind == "manual").failure_noted = True
        if told := (told - failed)[:1]:
            raise UserError(
                self.env._(
                    "%(name)s was reminded today already: %(date)s, %(address)s.",
                    name=told.recipient_id.name or self.partner_id.name,
                    date=format_datetime(self.env, told.date, dt_format="short"),
                    address=told.address,
                )
            )

    # ------------------------------------------------------------------
    # When the card changes
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards._dive_retract_stale()  # of the cards that these replace
        return cards

    def write(self, vals):
        moved = self.browse()
        if vals.keys() & {"partner_id", "level_id"}:
            moved = self.filtered(
                lambda card: (
                    card.partner_id.id != vals.get("partner_id", card.partner_id.id)
                    or card.level_id.id != vals.get("level_id", card.level_id.id)
                )
            )
        result = super().write(vals)
        if vals.keys() & MATTERS and self.env.context.get("dive_retract") is not LATER:
            self._dive_retract_stale(moved)
        return result

    def unlink(self):
        # sudo: see _dive_retract; before, since texts in a queue outlive their message
        self.sudo().alert_ids._dive_retract()
        return super().unlink()


class DiveCertificationCheck(models.Model):
    _inherit = "dive.certification.check"

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        if "rejected" in checks.mapped("result"):
            checks.certification_id._dive_retract_stale()
        return checks


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # sudo: cards of all companies; who archives customers need not see cards
            cards = self.env["dive.certification"].sudo()
            cards.search([("partner_id", "in", self.ids)])._dive_retract_stale()
        return result
