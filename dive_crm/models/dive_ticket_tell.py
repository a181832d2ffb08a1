"""A ticket of nobody is seen: somebody is told of it, and it is counted."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from .dive_ticket import OPEN, ROLES

UNASSIGNED = OPEN & Domain("user_id", "=", False)


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_ticket_tell_ids = fields.Many2many(
        "res.users",
        "dive_ticket_tell_rel",
        "company_id",
        "user_id",
        "Told of tickets of nobody",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in ROLES]),
        ],
        help="Nobody chosen: the managers.",
    )

    def _dive_ticket_told(self):
        """Return who is told of tickets that nobody has, as superuser.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: whose groups and companies these are is not for everybody to read
        chosen = self.sudo().dive_ticket_tell_ids.filtered(
            lambda one: (
                one.active
                and self in one.company_ids
                and any(one.has_group(role) for role in ROLES)
            )
        )
        return chosen or self._dive_managers()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_ticket_tell_ids = fields.Many2many(
        related="company_id.dive_ticket_tell_ids", readonly=False
    )


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # not of each line of a file
        if len(tickets) == 1:
            tickets._dive_tell_unassigned()
        return tickets

    def _dive_tell_unassigned(self):
        """Put a note into the inbox of those who look after tickets of nobody.

        Of low feedback they have something to do already.
        """
        # sudo: whoever asks need not be allowed to read who works here
        ticket = self.sudo()
        if ticket.user_id or ticket.source == "feedback":
            return
        company = ticket.company_id
        people = company._dive_ticket_told() - self.env.user
        for lang, users in people.grouped("lang").items():
            words = ticket.with_context(lang=lang or self.env.lang)
            name = ticket.display_name
            ticket.message_notify(
                author_id=company.partner_id.id,
                email_from=company.email_formatted,
                partner_ids=users.partner_id.ids,
                subject=words.env._("Ticket of nobody: %(name)s", name=name),
                body=Markup("<p>%s</p>")
                % words.env._(
                    "“%(name)s”, from %(who)s, is of nobody yet: take it, or give it"
                    " to somebody.",
                    name=name,
                    who=ticket.sender or words.env._("somebody unknown"),
                ),
                force_send=False,
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _dive_unassigned_count(self):
        """Return how many open tickets of the user's companies nobody has."""
        if not self.has_access("read"):
            return 0
        here = Domain("company_id", "in", self.env.companies.ids)
        return self.search_count(UNASSIGNED & here)

    @api.model
    def action_unassigned(self):
        """List the open tickets that nobody has."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_ticket"
        )
        action["context"] = {"search_default_unassigned": 1, "search_default_open": 1}
        return action


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    @api.model
    @api.readonly
    def dive_today(self, day=None):
        """Return the day, and how many tickets wait for somebody to take them."""
        tickets = self.env["dive.ticket"]
        return {
            **super().dive_today(day),
            "tickets": tickets._dive_unassigned_count(),
        }
