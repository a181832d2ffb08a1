"""Records that a centre may edit follow a change where nobody has edited them.

Before the update: the words in other languages are then loaded with it.
"""

from psycopg2.extras import Json

from odoo.tools import SQL

#: name in dive_crm, table, column, what stood there, what stands there
CHANGED = (
    # the link of the SMS chose the best answer before anybody had thought about it
    (
        "sms_template_trip_feedback",
        "sms_template",
        "body",
        "{{ object.company_id.name }}: {{ object.text }} {{ object.what_to_do }}"
        " {{ object.rating_link }}/5",
        "{{ object.company_id.name }}: {{ object.text }}"
        " {{ object.rating_short_link }}",
    ),
    (
        "mail_activity_type_equipment_service",
        "mail_activity_type",
        "summary",
        "Service",
        "Maintenance",
    ),
    (
        "mail_template_trip_feedback",
        "mail_template",
        "description",
        "Sent some hours after a trip to each diver, or to a minor's guardian: one"
        " click answers",
        "Sent some hours after a trip to each diver, or to a minor's guardian",
    ),
)
#: what stands in the mail as an example, and is never sent
EXAMPLE = (
    "One click is enough, and a word more helps us:",
    "Tap one and send it off; a word more helps us:",
)


def migrate(cr, version):
    """Give what nobody has edited its new words."""
    for name, table, column, old, new in CHANGED:
        cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(new)s FROM ir_model_data"
                " WHERE ir_model_data.module = 'dive_crm'"
                " AND ir_model_data.name = %(name)s"
                " AND ir_model_data.res_id = %(table)s.id"
                " AND %(table)s.%(column)s->>'en_US' = %(old)s",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                new=Json({"en_US": new}),
                name=name,
                old=old,
            )
        )
    cr.execute(
        "UPDATE mail_template SET body_html = jsonb_set(body_html, '{en_US}',"
        " to_jsonb(replace(body_html->>'en_US', %s, %s)))"
        " FROM ir_model_data WHERE ir_model_data.module = 'dive_crm'"
        " AND ir_model_data.name = 'mail_template_trip_feedback'"
        " AND ir_model_data.res_id = mail_template.id",
        EXAMPLE,
    )
