"""The schedules of kinds of trip become a part of the plan of all messages."""

from psycopg2.extras import Json

from odoo.tools import SQL, sql

OLD, NEW = "dive.trip.message", "dive.message.plan"
#: What post-plan.py makes of each company's settings: no standard messages beside it.
MADE = (
    "card_ended card_ends card_low card_sold certification_ends medical_ended"
    " medical_ends medical_paper"
).split()


def migrate(cr, version):
    """Rename the model, what belongs to it, and the field of marks that names it."""
    old, new = OLD.replace(".", "_"), NEW.replace(".", "_")
    if not sql.table_exists(cr, old) or sql.table_exists(cr, new):
        return
    _execute(cr, "ALTER TABLE %s RENAME TO %s", old, new)
    _execute(cr, "ALTER SEQUENCE %s RENAME TO %s", f"{old}_id_seq", f"{new}_id_seq")
    _rename_parts(cr, new, old, new)
    cr.execute("UPDATE ir_model SET model = %s WHERE model = %s", [NEW, OLD])
    cr.execute("UPDATE ir_model_fields SET model = %s WHERE model = %s", [NEW, OLD])
    cr.execute(
        "UPDATE ir_model_fields SET relation = %s WHERE relation = %s", [NEW, OLD]
    )
    cr.execute(
        "UPDATE ir_model_data SET name = replace(name, %(old)s, %(new)s)"
        " WHERE module = 'dive_crm' AND strpos(name, %(old)s) > 0",
        {"old": old, "new": new},
    )
    _rename_field(cr, "dive.booking.notice", "message_id", "plan_id")
    # it is made anew, for those rows alone that have one
    cr.execute("DROP INDEX IF EXISTS dive_booking_notice__plan_id_index")
    for table in ("mail_template", "sms_template"):
        cr.execute(
            f"UPDATE {table} SET template_fs = %s WHERE template_fs = %s",
            [f"dive_crm/data/{new}_data.xml", f"dive_crm/data/{old}_data.xml"],
        )
    # for post-plan.py: until then they would follow from rows that are not there yet
    cr.execute(
        """
        CREATE TABLE dive_settings_before_plan AS
        SELECT id, dive_certification_alert, dive_certification_alert_days,
               dive_medical_alert, dive_medical_alert_days,
               dive_card_alert, dive_card_alert_days, dive_card_alert_expired,
               dive_card_alert_percent, dive_card_mail
          FROM res_company
        """
    )
    sql.create_column(cr, "res_company", "dive_plans_made", "jsonb", "Dive Plans Made")
    cr.execute("UPDATE res_company SET dive_plans_made = %s", [Json(MADE)])


def _rename_field(cr, model, old, new):
    table = model.replace(".", "_")
    sql.rename_column(cr, table, old, new)
    _rename_parts(cr, table, f"{table}_{old}", f"{table}_{new}")
    _rename_parts(cr, table, f"{table}__{old}", f"{table}__{new}")
    cr.execute(
        "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
        [new, model, old],
    )
    cr.execute(
        "UPDATE ir_model_data SET name = %s WHERE module = 'dive_crm' AND name = %s",
        [f"field_{table}__{new}", f"field_{table}__{old}"],
    )


def _rename_parts(cr, table, old, new):
    """Rename constraints and indexes of a table that begin with a name."""
    cr.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND starts_with(conname, %s)",
        [table, old],
    )
    for (name,) in cr.fetchall():
        renamed = name.replace(old, new, 1)
        _execute(cr, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", table, name, renamed)
        cr.execute(
            "UPDATE ir_model_constraint SET name = %s WHERE name = %s", [renamed, name]
        )
    cr.execute(
        "SELECT indexname FROM pg_indexes"
        " WHERE tablename = %s AND schemaname = current_schema()"
        " AND starts_with(indexname, %s)",
        [table, old],
    )
    for (name,) in cr.fetchall():
        _execute(cr, "ALTER INDEX %s RENAME TO %s", name, name.replace(old, new, 1))


def _execute(cr, query, *names):
    cr.execute(SQL(query, *map(SQL.identifier, names)))
