"""What the import tells people: one kind of message per fault, and its rule."""

from ...tools import customer_import_reader as reader

FAULT, NOTICE = "fault", "notice"

#: The kinds in the order of the screen. A fault rejects its row, a notice does not.
KINDS = {
    "ragged": FAULT,
    "bad_cell": FAULT,
    "no_name": FAULT,
    "no_key": FAULT,
    "several_emails": FAULT,
    "bad_email": FAULT,
    "email_two_people": FAULT,
    "number_two_people": FAULT,
    "number_not_yours": FAULT,
    "number_archived": FAULT,
    "bad_phone": FAULT,
    "unknown_country": FAULT,
    "bad_date": FAULT,
    "future_date": FAULT,
    "too_old": FAULT,
    "child_no_email": NOTICE,
    "same_person": NOTICE,
    "name_changes": NOTICE,
    "number_kept": NOTICE,
    "contact_becomes_customer": NOTICE,
    "unknown_agency": NOTICE,
    "unknown_level": NOTICE,
    "card_incomplete": NOTICE,
    "card_impossible": NOTICE,
    "card_kept": NOTICE,
    "card_two_divers": NOTICE,
    "card_number_odd": NOTICE,
    "emergency_phone": NOTICE,
    "emergency_incomplete": NOTICE,
    "formula": NOTICE,
}


def kind_labels(env):
    """Return the name of each kind of message, as a heading."""
    return {
        "ragged": env._("Row longer or shorter than the header"),
        "bad_cell": env._("Spreadsheet error in a cell"),
        "no_name": env._("No name"),
        "no_key": env._("Nothing to tell the customer by"),
        "several_emails": env._("Several e-mail addresses in one cell"),
        "bad_email": env._("Not an e-mail address"),
        "email_two_people": env._("Two people, one e-mail"),
        "number_two_people": env._("Two people, one customer number"),
        "number_not_yours": env._("Customer of another company"),
        "number_archived": env._("Archived customer"),
        "bad_phone": env._("Phone number that cannot exist"),
        "unknown_country": env._("Unknown country"),
        "bad_date": env._("Not a date"),
        "future_date": env._("Date in the future"),
        "too_old": env._("Over 125 years old"),
        "child_no_email": env._("Child without e-mail: guardian missing"),
        "same_person": env._("Same person twice in the file"),
        "name_changes": env._("Name changes"),
        "number_kept": env._("Customer keeps another number"),
        "contact_becomes_customer": env._("Contact becomes a customer"),
        "unknown_agency": env._("Unknown certification agency"),
        "unknown_level": env._("Unknown certification level"),
        "card_incomplete": env._("Certification without agency or level"),
        "card_impossible": env._("Certification that cannot be"),
        "card_kept": env._("Certification here says something else"),
        "card_two_divers": env._("Two divers, one card number"),
        "card_number_odd": env._("Unusual card number"),
        "emergency_phone": env._("Emergency phone kept as typed"),
        "emergency_incomplete": env._("Emergency contact without a phone"),
        "formula": env._("Text that looks like a formula"),
    }


def kind_rules(env):
    """Return what is done about each kind of message, in a sentence."""
    return {
        "ragged": env._("Rejected: cells would land in the wrong column."),
        "bad_cell": env._("Rejected: put the value in place of the error."),
        "no_name": env._("Rejected: a new customer needs a name."),
        "no_key": env._(
            "Rejected: give a customer number, e-mail, date of birth or phone, or the "
            "next import would make the customer twice."
        ),
        "several_emails": env._("Rejected: one address per customer."),
        "bad_email": env._("Rejected: correct the address or leave it empty."),
        "email_two_people": env._(
            "Rejected: the first row, or the customer already here, keeps the address."
        ),
        "number_two_people": env._("Rejected: the first row keeps the number."),
        "number_not_yours": env._("Rejected: you may not change that customer."),
        "number_archived": env._("Rejected: restore the customer first."),
        "bad_phone": env._("Rejected: correct the number or leave it empty."),
        "unknown_country": env._("Rejected: write the name or the two-letter code."),
        "bad_date": env._("Rejected: correct the date or leave it empty."),
        "future_date": env._("Rejected: correct the date."),
        "too_old": env._("Rejected: correct the date of birth."),
        "child_no_email": env._(
            "Imported. Choose a guardian later: the filter “Guardian missing” lists "
            "them."
        ),
        "same_person": env._("Imported once: filled cells of the later row count."),
        "name_changes": env._(
            "Imported: the customer number decides, the name is replaced."
        ),
        "number_kept": env._("Imported: found by e-mail; the number here stays."),
        "contact_becomes_customer": env._(
            "Imported: the contact with this e-mail and name becomes the customer."
        ),
        **_card_rules(env),
        "emergency_phone": env._("Imported with the number as it is."),
        "emergency_incomplete": env._("Imported without this emergency contact."),
        "formula": env._("Imported as plain text, exactly as typed; never calculated."),
    }


