"""Renewals: a card gets another period, and keeps the past ones."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.months import months_later
from .dive_certification_entry import MOST_YEARS

#: ``dive_retract`` in the context of who writes to cards one after the other, and looks
#: for wrong reminders once at the end. An object: no web request can send it.
LATER = object()


class DiveCertificationRenewal(models.Model):
    """One more period of a card, or the taking back of one; rows are never edited."""

    _name = "dive.certification.renewal"
    _description = "Renewal of a certification"
    _inherit = ["dive.guarded.mixin"]
    _order = "id desc"
    _rec_name = "expiry_date"

    certification_id = fields.Many2one(
        "dive.certification",
        "Card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date("From", required=True, readonly=True)
    expiry_date = fields.Date("Until", required=True, readonly=True)
    previous_expiry = fields.Date("Previously until", readonly=True)
    user_id = fields.Many2one(
        "res.users", "By", required=True, readonly=True, ondelete="restrict"
    )
    note = fields.Char(readonly=True)
    withdraws_id = fields.Many2one(
        "dive.certification.renewal",
        "Takes back",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    withdrawn_by_ids = fields.One2many(
        "dive.certification.renewal", "withdraws_id", "Taken back by"
    )
    state = fields.Selection(
        [
            ("done", "Renewed"),
            ("withdrawn", "Undone"),
            ("withdrawal", "Takes a renewal back"),
        ],
        compute="_compute_state",
    )

    _withdrawn_once = models.UniqueIndex(
        "(withdraws_id) WHERE withdraws_id IS NOT NULL",
        lambda env, diag: env._("This renewal was taken back already."),
    )

    newest = fields.Boolean(compute="_compute_newest")

    @api.depends("certification_id.renewal_ids")
    def _compute_newest(self):
        newest = {
            rows[0]
            for rows in self._dive_effective(self.certification_id)
            .grouped("certification_id")
            .values()
        }
        for row in self:
            row.newest = row in newest

    @api.depends("withdraws_id", "withdrawn_by_ids")
    def _compute_state(self):
        for row in self:
            if row.withdraws_id:
                row.state = "withdrawal"
            else:
                row.state = "withdrawn" if row.withdrawn_by_ids else "done"

    @api.model
    def _dive_effective(self, cards):
        """Return the renewals of ``cards`` that hold, in one query."""
        if not cards.ids:
            return self.browse()
        return self.search(
            [
                ("certification_id", "in", cards.ids),
                ("withdraws_id", "=", False),
                ("withdrawn_by_ids", "=", False),
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._dive_is_unlocked():
            raise UserError(self.env._("A card is renewed by its button “Renew”."))
        return super().create(vals_list)

    def write(self, vals):
        if not self._dive_is_unlocked():
            raise UserError(
                self.env._(
                    "Renewals are kept as they were. Take a wrong one back, and renew"
                    " again."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._dive_is_unlocked():
            raise UserError(
                self.env._(
                    "Renewals are kept as they were. Take a wrong one back, and renew"
                    " again."
                )
            )

    def action_withdraw(self):
        """Take a wrong renewal back: its own author may, and managers."""
        manager = self.env.user.has_group("dive_crm.group_manager")
        for row in self:
            card = row.certification_id
            card.check_access("write")
            if row != self._dive_effective(card)[:1]:
                raise UserError(
                    self.env._("Only the newest renewal of a card can be taken back.")
                )
            if row.user_id != self.env.user and not manager:
                raise UserError(
                    self.env._(
                        "%(user)s renewed this card: ask them or a manager to take it"
                        " back.",
                        user=row.user_id.name,
                    )
                )
            card._dive_add_renewals(
                {card: (self.env.company._dive_today(), row.previous_expiry)},
                self.env._("Undone"),
                withdraws_id=row.id,
            )


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    def _dive_next_expiry(self, date):
        """Return until when a renewal on a day would be: early ones lose nothing.

        :rtype: date or None, where the level says nothing about renewals, or there is
            no such day
        """
        self.ensure_one()
        months = self.level_id.renewal_months
        if not months:
            return None
        start = max(date, self.expiry_date or date)
        return months_later(start, months)

    def _dive_renew(self, date=None, expiry_date=None, note=None):
        """Add a period to each card; the ones before are kept.

        Renewed early, a card continues from its old end; renewed late, it begins anew
        on the day of the renewal.

        :param date: day of the renewal; the company's today if none
        :param expiry_date: last day of the new period; by the level's months if none
        :raise ValidationError: there is nothing to renew, or the dates are wrong
        """
        self.check_access("write")
        today = self.env.company._dive_today()
        date = date or today
        periods = {}
        for card in self:
            ends = expiry_date or card._dive_next_expiry(date)
            card._check_renewal(date, ends, today)
            follows = card.expiry_date + timedelta(days=1)
            periods[card] = max(date, follows), ends
        self._dive_add_renewals(periods, note)

    def _check_renewal(self, date, ends, today):
        if problem := self._dive_renewal_problem(date, ends, today):
            raise ValidationError(
                self.env._(
                    "“%(card)s” cannot be renewed: %(problem)s.",
                    card=self.display_name,
                    problem=problem,
                )
            )

    def _dive_renewal_problem(self, date, ends, today):
        """Return what speaks against a renewal on a day and until another, if any."""
        problem, last = None, self._dive_last_end(today)
        if self.verification == "rejected":
            problem = self.env._("it was rejected (%s)", self.rejection_reason or "-")
        elif not self.expiry_date:
            problem = self.env._("it never ends")
        elif self.expiry_date > last:
            problem = self.env._(
                "its end (%(date)s) is more than %(years)s years away. Correct it, or"
                " leave it empty if the card never ends",
                date=fields.Date.to_string(self.expiry_date),
                years=MOST_YEARS,
            )
        elif date > today:
            problem = self.env._("the day of the renewal lies in the future")
        elif not ends:
            problem = self.env._("the new end is missing")
        elif ends > last:
            problem = self.env._(
                "the new end (%(date)s) is more than %(years)s years away",
                date=fields.Date.to_string(ends),
                years=MOST_YEARS,
            )
        elif self.issue_date and date < self.issue_date:
            problem = self.env._("it was issued after the day of the renewal")
        elif ends <= max(date, self.expiry_date):
            problem = self.env._(
                "the new end (%(new)s) is not after the old one (%(old)s)",
                new=fields.Date.to_string(ends),
                old=fields.Date.to_string(self.expiry_date),
            )
        return problem

    def _dive_add_renewals(self, periods, note, **values):
        """Write a renewal of each card, and its new end.

        :param periods: card → first and last day of the new period
        """
        self.env["dive.certification.renewal"]._dive_unlocked().create(
            [
                {
                    "certification_id": card.id,
                    "date_from": date_from,
                    "expiry_date": expiry_date,
                    "previous_expiry": card.expiry_date,
                    "user_id": self.env.uid,
                    "note": note,
                    **values,
                }
                for card, (date_from, expiry_date) in periods.items()
            ]
        )
        self._dive_log_ends(periods)
        # Tracking would cost each card its own queries: what it tells is logged above.
        cards = self._dive_unlocked().with_context(
            dive_retract=LATER, mail_notrack=True
        )
        for ends, same in cards.grouped(lambda card: periods[card][1]).items():
            same.write({"expiry_date": ends})
        self._dive_retract_stale()

    def _dive_log_ends(self, periods):
        """Tell in the chatter of each card how its end moves."""
        bodies = {
            card.id: self.env._(
                "Expires: %(old)s → %(new)s",
                old=fields.Date.to_string(card.expiry_date) or "-",
                new=fields.Date.to_string(ends) or "-",
            )
            for card, (_first, ends) in periods.items()
        }
        self._message_log_batch(bodies)
