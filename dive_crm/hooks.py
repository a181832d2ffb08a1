import logging

from odoo.tools import SQL
from odoo.tools.sql import constraint_definition, index_exists

from .models.res_partner_search import INDEX
from .tools import access_store

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
    for model_name in env.registry.descendants(["dive.append.only.mixin"], "_inherit"):
        model = env[model_name]
        if not model._abstract and not access_store.is_guarded(env.cr, model._table):
            missing.append(f"{model._table}: {access_store.TRIGGER}")
    return missing


def uninstall_hook(env):
    """Drop what ``init`` made, and what Odoo would leave behind or stumble over."""
    env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(INDEX)))
    env.cr.execute(
        "DROP FUNCTION IF EXISTS"
        " dive_partner_fold(text, text, text, text, text, text, text)"
    )
    access_store.unguard(env.cr)
    _delete_sealed_files(env)
    _withdraw_texts(env)
    ours = [
        model
        for model in env.registry.values()
        if model._original_module == "dive_crm" and model._auto and not model._abstract
    ]
    _untie_tables(env, tuple(model._table for model in ours))
    _empty_tables(env, ours)
    _hand_over(env)
    _forget_metadata(env)


def _delete_sealed_files(env):
    """Delete the ciphertexts, which would outlive the table that says whose they are.

    Of another installation, with the same numbers again, they would be the files.
    """
    # sudo: as the uninstallation itself; these files refuse even administrators
    env["ir.attachment"].sudo().search(
        [("res_model", "=", "dive.sealed.file"), ("res_field", "!=", False)]
    ).unlink()


def _withdraw_texts(env):
    """Delete SMS about records of ours that wait to be sent.

    E-mails go with the message on the record; SMS would go out, from nobody.
    """
    # sudo: as the uninstallation itself
    env["sms.sms"].sudo().search(
        [
            ("mail_message_id.model", "=like", "dive.%"),
            ("state", "in", ("outgoing", "error")),
        ]
    ).unlink()


def _untie_tables(env, ours):
    """Drop the foreign keys of and to our own tables, all of which go in a moment."""
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


def _empty_tables(env, ours):
    """Empty our tables, and forget the external names of what was in them.

    Odoo deletes the records of our data files first, one by one where a card or booking
    refuses that, and keeps the name of a person of our demo data whom a user's card
    names as instructor. Names that an import gave stay otherwise. What our records list
    goes with them: of services that a card lists, Odoo would delete none.
    """
    env.flush_all()
    lists = {
        field.relation
        for model in ours
        for field in model._fields.values()
        if field.type == "many2many" and field.store
    }
    tables = SQL(", ").join(
        SQL.identifier(table) for table in {model._table for model in ours} | lists
    )
    env.cr.execute(SQL("TRUNCATE %s", tables))
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE model IN %s",
        [tuple(model._name for model in ours)],
    )
    env.invalidate_all()


def _hand_over(env):
    """Leave what of our demo data others name, such as invoices, to the user.

    It stays in any case; Odoo would try to delete it, log an error, and keep a name of
    ours for it.
    """
    for model_name in ("product.template", "product.product"):
        _forget_named_by_others(env, model_name)
    # neither of the two goes without the other
    env.cr.execute(
        "DELETE FROM ir_model_data d USING product_product p"
        " WHERE d.module = 'dive_crm' AND ("
        " d.model = 'product.template' AND d.res_id = p.product_tmpl_id"
        " AND NOT EXISTS (SELECT FROM ir_model_data o WHERE o.module = 'dive_crm'"
        " AND o.model = 'product.product' AND o.res_id = p.id)"
        " OR d.model = 'product.product' AND d.res_id = p.id"
        " AND NOT EXISTS (SELECT FROM ir_model_data o WHERE o.module = 'dive_crm'"
        " AND o.model = 'product.template' AND o.res_id = p.product_tmpl_id))"
    )
    for model_name in ("res.users", "res.partner"):
        _forget_named_by_others(env, model_name)


def _forget_named_by_others(env, model_name):
    """Forget our names for records that a row which is not ours keeps from going."""
    models = {model._table: name for name, model in env.registry.items() if model._auto}
    env.cr.execute(
        "SELECT cl.relname, a.attname FROM pg_constraint cs"
        " JOIN pg_class cl ON cl.oid = cs.conrelid"
        " JOIN pg_attribute a ON a.attrelid = cl.oid AND a.attnum = cs.conkey[1]"
        " WHERE cs.contype = 'f' AND cs.confdeltype IN ('r', 'a')"
        " AND cs.confrelid = %s::regclass",
        [env[model_name]._table],
    )
    for table, column in env.cr.fetchall():
        if table not in models:
            continue
        env.cr.execute(
            SQL(
                "DELETE FROM ir_model_data d USING %s named"
                " WHERE d.module = 'dive_crm' AND d.model = %s"
                " AND named.%s = d.res_id"
                " AND NOT EXISTS (SELECT FROM ir_model_data o"
                " WHERE o.module = 'dive_crm' AND o.model = %s"
                " AND o.res_id = named.id)",
                SQL.identifier(table),
                model_name,
                SQL.identifier(column),
                models[table],
            )
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
