import base64
import binascii

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import customer_import_columns as columns
from ..tools import customer_import_reader as reader
from .customer_import import texts
from .customer_import.plan import AmbiguousDates, Plan, count_kinds, notice_count
from .customer_import.progress import Progress
from .customer_import.rejected import rejected_csv, rejected_xlsx
from .customer_import.write import WriteError, Writer

#: Messages on the screen; the file of rejected rows holds all.
MAX_LINES = 5_000


class DiveCustomerImport(models.TransientModel):
    """A customer list on its way in: checked, then imported whole or not at all."""

    _name = "dive.customer.import"
    _description = "Customer import"

    # In the row, and gone with it: no list of people is left behind as a file.
    file = fields.Binary(string="Customer list", attachment=False)
    filename = fields.Char()
    limits = fields.Char(compute="_compute_limits")
    max_bytes = fields.Integer(compute="_compute_limits")
    sheet = fields.Char(help="The sheet of the workbook to read.")
    sheet_names = fields.Json()
    date_order = fields.Selection(
        [
            ("auto", "As the file shows"),
            ("dmy", "Day/month/year (31/12/1990)"),
            ("mdy", "Month/day/year (12/31/1990)"),
        ],
        string="Dates",
        default="auto",
        required=True,
    )
    ask_date_order = fields.Boolean()
    state = fields.Selection(
        [("draft", "Choose a file"), ("checked", "Check"), ("done", "Imported")],
        default="draft",
        required=True,
    )
    problem = fields.Text()
    # What was shown and agreed to: compared with what the import would do now.
    digest = fields.Char()

    read_as = fields.Char(string="Read as")
    used_columns = fields.Char(string="Imported columns")
    later_columns = fields.Char(string="Not imported yet")
    unknown_columns = fields.Char(string="Not recognised")
    row_count = fields.Integer(string="Rows")
    new_count = fields.Integer(string="New")
    changed_count = fields.Integer(string="Updated")
    unchanged_count = fields.Integer(string="Unchanged")
    accepted_count = fields.Integer(compute="_compute_accepted_count")
    rejected_count = fields.Integer(string="Rejected")
    notice_count = fields.Integer(string="To notice")
    lines_left_out = fields.Integer()
    kind_ids = fields.One2many("dive.customer.import.kind", "import_id")
    line_ids = fields.One2many("dive.customer.import.line", "import_id")
    rejected_xlsx = fields.Binary(attachment=False)
    rejected_csv = fields.Binary(attachment=False)
    imported_ids = fields.Json()

    @api.depends_context("lang")
    def _compute_limits(self):
        self.limits = texts.limits(self.env)
        self.max_bytes = reader.MAX_FILE_BYTES

    @api.depends("new_count", "changed_count")
    def _compute_accepted_count(self):
        for record in self:
            record.accepted_count = record.new_count + record.changed_count

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import customers")

    @api.onchange("file")
    def _onchange_file(self):
        """Forget what was found in another file."""
        self.update({"sheet": False, "date_order": "auto", **self._nothing_found()})

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_check(self):
        """Read the file and show what importing it would do; writes no customer."""
        self.ensure_one()
        self._refuse_twice()
        if plan := self._make_plan():
            self._show(plan)
        return True

    def action_import(self):
        """Import all accepted rows, or none if one of them cannot be written."""
        self.ensure_one()
        self._refuse_twice()
        agreed = self.digest
        if plan := self._make_plan():
            self._show(plan)
            if agreed != plan.digest():
                self.problem = self.env._(
                    "Customers have changed since the check, so other rows would be "
                    "imported now. Nothing was imported: look at the new result and "
                    "import again."
                )
            elif not plan.operations:
                self.problem = self.env._(
                    "There is nothing to import: no row is accepted."
                )
            else:
                self._write_customers(plan)
        return True

    def action_open_customers(self):
        """Open the customers who were imported or changed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_customer"
        )
        action["name"] = action["display_name"] = self.env._("Imported customers")
        action["domain"] = [("id", "in", self.imported_ids or [])]
        action["target"] = "current"
        return action

    def action_download_xlsx(self):
        """Download the rejected rows as XLSX."""
        return self._download("rejected_xlsx", "xlsx")

    def action_download_csv(self):
        """Download the rejected rows as CSV."""
        return self._download("rejected_csv", "csv")

    def _download(self, field, extension):
        self.ensure_one()
        name = self.env._("rejected customers")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/{field}/{name}.{extension}"
            "?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _refuse_twice(self):
        if not self.try_lock_for_update():
            raise UserError(self.env._("This file is being worked on. Wait a moment."))
        if self.state == "done":
            raise UserError(
                self.env._("This file has been imported. Choose “Import another file”.")
            )

    def _make_plan(self):
        """Return what importing the file would do, or nothing and tell the problem."""
        self.write(self._nothing_found())
        try:
            table = self._read_file()
        except reader.ReadError as error:
            self.problem = texts.read_error(self.env, error)
            return None
        self.sheet_names = table.sheets
        self.sheet = table.sheet
        fields_found = columns.recognise(table.header).fields
        if not {"ref", "name", "firstname", "lastname"} & set(fields_found):
            self.problem = texts.unknown_columns(self.env, table)
            return None
        try:
            progress = Progress(self).phase("check")
            plan = Plan(self.env, table, self.date_order, progress)
        except AmbiguousDates as question:
            self.ask_date_order = True
            self.problem = self.env._(
                "Dates like %(date)s can be read in two ways, and nothing in the file "
                "says which. Choose how its dates are written, then check again.",
                date=question.args[0],
            )
            return None
        self._show_reading(table, plan)
        return plan

    def _read_file(self):
        try:
            content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        except binascii.Error as error:
            raise reader.ReadError("broken") from error
        return reader.read_table(content, columns.score, self.sheet or "")

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _nothing_found(self):
        """Return the values of an import whose file was not looked at."""
        counts = ("row", "new", "changed", "unchanged", "rejected", "notice")
        return {
            "state": "draft",
            "problem": False,
            "digest": False,
            "read_as": False,
            "used_columns": False,
            "later_columns": False,
            "unknown_columns": False,
            "rejected_xlsx": False,
            "rejected_csv": False,
            "lines_left_out": 0,
            "kind_ids": [Command.clear()],
            "line_ids": [Command.clear()],
            **{f"{name}_count": 0 for name in counts},
        }

    def _show_reading(self, table, plan):
        """Show how the file was read: a wrong guess is seen before it does harm."""
        header, found = table.header, plan.columns
        if table.sheet:
            read_as = self.env._("Excel workbook, sheet “%(sheet)s”", sheet=table.sheet)
        else:
            read_as = self.env._(
                "CSV, %(delimiter)s between cells, %(encoding)s",
                delimiter=texts.delimiter_name(self.env, table.delimiter),
                encoding=table.encoding.upper(),
            )
        self.write(
            {
                "read_as": read_as,
                "used_columns": ", ".join(
                    header[place] for place in sorted(found.fields.values())
                ),
                "later_columns": ", ".join(found.later),
                "unknown_columns": ", ".join(found.unknown + found.repeated),
                "row_count": len(table.rows),
            }
        )
        rejected = plan.rejected
        if rejected:
            for name, make in (
                ("rejected_xlsx", rejected_xlsx),
                ("rejected_csv", rejected_csv),
            ):
                self[name] = base64.b64encode(make(self.env, header, rejected))

    def _show(self, plan):
        """Show the outcome of a plan: counts, kinds of messages, messages."""
        self.write(
            {
                "state": "checked",
                "digest": plan.digest(),
                "new_count": len(plan.new),
                "changed_count": len(plan.changed),
                "unchanged_count": len(plan.unchanged),
                "rejected_count": len(plan.rejected),
                "notice_count": notice_count(plan.rows),
            }
        )
        messages = plan.messages
        kinds = self._show_kinds(count_kinds(messages))
        self.lines_left_out = max(0, len(messages) - MAX_LINES)
        self.env["dive.customer.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "kind_id": kinds[message.kind].id,
                    "level": texts.KINDS[message.kind],
                    "row": message.row,
                    "column": message.column,
                    "value": message.value,
                    "text": message.text,
                }
                for message in messages[:MAX_LINES]
            ]
        )

    def _show_kinds(self, counts):
        labels, rules = texts.kind_labels(self.env), texts.kind_rules(self.env)
        codes = [code for code in texts.KINDS if code in counts]
        kinds = self.env["dive.customer.import.kind"].create(
            [
                {
                    "import_id": self.id,
                    "sequence": sequence,
                    "code": code,
                    "name": labels[code],
                    "level": texts.KINDS[code],
                    "rule": rules[code],
                    "row_count": counts[code],
                }
                for sequence, code in enumerate(codes)
            ]
        )
        return dict(zip(codes, kinds, strict=True))

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _write_customers(self, plan):
        writer = Writer(self.env, Progress(self).phase("write"))
        try:
            with self.env.cr.savepoint():
                partners = writer.run(plan.new, plan.changed)
        except WriteError as error:
            self.problem = self.env._(
                "Row %(row)s (%(name)s) could not be written, so nothing was imported. "
                "%(reason)s",
                row=error.operation.rows[0].number,
                name=error.operation.name,
                reason=error.reason,
            )
            return
        self.write({"state": "done", "imported_ids": partners.ids})
