"""One row: from what its cells say to the values of a customer, or to its faults."""

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, plaintext2html

from ...tools import customer_import_values as values
from ...tools.partner_query import is_email
from ...tools.text_fold import fold
from .cards import CardReader
from .texts import FAULT, KINDS

#: Dates by column, and the customer's field; that of the certification is a card's.
_DATES = {
    "birthdate": "birthdate_date",
    "since": "dive_customer_since",
    "certified_on": None,
}
_PLAIN = ("street", "zip", "city")
#: Countries as people write them, besides code and name.
_ALIASES = {
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "great britain": "GB",
    "usa": "US",
    "america": "US",
    "holland": "NL",
    "czechia": "CZ",
}


class Message:
    """Something to tell about a row: a kind of :data:`texts.KINDS`, where, what."""

    __slots__ = ("column", "kind", "row", "text", "value")

    def __init__(self, row, kind, column, value, text):
        self.row = row
        self.kind = kind
        self.column = column
        self.value = value
        self.text = text


class CheckedRow:
    """A row and what was understood of it.

    ``values`` are those of a ``res.partner``, without empty ones; ``email`` is
    normalised; ``messages`` holds faults and notices.
    """

    __slots__ = (
        "card",
        "cells",
        "certified_on",
        "email",
        "emergency",
        "messages",
        "name_key",
        "number",
        "said",
        "tags",
        "values",
    )

    def __init__(self, row, said):
        self.number = row.number
        self.cells = row.cells
        self.said = said
        self.values = {}
        self.email = ""
        # What the spellings of this person's name share.
        self.name_key = ""
        self.tags = []
        self.emergency = {}
        # What the certification columns say: a cards.Card, if all is there.
        self.card = None
        self.certified_on = None
        self.messages = []

    @property
    def rejected(self):
        """Whether something speaks against importing the row."""
        return any(KINDS[message.kind] == FAULT for message in self.messages)

    @property
    def ref(self):
        """The customer number that the row gives, or an empty text."""
        return self.values.get("ref", "")


