"""All rows of a file: who is new, who is known, and what speaks against it.

Checking and importing follow the same plan, so that they cannot disagree.
"""

import hashlib
from collections import Counter

from ...tools import customer_import_columns, customer_import_values
from .card_plan import plan_cards
from .known import Known, row_keys
from .rejected import own_titles
from .row import RowChecker
from .write import changes_of

#: Faults that say why a row is neither a new customer nor the known one.
_WHO_FAULTS = frozenset(
    ("email_two_people", "number_two_people", "number_not_yours", "number_archived")
)


class AmbiguousDates(Exception):
    """The dates of a file can be read in two ways and nothing in it decides."""

    def __init__(self, example):
        super().__init__(example)
        self.example = example


class Operation:
    """One customer to make or to change, from one row or several about one person."""

    __slots__ = (
        "cards",
        "changes",
        "emergencies",
        "partner",
        "rows",
        "said_cards",
        "tags",
        "values",
    )

    def __init__(self, row, partner):
        self.rows = []
        self.partner = partner
        self.values = {}
        self.tags = []
        self.emergencies = []
        # What the rows say about cards, and what is to be done about it.
        self.said_cards = []
        self.cards = []
        # What is to be written to a known customer; None for a new one.
        self.changes = None
        self.add(row)

    @property
    def name(self):
        """The name in the file, or the known customer's."""
        return self.values.get("name") or (self.partner and self.partner.name) or ""

    def add(self, row):
        """Take over what ``row`` says; its filled cells win over earlier rows'.

        The number and the spelling of the name are those of the first row.
        """
        first = {k: v for k, v in self.values.items() if k in ("ref", "name")}
        self.rows.append(row)
        self.values.update({**row.values, **first})
        self.tags += [tag for tag in row.tags if tag not in self.tags]
        if row.emergency:
            self.emergencies.append(row.emergency)
        if row.card:
            self.said_cards.append((row, row.card))


