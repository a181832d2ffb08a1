"""Who has agreed to what: the ledger that proves it."""

from odoo import api, fields, models
from odoo.tools import SQL

SOURCES = [
    ("desk", "At the desk"),
    ("portal", "In the portal"),
    ("link", "By a link in a message"),
    ("booking", "When booking on-line"),
    ("newsletter", "On the page of the newsletter"),
    ("import", "Import"),
    ("merge", "Customers were merged"),
    ("other", "Other"),
]


class DiveConsent(models.Model):
    """One answer of one person. Rows are only added: the latest counts."""

    _name = "dive.consent"
    _inherit = ["dive.append.only.mixin"]
    _description = "Consent"
    _order = "id desc"
    _rec_name = "partner_name"
    _log_access = False

    # plain numbers: see dive.append.only.mixin
    partner_id = fields.Integer(
        "Customer's number",
        readonly=True,
        help="None: an address that is no customer's, of a newsletter.",
    )
    partner_name = fields.Char("Customer", readonly=True)
    address = fields.Char(
        "To", readonly=True, help="The e-mail address or number of that day."
    )
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    # no customers: their wordings are kept as long as answers are
    purpose_id = fields.Many2one(
        "dive.consent.purpose", readonly=True, required=True, ondelete="restrict"
    )
    wording_id = fields.Many2one(
        "dive.consent.wording",
        "Version",
        readonly=True,
        required=True,
        ondelete="restrict",
    )
    wording = fields.Text(
        readonly=True, help="What was asked, in the language in which it was asked."
    )
    given = fields.Boolean("Agreed", readonly=True)
    date = fields.Datetime("On", readonly=True, required=True)
    user_id = fields.Integer("User's number", readonly=True, aggregator=False)
    user_name = fields.Char("By", readonly=True)
    source = fields.Selection(SOURCES, "How", readonly=True, required=True)
    detail = fields.Char(readonly=True)

    _person = models.Index("(partner_id, purpose_id, id)")
    # who is no customer is found by the address
    _address = models.Index(
        "(address, purpose_id, id) WHERE COALESCE(partner_id, 0) = 0"
    )

    @api.model
    def _dive_note_address(self, wording, given, address, name, source):
        """Write down what somebody answered who is no customer.

        That the address is theirs was shown, or they have a link that we sent to it.
        """
        # sudo: nobody adds such rows by hand
        ledger = self.sudo()._dive_adding()
        return ledger.create(
            {
                "partner_name": name or address,
                "address": address,
                "purpose_id": wording.purpose_id.id,
                "wording_id": wording.id,
                "wording": wording.text,
                "given": given,
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "user_name": self.env.user.name,
                "source": source,
            }
        )

    @api.model
    def _dive_answers_at(self, emails, purposes):
        """Return what was answered at addresses; two queries, for any number.

        Customers' answers stand above those of an address alone; of several customers
        at one address one yes is enough.

        :param emails: normalized addresses
        :rtype: dict[tuple[str, int], bool]: address and purpose; none: never answered
        """
        if not emails or not purposes:
            return {}
        self.flush_model()
        self.env["dive.consent.state"].flush_model()
        self.env["res.partner"].flush_model(["email_normalized"])
        values = {"emails": tuple(emails), "purposes": tuple(purposes.ids)}
        strangers = SQL(
            "SELECT DISTINCT ON (address, purpose_id) address, purpose_id, given"
            " FROM dive_consent WHERE COALESCE(partner_id, 0) = 0"
            " AND address IN %(emails)s AND purpose_id IN %(purposes)s"
            " ORDER BY address, purpose_id, id DESC",
            **values,
        )
        customers = SQL(
            "SELECT person.email_normalized, state.purpose_id, bool_or(state.given)"
            " FROM dive_consent_state state"
            " JOIN res_partner person ON person.id = state.partner_id"
            " WHERE person.email_normalized IN %(emails)s"
            " AND state.purpose_id IN %(purposes)s"
            " GROUP BY person.email_normalized, state.purpose_id",
            **values,
        )
        return {
            (email, purpose): given
            for query in (strangers, customers)
            for email, purpose, given in self.env.execute_query(query)
        }

    @api.model
    def _dive_refused_at(self, emails):
        """Return those addresses that say no to news, and yes to none of it.

        Who was never asked is not among them.

        :param emails: normalized addresses
        :rtype: set[str]
        """
        # sudo: what people have answered decides, whoever writes to them
        purposes = self.env["dive.consent.purpose"].sudo()
        news = purposes.with_context(active_test=False).search(
            [("channel", "=", "email")]
        )
        answers = self._dive_answers_at(emails, news)
        agreed = {email for (email, _purpose), given in answers.items() if given}
        return {email for email, _purpose in answers} - agreed

    def action_open_customer(self):
        """Open the customer of this answer, if there still is one."""
        self.ensure_one()
        partner = self.env["res.partner"].browse(self.partner_id).exists()
        return partner and partner._dive_open_action()
