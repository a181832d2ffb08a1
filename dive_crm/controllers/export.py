"""Exported files: no cell of them is a formula that somebody else has typed.

Odoo marks texts that begin with = + or - in CSV files, and none in XLSX files, where
one that begins with = becomes a formula. What a diver types in the portal ends in the
spreadsheet of whoever exports the customers.
"""

from collections import OrderedDict

from odoo.addons.web.controllers import export

from ..tools.cells import harmless_cell, harmless_row


def _harmless_groups(node):
    """Make the titles of groups and their rows harmless, in place."""
    node.data = [harmless_row(row) for row in node.data]
    children = OrderedDict()
    for title, child in node.children.items():
        _harmless_groups(child)
        if isinstance(title, tuple):
            # a record: two of one name stay two groups
            title = (title[0], *harmless_row(title[1:]))
        children[harmless_cell(title)] = child
    node.children = children


class CSVExport(export.CSVExport):
    def from_data(self, fields, columns_headers, rows):
        # Odoo does not mark again what begins with a mark
        rows = [harmless_row(row) for row in rows]
        return super().from_data(fields, harmless_row(columns_headers), rows)


class ExcelExport(export.ExcelExport):
    def from_data(self, fields, columns_headers, rows):
        rows = [harmless_row(row) for row in rows]
        return super().from_data(fields, harmless_row(columns_headers), rows)

    def from_group_data(self, fields, columns_headers, groups):
        # totals are of the numbers: taken before anything changes
        _total(groups)
        _harmless_groups(groups)
        return super().from_group_data(fields, harmless_row(columns_headers), groups)


def _total(node):
    for child in node.children.values():
        _total(child)
    # kept by the node from here on
    node.aggregated_values  # noqa: B018
