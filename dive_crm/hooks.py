import logging

from odoo.tools import SQL
from odoo.tools.sql import constraint_definition, index_exists

from .models.res_partner_search import INDEX

_logger = logging.getLogger(__name__)


def post_init_hook(env):
    """Check that each guard of ours is really in the database.

    Odoo logs a constraint that it could not add and goes on; seats and e-mail addresses
    must not depend on somebody reading the log.
    """
    missing = _missing_guards(env)
    if missing:
        raise RuntimeError(
            "dive_crm: the database refused these constraints or indexes, see the log "
            f"above: {', '.join(sorted(missing))}"
        )


def _missing_guards(env):
    """Return the names of our constraints and unique indexes that are not there."""
    missing = []
    for model_name, model in env.registry.items():
        for table_object in model._table_objects.values():
            if table_object._module != "dive_crm" or not model._auto:
                continue
            name = table_object.full_name(env[model_name])
            if not index_exists(env.cr, name) and not constraint_definition(
                env.cr, model._table, name
            ):
                missing.append(name)
    return missing


def uninstall_hook(env):
    """Drop what ``init`` made beside Odoo's own tables and columns."""
    env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(INDEX)))
    env.cr.execute(
        "DROP FUNCTION IF EXISTS"
        " dive_partner_fold(text, text, text, text, text, text, text)"
    )