class RowChecker:
    """Checks rows one by one, without a query per row.

    :param env: of the user who imports
    :param table: a :class:`~odoo.addons.dive_crm.tools.customer_import_reader.Table`
    :param columns: what its columns are
    :param str order: ``dmy`` or ``mdy``, for dates that can be read both ways
    """

    def __init__(self, env, table, columns, order):
        self.env = env
        self.table = table
        self.columns = columns
        self.order = order
        self.partner = env["res.partner"]
        self.today = env.company._dive_today()
        self.minor_limit = env["res.company"]._dive_minor_limit()
        self.default_country = env.company.country_id
        self.countries = self._countries_by_name()
        self.known_width = len(table.header)
        self.cards = CardReader(self)

    def _countries_by_name(self):
        """Return countries by code, and by name in each language that is installed."""
        countries = {}
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for language in languages:
            for country in (
                self.env["res.country"].with_context(lang=language).search([])
            ):
                plain = country.with_env(self.env)
                countries[fold(country.name)] = plain
                countries[fold(country.code)] = plain
        for alias, code in _ALIASES.items():
            if fold(code) in countries:
                countries.setdefault(alias, countries[fold(code)])
        return countries

    def check(self, row):
        """Return what a row of the table says.

        :rtype: CheckedRow
        """
        said = {
            name: text
            for name, place in self.columns.fields.items()
            if (text := values.clean(row.cells[place]))
        }
        checked = CheckedRow(row, said)
        if row.width != self.known_width:
            self._say_ragged(checked, row.width)
            return checked
        for name, text in said.items():
            if text in values.SPREADSHEET_ERRORS or "\0" in text:
                self.say(
                    checked,
                    "bad_cell",
                    name,
                    self.env._("The cell holds an error in place of a value."),
                )
        self._read_name(checked)
        self._read_email(checked)
        country = self._read_country(checked)
        self._read_phone(checked, country)
        self._read_dates(checked)
        self._read_rest(checked)
        self._read_emergency(checked, country)
        self.cards.read_card(checked)
        self._note_formulas(checked)
        return checked

    def say(self, checked, kind, name, text):
        """Add a message about the column of ``name`` (or of none) to a row."""
        place = self.columns.fields.get(name)
        column = "" if place is None else self.table.header[place]
        checked.messages.append(
            Message(checked.number, kind, column, checked.said.get(name, ""), text)
        )

    def _say_ragged(self, checked, width):
        self.say(
            checked,
            "ragged",
            None,
            self.env._(
                "The row has %(cells)s cells, the header has %(columns)s.",
                cells=width,
                columns=self.known_width,
            ),
        )

    # ------------------------------------------------------------------
    # Column by column
    # ------------------------------------------------------------------

    def _read_name(self, checked):
        said = checked.said
        parts = [said[name] for name in ("firstname", "lastname") if name in said]
        name = " ".join(" ".join(parts or [said.get("name", "")]).split())
        if name:
            checked.values["name"] = name
            checked.name_key = values.name_key(name)
        if "ref" in said:
            checked.values["ref"] = said["ref"]

    def _read_email(self, checked):
        text = checked.said.get("email")
        if not text:
            return
        if is_email(text):
            checked.values["email"] = text
            checked.email = email_normalize(text) or text.lower()
        elif values.address_count(text) > 1:
            self.say(
                checked,
                "several_emails",
                "email",
                self.env._(
                    "“%(email)s” holds several addresses; a customer has one.",
                    email=text,
                ),
            )
        else:
            self.say(
                checked,
                "bad_email",
                "email",
                self.env._(
                    "“%(email)s” is not an e-mail address like name@example.com.",
                    email=text,
                ),
            )

    def _read_country(self, checked):
        text = checked.said.get("country")
        if not text:
            return self.partner.browse().country_id
        country = self.countries.get(fold(text)) or self.countries.get(
            fold(text.replace(".", "")).strip()
        )
        if not country:
            self.say(
                checked,
                "unknown_country",
                "country",
                self.env._("There is no country “%(country)s”.", country=text),
            )
            return self.partner.browse().country_id
        checked.values["country_id"] = country.id
        return country

    def _international(self, text, country):
        return self.partner._dive_phone_international(
            text, country or self.default_country
        )

    def _read_phone(self, checked, country):
        text = checked.said.get("phone")
        if not text:
            return
        try:
            checked.values["phone"] = self._international(text, country)
        except ValidationError as error:
            # Without the country the reason would be a wrong one: it is told already.
            if country or "country" not in checked.said:
                self.say(checked, "bad_phone", "phone", error.args[0])

    def _read_dates(self, checked):
        for name, field in _DATES.items():
            if not (text := checked.said.get(name)):
                continue
            try:
                date = values.parse_date(text, self.order)
            except values.DateError as error:
                self.say(checked, "bad_date", name, self._date_text(error, text))
                continue
            if kind := self._date_fault(name, date):
                shown = fields.Date.to_string(date)
                self.say(
                    checked,
                    kind,
                    name,
                    self.env._("%(date)s lies in the future.", date=shown)
                    if kind == "future_date"
                    else self.env._(
                        "Born on %(date)s: that would be over 125 years.", date=shown
                    ),
                )
                continue
            if field:
                checked.values[field] = date
            else:
                checked.certified_on = date

    def _date_fault(self, name, date):
        if date > self.today:
            return "future_date"
        too_old = name == "birthdate" and date.year < self.today.year - 125
        return "too_old" if too_old else ""

    def _date_text(self, error, text):
        if error.code == "impossible":
            return self.env._("The day “%(date)s” does not exist.", date=text)
        if error.code == "short_year":
            return self.env._(
                "Write the year of “%(date)s” with four digits.", date=text
            )
        return self.env._(
            "“%(date)s” is not a date. Write it as 1990-12-31 or 31.12.1990.", date=text
        )

    def _read_rest(self, checked):
        said = checked.said
        for name in _PLAIN:
            if name in said:
                checked.values[name] = said[name]
        if "comment" in said:
            checked.values["comment"] = plaintext2html(said["comment"])
        if "tags" in said:
            checked.tags = values.split_tags(said["tags"])

    def _read_emergency(self, checked, country):
        said = checked.said
        name, phone = said.get("emergency_name"), said.get("emergency_phone")
        if not phone:
            if name:
                self.say(
                    checked,
                    "emergency_incomplete",
                    "emergency_name",
                    self.env._("%(name)s has no phone number.", name=name),
                )
            return
        try:
            number = self._international(phone, country)
        except ValidationError:
            number = phone
            self.say(
                checked,
                "emergency_phone",
                "emergency_phone",
                self.env._("“%(phone)s” is not a phone number.", phone=phone),
            )
        checked.emergency = {
            "name": name or self.env._("Emergency contact"),
            "phone": number,
        }
        if relationship := said.get("emergency_relationship"):
            checked.emergency["relationship"] = relationship

    def _note_formulas(self, checked):
        for name, text in checked.said.items():
            # Phones begin with + by right.
            if "phone" not in name and text.startswith(values.FORMULA_SIGNS):
                self.say(
                    checked,
                    "formula",
                    name,
                    self.env._("“%(text)s” is kept as text.", text=text[:80]),
                )
