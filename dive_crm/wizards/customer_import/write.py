"""The plan becomes customers: new ones in batches, known ones by what differs."""

from collections import defaultdict

import psycopg2

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import html2plaintext

from ...tools.customer_import_values import name_key
from ...tools.text_fold import fold
from .card_plan import write_cards

#: Rows written between two looks at what the database says.
CHUNK = 500
#: Faults that a row can cause. Others, such as a conflict with somebody who writes at
#: the same moment, are not the row's: Odoo runs the whole request again.
ROW_ERRORS = (UserError, RedirectWarning, psycopg2.IntegrityError, psycopg2.DataError)


class WriteError(Exception):
    """A row that could not be written, with the reason in words."""

    def __init__(self, operation, reason):
        super().__init__(reason)
        self.operation = operation
        self.reason = reason


# ----------------------------------------------------------------------
# What differs
# ----------------------------------------------------------------------


def changes_of(env, operations):
    """Set ``changes`` of operations on known customers: what is to be written to each.

    :param operations: operations with a partner
    """
    partners = env["res.partner"].browse(op.partner.id for op in operations)
    tags = _tag_ids(env, {tag for op in operations for tag in op.tags})
    for operation, partner in zip(operations, partners, strict=True):
        operation.partner = partner
        changes = {
            name: value
            for name, value in operation.values.items()
            if _differs(partner, name, value)
        }
        if "comment" in changes:
            changes["comment"] = (partner.comment or "") + changes["comment"]
        if not partner.dive_customer:
            changes["dive_customer"] = True
        new_tags = [
            tag
            for tag in operation.tags
            if tags.get(fold(tag)) not in partner.category_id.ids
        ]
        if new_tags:
            changes["tags"] = new_tags
        if contacts := _emergency_changes(partner, operation.emergencies):
            changes["emergencies"] = contacts
        if operation.cards:
            changes["cards"] = operation.cards
        operation.changes = changes


def _differs(partner, name, value):
    current = partner[name]
    if name == "ref":
        # A customer's own number stays: it stands on papers.
        return not current
    if name == "country_id":
        return current.id != value
    if not current:
        return True
    if name == "name":
        return name_key(current) != name_key(value)
    if name == "email":
        return current.strip().lower() != value.lower()
    if name == "comment":
        return html2plaintext(value).strip() not in html2plaintext(current)
    return current != value


def _emergency_changes(partner, emergencies):
    """Return ``(contact or None, values)`` for each contact to be written or made."""
    changes = []
    for said in emergencies:
        for contact in partner.dive_emergency_contact_ids:
            same_name = name_key(contact.name) == name_key(said["name"])
            if same_name or contact.phone == said["phone"]:
                differing = {
                    name: value
                    for name, value in said.items()
                    if contact[name] != value and not (name == "name" and same_name)
                }
                if differing:
                    changes.append((contact, differing))
                break
        else:
            changes.append((None, said))
    return changes


def _tag_ids(env, names):
    """Return the ids of existing tags by their folded name."""
    wanted = {fold(name) for name in names}
    if not wanted:
        return {}
    tags = env["res.partner.category"].search_fetch([], ["name"], order="id desc")
    return {fold(tag.name): tag.id for tag in tags if fold(tag.name) in wanted}


# ----------------------------------------------------------------------
# Writing
# ----------------------------------------------------------------------


class Writer:
    """Writes the operations of a plan within the caller's transaction.

    :param env: of the user who imports
    :param progress: function called with the customers done and their total
    """

    def __init__(self, env, progress=lambda done, total: None):
        self.partner = env["res.partner"]
        self.env = env
        self.progress = progress
        self.tags = {}

    def run(self, new, changed):
        """Make the customers of ``new`` and change those of ``changed``.

        :return: all these customers
        :raise WriteError: for the first row that cannot be written; what was written
            before it is the caller's to roll back
        """
        self._make_tags([tag for op in new + changed for tag in op.tags])
        partners = self.partner.browse()
        done, total = 0, len(new) + len(changed)
        self.progress(done, total)
        for operations, method in ((new, self._create), (changed, self._update)):
            for start in range(0, len(operations), CHUNK):
                chunk = operations[start : start + CHUNK]
                partners += self._careful(method, chunk)
                done += len(chunk)
                self.progress(done, total)
        return partners.with_env(self.env)

    def _careful(self, method, chunk):
        """Call ``method`` with all operations at once; if one fails, find out which."""
        try:
            return self._apply(method, chunk)
        except ROW_ERRORS as error:
            for operation in chunk:
                try:
                    self._apply(method, [operation])
                except ROW_ERRORS as row_error:
                    raise WriteError(operation, self._reason(row_error)) from row_error
            # Each goes alone and not all together: nobody in particular is at fault.
            raise WriteError(chunk[0], self._reason(error)) from error

    def _apply(self, method, operations):
        # Constraints of the database speak at the flush that ends the savepoint.
        with self.env.cr.savepoint():
            return method(operations)

    def _reason(self, error):
        if isinstance(error, psycopg2.Error):
            return self.partner._sql_error_to_message(error)
        return str(error.args[0])

    def _make_tags(self, names):
        """Find the tags called ``names``, make those that are missing."""
        self.tags = _tag_ids(self.env, names)
        missing = {fold(name): name for name in names if fold(name) not in self.tags}
        if missing:
            made = self.env["res.partner.category"].create(
                [{"name": name} for name in missing.values()]
            )
            self.tags.update(zip(missing, made.ids, strict=True))

    def _tag_commands(self, names):
        return [Command.link(self.tags[fold(name)]) for name in names]

    def _create(self, operations):
        vals_list = [
            {
                **operation.values,
                "dive_customer": True,
                "category_id": self._tag_commands(operation.tags),
            }
            for operation in operations
        ]
        # No chatter message for each of thousands of new records.
        maker = self.partner.with_context(tracking_disable=True)
        # What Odoo's own import calls: it leaves out the exchange with parent
        # companies, which new customers without one do not have.
        partners = maker._load_records_create(vals_list)
        self._create_contacts(
            (partner.id, said)
            for partner, operation in zip(partners, operations, strict=True)
            for said in _distinct(operation.emergencies)
        )
        write_cards(self.env, zip(partners.ids, operations, strict=True))
        return partners

    def _update(self, operations):
        partners = self.partner.browse(op.partner.id for op in operations)
        new_contacts = []
        for partner, operation in zip(partners, operations, strict=True):
            changes = dict(operation.changes)
            changes.pop("cards", None)
            for contact, said in changes.pop("emergencies", ()):
                if contact:
                    contact.write(said)
                else:
                    new_contacts.append((partner.id, said))
            if tags := changes.pop("tags", None):
                changes["category_id"] = self._tag_commands(tags)
            if changes:
                partner.write(changes)
        self._create_contacts(new_contacts)
        write_cards(self.env, zip(partners.ids, operations, strict=True))
        return partners

    def _create_contacts(self, said):
        self.env["dive.emergency.contact"].create(
            [{**values, "partner_id": partner_id} for partner_id, values in said]
        )


def _distinct(emergencies):
    """Return emergency contacts of several rows about one person, each once."""
    by_name = defaultdict(dict)
    for said in emergencies:
        by_name[name_key(said["name"])].update(said)
    return by_name.values()
