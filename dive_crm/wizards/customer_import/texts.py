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
    "emergency_phone": NOTICE,
    "emergency_incomplete": NOTICE,
    "formula": NOTICE,
}


def kind_labels(env):
    """Return the name of each kind of message, as a heading."""
    _ = env._
    return {
        "ragged": _("Row longer or shorter than the header"),
        "bad_cell": _("Spreadsheet error in a cell"),
        "no_name": _("No name"),
        "no_key": _("Nothing to tell the customer by"),
        "several_emails": _("Several e-mail addresses in one cell"),
        "bad_email": _("Not an e-mail address"),
        "email_two_people": _("Two people, one e-mail"),
        "number_two_people": _("Two people, one customer number"),
        "number_not_yours": _("Customer of another company"),
        "number_archived": _("Archived customer"),
        "bad_phone": _("Phone number that cannot exist"),
        "unknown_country": _("Unknown country"),
        "bad_date": _("Not a date"),
        "future_date": _("Date in the future"),
        "too_old": _("Over 125 years old"),
        "child_no_email": _("Child without e-mail: guardian missing"),
        "same_person": _("Same person twice in the file"),
        "name_changes": _("Name changes"),
        "number_kept": _("Customer keeps another number"),
        "contact_becomes_customer": _("Contact becomes a customer"),
        "emergency_phone": _("Emergency phone kept as typed"),
        "emergency_incomplete": _("Emergency contact without a phone"),
        "formula": _("Text that looks like a formula"),
    }


def kind_rules(env):
    """Return what is done about each kind of message, in a sentence."""
    _ = env._
    return {
        "ragged": _("Rejected: cells would land in the wrong column."),
        "bad_cell": _("Rejected: put the value in place of the error."),
        "no_name": _("Rejected: a new customer needs a name."),
        "no_key": _(
            "Rejected: give a customer number, e-mail, date of birth or phone, or the "
            "next import would make the customer twice."
        ),
        "several_emails": _("Rejected: one address per customer."),
        "bad_email": _("Rejected: correct the address or leave it empty."),
        "email_two_people": _(
            "Rejected: the first row, or the customer already here, keeps the address."
        ),
        "number_two_people": _("Rejected: the first row keeps the number."),
        "number_not_yours": _("Rejected: you may not change that customer."),
        "number_archived": _("Rejected: restore the customer first."),
        "bad_phone": _("Rejected: correct the number or leave it empty."),
        "unknown_country": _("Rejected: write the name or the two-letter code."),
        "bad_date": _("Rejected: correct the date or leave it empty."),
        "future_date": _("Rejected: correct the date."),
        "too_old": _("Rejected: correct the date of birth."),
        "child_no_email": _(
            "Imported. Choose a guardian later: the filter “Guardian missing” lists "
            "them."
        ),
        "same_person": _("Imported once: filled cells of the later row count."),
        "name_changes": _(
            "Imported: the customer number decides, the name is replaced."
        ),
        "number_kept": _("Imported: found by e-mail; the number here stays."),
        "contact_becomes_customer": _(
            "Imported: the contact with this e-mail and name becomes the customer."
        ),
        "emergency_phone": _("Imported with the number as it is."),
        "emergency_incomplete": _("Imported without this emergency contact."),
        "formula": _("Imported as plain text, exactly as typed; never calculated."),
    }


def read_error(env, error):
    """Return what is wrong with a file and what to do.

    :param error: a
        :class:`~odoo.addons.dive_crm.tools.customer_import_reader.ReadError`
    :rtype: str
    """
    _ = env._
    details = error.details
    limit = details.get("limit", 0)
    texts = {
        "empty": lambda: _("The file is empty."),
        "too_big": lambda: _(
            "The file has %(size)s MB; at most %(limit)s MB can be imported at once. "
            "Divide it into several files.",
            size=-(-details["size"] // 2**20),
            limit=limit // 2**20,
        ),
        "too_big_inside": lambda: _(
            "The file would unfold to more than %(limit)s MB and was not opened. Save "
            "the customer list alone in a new file.",
            limit=limit // 2**20,
        ),
        "not_a_table": lambda: _(
            "This is neither a CSV text nor an Excel workbook. Save the list as CSV or "
            "as XLSX."
        ),
        "old_excel": lambda: _(
            "This is an old Excel file (.xls) or one with a password. Open it, and "
            "save it without a password as “Excel workbook (.xlsx)”."
        ),
        "not_xlsx": lambda: _(
            "This archive is not an Excel workbook (.xlsx). Save the list as XLSX or "
            "CSV."
        ),
        "broken": lambda: _(
            "The file is damaged and cannot be read. Open it in a spreadsheet program "
            "and save it again as XLSX or CSV."
        ),
        "encoding": lambda: _(
            "The characters of this file cannot be read. Save it as “CSV UTF-8”."
        ),
        "quotes": lambda: _(
            "Around line %(line)s a quotation mark is not closed, so the cells cannot "
            "be told apart. Correct that line and try again.",
            line=details["line"],
        ),
        "no_rows": lambda: _("The file has no rows below its header."),
        "too_many_rows": lambda: _(
            "The file has more than %(limit)s rows. Divide it into several files.",
            limit=limit,
        ),
        "too_many_columns": lambda: _(
            "The file has more than %(limit)s columns: that is no customer list.",
            limit=limit,
        ),
        "no_such_sheet": lambda: _(
            "The workbook has no visible sheet “%(sheet)s”.", sheet=details["sheet"]
        ),
    }
    return texts[error.code]()


def unknown_columns(env, table):
    """Return what to say of a file in which no column can be used."""
    _ = env._
    found = ", ".join(title for title in table.header if title)[:200]
    text = _(
        "No column for names or customer numbers was found. The columns here are: "
        "%(found)s. Name them as in the template, for example “First name”, “Last "
        "name”, “E-mail”.",
        found=found,
    )
    if len(table.sheets) > 1:
        text += " " + _(
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
