"""How one was in touch with customers: calls, e-mails, SMS, messages, in one list."""

from html import unescape

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.dive_call import DIRECTIONS
from ..models.dive_contact import KINDS
from .dive_history import EXCERPT

#: Messages on these say what only medical officers read.
HEALTH = ("dive.medical.form",)


class DiveContactLog(models.Model):
    """The register of contacts, with what the messages say.

    One sees a row if one may read the record on which its message is: what
    ``mail.message`` asks as well. What a message about a medical form says stays with
    medical officers; that there was one, others may know.
    """

    _name = "dive.contact.log"
    _description = "Contact with a customer"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "dive.call": ["outcome_id"],
        "dive.contact": ["date", "direction", "kind", "message_id", "partner_id"],
        "mail.message": [
            "author_id",
            "body",
            "email_from",
            "model",
            "record_company_id",
            "res_id",
            "subject",
        ],
    }

    date = fields.Datetime(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    name = fields.Char("What", compute="_compute_name", search="_search_name")
    # shown by its subject, which may be about health
    message_id = fields.Many2one(
        "mail.message", readonly=True, groups="dive_crm.group_medical"
    )
    author_id = fields.Many2one("res.partner", "By", readonly=True)
    outcome_id = fields.Many2one("dive.call.outcome", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char("Model of the record", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    about = fields.Char(compute="_compute_about")

    @property
    def _table_query(self):
        # Outer joins: those that a question has no use for, PostgreSQL leaves out.
        return SQL(
            """
            SELECT contact.id, contact.date, contact.partner_id, contact.kind,
                   contact.direction, contact.message_id, m.author_id,
                   call.outcome_id, m.record_company_id AS company_id,
                   m.model AS res_model, m.res_id
              FROM dive_contact contact
         LEFT JOIN mail_message m ON m.id = contact.message_id
         LEFT JOIN dive_call call ON call.message_id = contact.message_id
            """
        )

    # ------------------------------------------------------------------
    # What it says
    # ------------------------------------------------------------------

    # No column: what one user may see is not kept for another.
    @api.depends_context("uid")
    def _compute_name(self):
        rows = dict(
            self.env.execute_query(
                SQL(
                    "SELECT contact.id, %s %s WHERE contact.id IN %s",
                    self._dive_name_sql(),
                    self._dive_words_from(),
                    self._ids or (0,),
                )
            )
        )
        for row in self:
            row.name = unescape(rows.get(row.id) or "")

    @api.model
    def _search_name(self, operator, value):
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        return Domain.custom(
            to_sql=lambda log, alias, query: SQL(
                "%s IN (SELECT contact.id %s WHERE %s ILIKE %s)",
                SQL.identifier(alias, "id"),
                log._dive_words_from(),
                log._dive_name_sql(),
                f"%{value}%",
            )
        )

    @api.model
    def _dive_words_from(self):
        return SQL(
            "FROM dive_contact contact JOIN mail_message m ON m.id = contact.message_id"
        )

    @api.model
    def _dive_name_sql(self):
        """SQL: what message ``m`` says, in a line, as far as the user may know it."""
        # of a call, outcome and direction have columns: here is what was said
        text = SQL(
            """btrim(regexp_replace(regexp_replace(
                   CASE WHEN contact.kind = 'call'
                        THEN regexp_replace(left(m.body, 1000), '^<p>.*?</p>', '')
                        ELSE left(m.body, 1000) END,
                   '<[^>]*>|&nbsp;', ' ', 'g'), '\\s+', ' ', 'g'))"""
        )
        name = SQL(
            "left(COALESCE("
            "CASE WHEN contact.kind != 'call' THEN NULLIF(m.subject, '') END, %s), %s)",
            text,
            EXCERPT,
        )
        if self.env.user.has_group("dive_crm.group_medical"):
            return name
        return SQL("CASE WHEN m.model NOT IN %s THEN %s END", HEALTH, name)

    # ------------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------------

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._dive_readable()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    @api.model
    def _dive_readable(self):
        """Return the domain of rows on records that the user may read."""
        return Domain.OR(
            Domain("res_model", "=", model) & self._dive_readable_of(model)
            for model in self.env["dive.contact"]._dive_owners()
            if self.env[model].has_access("read")
        )

    @api.model
    def _dive_readable_of(self, model):
        """Return the domain of rows whose record of a model the user may read."""
        rules = self.env["ir.rule"]._compute_domain(model, "read")
        if not rules:
            return Domain.TRUE
        # as Odoo does: what a rule looks at, the user need not be allowed to read
        records = self.env[model].sudo()
        rules = Domain(rules).optimize_full(records)
        return Domain.custom(
            to_sql=lambda log, alias, query: rules._to_sql(
                records, log._dive_join_record(records, alias, query), query
            )
        )

    @api.model
    def _dive_join_record(self, records, alias, query):
        """Join the record on which the message is; return its alias.

        A join is planned well; a condition on many other tables at once is taken for so
        much work that PostgreSQL compiles it (JIT), for a second.
        """
        record = query.make_alias(alias, records._table)
        query.add_join(
            "LEFT JOIN",
            record,
            SQL.identifier(records._table),
            SQL(
                "%s = CASE WHEN %s = %s THEN %s END",
                SQL.identifier(record, "id"),
                SQL.identifier(alias, "res_model"),
                records._name,
                SQL.identifier(alias, "res_id"),
            ),
        )
        return record

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.su:
            return result
        rows = self - result[0] if result else self
        forbidden = rows - rows._dive_filter_readable()
        if not forbidden:
            return result
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )

    def _dive_filter_readable(self):
        """Return those of these whose record the user may read."""
        ids = []
        # sudo: only to know on which record each message is
        for model, rows in self.sudo().grouped("res_model").items():
            if not model or model not in self.env:
                continue
            records = self.env[model].browse(rows.mapped("res_id")).exists()
            readable = set(records._filtered_access("read").ids)
            ids += [row.id for row in rows if row.res_id in readable]
        return self.browse(ids)

    # ------------------------------------------------------------------
    # Screen
    # ------------------------------------------------------------------

    @api.depends("res_model", "res_id")
    def _compute_about(self):
        self.about = False
        for model, rows in self.grouped("res_model").items():
            if not model or model not in self.env or model == "res.partner":
                continue
            # sudo: a name, of a record that who reads the row may read
            records = self.env[model].sudo().browse(rows.mapped("res_id")).exists()
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.about = names.get(row.res_id)

    def action_open(self):
        """Open the record on which the message is."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        if self.res_model == "res.partner":
            return record._dive_open_action()
        return record.get_formview_action()
