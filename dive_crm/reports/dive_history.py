from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("booking", "Booking"),
    ("invoice", "Invoice"),
    ("refund", "Credit note"),
    ("gear", "Gear"),
    ("payment", "Payment"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("message", "Message"),
    ("note", "Note"),
]
#: What the system writes to itself: creation, tracking, automatic answers.
NOISE = ("notification", "auto_comment", "out_of_office", "user_notification")
#: Characters of a message that stand in the list.
EXCERPT = 120
#: Room for this many branches in an id; never change it, links would break.
SLOTS = 32


class DiveHistory(models.Model):
    """All that happened, or will happen, with a customer, as one list.

    One branch per source, put together by ``UNION ALL``. No branch groups, sorts or
    numbers its rows, so that a condition on the customer reaches the index of each
    source. An id is made of the source's id and the branch's number: it stays the same
    from one query to the next.

    A room adds its branch by extending :meth:`_branches`, :meth:`_state_fields`,
    ``kind`` and ``_depends``. What not everybody may see gets a kind of its own: the
    record rules list the kinds that instructors see.
    """

    _name = "dive.history"
    _description = "Customer history"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "account.move": [
            "amount_total",
            "company_id",
            "currency_id",
            "invoice_date",
            "move_type",
            "name",
            "partner_id",
            "payment_state",
            "ref",
            "state",
        ],
        "account.payment": [
            "amount",
            "company_id",
            "currency_id",
            "date",
            "memo",
            "name",
            "partner_id",
            "partner_type",
            "payment_type",
            "state",
        ],
        "dive.booking": [
            "company_id",
            "date_start",
            "name",
            "partner_id",
            "state",
            "trip_id",
        ],
        "dive.booking.diver": [
            "amount_total",
            "booking_id",
            "partner_id",
            "payer_id",
            "state",
        ],
        "dive.equipment": ["name"],
        "dive.equipment.loan": [
            "company_id",
            "date_from",
            "equipment_id",
            "partner_id",
            "state",
            "trip_id",
        ],
        "dive.trip": ["name"],
        "mail.message": [
            "body",
            "date",
            "is_internal",
            "message_type",
            "model",
            "res_id",
            "subject",
            "subtype_id",
        ],
        "mail.message.subtype": ["internal"],
        "res.company": ["currency_id"],
        "res.partner": ["company_id", "dive_customer"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    date = fields.Datetime(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    name = fields.Char(string="What", readonly=True)
    state = fields.Selection(selection="_selection_state", readonly=True)
    # Whoever may not see invoices does not see here what a booking costs, either.
    amount = fields.Monetary(
        readonly=True,
        aggregator=None,
        groups="dive_crm.group_front_desk,account.group_account_invoice,"
        "account.group_account_readonly",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(string="Model of the record", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    @api.model
    def _state_fields(self):
        """Return the ``(model, field)`` whose values the column ``state`` shows."""
        return [
            ("dive.booking", "state"),
            ("dive.booking.diver", "state"),
            ("account.move", "state"),
            ("account.move", "payment_state"),
            ("account.payment", "state"),
            ("dive.equipment.loan", "state"),
        ]

    @api.model
    def _selection_state(self):
        result = {}
        for model, name in self._state_fields():
            for key, label in (
                self.env[model]._fields[name]._description_selection(self.env)
            ):
                result.setdefault(key, label)
        return list(result.items())

    # ------------------------------------------------------------------
    # The query
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        wanted = self.env.context.get("dive_history_ids")
        parts = []
        for number, branch in self._branches().items():
            only = SQL()
            if wanted is not None:
                sources = [id_ // SLOTS for id_ in wanted if id_ % SLOTS == number]
                only = SQL("WHERE branch.source_id IN %s", tuple(sources) or (0,))
            parts.append(
                SQL(
                    """SELECT branch.source_id::bigint * %s + %s AS id,
                              branch.partner_id, branch.date, branch.kind, branch.name,
                              branch.state, branch.amount, branch.currency_id,
                              branch.company_id, branch.res_model, branch.res_id
                         FROM (%s) branch %s""",
                    SLOTS,
                    number,
                    branch,
                    only,
                )
            )
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _branches(self):
        """Return the SQL of each branch by its number, which must never change.

        A branch selects ``source_id`` (unique in it), ``partner_id, date, kind, name,
        state, amount, currency_id, company_id, res_model, res_id``.
        """
        return {
            1: self._branch_booking(),
            2: self._branch_seat(),
            3: self._branch_invoice(),
            4: self._branch_payment(),
            5: self._branch_partner_message(),
            6: self._branch_booking_message(),
            7: self._branch_gear(),
            8: self._branch_paid_seat(),
        }

    @api.model
    def _branch_booking(self):
        """Bookings of the customer, with what the customer pays in them."""
        return SQL(
            """SELECT b.id AS source_id, b.partner_id, b.date_start AS date,
                      'booking' AS kind, concat_ws(' · ', b.name, t.name) AS name,
                      b.state,
                      (SELECT COALESCE(sum(s.amount_total), 0)
                         FROM dive_booking_diver s
                        WHERE s.booking_id = b.id AND s.state != 'cancelled'
                          AND COALESCE(s.payer_id, b.partner_id) = b.partner_id)
                          AS amount,
                      c.currency_id, b.company_id,
                      'dive.booking' AS res_model, b.id AS res_id
                 FROM dive_booking b
                 JOIN dive_trip t ON t.id = b.trip_id
                 JOIN res_company c ON c.id = b.company_id"""
        )

    @api.model
    def _branch_seat(self):
        """Seats on bookings of somebody else, with what the diver pays."""
        return SQL(
            """SELECT s.id AS source_id, s.partner_id, b.date_start AS date,
                      'booking' AS kind, concat_ws(' · ', b.name, t.name) AS name,
                      s.state,
                      CASE WHEN s.payer_id = s.partner_id THEN s.amount_total END
                          AS amount,
                      c.currency_id, b.company_id,
                      'dive.booking' AS res_model, b.id AS res_id
                 FROM dive_booking_diver s
                 JOIN dive_booking b ON b.id = s.booking_id
                 JOIN dive_trip t ON t.id = b.trip_id
                 JOIN res_company c ON c.id = b.company_id
                WHERE s.partner_id != b.partner_id"""
        )

    @api.model
    def _branch_paid_seat(self):
        """Seats that somebody pays for whose booking it is not."""
        return SQL(
            """SELECT s.id AS source_id, s.payer_id AS partner_id,
                      b.date_start AS date, 'booking' AS kind,
                      concat_ws(' · ', b.name, t.name, d.name) AS name,
                      s.state, s.amount_total AS amount, c.currency_id, b.company_id,
                      'dive.booking' AS res_model, b.id AS res_id
                 FROM dive_booking_diver s
                 JOIN dive_booking b ON b.id = s.booking_id
                 JOIN dive_trip t ON t.id = b.trip_id
                 JOIN res_partner d ON d.id = s.partner_id
                 JOIN res_company c ON c.id = b.company_id
                WHERE s.payer_id NOT IN (s.partner_id, b.partner_id)"""
        )

    @api.model
    def _branch_invoice(self):
        """Invoices, receipts and credit notes. A date counts from noon, so that it is
        the same day in each time zone."""
        return SQL(
            """SELECT m.id AS source_id, m.partner_id,
                      COALESCE(m.invoice_date, m.date) + time '12:00' AS date,
                      CASE m.move_type WHEN 'out_refund' THEN 'refund'
                                       ELSE 'invoice' END AS kind,
                      concat_ws(' · ', NULLIF(m.name, '/'), m.invoice_origin, m.ref)
                          AS name,
                      CASE m.state WHEN 'posted' THEN m.payment_state
                                   ELSE m.state END AS state,
                      CASE m.move_type WHEN 'out_refund' THEN -m.amount_total
                                       ELSE m.amount_total END AS amount,
                      m.currency_id, m.company_id,
                      'account.move' AS res_model, m.id AS res_id
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id AND p.dive_customer
                WHERE m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"""
        )

    @api.model
    def _branch_payment(self):
        """Payments of the customer, and payments back."""
        return SQL(
            """SELECT y.id AS source_id, y.partner_id, y.date + time '12:00' AS date,
                      'payment' AS kind, concat_ws(' · ', y.name, y.memo) AS name,
                      y.state,
                      CASE y.payment_type WHEN 'outbound' THEN -y.amount
                                          ELSE y.amount END AS amount,
                      y.currency_id, y.company_id,
                      'account.payment' AS res_model, y.id AS res_id
                 FROM account_payment y
                 JOIN res_partner p ON p.id = y.partner_id AND p.dive_customer
                WHERE y.partner_type = 'customer'"""
        )

    @api.model
    def _message_columns(self):
        """Return kind and name of the message ``m`` with subtype ``st``."""
        text = SQL(
            """btrim(regexp_replace(regexp_replace(left(m.body, 1000),
                   '<[^>]*>|&nbsp;', ' ', 'g'), '\\s+', ' ', 'g'))"""
        )
        return SQL(
            """CASE WHEN m.message_type IN ('email', 'email_outgoing') THEN 'email'
                    WHEN m.message_type = 'sms' THEN 'sms'
                    WHEN m.is_internal OR st.internal THEN 'note'
                    ELSE 'message' END AS kind,
               left(COALESCE(NULLIF(m.subject, ''), %s), %s) AS name""",
            text,
            EXCERPT,
        )

    @api.model
    def _branch_partner_message(self):
        """What was written to, by or about the customer on their own record."""
        return SQL(
            """SELECT m.id AS source_id, m.res_id AS partner_id, m.date, %s,
                      NULL::varchar AS state, NULL::numeric AS amount,
                      NULL::integer AS currency_id, p.company_id,
                      m.model AS res_model, m.res_id
                 FROM mail_message m
                 JOIN res_partner p ON p.id = m.res_id AND p.dive_customer
            LEFT JOIN mail_message_subtype st ON st.id = m.subtype_id
                WHERE m.model = 'res.partner' AND m.message_type NOT IN %s""",
            self._message_columns(),
            NOISE,
        )

    @api.model
    def _branch_booking_message(self):
        """What was written on a booking: it belongs to the payer."""
        return SQL(
            """SELECT m.id AS source_id, b.partner_id, m.date, %s,
                      NULL::varchar AS state, NULL::numeric AS amount,
                      NULL::integer AS currency_id, b.company_id,
                      m.model AS res_model, m.res_id
                 FROM dive_booking b
                 JOIN mail_message m ON m.res_id = b.id
            LEFT JOIN mail_message_subtype st ON st.id = m.subtype_id
                WHERE m.model = 'dive.booking' AND m.message_type NOT IN %s""",
            self._message_columns(),
            NOISE,
        )

    @api.model
    def _branch_gear(self):
        """Items that the customer had; not what was only reserved."""
        return SQL(
            """SELECT l.id AS source_id, l.partner_id, l.date_from AS date,
                      'gear' AS kind, concat_ws(' · ', e.name, t.name) AS name,
                      l.state, NULL::numeric AS amount,
                      NULL::integer AS currency_id, l.company_id,
                      'dive.equipment' AS res_model, e.id AS res_id
                 FROM dive_equipment_loan l
                 JOIN dive_equipment e ON e.id = l.equipment_id
            LEFT JOIN dive_trip t ON t.id = l.trip_id
                WHERE l.partner_id IS NOT NULL AND l.state IN ('out', 'back')"""
        )

    # ------------------------------------------------------------------
    # Reading by id
    # ------------------------------------------------------------------

    def _only_these(self):
        """Return ``self`` such that its query looks up these ids and nothing else: the
        database cannot compute the source's id backwards from ours."""
        return self.with_context(dive_history_ids=self._ids)

    def fetch(self, field_names=None):
        return super(DiveHistory, self._only_these()).fetch(field_names)

    def exists(self):
        found = super(DiveHistory, self._only_these()).exists()
        return self.browse(found._ids)

    def action_open_record(self):
        """Return the action that opens what the row is about."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record.get_formview_action()
