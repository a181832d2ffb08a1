"""Keeping columns out of an export that was asked for by a forged request."""


def without(fields, names):
    """Return the paths of ``fields`` that do not begin with one of ``names``.

    :param fields: lists of field names, as ``_export_rows`` takes them
    :return: those that are left, and the places of those that are not
    """
    hidden = [index for index, path in enumerate(fields) if path and path[0] in names]
    left = [path for index, path in enumerate(fields) if index not in hidden]
    return left, hidden


def with_blanks(rows, hidden):
    """Return ``rows`` with an empty cell in each of the places ``hidden``."""
    for row in rows:
        for index in hidden:
            row.insert(index, "")
    return rows
