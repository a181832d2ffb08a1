"""The links of messages become buttons where nobody has edited them.

A signed link has no place to break, and made the page wider than a telephone. Only the
link is touched: what a centre has written around it stays, in each language.
"""

import re

from psycopg2.extras import Json

from odoo.tools import SQL

TEMPLATES = (
    "mail_template_booking_notice",
    "mail_template_trip_invitation",
    "mail_template_card_ends",
    "mail_template_card_low",
    "mail_template_medical_form_ends",
    "mail_template_medical_paper",
    "mail_template_medical_papers",
    "mail_template_dive_statement",
    "mail_template_certification_rejected",
    "mail_template_ticket_received",
)
LINK = re.compile(
    r'<br */?><a t-att-href="object\.link" t-out="object\.link">[^<]*</a>'
)
BUTTON = (
    '<br/><a t-att-href="object.link" style="display: inline-block; margin: 8px 0px 0px'
    " 0px; padding: 10px 18px; background-color: #0b5394; color: #ffffff;"
    ' text-decoration: none; border-radius: 4px;">%s</a>'
)
#: the button that had a colour of its own, and overlapped the next line
STYLE = (
    "background-color: #875A7B; padding: 8px 16px; text-decoration: none; color:"
    " #ffffff; border-radius: 4px;"
)
LIKE_OTHERS = (
    "display: inline-block; padding: 10px 18px; background-color: #0b5394; color:"
    " #ffffff; text-decoration: none; border-radius: 4px;"
)
#: of two that were smaller than the others; and a sentence with a wrong first letter
REPLACED = {
    "": (
        (STYLE, LIKE_OTHERS),
        (
            'font-size: 13px;">',
            'font-size: 14px; line-height: 1.5; max-width: 560px;">',
        ),
        ("margin: 0px 0px 12px 0px;", "margin: 0px 0px 16px 0px;"),
    ),
    "de": (
        (">es geht um ", ">Es geht um "),
        (">Danke für Ihre Nachricht", ">danke für Ihre Nachricht"),
    ),
}
WORDS = {
    "de": "Seite öffnen",
    "es": "Abrir la página",
    "fr": "Ouvrir la page",
    "it": "Apri la pagina",
}
TEXTS = (
    "sms_template_by_hand_booking",
    "sms_template_by_hand_trip",
    "sms_template_by_hand_certification",
    "sms_template_certification_alert",
)
#: what these SMS said in other languages ended in nothing for a centre without a number
CALLS = {
    "de": (
        r"(ufen Sie an: \{\{[^}]*phone or )'' \}\}\.?",
        r"\1'wir sind für Sie da' }}.",
    ),
    "es": (r"([Ll]lame): (\{\{[^}]*phone or )'' \}\}\.?", r"\1 al \2'centro' }}."),
    "fr": (r"(Appelez)\s?: (\{\{[^}]*phone or )'' \}\}\.?", r"\1 \2'le centre' }}."),
    "it": (
        r"(?:ci )?([Cc]hiami): (\{\{[^}]*phone or )'' \}\}\.?",
        r"\1 \2'il centro' }}.",
    ),
}


def migrate(cr, version):
    """Put a button in the place of each link, and words in that of no number."""

    def button(lang, body):
        words = WORDS.get(lang, "Open the page")
        body = LINK.sub(BUTTON % words, body)
        for old, new in (*REPLACED[""], *REPLACED.get(lang, ())):
            body = body.replace(old, new)
        return body

    def call(lang, body):
        return re.sub(*CALLS[lang], body) if lang in CALLS else body

    _rewrite(cr, "mail_template", "body_html", TEMPLATES, button)
    _rewrite(cr, "sms_template", "body", TEXTS, call)


def _rewrite(cr, table, column, names, change):
    """Change a text in all languages that there are, where it is still ours."""
    cr.execute(
        SQL(
            "SELECT template.id, template.%(column)s FROM %(table)s template"
            " JOIN ir_model_data known ON known.res_id = template.id"
            " AND known.model = %(model)s AND known.module = 'dive_crm'"
            " WHERE known.name IN %(names)s AND template.%(column)s IS NOT NULL",
            column=SQL.identifier(column),
            table=SQL.identifier(table),
            model=table.replace("_", "."),
            names=names,
        )
    )
    for record_id, texts in cr.fetchall():
        changed = {
            code: change(code.split("_")[0], text) for code, text in texts.items()
        }
        if changed != texts:
            cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    Json(changed),
                    record_id,
                )
            )
