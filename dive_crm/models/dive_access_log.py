import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.sql_db import Cursor
from odoo.tools import SQL

from ..tools import access_head, access_store
from ..tools.access_notes import Look, Notes
from ..tools.keyring import KeyringError, KeyringUnset, load_keyring

_logger = logging.getLogger(__name__)

ACTIONS = [
    ("read", "Read"),
    ("open", "Opened"),
    ("print", "Printed"),
    ("export", "Exported"),
    ("write", "Changed"),
    ("reason", "Reason given"),
    ("denied", "Refused"),
]
#: Names of customers that stand in a line of the list.
NAMES_SHOWN = 3
#: Records noted before they are written without waiting for the transaction's end.
MOST_WAITING = 5000
_WAITING = "dive_crm.access"


def note_access(records, fields, action, allowed=True, reason="", partners=None):
    """Note a look at records for the access log; no query, no content.

    It is written when the transaction ends, however it ends, in one of its own: one row
    for each kind of look, that lists the records. Not written yet at a loss of power.

    :param records: what was seen, or asked for; empty: of no record in particular
    :param fields: names of the fields
    :param str action: one of :data:`ACTIONS`
    :param bool allowed: False: it was refused
    :param str reason: the one that was given beforehand; says nothing about health
    :param partners: whom it is about, as records or ids; default: the records
        themselves if they are partners, else their ``partner_id``
    """
    env = records.env
    fields = tuple(fields)
    look = Look(
        res_model=records._name,
        action=action,
        allowed=bool(allowed),
        reason=reason or "",
        # the user behind a sudo as well
        user_id=env.uid or 0,
        company_id=_company_asked_for(env),
    )
    notes = _notes_of(env)
    if partners is not None:
        partners = getattr(partners, "ids", partners)
    if not records and not allowed:
        notes.add(look, 0, fields, partners or ())
    # by number, not by record: this is called for each value that is decrypted
    for record_id in records._ids:
        record_id = getattr(record_id, "origin", record_id)
        if not record_id:
            continue  # not stored: somebody is about to fill it in
        about = partners or ()
        if partners is None and not notes.known(look, record_id):
            about = _partner_ids(records, record_id)
        notes.add(look, record_id, fields, about)
    if notes.count >= MOST_WAITING:
        _write(env.registry, notes)


def _company_asked_for(env):
    """Return the company chosen; whether it is theirs is asked in writing it."""
    companies = env.context.get("allowed_company_ids")
    chosen = companies[0] if companies and isinstance(companies, list) else 0
    # nothing that is like a number: True would be stored as 1
    return chosen if type(chosen) is int else 0


def _partner_ids(records, record_id):
    if records._name == "res.partner":
        return (record_id,)
    field = records._fields.get("partner_id")
    if field is None or field.comodel_name != "res.partner":
        return ()
    # together with the others, in one query
    record = records.browse(record_id).with_prefetch(records._origin._prefetch_ids)
    try:
        # sudo: only whose record it is, for the log
        return record.sudo().partner_id.ids
    except MissingError:
        return ()


def _notes_of(env):
    """Return what was noted in this transaction, to be written at its end."""
    cr = env.cr
    notes = cr.postcommit.data.get(_WAITING)
    if notes is None:
        notes = cr.postcommit.data[_WAITING] = Notes()
        write = partial(_write_at_end, env.registry, cr, notes)
        # In front: where somebody else's callback fails, those after it are dropped.
        cr.postcommit._funcs.appendleft(write)
        cr.postrollback._funcs.appendleft(write)
    return notes


def _write_at_end(registry, cr, notes):
    # what is noted by callbacks after this one is noted anew
    if cr.postcommit.data.get(_WAITING) is notes:
        del cr.postcommit.data[_WAITING]
    _write(registry, notes)


def _write(registry, notes):
    """Write what was noted, in a transaction of its own.

    What cannot be written stands in the log of the server: the looks were taken, and
    what this transaction did is committed.
    """
    rows = notes.take()
    if not rows:
        return
    # An error here would be told to somebody whose work is done and committed.
    try:
        with registry.cursor() as cr:
            # else one of a test, which lies within another transaction
            if isinstance(cr, Cursor):
                access_store.begin(cr)
            access_store.append(cr, rows, _keys())
    except Exception:
        _logger.critical("The access log could not be written: %s", rows, exc_info=True)


def _keys():
    try:
        return load_keyring()
    except KeyringUnset:
        return None
    except KeyringError as error:
        _logger.warning("The access log is written without a key: %s", error)
        return None


