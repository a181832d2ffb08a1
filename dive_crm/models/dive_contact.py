"""Who was in touch by which message: what the contact log and last contact read."""

from odoo import api, fields, models
from odoo.tools import SQL

from .dive_alert_mixin import STATUSES
from .dive_call import DIRECTIONS

KINDS = [
    ("call", "Phone call"),
    ("email_in", "E-mail received"),
    ("email_out", "E-mail sent"),
    ("sms", "SMS"),
    ("portal", "Portal message"),
    ("note", "Note"),
]
#: Messages that are worth a look when they are made; others are when somebody outside
#: is told of them.
TYPES = ("comment", "email", "email_outgoing", "sms")
#: What says, when it changes, that a message is to be looked at anew.
MESSAGE_FIELDS = {"author_id", "date", "message_type", "model", "res_id"}


class DiveContact(models.Model):
    """One row for each customer whom a message concerns: a register, nothing else.

    Whom a message concerns is said by its record (the customer, who booked, whose
    card), by its recipients and by its author. Looking that up for each list would read
    all messages; written down when the message is made, a list is a few rows of an
    index. Rows are only ever added or made anew, so that two who write to the same
    customer never wait for each other. They go with their message.

    Nobody has a right to this table; ``dive.contact.log`` shows what one may see.
    """

    _name = "dive.contact"
    _description = "Customer concerned by a message"
    _log_access = False

    message_id = fields.Many2one("mail.message", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    date = fields.Datetime(required=True)
    kind = fields.Selection(KINDS, required=True)
    direction = fields.Selection(DIRECTIONS)
    touch = fields.Boolean(
        "In touch", help="It reached the customer, or came from there."
    )
    heard = fields.Boolean(
        "Heard from", help="It came from the customer, or they were spoken to."
    )

    _once = models.UniqueIndex("(message_id, partner_id)")
    _newest = models.Index("(date DESC, id DESC)")
    _of_partner = models.Index("(partner_id, date DESC, id DESC)")
    _touch = models.Index("(partner_id, date) WHERE touch IS TRUE")
    _heard = models.Index("(partner_id, date) WHERE heard IS TRUE")

    @api.model
    def _dive_owners(self):
        """Return model → field of the customer (``None``: its recipients say); a hook.

        What people may read of these records decides what they see in the log.
        """
        return {
            "res.partner": "id",
            "dive.booking": "partner_id",
            "dive.certification": "partner_id",
            "dive.discount.card": "partner_id",
            "dive.medical.form": "partner_id",
            "dive.trip": None,
            "dive.brochure.request": "partner_id",
            "account.move": "partner_id",
        }

    # ------------------------------------------------------------------
    # Writing down
    # ------------------------------------------------------------------

    @api.model
    def _dive_note_messages(self, messages):
        """Write down whom these messages concern, or do it again."""
        if messages:
            models = set(messages.mapped("model"))
            self._dive_note_where(SQL("m.id IN %s", tuple(messages.ids)), models)

    @api.model
    def _dive_note_partners(self, partners):
        """Write down the messages of some who become customers only now."""
        if partners:
            ids = tuple(partners.ids)
            owned = SQL(
                "m.model = 'res.partner' AND m.res_id IN %(ids)s OR m.id IN ("
                "SELECT mail_message_id FROM mail_notification"
                " WHERE res_partner_id IN %(ids)s) OR m.author_id IN %(ids)s",
                ids=ids,
            )
            self._dive_note_where(owned)

    @api.model
    def _dive_forget(self, messages):
        """Take back what was written down about messages that moved elsewhere."""
        # sudo: nobody has a right to this table
        self.sudo().search([("message_id", "in", messages.ids)]).unlink()

    @api.model
    def _dive_note_where(self, condition, models=None):
        """Write down whom the messages ``m`` that satisfy a condition concern.

        :param models: models of their records, if known: all else is left out
        """
        owners = {
            model: field
            for model, field in self._dive_owners().items()
            if models is None or model in models
        }
        self._dive_flush(owners)
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO dive_contact
                   (message_id, partner_id, date, kind, direction, touch, heard)
            SELECT k.id, who.partner_id, k.date, k.kind,
                   CASE WHEN k.kind = 'call' THEN k.call_direction
                        WHEN k.kind IN ('email_in', 'portal') THEN 'in'
                        WHEN k.kind IN ('email_out', 'sms') THEN 'out' END,
                   CASE WHEN k.kind = 'call' THEN k.reached
                        WHEN k.kind IN ('email_in', 'portal') THEN TRUE
                        WHEN k.kind IN ('email_out', 'sms')
                        THEN (k.asked = 0 OR k.arrived > 0) AND NOT k.mass
                        ELSE FALSE END,
                   CASE WHEN k.kind = 'call' THEN k.reached
                        ELSE k.kind IN ('email_in', 'portal') END
              FROM (SELECT m.*, told.asked, told.arrived, call.reached,
                           call.direction AS call_direction, %(mass)s AS mass,
                           %(kind)s AS kind
                      FROM mail_message m
                      LEFT JOIN dive_call call ON call.message_id = m.id
                CROSS JOIN LATERAL (%(told)s) told
                CROSS JOIN LATERAL (SELECT %(staff)s AS staff) author
                     WHERE m.model IN %(models)s AND m.date IS NOT NULL
                       AND m.message_type != 'user_notification'
                       AND (%(condition)s)
                    -- worked out once, not wherever it is named
                    OFFSET 0) k
        CROSS JOIN LATERAL (%(who)s) who (partner_id)
              JOIN res_partner p ON p.id = who.partner_id AND p.dive_customer
             WHERE k.kind IS NOT NULL
                ON CONFLICT (message_id, partner_id) DO UPDATE
               SET date = EXCLUDED.date, kind = EXCLUDED.kind,
                   direction = EXCLUDED.direction, touch = EXCLUDED.touch,
                   heard = EXCLUDED.heard
                """,
                mass=self._dive_mass_sql(),
                kind=self._dive_kind_sql(),
                told=self._dive_told_sql(),
                staff=self._dive_staff_sql("m.author_id"),
                models=tuple(owners),
                condition=condition,
                who=self._dive_who_sql(owners),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _dive_flush(self, owners):
        """Have in the database what the register reads there."""
        self.env["mail.message"].flush_model()
        self.env["mail.notification"].flush_model()
        self.env["dive.call"].flush_model()
        self.env["res.partner"].flush_model(["dive_customer"])
        for model, field in owners.items():
            if field and field != "id":
                self.env[model].flush_model([field])

    @api.model
    def _dive_told_sql(self):
        """SQL: how many outside message ``m`` was sent to, and reached."""
        return SQL(
            """SELECT count(*) AS asked,
                      count(*) FILTER (WHERE n.notification_status NOT IN %s)
                          AS arrived,
                      bool_or(n.notification_type = 'email') AS mailed
                 FROM mail_notification n
                WHERE n.mail_message_id = m.id
                  AND n.notification_type IN ('email', 'sms')
                  AND NOT %s""",
            STATUSES["failed"],
            self._dive_staff_sql("n.res_partner_id"),
        )

    @api.model
    def _dive_staff_sql(self, column):
        """SQL: this is somebody who works here, or did."""
        return SQL(
            "EXISTS (SELECT FROM res_users u"
            " WHERE u.partner_id = %s AND u.share IS NOT TRUE)",
            SQL.identifier(*column.split(".")),
        )

    @api.model
    def _dive_kind_sql(self):
        """SQL: what kind of contact message ``m`` is; nothing if it is none."""
        return SQL(
            """CASE
            WHEN call.id IS NOT NULL THEN 'call'
            WHEN m.message_type = 'sms' THEN 'sms'
            WHEN m.message_type = 'email' AND NOT author.staff THEN 'email_in'
            WHEN m.message_type = 'comment' AND NOT author.staff
                 AND m.author_id IS NOT NULL THEN 'portal'
            WHEN m.message_type IN ('email', 'email_outgoing') OR told.mailed
                 THEN 'email_out'
            WHEN m.message_type = 'comment' THEN 'note' END"""
        )

    @api.model
    def _dive_mass_sql(self):
        """SQL: message ``m`` went to many at once, by a mailing."""
        if "mailing_id" not in self.env["mail.mail"]._fields:
            return SQL("FALSE")
        return SQL(
            "EXISTS (SELECT FROM mail_mail sent WHERE sent.mail_message_id = m.id"
            " AND sent.mailing_id IS NOT NULL)"
        )

    @api.model
    def _dive_who_sql(self, owners):
        """SQL: whom message ``k`` concerns; who works here only by their own record."""
        owned = [
            SQL(
                "SELECT r.%s FROM %s r WHERE k.model = %s AND r.id = k.res_id UNION",
                SQL.identifier(field),
                SQL.identifier(self.env[model]._table),
                model,
            )
            for model, field in owners.items()
            if field
        ]
        return SQL(
            """%s SELECT n.res_partner_id FROM mail_notification n
                    WHERE n.mail_message_id = k.id
                      AND n.notification_type IN ('email', 'sms')
                      AND NOT %s
                    UNION SELECT k.author_id WHERE k.kind IN ('email_in', 'portal')""",
            SQL(" ").join(owned),
            self._dive_staff_sql("n.res_partner_id"),
        )

    # ------------------------------------------------------------------
    # Two customers become one
    # ------------------------------------------------------------------

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Keep one row of a message that concerned more than one of the merged."""
        everybody = tuple((src_partners | dst_partner).ids)
        self.env.cr.execute(
            SQL(
                "DELETE FROM dive_contact c USING dive_contact other"
                " WHERE c.partner_id IN %(all)s AND other.partner_id IN %(all)s"
                " AND c.message_id = other.message_id AND c.id > other.id",
                all=everybody,
            )
        )
        self.invalidate_model(flush=False)