class Plan:
    """What importing a table would do.

    :param env: of the user who imports
    :param table: a :class:`~odoo.addons.dive_crm.tools.customer_import_reader.Table`
    :param str order: ``dmy`` or ``mdy``, or ``auto`` to let the file decide
    :param progress: function called with the rows done and their total
    :raise AmbiguousDates: ``order`` is ``auto`` and the file does not decide
    """

    def __init__(self, env, table, order="auto", progress=lambda done, total: None):
        self.env = env
        self.columns = customer_import_columns.recognise(table.header, own_titles(env))
        self.order = self._date_order(table) if order == "auto" else order
        self.checker = RowChecker(env, table, self.columns, self.order)
        self.operations = []
        self.rows = []
        total = len(table.rows)
        for done, row in enumerate(table.rows, start=1):
            self.rows.append(self.checker.check(row))
            progress(done, total)
        self._match()
        self._note_children()
        plan_cards(self)
        changes_of(env, [op for op in self.operations if op.partner])

    # ------------------------------------------------------------------
    # What came out
    # ------------------------------------------------------------------

    @property
    def rejected(self):
        """The rows that are not imported."""
        return [row for row in self.rows if row.rejected]

    @property
    def messages(self):
        """All faults and notices, in the order of the rows."""
        return [message for row in self.rows for message in row.messages]

    @property
    def new(self):
        """The operations that make a customer."""
        return [op for op in self.operations if not op.partner]

    @property
    def changed(self):
        """The operations that change a known customer."""
        return [op for op in self.operations if op.partner and op.changes]

    @property
    def unchanged(self):
        """The operations about customers who are up to date."""
        return [op for op in self.operations if op.partner and not op.changes]

    def digest(self):
        """Return a text that is equal for plans with the same outcome for each row."""
        outcome = [
            (tuple(row.number for row in op.rows), op.partner and op.partner.id)
            for op in self.operations
        ]
        return hashlib.sha256(repr(outcome).encode()).hexdigest()

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def _date_order(self, table):
        places = [
            place
            for name, place in self.columns.fields.items()
            if name in ("birthdate", "since", "certified_on")
        ]
        hints, example = Counter(), ""
        for row in table.rows:
            for place in places:
                text = customer_import_values.clean(row.cells[place])
                if hint := customer_import_values.date_order_hint(text):
                    hints[hint] += 1
                    example = example or (text if hint == "both" else "")
        order = customer_import_values.date_order(hints)
        if order == "ask":
            raise AmbiguousDates(example)
        return order

    # ------------------------------------------------------------------
    # Who is who
    # ------------------------------------------------------------------

    def _match(self):
        """Find the customer of each row: in the file first, then among those known."""
        self.known = Known(self.env, self.rows)
        # Who came first with a number, an address, or a name with date of birth or
        # phone; a rejected row counts: its claim speaks against another person's all
        # the same.
        self._claims = {}
        self._by_partner = {}
        for row in self.rows:
            if not any(message.kind == "ragged" for message in row.messages):
                self._match_row(row)

    def _match_row(self, row):
        operation = self._same_in_file(row)
        partner = None if self._unmatchable(row) else self._known_customer(row)
        if operation and partner and partner != operation.partner:
            self._fault_owner(row, partner)
        elif partner and not operation:
            operation = self._by_partner.get(partner.id)
        if not operation and not partner and not self._unmatchable(row):
            self._check_new(row)
        if row.rejected:
            self._claim(row, None)
        elif operation:
            self._note_same(row, operation)
            operation.add(row)
            self._claim(row, operation)
        else:
            self._add_operation(row, partner)

    def _add_operation(self, row, partner):
        if partner:
            self._note_update(row, partner)
        elif row.email and (partner := self.known.contact(row)):
            self._note_contact(row, partner)
        operation = Operation(row, partner)
        self.operations.append(operation)
        if partner:
            self._by_partner[partner.id] = operation
        self._claim(row, operation)

    def _keys(self, row):
        keys = [("ref", row.ref)] if row.ref else []
        keys += [("email", row.email)] if row.email else []
        return keys or [("person", key) for key in row_keys(row)]

    def _claim(self, row, operation):
        for key in self._keys(row):
            first, earlier = self._claims.get(key, (row, None))
            self._claims[key] = (first, earlier or operation)

    def _same_in_file(self, row):
        """Return the operation of an earlier row about the same person, if any.

        Adds a fault if an earlier row gives the number or address to somebody else.
        """
        found = None
        for kind, key in self._keys(row):
            first, operation = self._claims.get((kind, key), (None, None))
            if first is None:
                continue
            if row.name_key and first.name_key and first.name_key != row.name_key:
                self._fault_two_in_file(row, kind, key, first)
            elif not found and (row.name_key or kind == "ref"):
                # Without a name, an address alone does not say who it is.
                found = operation
        return None if row.rejected else found

    def _fault_two_in_file(self, row, kind, key, first):
        name = first.values.get("name", "?")
        if kind == "email":
            text = self.env._(
                "%(email)s already stands in row %(row)s, for %(name)s.",
                email=key,
                row=first.number,
                name=name,
            )
            self.checker.say(row, "email_two_people", "email", text)
        else:
            text = self.env._(
                "The number %(number)s already stands in row %(row)s, for %(name)s.",
                number=key,
                row=first.number,
                name=name,
            )
            self.checker.say(row, "number_two_people", "ref", text)

    def _unmatchable(self, row):
        """Tell whether it is known already why the row cannot be anybody."""
        return any(message.kind in _WHO_FAULTS for message in row.messages)

    def _known_customer(self, row):
        """Return the known customer of a row; adds a fault where that cannot be."""
        customers = self.known.by_ref.get(row.ref) if row.ref else None
        owner = self.known.by_email.get(row.email) if row.email else None
        if customers:
            customer = customers[0]
            if not self._may_update(row, customer):
                return None
            if owner and owner.id != customer.id:
                self._fault_owner(row, owner)
                return None
            return self._plain(customer)
        if owner:
            if row.name_key and row.name_key == self._name_key(owner):
                return self._plain(owner) if self._may_update(row, owner) else None
            if row.name_key:
                self._fault_owner(row, owner)
            return None
        if not row.ref and not row.email:
            return self.known.person(row)
        return None

    def _plain(self, customer):
        return customer.with_env(self.env)

    def _name_key(self, customer):
        return customer_import_values.name_key(customer.name)

    def _may_update(self, row, customer):
        column = "ref" if row.ref else "email"
        if not self.known.may_change(customer):
            text = self.env._(
                "Belongs to a customer of another company, whom you may not change."
            )
            self.checker.say(row, "number_not_yours", column, text)
            return False
        if not customer.active:
            text = self.env._(
                "The customer %(number)s is archived. Restore the customer, then "
                "import this row again.",
                number=customer.ref,
            )
            self.checker.say(row, "number_archived", column, text)
            return False
        return True

    def _fault_owner(self, row, owner):
        if self.known.may_change(owner):
            text = self.env._(
                "%(email)s already belongs to the customer %(name)s (%(number)s).",
                email=row.email,
                name=owner.name,
                number=owner.ref or "-",
            )
        else:
            text = self.env._(
                "%(email)s already belongs to a customer of another company.",
                email=row.email,
            )
        self.checker.say(row, "email_two_people", "email", text)

    # ------------------------------------------------------------------
    # What else there is to say
    # ------------------------------------------------------------------

    def _check_new(self, row):
        if not row.values.get("name"):
            self.checker.say(
                row, "no_name", None, self.env._("First and last name are empty.")
            )
        elif not self._keys(row) and not row.rejected:
            text = self.env._("There is only a name.")
            self.checker.say(row, "no_key", None, text)

    def _note_update(self, row, partner):
        if row.name_key and row.name_key != self._name_key(partner):
            text = self.env._(
                "%(old)s (%(number)s) becomes %(new)s.",
                old=partner.name,
                number=partner.ref or "-",
                new=row.values["name"],
            )
            self.checker.say(row, "name_changes", "name", text)
        if row.ref and partner.ref and partner.ref != row.ref:
            text = self.env._(
                "%(name)s is already here with the number %(number)s.",
                name=partner.name,
                number=partner.ref,
            )
            self.checker.say(row, "number_kept", "ref", text)

    def _note_same(self, row, operation):
        text = self.env._(
            "%(name)s stands in row %(row)s already.",
            name=operation.name,
            row=operation.rows[0].number,
        )
        self.checker.say(row, "same_person", None, text)

    def _note_contact(self, row, partner):
        text = self.env._(
            "The contact %(name)s (%(email)s) becomes a dive customer.",
            name=partner.name,
            email=row.email,
        )
        self.checker.say(row, "contact_becomes_customer", "email", text)

    def _note_children(self):
        """Tell which children cannot be written to until somebody names a guardian."""
        text = self.env._("A child without an e-mail address: choose a guardian.")
        for operation in self.operations:
            born = operation.values.get("birthdate_date")
            if not born or born <= self.checker.minor_limit:
                continue
            partner = operation.partner
            if operation.values.get("email") or (
                partner and (partner.email or partner.dive_guardian_id)
            ):
                continue
            self.checker.say(operation.rows[0], "child_no_email", "email", text)


def count_kinds(messages):
    """Return how many rows have each kind of message.

    :rtype: dict[str, int]
    """
    rows = {}
    for message in messages:
        rows.setdefault(message.kind, set()).add(message.row)
    return {kind: len(numbers) for kind, numbers in rows.items()}


def notice_count(rows):
    """Return how many accepted rows have something to notice."""
    return sum(bool(row.messages) and not row.rejected for row in rows)