def _card_rules(env):
    without = env._(
        "The customer is imported without this card. Put it right and import the file "
        "again: only the card is added."
    )
    return {
        "unknown_agency": without,
        "unknown_level": without,
        "card_incomplete": without,
        "card_impossible": without,
        "card_kept": env._("Imported: the card here stays as it is."),
        "card_two_divers": env._(
            "Imported as it is: look which of the two divers the card belongs to."
        ),
        "card_number_odd": env._("Imported as it is: compare it with the card."),
    }


def read_error(env, error):
    """Return what is wrong with a file and what to do.

    :param error: a
        :class:`~odoo.addons.dive_crm.tools.customer_import_reader.ReadError`
    :rtype: str
    """
    details = error.details
    limit = details.get("limit", 0)
    texts = {
        "empty": lambda: env._("The file is empty."),
        "too_big": lambda: env._(
            "The file has %(size)s MB; at most %(limit)s MB can be imported at once. "
            "Divide it into several files.",
            size=-(-details["size"] // 2**20),
            limit=limit // 2**20,
        ),
        "too_big_inside": lambda: env._(
            "The file would unfold to more than %(limit)s MB and was not opened. Save "
            "the customer list alone in a new file.",
            limit=limit // 2**20,
        ),
        "not_a_table": lambda: env._(
            "This is neither a CSV text nor an Excel workbook. Save the list as CSV or "
            "as XLSX."
        ),
        "old_excel": lambda: env._(
            "This is an old Excel file (.xls) or one with a password. Open it, and "
            "save it without a password as “Excel workbook (.xlsx)”."
        ),
        "not_xlsx": lambda: env._(
            "This archive is not an Excel workbook (.xlsx). Save the list as XLSX or "
            "CSV."
        ),
        "broken": lambda: env._(
            "The file is damaged and cannot be read. Open it in a spreadsheet program "
            "and save it again as XLSX or CSV."
        ),
        "encoding": lambda: env._(
            "The characters of this file cannot be read. Save it as “CSV UTF-8”."
        ),
        "quotes": lambda: env._(
            "Around line %(line)s a quotation mark is not closed, so the cells cannot "
            "be told apart. Correct that line and try again.",
            line=details["line"],
        ),
        "no_rows": lambda: env._("The file has no rows below its header."),
        "too_many_rows": lambda: env._(
            "The file has more than %(limit)s rows. Divide it into several files.",
            limit=limit,
        ),
        "too_many_columns": lambda: env._(
            "The file has more than %(limit)s columns: that is no customer list.",
            limit=limit,
        ),
        "no_such_sheet": lambda: env._(
            "The workbook has no visible sheet “%(sheet)s”.", sheet=details["sheet"]
        ),
    }
    return texts[error.code]()


def unknown_columns(env, table):
    """Return what to say of a file in which no column can be used."""
    found = ", ".join(title for title in table.header if title)[:200]
    text = env._(
        "No column for names or customer numbers was found. The columns here are: "
        "%(found)s. Name them as in the template, for example “First name”, “Last "
        "name”, “E-mail”.",
        found=found,
    )
    if len(table.sheets) > 1:
        text += " " + env._(
            "Perhaps another sheet is the right one: this is “%(sheet)s” of "
            "%(sheets)s.",
            sheet=table.sheet,
            sheets=", ".join(table.sheets),
        )
    return text


def delimiter_name(env, delimiter):
    """Return how a delimiter is called."""
    names = {
        ",": env._("comma"),
        ";": env._("semicolon"),
        "\t": env._("tab"),
        "|": env._("vertical bar"),
    }
    return names.get(delimiter, delimiter)


def limits(env):
    """Return what may be uploaded, for the screen."""
    return env._(
        "CSV or Excel workbook (.xlsx), up to %(rows)s rows and %(size)s MB.",
        rows=f"{reader.MAX_ROWS:,}".replace(",", "\u202f"),
        size=reader.MAX_FILE_BYTES // 2**20,
    )