class DiveAccessLog(models.Model):
    """Who looked at, printed or exported which customers' records. Only ever added to.

    Rows come by :func:`note_access`, in a chain that shows tampering (see
    tools/access_chain.py). Plain numbers and names, no foreign keys: a row says what
    was true when it was written, and keeps nobody from being deleted or merged.
    """

    _name = "dive.access.log"
    _inherit = ["dive.append.only.mixin"]
    _description = "Access log"
    _order = "seq desc"
    _rec_name = "seq"
    _log_access = False

    seq = fields.Integer("Number", readonly=True, required=True, aggregator=False)
    date = fields.Datetime(readonly=True, required=True)
    user_id = fields.Integer("User's number", readonly=True, aggregator=False)
    login = fields.Char(readonly=True)
    user_name = fields.Char("User", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_ids = fields.Text("Records", readonly=True)
    partner_ids = fields.Text("Customers' numbers", readonly=True)
    field_names = fields.Text("Fields", readonly=True)
    action = fields.Selection(ACTIONS, readonly=True)
    allowed = fields.Boolean(readonly=True)
    reason = fields.Text(readonly=True)
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    key_id = fields.Char("Number of the key", readonly=True)
    mac = fields.Char("Code", readonly=True)

    person_id = fields.Many2one(
        "res.users", compute="_compute_person_id", search="_search_person_id"
    )
    customer_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_customer_ids",
        search="_search_customer_ids",
        help="Those who are still there, and whom you may see.",
    )
    customer_names = fields.Char("About", compute="_compute_customer_names")
    model_name = fields.Char("Kind of record", compute="_compute_model_name")

    _seq_uniq = models.UniqueIndex("(seq)")
    _date_idx = models.Index("(date)")
    _user_idx = models.Index("(user_id, seq)")
    # few, and what a manager looks for; the predicate as the ORM writes the condition
    _refused_idx = models.Index("(seq) WHERE allowed IS NOT TRUE")
    _partner_idx = models.Index("USING gin (string_to_array(partner_ids, ','))")

    @api.model
    def _dive_check_writable(self):
        """Refuse a look at health data that could not be signed in the log.

        :raise UserError: the keys cannot be had; the message says why
        """
        with self.env["dive.key.holder"]._dive_secrets_told():
            load_keyring()

    # ------------------------------------------------------------------
    # Its end, outside the database
    # ------------------------------------------------------------------

    @api.model
    def _cron_dive_keep_end(self):
        """Keep the number and code of the last row in a file outside the database."""
        end = access_store.last(self.env.cr)
        if not end:
            return
        try:
            access_head.write_head(
                access_head.head_path(),
                self.env.cr.dbname,
                *end,
                code_at=partial(access_store.code_at, self.env.cr),
            )
        except access_head.HeadUnset:
            _logger.info("The end of the access log is kept nowhere: no file is named")
        except access_head.HeadBehind as error:
            _logger.error("The access log lacks rows, or they were changed: %s", error)
        except access_head.HeadError as error:
            _logger.warning("The end of the access log could not be kept: %s", error)

    # ------------------------------------------------------------------
    # What the screen shows
    # ------------------------------------------------------------------

    @api.depends("user_id")
    def _compute_person_id(self):
        there = self.env["res.users"].browse(set(self.mapped("user_id"))).exists()
        for row in self:
            row.person_id = there.filtered(lambda user, row=row: user.id == row.user_id)

    def _search_person_id(self, operator, value):
        return self._dive_search_by(
            "res.users", operator, value, lambda ids: Domain("user_id", "in", ids)
        )

    @api.depends("partner_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_customer_ids(self):
        seen = self._dive_customers_seen(row._dive_partner_ids() for row in self)
        for row in self:
            row.customer_ids = [
                found for found in row._dive_partner_ids() if found in seen
            ]

    def _search_customer_ids(self, operator, value):
        return self._dive_search_by(
            "res.partner",
            operator,
            value,
            lambda ids: Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "string_to_array(%s, ',') && %s::text[]",
                    model._field_to_sql(alias, "partner_ids", query),
                    list(map(str, ids)),
                )
            ),
        )

    @api.depends("partner_ids")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_customer_names(self):
        first = {row: row._dive_partner_ids()[:NAMES_SHOWN] for row in self}
        seen = self._dive_customers_seen(first.values())
        for row in self:
            names = [
                seen[found].display_name
                if found in seen
                else self.env._("No. %s", found)
                for found in first[row]
            ]
            more = len(row._dive_partner_ids()) - len(names)
            if more > 0:
                names.append(self.env._("and %s more", more))
            row.customer_names = ", ".join(names)

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_name(self):
        for row in self:
            # sudo: the name of a model, for those who may not read models
            model = self.env["ir.model"].sudo()._get(row.res_model)
            row.model_name = model.name or row.res_model

    def _dive_partner_ids(self):
        return [int(found) for found in (self.partner_ids or "").split(",") if found]

    @api.model
    def _dive_customers_seen(self, lists):
        """Return the customers of lists of ids who are there: ``{id: record}``."""
        ids = set().union(*lists)
        partners = self.env["res.partner"].browse(ids).exists()
        return {found.id: found for found in partners._filtered_access("read")}

    @api.model
    def _dive_search_by(self, model_name, operator, value, domain_of):
        """Return ``domain_of`` the ids that a search for somebody finds."""
        model = self.env[model_name].with_context(active_test=False)
        if operator in ("any", "any!"):
            found = model.search(value)
        elif operator == "in":
            found = model.browse([item for item in value if item])
        else:
            return NotImplemented
        return domain_of(found.ids) if found else Domain.FALSE
