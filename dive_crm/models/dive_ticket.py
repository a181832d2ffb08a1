"""What somebody asks of the dive centre, until it is answered."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import parse_contact_from_email

#: Who may be given a ticket.
ROLES = (
    "dive_crm.group_front_desk",
    "dive_crm.group_instructor",
    "dive_crm.group_medical",
)
#: Longer subjects are cut, in whatever way they come in.
SUBJECT = 200
OPEN = Domain("stage_kind", "!=", "closed")


class DiveTicket(models.Model):
    """A question, request or complaint, with all that was written about it."""

    _name = "dive.ticket"
    _description = "Ticket"
    _inherit = [
        "dive.guarded.mixin",
        "dive.portal.page.mixin",
        "rating.mixin",
        "mail.activity.mixin",
    ]
    _order = "priority desc, id desc"
    _rec_names_search = ["number", "name", "partner_id.name", "email_from"]
    _primary_email = "email_from"
    # who reads a ticket in the portal answers there
    _mail_post_access = "read"
    _check_company_auto = True
    _dive_guarded = {
        "number": False,
        "feedback_id": False,
        "online_key": False,
        "rating_asked_on": False,
        "mood": False,
        "words": False,
        "rated_on": False,
        "receipt_on": False,
        "receipt_plan_id": False,
        "receipt_partner_id": False,
        "receipt_address": False,
        "receipt_message_id": False,
        "receipt_error": False,
    }

    name = fields.Char("Subject", required=True, index="trigram", tracking=True)
    number = fields.Char(readonly=True, copy=False, index=True)
    description = fields.Text("What it is about")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Is written to",
        compute="_compute_contact_id",
        help="The customer, or the guardian of a minor.",
    )
    sender = fields.Char(
        compute="_compute_sender",
        help="The customer, else the name in the e-mail.",
    )
    contact_phone = fields.Char("Phone", compute="_compute_contact_id")
    email_from = fields.Char(
        "E-mail of the sender",
        help="From where an e-mail came that became this ticket.",
    )
    booking_id = fields.Many2one(
        "dive.booking",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    trip_id = fields.Many2one(
        "dive.trip",
        compute="_compute_trip_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    kind = fields.Selection(
        [
            ("question", "Question"),
            ("request", "Request"),
            ("complaint", "Complaint"),
            ("other", "Other"),
        ],
        required=True,
        default="question",
        tracking=True,
    )
    source = fields.Selection(
        [
            ("desk", "At the desk"),
            ("email", "E-mail"),
            ("portal", "Portal"),
            ("feedback", "Feedback"),
        ],
        "Came in by",
        required=True,
        readonly=True,
        default="desk",
        copy=False,
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Urgent")],
        required=True,
        default="0",
        tracking=True,
    )
    stage_id = fields.Many2one(
        "dive.ticket.stage",
        required=True,
        default=lambda self: self.env["dive.ticket.stage"]._dive_first(),
        group_expand="_read_group_expand_full",
        index=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
    )
    stage_kind = fields.Selection(
        related="stage_id.kind", string="Open or closed", store=True, index=True
    )
    back_stage_id = fields.Many2one(
        "dive.ticket.stage",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Where an answer of the customer brings it back to.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        tracking=True,
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in ROLES]),
        ],
    )
    open_since = fields.Datetime(
        default=fields.Datetime.now,
        readonly=True,
        copy=False,
        help="When it came in, or was opened again.",
    )
    deadline = fields.Datetime(
        compute="_compute_deadline",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        help="From the priority, as the settings say; can be set by hand.",
    )
    is_overdue = fields.Boolean(
        "Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
    )
    closed_on = fields.Datetime(compute="_compute_closed_on", store=True, copy=False)

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("name", "number")
    def _compute_display_name(self):
        for ticket in self:
            name = ticket.name or self.env._("New ticket")
            ticket.display_name = f"{name} ({ticket.number})" if ticket.number else name

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for ticket in self:
            # sudo: a guardian may be a contact of another company
            partner = ticket.sudo().partner_id
            guardian = partner.dive_statement_recipient_id
            contact = guardian if guardian.active else partner
            ticket.contact_id = contact
            ticket.contact_phone = contact.phone

    @api.depends("partner_id.name", "email_from")
    def _compute_sender(self):
        for ticket in self:
            # sudo: who reads a ticket may see whose it is
            name, address = parse_contact_from_email(ticket.email_from or "")
            ticket.sender = ticket.sudo().partner_id.name or name or address

    @api.depends("booking_id")
    def _compute_trip_id(self):
        for ticket in self:
            ticket.trip_id = ticket.booking_id.trip_id or ticket.trip_id

    @api.depends("stage_kind")
    def _compute_closed_on(self):
        for ticket in self:
            closed = ticket.stage_kind == "closed"
            ticket.closed_on = closed and (ticket.closed_on or fields.Datetime.now())

    @api.depends("priority", "open_since")
    def _compute_deadline(self):
        for ticket in self:
            # sudo: settings of the company
            company = (ticket.company_id or self.env.company).sudo()
            hours = company._dive_ticket_hours(ticket.priority)
            since = ticket.open_since or fields.Datetime.now()
            ticket.deadline = hours and since + timedelta(hours=hours)

    @api.depends("deadline", "stage_kind")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_overdue = (
                ticket.stage_kind == "open"
                and ticket.deadline
                and ticket.deadline < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("stage_kind", "=", "open") & Domain(
            "deadline", "<", fields.Datetime.now()
        )

    def _compute_access_url(self):
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    @api.constrains("name")
    def _check_name(self):
        for ticket in self:
            if not ticket.name:
                raise ValidationError(self.env._("Please say what it is about."))

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """A booking of somebody else does not stay."""
        booking = self.booking_id
        if self.partner_id and booking:
            people = booking.partner_id | booking.diver_ids.partner_id
            if self.partner_id._origin not in people:
                self.booking_id = self.trip_id = False

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: the sequence is the house's, whoever asks
        sequences = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            if isinstance(vals.get("name"), str):
                vals["name"] = vals["name"].strip()[:SUBJECT]
        tickets = super().create(vals_list)
        for ticket in tickets:
            company = sequences.with_company(ticket.company_id)
            ticket._dive_unlocked().number = company.next_by_code("dive.ticket")
        tickets._dive_assign()
        tickets._dive_follow()
        return tickets

    def write(self, vals):
        if isinstance(vals.get("name"), str):
            vals = {**vals, "name": vals["name"].strip()[:SUBJECT]}
        # sudo: who is written to is no field of the portal's
        contacts = {
            ticket: ticket.sudo().contact_id for ticket in self if "partner_id" in vals
        }
        stages = {ticket: ticket.stage_id for ticket in self if "stage_id" in vals}
        result = super().write(vals)
        for ticket, contact in contacts.items():
            ticket._dive_follow(contact)
        for ticket, stage in stages.items():
            if stage.kind != ticket.stage_kind:
                ticket._dive_moved(stage)
        return result

    def _dive_assign(self):
        """Give those of nobody to whom the settings name."""
        # sudo: whom the settings name is read by whoever asks
        for ticket in self.sudo().filtered(lambda one: not one.user_id):
            if user := ticket.company_id._dive_ticket_person():
                ticket.user_id = user

    def _dive_follow(self, before=None):
        """Let the customer get what is answered, and nobody whose ticket it is not."""
        # sudo: whoever may write a ticket says whose it is
        for ticket in self.sudo():
            contact = ticket.contact_id
            if before and before != contact:
                ticket.message_unsubscribe(before.ids)
            if contact:
                ticket.message_subscribe(contact.ids)

    def _dive_moved(self, stage):
        """Do what has to be done when this came into another kind of stage.

        :param stage: the one it was in
        """
        self.ensure_one()
        if self.stage_kind == "open":
            self.open_since = fields.Datetime.now()
        elif stage.kind == "open":
            self.back_stage_id = stage

    def _dive_reopen(self):
        """Bring back to where they were those that wait, and those that are closed."""
        first = self.env["dive.ticket.stage"]._dive_first()
        for ticket in self.filtered(lambda one: one.stage_kind != "open"):
            back = ticket.back_stage_id
            usable = back.active and back.kind == "open"
            ticket.stage_id = back if usable else first

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    @api.model
    def get_empty_list_help(self, help_message):
        """Say at which address an e-mail becomes a ticket."""
        address = self.env.company.dive_ticket_address
        if address:
            link = Markup('<a href="mailto:%s">%s</a>') % (address, address)
            said = self.env._("Each e-mail to %(address)s becomes one.", address=link)
        else:
            said = self.env._(
                "With an e-mail domain, and an address for tickets in the settings,"
                " e-mails become tickets, too."
            )
        said = Markup('<p class="oe_view_nocontent_alias">%s</p>') % said
        return super().get_empty_list_help(f"{help_message or ''}{said}")

    def action_assign_to_me(self):
        """Take these tickets."""
        self.user_id = self.env.user
