"""A call is noted: who, a few words, and one click on what came of it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

from ..models.dive_call import DIRECTIONS

#: With fewer digits than these, half of all customers would be found.
FEWEST_DIGITS = 5
#: A number that more people have says nothing.
MOST_FOUND = 8
#: More buttons than these are no help to anybody.
MOST_OUTCOMES = 24


class DiveCallDialog(models.TransientModel):
    _name = "dive.call.dialog"
    _description = "Note a call"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("partner_id", "booking_id")

    booking_id = fields.Many2one("dive.booking", ondelete="cascade")
    # opened from the menu: who calls is not known yet
    from_number = fields.Boolean()
    phone = fields.Char("Number")
    found_ids = fields.Many2many(
        "res.partner", string="Have this number", compute="_compute_found_ids"
    )
    found = fields.Integer(compute="_compute_found_ids")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('dive_customer', '=', True)]",
    )
    partner_phone = fields.Char(related="partner_id.phone", string="Their number")
    name = fields.Char("Name of the new customer")
    direction = fields.Selection(DIRECTIONS, required=True, default="out")
    words = fields.Text("What was said")
    call_back_on = fields.Date(default=lambda self: self._default_call_back_on())
    outcome_ids = fields.Many2many("dive.call.outcome", compute="_compute_outcome_ids")
    done = fields.Boolean()

    @api.model
    def _default_call_back_on(self):
        return self.env.company._dive_today() + timedelta(days=1)

    def _compute_outcome_ids(self):
        self.outcome_ids = self.env["dive.call.outcome"].search([], limit=MOST_OUTCOMES)

    @api.depends("phone")
    def _compute_found_ids(self):
        for dialog in self:
            dialog.found_ids = dialog._dive_callers()
            dialog.found = len(dialog.found_ids)

    @api.depends("phone")
    def _compute_partner_id(self):
        for dialog in self.filtered("from_number"):
            callers = dialog._dive_callers()
            dialog.partner_id = callers if len(callers) == 1 else False

    def _dive_callers(self):
        """Return the customers who have the number that was typed, in any form."""
        partners = self.env["res.partner"]
        number = (self.phone or "").strip()
        if sum(letter.isdigit() for letter in number) < FEWEST_DIGITS:
            return partners
        return partners.search(
            [("dive_customer", "=", True), ("display_name", "ilike", number[:64])],
            limit=MOST_FOUND,
        )

    @api.model
    def _dive_open(self, **vals):
        """Return the action that opens a new dialog; it is saved, so that a click on an
        outcome is all that is left to do."""
        if not self.env.user.has_group("dive_crm.group_front_desk"):
            raise AccessError(self.env._("Calls are noted by the front desk."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call"),
            "res_model": self._name,
            "res_id": self.create(vals).id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def action_open_number(self):
        """Open the dialog for whoever calls, from the menu."""
        return self._dive_open(from_number=True, direction="in")

    # ------------------------------------------------------------------
    # Noting it
    # ------------------------------------------------------------------

    def _dive_log(self, outcome):
        """Note the call with this outcome; once, however often it is clicked."""
        self.ensure_one()
        self.check_access("write")
        close = {"type": "ir.actions.act_window_close"}
        if self.done:
            return close
        # Written before anything else: a second click at the same moment waits here,
        # begins again, and finds it done.
        self.done = True
        self.flush_recordset(["done"])
        if outcome.nobody and not self.partner_id:
            return self._dive_say(
                close, self.env._("Nobody we know: nothing was noted.")
            )
        partner = self.partner_id or self._dive_new_customer()
        record = self.booking_id or partner
        words = (self.words or "").strip()
        self.env["dive.call"]._dive_note(record, self.direction, outcome, words)
        if outcome.call_back:
            self._dive_plan_call(record, partner, words)
        return (
            partner._dive_open_action() if self.from_number else self._dive_say(close)
        )

    def _dive_say(self, close, message=None):
        """Return the action that says it is noted, and closes the dialog."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message or self.env._("The call is noted."),
                "next": close,
            },
        }

    def _dive_plan_call(self, record, partner, words):
        today = self.env.company._dive_today()
        if self.call_back_on and self.call_back_on < today:
            raise UserError(
                self.env._("The day to call back is over: choose another one.")
            )
        record.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self.call_back_on or self._default_call_back_on(),
            summary=self.env._("Call %(name)s back", name=partner.name or ""),
            note=words,
            user_id=self.env.uid,
        )

    def _dive_new_customer(self):
        """Make the customer who calls from a number that nobody has.

        :raise UserError: nobody was chosen, and there is no number either
        """
        number = (self.phone or "").strip()
        if not number:
            raise UserError(
                self.env._(
                    "Who was it? Type the number, or choose the customer by name."
                )
            )
        if self._dive_callers():
            raise UserError(
                self.env._(
                    "Several customers have this number: choose who it was, or give "
                    "the name of a new customer."
                )
                if not self.name
                else self.env._(
                    "Somebody has this number by now: choose them, or add the new "
                    "customer under Customers."
                )
            )
        partners = self.env["res.partner"]
        phone = partners._dive_phone_from({"phone": number})
        self._dive_alone_with(phone)
        name = (self.name or "").strip()
        return partners.create(
            {
                "name": name or self.env._("Caller %(phone)s", phone=phone),
                "phone": phone,
                "dive_customer": True,
            }
        )

    def _dive_alone_with(self, phone):
        """Let nobody else make a customer with this number until this is saved.

        :raise ConcurrencyError: somebody just has; Odoo begins again, and finds them
        """
        digits = "".join(letter for letter in phone if letter.isdigit())
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('dive_caller'), %s)",
                _key(digits),
            )
        )
        # What others saved since this transaction began is seen by another one only.
        with self.env.registry.cursor() as cr:
            cr.execute(
                "SELECT FROM res_partner WHERE dive_customer AND active"
                " AND phone_sanitized = %s LIMIT 1",
                [f"+{digits}"],
            )
            if cr.rowcount:
                raise ConcurrencyError(f"a customer with {phone} was just made")


def _key(digits):
    """Return a number of 31 bits for a lock."""
    return int(digits) % (2**31 - 1)
