"""What companies had set about reminders becomes rows of the plan of messages."""

from odoo import SUPERUSER_ID, api
from odoo.tools import sql

BEFORE = "dive_settings_before_plan"
#: Days before a trip on which who lacks a paper was told.
PAPER_DAYS = (7, 3, 1)


def migrate(cr, version):
    """Read the settings as they were, and make the rows that come to the same."""
    if not sql.table_exists(cr, BEFORE):
        return
    cr.execute(f"SELECT * FROM {BEFORE} ORDER BY id")
    settings = cr.fetchall()
    cr.execute(f"DROP TABLE {BEFORE}")
    env = api.Environment(cr, SUPERUSER_ID, {})
    for company_id, *values in settings:
        company = env["res.company"].browse(company_id)
        env["dive.message.plan"].create(
            [
                {"company_id": company_id, "sequence": number, **vals}
                for number, vals in enumerate(_plans(company, *values))
            ]
        )
    _name_plans(cr)


def _plans(
    company,
    certification,
    certification_days,
    medical,
    medical_days,
    card,
    card_days,
    card_expired,
    card_percent,
    card_mail,
):
    yield from _days(company, "certification_ends", certification_days, certification)
    yield {"event": "medical_ended", "interval": 0, "active": bool(medical)}
    yield from _days(company, "medical_ends", medical_days, medical)
    for days in PAPER_DAYS:
        yield {"event": "medical_paper", "interval": days, "active": bool(medical)}
    yield {
        "event": "card_sold",
        "interval": 0,
        "channel": "email",
        "active": bool(card_mail),
    }
    yield from _days(company, "card_ends", card_days, card)
    expired, low = bool(card and card_expired), bool(card and card_percent)
    yield {"event": "card_ended", "interval": 0, "active": expired}
    yield {
        "event": "card_low",
        "interval": 0,
        "active": low,
        "percent": card_percent or 10,
    }


def _days(company, event, text, on):
    for days in company._dive_read_days(text):
        yield {"event": event, "interval": days, "active": bool(on)}


def _name_plans(cr):
    """Say of the marks that are there which row of the plan they are of."""
    for table, kind, event, company in (
        ("dive_certification_alert", "auto", "certification_ends", None),
        ("dive_medical_alert", "before", "medical_ends", "company_id"),
        ("dive_medical_alert", "ended", "medical_ended", "company_id"),
        ("dive_medical_alert", "paper", "medical_paper", "company_id"),
        ("dive_discount_card_alert", "before", "card_ends", "company_id"),
        ("dive_discount_card_alert", "ended", "card_ended", "company_id"),
        ("dive_discount_card_alert", "low", "card_low", "company_id"),
    ):
        cr.execute(
            f"""
            UPDATE {table} mark
               SET plan_id = plan.id
              FROM dive_message_plan plan
             WHERE mark.kind = %s AND plan.event = %s
               AND plan.company_id = {f"mark.{company}" if company else _OF_CARD}
               AND (plan.event IN ('medical_ended', 'card_ended', 'card_low')
                    OR plan.interval = mark.days)
            """,
            [kind, event],
        )


#: SQL: the company in charge of a certification, as far as it can be known later.
_OF_CARD = """COALESCE(
    (SELECT diver.company_id
       FROM dive_certification card
       JOIN res_partner diver ON diver.id = card.partner_id
      WHERE card.id = mark.certification_id),
    (SELECT min(id) FROM res_company))"""
