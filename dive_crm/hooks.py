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
    """Drop what ``init`` made, and what Odoo would leave behind or stumble over."""
    env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(INDEX)))
    env.cr.execute(
        "DROP FUNCTION IF EXISTS"
        " dive_partner_fold(text, text, text, text, text, text, text)"
    )
    _delete_sealed_files(env)
    _untie_tables(env)
    _hand_over(env)
    _forget_metadata(env)


def _delete_sealed_files(env):
    """Delete the ciphertexts, which would outlive the table that says whose they are.

    Of another installation, with the same numbers again, they would be the files.
    """
    env["ir.attachment"].sudo().search(
        [("res_model", "=", "dive.sealed.file"), ("res_field", "!=", False)]
    ).unlink()


def _untie_tables(env):
    """Drop the foreign keys of and to our own tables, all of which go in a moment.

    Odoo deletes the records of our data files first, and logs an error for each that a
    user's trip, booking or invoice still points to through a column of ours.
    """
    ours = tuple(
        model._table
        for model in env.registry.values()
        if model._original_module == "dive_crm" and model._auto and not model._abstract
    )
    env.cr.execute(
        "SELECT cl.relname, cs.conname FROM pg_constraint cs"
        " JOIN pg_class cl ON cl.oid = cs.conrelid"
        " JOIN pg_class target ON target.oid = cs.confrelid"
        " WHERE cs.contype = 'f' AND (cl.relname IN %s OR target.relname IN %s)"
        " AND cs.connamespace = current_schema::regnamespace",
        [ours, ours],
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def _hand_over(env):
    """Leave products and people of our demo data that invoices name to the user.

    They stay in any case; Odoo would try to delete them, log an error, keep a name of
    ours for each.
    """
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'dive_crm' AND ("
        " model = 'product.product' AND res_id IN"
        "  (SELECT product_id FROM account_move_line)"
        " OR model = 'product.template' AND res_id IN"
        "  (SELECT p.product_tmpl_id FROM product_product p"
        "   JOIN account_move_line l ON l.product_id = p.id)"
        " OR model = 'res.partner' AND res_id IN"
        "  (SELECT partner_id FROM account_move_line"
        "   UNION SELECT partner_id FROM account_move))"
    )


def _forget_metadata(env):
    """Delete rows about our models that Odoo keeps when a module goes.

    Saved filters on our models; foreign keys that it noted; external names it gave,
    in the name of mail, portal and others, to what our models inherit from them.
    """
    # Filters of all users, whom the one who uninstalls does not see.
    env["ir.filters"].sudo().with_context(active_test=False).search(
        [("model_id", "=like", "dive.%")]
    ).unlink()
    env.cr.execute(
        "DELETE FROM ir_model_constraint WHERE type = 'f' AND module ="
        " (SELECT id FROM ir_module_module WHERE name = 'dive_crm')"
    )
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module != 'dive_crm'"
        " AND model IN ('ir.model.inherit', 'ir.model.fields.selection')"
        r" AND (name LIKE 'model\_inherit\_\_dive\_%'"
        r" OR name LIKE 'selection\_\_dive\_%')"
    )
