"""What came of a campaign: mails, bookings, money, new customers."""

from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.seats import BOOKING_SOLD, SEAT_SOLD

#: who reads the numbers
READERS = "dive_crm.group_front_desk,mass_mailing.group_mass_mailing_user"
NUMBERS = ("sent", "opened", "clicked", "answered", "booked", "cards", "new_customers")


class UtmCampaign(models.Model):
    """Mails are counted as Odoo's mailings count them; the rest by the bookings.

    Campaigns have no company: what is counted are bookings of the user's companies.
    """

    _inherit = "utm.campaign"

    dive_offer_ids = fields.One2many(
        "dive.campaign.offer", "campaign_id", "Offers", groups=READERS
    )
    dive_sent = fields.Integer("Sent", compute="_compute_dive_numbers", groups=READERS)
    dive_opened = fields.Integer(
        "Opened", compute="_compute_dive_numbers", groups=READERS
    )
    dive_clicked = fields.Integer(
        "Clicked",
        compute="_compute_dive_numbers",
        groups=READERS,
        help="How many have opened a link of the mailings.",
    )
    dive_answered = fields.Integer(
        "Answered", compute="_compute_dive_numbers", groups=READERS
    )
    dive_booked = fields.Integer(
        "Bookings",
        compute="_compute_dive_numbers",
        groups=READERS,
        help="With its code or through its link, and not cancelled.",
    )
    dive_cards = fields.Integer(
        "Prepaid cards", compute="_compute_dive_numbers", groups=READERS
    )
    dive_revenue = fields.Monetary(
        "Revenue",
        currency_field="dive_currency_id",
        compute="_compute_dive_revenue",
        groups=READERS,
        help="What was invoiced for these bookings and cards, without taxes and less"
        " credit notes. Invoices paid with a card of the same campaign count once: with"
        " the card.",
    )
    dive_currency_id = fields.Many2one(
        "res.currency", compute="_compute_dive_revenue", groups=READERS
    )
    dive_new_customers = fields.Integer(
        "From guest to customer",
        compute="_compute_dive_numbers",
        groups=READERS,
        help="Whose first confirmed booking, as payer or diver, came with it.",
    )

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _compute_dive_numbers(self):
        found = {campaign_id: Counter() for campaign_id in self._origin.ids}
        if found:
            self._dive_count_mails(found)
            self._dive_count_sold(found)
            for campaign_id, _partner_id in self._origin._dive_new_customers():
                found[campaign_id]["new_customers"] += 1
        for campaign in self:
            count = found.get(campaign._origin.id, Counter())
            for name in NUMBERS:
                campaign[f"dive_{name}"] = count[name]

    def _dive_count_mails(self, found):
        # sudo: how many there were, for who may not read to whom
        traces = self.env["mailing.trace"].sudo()
        rows = traces._read_group(
            [("campaign_id", "in", list(found)), ("is_test_trace", "=", False)],
            ["campaign_id", "trace_status"],
            ["sent_datetime:count", "links_click_datetime:count", "__count"],
        )
        for campaign, status, sent, clicked, count in rows:
            number = found[campaign.id]
            number["sent"] += sent
            number["clicked"] += clicked
            number["opened"] += count if status in ("open", "reply") else 0
            number["answered"] += count if status == "reply" else 0

    def _dive_count_sold(self, found):
        for model, name in (
            ("dive.booking", "booked"),
            ("dive.discount.card", "cards"),
        ):
            # sudo: as many as there are, for marketing users without a right to them
            rows = (
                self.env[model]
                .sudo()
                ._read_group(
                    [
                        ("campaign_id", "in", list(found)),
                        ("company_id", "in", self.env.companies.ids),
                        ("state", "!=", "cancelled"),
                    ],
                    ["campaign_id"],
                    ["__count"],
                )
            )
            for campaign, count in rows:
                found[campaign.id][name] = count

    def _dive_new_customers(self):
        """Return (campaign id, partner id) of those whom a campaign has won.

        That is who was a guest before: their first booking that counts is one of it.
        """
        bookings = self.env["dive.booking"]._fields
        seats = self.env["dive.booking.diver"]._fields
        names = ("partner_id", "state", "campaign_id", "company_id")
        return self.env.execute_query(
            SQL(
                """
                WITH sold AS (
                    SELECT id, campaign_id, partner_id FROM dive_booking
                     WHERE campaign_id IN %(campaigns)s AND company_id IN %(companies)s
                       AND state IN %(sold)s
                ), people AS (
                    SELECT campaign_id, id, partner_id FROM sold
                     UNION
                    SELECT sold.campaign_id, sold.id, seat.partner_id
                      FROM sold JOIN dive_booking_diver seat
                        ON seat.booking_id = sold.id AND seat.state IN %(taken)s
                )
                SELECT DISTINCT campaign_id, partner_id FROM people
                 WHERE NOT EXISTS (
                        SELECT FROM dive_booking booking
                         WHERE booking.partner_id = people.partner_id
                           AND booking.state IN %(sold)s AND booking.id < people.id)
                   AND NOT EXISTS (
                        SELECT FROM dive_booking_diver seat
                         WHERE seat.partner_id = people.partner_id
                           AND seat.state IN %(taken)s AND seat.booking_id < people.id)
                """,
                campaigns=tuple(self.ids),
                companies=tuple(self.env.companies.ids),
                sold=BOOKING_SOLD,
                taken=SEAT_SOLD,
                to_flush=(
                    *(bookings[name] for name in names),
                    *(seats[name] for name in ("partner_id", "state", "booking_id")),
                ),
            )
        )

    @api.depends_context("company", "allowed_company_ids")
    def _compute_dive_revenue(self):
        currency = self.env.company.currency_id
        amounts = self._origin._dive_revenue() if self._origin.ids else {}
        for campaign in self:
            campaign.dive_currency_id = currency
            campaign.dive_revenue = amounts.get(campaign._origin.id, 0.0)

    def _dive_revenue(self):
        """Return {campaign id: money}, in the currency of the user's company."""
        day = self.env.company._dive_today()
        currency = self.env.company.currency_id
        companies = self.env["res.company"]
        total = defaultdict(float)
        for campaign_id, company_id, amount in self.env.execute_query(
            self._dive_revenue_sql()
        ):
            company = companies.browse(company_id)
            # sudo: in which currency the books of the user's companies are
            own = company.sudo().currency_id
            total[campaign_id] += own._convert(amount, currency, company, day)
        return total

    def _dive_revenue_sql(self):
        """SQL: (campaign, company, what was invoiced), of bookings and of cards."""
        lines = self.env["account.move.line"]
        names = ("balance", "parent_state", "display_type")
        links = ("dive_booking_diver_id", "dive_card_id")
        bookings = self.env["dive.booking"]._fields
        cards = self.env["dive.discount.card"]._fields
        uses = self.env["dive.discount.card.use"]._fields
        return SQL(
            """
            SELECT campaign_id, company_id, sum(amount) FROM (
                SELECT booking.campaign_id, line.company_id, -line.balance AS amount
                  FROM dive_booking booking
                  JOIN dive_booking_diver seat ON seat.booking_id = booking.id
                  JOIN account_move_line line
                    ON line.dive_booking_diver_id = seat.id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE booking.campaign_id IN %(campaigns)s
                   AND booking.company_id IN %(companies)s
                   AND booking.state != 'cancelled'
                   AND line.parent_state = 'posted' AND line.display_type = 'product'
                   AND NOT EXISTS (
                        SELECT FROM dive_discount_card_use used
                          JOIN dive_discount_card card ON card.id = used.card_id
                         WHERE used.move_id IN (move.id, move.reversed_entry_id)
                           AND used.state = 'settled'
                           AND card.campaign_id = booking.campaign_id)
                 UNION ALL
                SELECT card.campaign_id, line.company_id, -line.balance
                  FROM dive_discount_card card
                  JOIN account_move_line line ON line.dive_card_id = card.id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE card.campaign_id IN %(campaigns)s
                   AND card.company_id IN %(companies)s
                   AND card.state != 'cancelled'
                   AND move.move_type IN ('out_invoice', 'out_refund')
                   AND line.parent_state = 'posted' AND line.display_type = 'product'
            ) invoiced GROUP BY campaign_id, company_id
            """,
            campaigns=tuple(self.ids),
            companies=tuple(self.env.companies.ids),
            to_flush=(
                *(lines._fields[name] for name in (*names, *links)),
                *(bookings[name] for name in ("campaign_id", "company_id", "state")),
                *(cards[name] for name in ("campaign_id", "company_id", "state")),
                *(uses[name] for name in ("move_id", "card_id", "state")),
            ),
        )

    def _compute_mailing_mail_count(self):
        """Odoo's form asks everybody for it; who may not read mailings sees none."""
        if self.env["mailing.mailing"].has_access("read"):
            return super()._compute_mailing_mail_count()
        self.mailing_mail_count = self.ab_testing_mailings_count = 0
        return None

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_dive_mails(self):
        """Open to whom the mailings went, and what they did with them."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mass_mailing.mailing_trace_action"
        )
        action["domain"] = [
            ("campaign_id", "in", self.ids),
            ("is_test_trace", "=", False),
            ("sent_datetime", "!=", False),
        ]
        action["context"] = {"create": False}
        return action

    def action_dive_bookings(self):
        """Open the bookings of these campaigns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_booking"
        )
        action["domain"] = [
            ("campaign_id", "in", self.ids),
            ("state", "!=", "cancelled"),
        ]
        action["context"] = {"create": False}
        return action

    def action_dive_cards(self):
        """Open the prepaid cards that were sold in these campaigns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_discount_card"
        )
        action["domain"] = [
            ("campaign_id", "in", self.ids),
            ("state", "!=", "cancelled"),
        ]
        action["context"] = {"create": False}
        return action

    def action_dive_revenue(self):
        """Open the invoices and credit notes of what these campaigns have sold."""
        lines = [
            "|",
            ("dive_booking_diver_id.booking_id.campaign_id", "in", self.ids),
            ("dive_card_id.campaign_id", "in", self.ids),
        ]
        moves = self.env["account.move"].search(
            [
                ("invoice_line_ids", "any", lines),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ]
        )
        return self.env["dive.booking"]._action_open_moves(moves)

    def action_dive_new_customers(self):
        """Open those who were guests before these campaigns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_customer"
        )
        won = {partner_id for _campaign, partner_id in self._dive_new_customers()}
        action["domain"] = [("id", "in", sorted(won))]
        action["context"] = {"create": False}
        return action

    @api.ondelete(at_uninstall=False)
    def _unlink_except_dive_used(self):
        for campaign in self:
            # sudo: also what is in another company
            if campaign.sudo().dive_offer_ids or any(
                self.env[model]
                .sudo()
                .search_count([("campaign_id", "=", campaign.id)], limit=1)
                for model in ("dive.booking", "dive.discount.card")
            ):
                raise UserError(
                    self.env._(
                        "“%(campaign)s” has bookings, prepaid cards or offers, so it"
                        " stays on record: archive it instead.",
                        campaign=campaign.title,
                    )
                )
