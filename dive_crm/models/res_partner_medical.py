"""The one answer that others ask for: may this diver dive on that day, medically?"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import STAFF_GROUPS

STATUSES = [
    ("none", "No form"),
    ("pending", "Needs attention"),
    ("physician", "Physician needed"),
    ("fit", "Fit to dive"),
    ("unfit", "Not cleared"),
    ("expired", "Expired"),
]
#: what the status is made of
FORM_FIELDS = (
    "partner_id",
    "state",
    "signed_on",
    "signed_at",
    "valid_until",
    "answered_outcome",
    "next_age",
    "held_status",
    "physician_result",
    "physician_signed_on",
    "fit_until",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # groups: other users, who have no right to forms, read all fields of a partner
    dive_medical_form_ids = fields.One2many(
        "dive.medical.form", "partner_id", "Medical forms", groups=STAFF_GROUPS
    )
    # Not stored: it changes at midnight and at birthdays, and no row has to be written.
    dive_medical_status = fields.Selection(
        STATUSES,
        "Medical status",
        compute="_compute_dive_medical",
        search="_search_dive_medical_status",
        groups=STAFF_GROUPS,
        help="Needs attention: a form is begun and not signed, or the diver has come to"
        " an age at which more is asked. Expired: a new form is needed.",
    )
    dive_medical_until = fields.Date(
        "Medically valid until",
        compute="_compute_dive_medical",
        groups=STAFF_GROUPS,
        help="The last day before something is needed: a new form, a physician's word,"
        " or more answers from a birthday on.",
    )

    @api.depends(
        "birthdate_date", *(f"dive_medical_form_ids.{name}" for name in FORM_FIELDS)
    )
    @api.depends_context("company")
    def _compute_dive_medical(self):
        found = self._dive_medical_rows()
        for partner in self:
            status, until = found.get(partner._origin.id, ("none", None))
            partner.dive_medical_status = status
            partner.dive_medical_until = until

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    def _dive_medical_status(self, date=None):
        """Return what each diver's forms say of a day: ``{partner: status}``.

        The newest signed form decides; a draft displaces nothing. “Unfit” is lifted by
        a later word of a physician only. Of a day gone by: what was signed by then. The
        number of queries does not depend on how many divers are asked about.

        :param date: a day, as a rule that of a trip; the company's today if none
        :rtype: dict
        """
        found = self._dive_medical_rows(date)
        return {
            partner: found.get(partner._origin.id, ("none", None))[0]
            for partner in self
        }

    def _dive_medical_coming(self, day):
        """Return what ``_dive_medical_status`` does of a day to come.

        Where what is known of today reaches as far, nothing is asked again.
        """
        known = self.filtered(
            lambda diver: (
                diver.dive_medical_status == "none"
                or (diver.dive_medical_until and day <= diver.dive_medical_until)
            )
        )
        status = {diver: diver.dive_medical_status for diver in known}
        return status | (self - known)._dive_medical_status(day)

    def _dive_medical_rows(self, date=None):
        """Return {id: (status, last day that counts)} of those who have a form."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(self._dive_medical_sql(date, self.ids))
        return {partner_id: (status, until) for partner_id, status, until in rows}

    # ------------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------------

    def _dive_medical_sql(self, date=None, ids=None):
        """SQL: (partner_id, status, until) of everybody who has a form, on a day.

        :param ids: of these partners only; PostgreSQL does not find its way down to
            each table by itself
        """
        today = self.env.company._dive_today()
        date = fields.Date.to_date(date) or today
        of_these = SQL(" AND partner_id IN %s", tuple(ids)) if ids else SQL()
        signed = self._dive_medical_signed_sql(date, date < today, of_these)
        if date < today:
            return signed
        return SQL("%s UNION ALL %s", signed, self._dive_medical_begun_sql(of_these))

    def _dive_medical_signed_sql(self, date, past, of_these):
        """SQL: the like of those who have signed.

        :param bool past: what was signed or said after the day does not count for it.
            For today it does: companies' days differ, and what is signed tomorrow over
            there counts here.
        """
        said_by = SQL(" AND physician_signed_on <= %s", date) if past else SQL()
        spoken = SQL(
            "word.physician_signed_on >="
            " LEAST(newest.signed_on, newest.physician_signed_on)"
        )
        return SQL(
            """
            SELECT newest.partner_id,
                   CASE WHEN word.unfit THEN 'unfit'
                        WHEN newest.valid_until < %(date)s THEN 'expired'
                        WHEN %(spoken)s AND word.fit_until < %(date)s THEN 'physician'
                        WHEN %(spoken)s THEN 'fit'
                        WHEN newest.answered_outcome = 'physician'
                          OR newest.held_status IS NOT NULL THEN 'physician'
                        WHEN %(older)s THEN 'pending'
                        ELSE 'fit' END AS status,
                   LEAST(newest.valid_until,
                         CASE WHEN %(spoken)s THEN word.fit_until
                              WHEN newest.next_age > 0 THEN (diver.birthdate_date
                                   + make_interval(years => newest.next_age))::date - 1
                         END) AS until
              FROM (%(newest)s) newest
              JOIN res_partner diver ON diver.id = newest.partner_id
         LEFT JOIN (%(word)s) word ON word.partner_id = newest.partner_id
            """,
            date=date,
            spoken=spoken,
            older=self._dive_medical_older_sql(date),
            newest=self._dive_medical_newest_sql(date, past, of_these),
            word=self._dive_medical_word_sql(said_by, of_these),
        )

    def _dive_medical_older_sql(self, date):
        """SQL: on that day the diver is asked more than the form has asked.

        A date of birth that was taken away again, or corrected, counts like a birthday.
        """
        return SQL(
            "newest.next_age > 0 AND (diver.birthdate_date IS NULL"
            " OR diver.birthdate_date <= %s::date"
            " - make_interval(years => newest.next_age))",
            date,
            to_flush=self._fields["birthdate_date"],
        )

    def _dive_medical_newest_sql(self, date, past, of_these):
        """SQL: each diver's newest signed form.

        Of today that is one of those that are not closed, since each form closes the
        ones before it: so it does not take longer the more years there are.
        """
        return SQL(
            "SELECT DISTINCT ON (partner_id) partner_id, signed_on, valid_until,"
            " answered_outcome, next_age, held_status, %s AS physician_signed_on"
            " FROM dive_medical_form WHERE %s%s"
            " ORDER BY partner_id, signed_at DESC, id DESC",
            SQL(
                "CASE WHEN physician_signed_on <= %s THEN physician_signed_on END", date
            )
            if past
            else SQL("physician_signed_on"),
            SQL("signed_at IS NOT NULL AND signed_on <= %s", date)
            if past
            else SQL("state = 'submitted'"),
            of_these,
            to_flush=self._dive_medical_to_flush(),
        )

    def _dive_medical_word_sql(self, said_by, of_these):
        """SQL: the last that a physician said about each diver, on whichever form.

        Of two words of one day “unfit” holds. So it does after a merge that found the
        other record unfit, until somebody notes a word.
        """
        return SQL(
            "SELECT DISTINCT ON (partner_id) partner_id, physician_signed_on,"
            " fit_until, (physician_result = 'unfit' OR held_status = 'unfit') AS unfit"
            " FROM dive_medical_form"
            " WHERE (physician_result IS NOT NULL OR held_status = 'unfit')"
            " AND (held_status = 'unfit' OR physician_result IS NOT NULL%s)%s"
            " ORDER BY partner_id, (held_status = 'unfit') IS TRUE DESC,"
            " physician_signed_on DESC, physician_result = 'unfit' DESC, id DESC",
            said_by,
            of_these,
            to_flush=self._dive_medical_to_flush(),
        )

    def _dive_medical_begun_sql(self, of_these):
        """SQL: the like of those who have begun a form and signed none."""
        return SQL(
            "SELECT DISTINCT partner_id, 'pending', NULL::date"
            " FROM dive_medical_form begun WHERE state = 'draft'%s"
            " AND NOT EXISTS (SELECT FROM dive_medical_form signed"
            " WHERE signed.partner_id = begun.partner_id"
            " AND signed.state = 'submitted')",
            of_these,
            to_flush=self._dive_medical_to_flush(),
        )

    def _dive_medical_to_flush(self):
        form_fields = self.env["dive.medical.form"]._fields
        return tuple(form_fields[name] for name in FORM_FIELDS)

    # ------------------------------------------------------------------
    # Filter, group, sort
    # ------------------------------------------------------------------

    @api.model
    def _search_dive_medical_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo asks for a field's groups where it is read, not where it is searched.
        self._check_field_access(self._fields["dive_medical_status"], "read")
        wanted = set(dict(STATUSES)) & set(value)
        if not wanted:
            return Domain.FALSE
        with_form = wanted - {"none"}
        domain = Domain.FALSE
        if "none" in wanted:
            domain = Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "NOT EXISTS (SELECT FROM (%s) dive WHERE dive.partner_id = %s)",
                    model._dive_medical_sql(),
                    SQL.identifier(alias, "id"),
                )
            )
        if with_form:
            domain |= Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s IN (SELECT dive.partner_id FROM (%s) dive"
                    " WHERE dive.status IN %s)",
                    SQL.identifier(alias, "id"),
                    model._dive_medical_sql(),
                    tuple(sorted(with_form)),
                )
            )
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "dive_medical_status":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        if query is None:
            return SQL(
                "COALESCE((SELECT dive.status FROM (%s) dive"
                " WHERE dive.partner_id = %s), 'none')",
                self._dive_medical_sql(),
                SQL.identifier(alias, "id"),
            )
        # To group or sort all customers, one join in place of a look at each.
        found = query.make_alias(alias, "dive_medical")
        query.add_join(
            "LEFT JOIN",
            found,
            SQL("(%s)", self._dive_medical_sql()),
            SQL(
                "%s = %s",
                SQL.identifier(alias, "id"),
                SQL.identifier(found, "partner_id"),
            ),
        )
        return SQL("COALESCE(%s, 'none')", SQL.identifier(found, "status"))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_dive_medical_unchanged(self):
        """Note that these divers have said today that nothing has changed.

        :raises UserError: somebody whose form does not count today
        """
        for partner in self:
            newest = partner.dive_medical_form_ids.filtered("signed_at")[:1]
            if not newest:
                raise UserError(
                    self.env._(
                        "%(name)s has not signed a medical form yet.", name=partner.name
                    )
                )
            newest.action_confirm_unchanged()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Noted for today: nothing has changed."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
