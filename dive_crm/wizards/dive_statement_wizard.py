from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

PERIODS = [
    ("this_year", "This year"),
    ("last_year", "Last year"),
    ("last_12_months", "Last 12 months"),
    ("all", "All until today"),
    ("custom", "Other dates"),
]
#: How many statements one request makes. At a third of a second each this stays below
#: the two minutes that Odoo gives a request.
MAX_CUSTOMERS = 200
NAMES_SHOWN = 20


class DiveStatementWizard(models.TransientModel):
    """Asks for whom, for when and of what a statement shall be."""

    _name = "dive.statement.wizard"
    _description = "Print or send statements"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        check_company=True,
        context={"active_test": False},
        default=lambda self: self._default_partner_ids(),
    )
    period = fields.Selection(PERIODS, required=True, default="this_year")
    date_from = fields.Date(
        string="From", compute="_compute_dates", store=True, readonly=False
    )
    date_to = fields.Date(
        string="Until", compute="_compute_dates", store=True, readonly=False
    )
    include_account = fields.Boolean(string="Invoices and payments", default=True)
    include_balance = fields.Boolean(string="Opening and closing balance", default=True)
    include_bookings = fields.Boolean(string="Bookings", default=True)
    include_upcoming = fields.Boolean(string="Upcoming bookings", default=True)
    include_cards = fields.Boolean(string="Prepaid cards", default=True)
    unreachable = fields.Text(compute="_compute_unreachable")

    @api.model
    def _default_partner_ids(self):
        """Take the customers selected where the wizard is opened."""
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        return self.env["res.partner"].browse(self.env.context.get("active_ids") or [])

    @api.depends("period", "company_id")
    def _compute_dates(self):
        for wizard in self:
            if wizard.period == "custom":
                continue
            today = wizard.company_id._dive_today()
            year = today.replace(month=1, day=1)
            if wizard.period == "last_year":
                wizard.date_from = year - relativedelta(years=1)
                wizard.date_to = year - relativedelta(days=1)
            elif wizard.period == "this_year":
                # A closing balance of a day to come would look like a promise.
                wizard.date_from = year
                wizard.date_to = today
            else:
                wizard.date_to = today
                wizard.date_from = wizard.period == "last_12_months" and (
                    today + relativedelta(years=-1, days=1)
                )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for wizard in self:
            if (
                wizard.date_from
                and wizard.date_to
                and wizard.date_from > wizard.date_to
            ):
                raise ValidationError(
                    self.env._("The period must begin before it ends.")
                )

    @api.depends("partner_ids")
    def _compute_unreachable(self):
        for wizard in self:
            names = [
                self.env._("%(name)s: %(reason)s", name=partner.name, reason=reason)
                for partner, reason in wizard._unreachable_reasons()
            ]
            if len(names) > NAMES_SHOWN:
                hidden = len(names) - NAMES_SHOWN
                names = [*names[:NAMES_SHOWN], self.env._("and %s more", hidden)]
            wizard.unreachable = "\n".join(names)

    @api.depends("partner_ids", "date_from", "date_to")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard._statement_name(wizard.partner_ids)

    def _statement_name(self, partners):
        """Return what a file with the statements of these customers is called."""
        dates = " – ".join(
            fields.Date.to_string(day) for day in (self.date_from, self.date_to) if day
        )
        whose = partners.name if len(partners) == 1 else str(len(partners))
        return self.env._(
            "Statement %(whose)s %(dates)s", whose=whose or "", dates=dates
        )

    # ------------------------------------------------------------------
    # Who may print, and of whom
    # ------------------------------------------------------------------

    def _check_may_print(self):
        """Raise unless the user may see the money of these customers in this company.

        Called by each button and by the report, which is open to the web by itself.
        """
        self.check_access("read")
        for wizard in self:
            if wizard.company_id not in self.env.companies:
                raise AccessError(
                    self.env._(
                        "You cannot print statements of %(company)s now: switch to"
                        " this company first.",
                        # sudo: its name, which the user has chosen
                        company=wizard.company_id.sudo().name,
                    )
                )
            # sudo: a customer hidden from the user silently drops out of the field;
            # it must be refused, not left out
            chosen = wizard.sudo().with_context(active_test=False).partner_ids
            chosen.with_env(self.env).check_access("read")
        self.env["account.move.line"].check_access("read")
        self.env["dive.booking"].check_access("read")
        self.env["dive.discount.card"].check_access("read")

    def _check_complete(self):
        """Raise if there is nothing to put on paper, or too much for one go."""
        self.ensure_one()
        self._check_may_print()
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        if len(self.partner_ids) > MAX_CUSTOMERS:
            raise UserError(
                self.env._(
                    "%(count)s customers are too many for one go. Choose at most"
                    " %(limit)s at a time.",
                    count=len(self.partner_ids),
                    limit=MAX_CUSTOMERS,
                )
            )
        if not (
            self.include_account
            or self.include_balance
            or self.include_bookings
            or self.include_upcoming
            or self.include_cards
        ):
            raise UserError(
                self.env._("Choose what the statement shall show: nothing is ticked.")
            )

    def _dive_access_logged(self):
        """Return the customers whose printing is in the access log."""
        return self.partner_ids._dive_access_logged()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_print(self):
        """Return the action that downloads the PDF, one statement per customer."""
        self._check_complete()
        report = self.env.ref("dive_crm.action_report_dive_statement")
        return {
            **report.report_action(self, config=False),
            "close_on_report_download": True,
        }

    def action_preview(self):
        """Return the action that shows the statements on the screen."""
        self._check_complete()
        report = self.env.ref("dive_crm.action_report_dive_statement")
        return {
            **report.report_action(self, config=False),
            "report_type": "qweb-html",
            "target": "current",
        }

    def action_send(self):
        """Put a mail with the PDF into the mail queue for each customer that has one.

        A minor's statement goes to the guardian. Returns a notification that names
        those who get no mail, and why.
        """
        self._check_complete()
        unreachable = self._unreachable_reasons()
        partners = self.partner_ids - self.env["res.partner"].union(
            *(partner for partner, _reason in unreachable)
        )
        if not partners:
            raise UserError(
                self.env._(
                    "Nobody can get a statement by e-mail. Print it instead.\n%(who)s",
                    who=self.unreachable,
                )
            )
        self._queue_mails(partners)
        message = self.env._("Statements in the mail queue: %s.", len(partners))
        if unreachable:
            message += "\n" + self.env._(
                "No mail for these, print theirs:\n%(who)s", who=self.unreachable
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if unreachable else "success",
                "sticky": bool(unreachable),
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _unreachable_reasons(self):
        """Return ``[(customer, reason)]`` for those who cannot get an e-mail."""
        self.ensure_one()
        result = []
        for partner in self.partner_ids:
            recipient = partner.dive_statement_recipient_id
            if not recipient:
                result.append((partner, self.env._("a minor without guardian")))
            elif not recipient.email_normalized and recipient != partner:
                reason = self.env._(
                    "guardian %(name)s has no e-mail", name=recipient.name
                )
                result.append((partner, reason))
            elif not recipient.email_normalized:
                result.append((partner, self.env._("no e-mail")))
        return result

    def _queue_mails(self, partners):
        """Make one mail per customer in their (or their guardian's) language."""
        template = self.env.ref("dive_crm.mail_template_dive_statement")
        report = self.env["ir.actions.report"]
        pdfs = report._dive_statement_pdfs(self)
        # Not linked to the customer: everybody who opens a customer may open what
        # hangs on their chatter, and instructors shall not see money.
        mails = template.with_context(
            dive_statement_period=self.period,
            dive_date_from=self.date_from,
            dive_date_to=self.date_to,
        ).send_mail_batch(
            partners.ids,
            email_values={"model": False, "res_id": False},
            email_layout_xmlid="mail.mail_notification_light",
        )
        # sudo: files of e-mails that are about no record are the superuser's to make
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{self._statement_name(partner)}.pdf",
                        "raw": pdfs[partner.id],
                        "mimetype": "application/pdf",
                        # sudo: like Odoo's own mail queue, they belong to the message
                        "res_model": "mail.message",
                        "res_id": mail.mail_message_id.id,
                    }
                    for partner, mail in zip(partners, mails, strict=True)
                ]
            )
        )
        for mail, attachment in zip(mails, attachments, strict=True):
            mail.attachment_ids = attachment
        partners._message_log_batch(
            {
                partner.id: self.env._(
                    "%(statement)s put into the mail queue for %(address)s.",
                    statement=self._statement_name(partner),
                    address=partner.dive_statement_recipient_id.email_normalized,
                )
                for partner in partners
            },
            message_type="email_outgoing",
        )
