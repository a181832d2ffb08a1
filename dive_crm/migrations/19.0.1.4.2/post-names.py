"""Records that a centre may edit follow a change where nobody has edited them."""

OLD = "{{ object.recipient_id.lang or object.partner_id.lang }}"
NEW = (
    "{{ object.recipient_id.lang or object.partner_id.lang"
    " or object.company_id.partner_id.lang }}"
)


def migrate(cr, version):
    """Name the sequence as the screens do; write in the language of the house."""
    cr.execute(
        "UPDATE ir_sequence SET name = 'Prepaid cards'"
        " WHERE code = 'dive.discount.card' AND name = 'Discount cards'"
    )
    # expired soon after midnight, not at the hour of the installation
    cr.execute(
        "UPDATE ir_cron SET interval_type = 'hours' FROM ir_model_data"
        " WHERE ir_model_data.module = 'dive_crm'"
        " AND ir_model_data.name = 'ir_cron_card_expire'"
        " AND ir_model_data.res_id = ir_cron.id AND ir_cron.interval_number = 1"
        " AND ir_cron.interval_type = 'days'"
    )
    for table in ("mail_template", "sms_template"):
        cr.execute(
            f"UPDATE {table} SET lang = %s"
            " WHERE lang = %s AND model = 'dive.discount.card.alert'",
            [NEW, OLD],
        )
