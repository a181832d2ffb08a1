"""The customers who are here already, found with few queries for all rows."""

from collections import defaultdict

from odoo.fields import Domain

from ...tools.customer_import_values import name_key


class Known:
    """Looks up customers by number, by e-mail, and by name with date of birth or phone.

    Customers of companies that the user does not see count as well, since numbers and
    addresses cannot be given twice; :meth:`may_change` tells them apart, and nothing of
    them but their existence may be told.

    :param env: of the user who imports
    :param rows: all checked rows
    """

    def __init__(self, env, rows):
        self.env = env
        self.partner = env["res.partner"].with_context(active_test=False)
        self.by_ref = defaultdict(list)
        self.by_email = {}
        self.contacts_by_email = defaultdict(list)
        self.by_person = {}
        self._find_customers(rows)
        self._find_contacts(rows)
        self._find_nameless(rows)

    def _find_customers(self, rows):
        refs = {row.ref for row in rows if row.ref}
        emails = {row.email for row in rows if row.email}
        # With sudo: a number or address is taken also if its customer is out of sight.
        customers = self.partner.sudo().search_fetch(
            Domain("dive_customer", "=", True)
            & (Domain("ref", "in", refs) | Domain("email_normalized", "in", emails)),
            ["ref", "email_normalized", "name", "active"],
            order="id",
        )
        mine = self.partner.browse(customers.ids)._filtered_access("write")
        self._mine = set(mine.ids)
        # Own customers first: another company may use the same number.
        for customer in customers.sorted(lambda c: c.id not in self._mine):
            if customer.ref:
                self.by_ref[customer.ref].append(customer)
            if customer.email_normalized and customer.active:
                self.by_email.setdefault(customer.email_normalized, customer)

    def _find_contacts(self, rows):
        emails = {row.email for row in rows if row.email} - set(self.by_email)
        contacts = self.env["res.partner"].search_fetch(
            [
                ("dive_customer", "=", False),
                ("is_company", "=", False),
                ("email_normalized", "in", list(emails)),
            ],
            ["email_normalized", "name", "ref"],
            order="id",
        )
        for contact in contacts._filtered_access("write"):
            self.contacts_by_email[contact.email_normalized].append(contact)
            self._mine.add(contact.id)

    def _find_nameless(self, rows):
        """Find those who can only be told by their name and something else."""
        lone = [row for row in rows if not row.ref and not row.email]
        born = {row.values.get("birthdate_date") for row in lone} - {None}
        phones = {row.values.get("phone") for row in lone} - {None}
        if not born and not phones:
            return
        customers = self.env["res.partner"].search_fetch(
            Domain("dive_customer", "=", True)
            & (Domain("birthdate_date", "in", born) | Domain("phone", "in", phones)),
            ["name", "birthdate_date", "phone"],
            order="id",
        )
        for customer in customers._filtered_access("write"):
            self._mine.add(customer.id)
            for key in person_keys(
                customer.name, customer.birthdate_date, customer.phone
            ):
                self.by_person.setdefault(key, customer)

    def may_change(self, customer):
        """Tell whether the user may write to ``customer``."""
        return customer.id in self._mine

    def contact(self, row):
        """Return the one contact who is the person of ``row`` but no customer yet."""
        found = [
            contact
            for contact in self.contacts_by_email.get(row.email, ())
            if name_key(contact.name) == row.name_key
        ]
        return found[0] if len(found) == 1 else None

    def person(self, row):
        """Return the customer with the name and date of birth, or phone, of ``row``."""
        for key in row_keys(row):
            if key in self.by_person:
                return self.by_person[key]
        return None


def person_keys(name, born, phone):
    """Return what tells a person without number and e-mail from others."""
    key = name_key(name)
    return [(key, said) for said in (born, phone) if said]


def row_keys(row):
    """Return the keys of :func:`person_keys` for a row."""
    return person_keys(
        row.values.get("name", ""),
        row.values.get("birthdate_date"),
        row.values.get("phone"),
    )
