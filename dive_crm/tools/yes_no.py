"""Searching fields that are true or false and lie in no column."""

from odoo.fields import Domain
from odoo.tools import SQL


def yes_no_domain(operator, value, condition):
    """Return the domain of such a field's search.

    :param operator: Odoo asks for ``in`` where it is told that others are not known
    :param value: the values to find
    :param condition: function of the model and the table's alias that gives the SQL
        which tells whether the field is true
    """
    if operator != "in":
        return NotImplemented
    wanted = {bool(item) for item in value}
    if len(wanted) != 1:
        return Domain.TRUE if wanted else Domain.FALSE
    negation = SQL() if wanted == {True} else SQL("NOT")
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "%s %s", negation, condition(model, alias)
        )
    )
