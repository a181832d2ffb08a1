"""What a diver's cards say about the diver."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.yes_no import yes_no_domain
from .res_partner import STAFF_GROUPS

#: The categories of a diver's level; specialties and first aid stand beside it.
LADDER = ("beginner", "advanced", "professional")
#: what is asked of a card to say what its diver holds
HELD_FIELDS = (
    "active",
    "expiry_date",
    "issue_date",
    "level_id",
    "partner_id",
    "verification",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # groups: other users, who have no right to cards, read all fields of a partner
    dive_certification_ids = fields.One2many(
        "dive.certification", "partner_id", "Certifications", groups=STAFF_GROUPS
    )
    dive_certification_count = fields.Integer(
        "Number of certifications",
        compute="_compute_dive_certification_count",
        groups=STAFF_GROUPS,
    )
    # No groups on a many2one: it stays empty for those who may not read cards.
    dive_level_id = fields.Many2one(
        "dive.certification.level",
        "Level",
        compute="_compute_dive_level_id",
        search="_search_dive_level_id",
        help="The highest beginner, advanced or professional level of a card that is"
        " valid today and not rejected.",
    )
    dive_card_expired = fields.Boolean(
        "Has an expired card",
        compute="_compute_dive_cards",
        search="_search_dive_card_expired",
        groups=STAFF_GROUPS,
    )
    dive_card_unverified = fields.Boolean(
        "Has unverified cards",
        compute="_compute_dive_cards",
        search="_search_dive_card_unverified",
        groups=STAFF_GROUPS,
    )

    # ------------------------------------------------------------------
    # Counts and marks
    # ------------------------------------------------------------------

    @api.depends("dive_certification_ids")
    def _compute_dive_certification_count(self):
        counts = dict(
            self.env["dive.certification"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.dive_certification_count = counts.get(partner._origin, 0)

    @api.depends(
        "dive_certification_ids.expiry_date",
        "dive_certification_ids.verification",
        "dive_certification_ids.corrected",
        "dive_certification_ids.active",
    )
    @api.depends_context("company")
    def _compute_dive_cards(self):
        for name, condition in (
            ("dive_card_expired", self._dive_expired_sql()),
            ("dive_card_unverified", self._dive_unverified_sql()),
        ):
            marked = self._dive_ids_where(
                lambda alias, condition=condition: self._dive_has_card_sql(
                    alias, condition
                )
            )
            for partner in self:
                partner[name] = partner._origin.id in marked

    def _dive_cards_sql(self, condition):
        """SQL: the divers with a card that meets ``condition``."""
        cards = self.env["dive.certification"]._fields
        names = ("partner_id", "active", "expiry_date", "verification", "corrected")
        return SQL(
            "SELECT card.partner_id FROM dive_certification card"
            " WHERE card.active IS TRUE AND %s",
            condition,
            to_flush=tuple(cards[name] for name in names),
        )

    def _dive_expired_sql(self):
        return SQL(
            "card.verification != 'rejected' AND card.expiry_date < %s",
            self.env.company._dive_today(),
        )

    def _dive_unverified_sql(self):
        return SQL("(card.verification = 'unverified' OR card.corrected IS TRUE)")

    def _dive_has_card_sql(self, alias, condition):
        return SQL(
            "EXISTS (SELECT FROM (%s) dive WHERE dive.partner_id = %s)",
            self._dive_cards_sql(condition),
            SQL.identifier(alias, "id"),
        )

    @api.model
    def _search_dive_card_expired(self, operator, value):
        return self._dive_search_card(
            "dive_card_expired", operator, value, self._dive_expired_sql()
        )

    @api.model
    def _search_dive_card_unverified(self, operator, value):
        return self._dive_search_card(
            "dive_card_unverified", operator, value, self._dive_unverified_sql()
        )

    def _dive_search_card(self, name, operator, value, condition):
        # Odoo asks for no right to a field that is searched by a method.
        self._check_field_access(self._fields[name], "read")
        return yes_no_domain(
            operator,
            value,
            lambda model, alias: model._dive_has_card_sql(alias, condition),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "dive_level_id":
            return self._dive_level_sql(alias, query)
        if field_expr in ("dive_card_expired", "dive_card_unverified"):
            self._check_field_access(self._fields[field_expr], "read")
            condition = (
                self._dive_expired_sql()
                if field_expr == "dive_card_expired"
                else self._dive_unverified_sql()
            )
            return self._dive_has_card_sql(alias, condition)
        return super()._field_to_sql(alias, field_expr, query)

    # ------------------------------------------------------------------
    # Level
    # ------------------------------------------------------------------

    @api.depends(
        "dive_certification_ids.level_id",
        "dive_certification_ids.issue_date",
        "dive_certification_ids.expiry_date",
        "dive_certification_ids.verification",
        "dive_certification_ids.active",
    )
    @api.depends_context("company", "uid")
    def _compute_dive_level_id(self):
        levels = {}
        if self.ids and self._dive_may_see_levels():
            query = self._dive_levels_sql()
            levels = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT * FROM (%s) dive WHERE dive.partner_id IN %s",
                        query,
                        tuple(self.ids),
                    )
                )
            )
        for partner in self:
            partner.dive_level_id = levels.get(partner._origin.id)

    @api.model
    def _dive_may_see_levels(self):
        """Tell whether the user reads levels: from SQL, which asks no record rule.

        So the portal, whose users read some cards and some contacts, does not.
        """
        if not (self.env.su or self.env.user._is_internal()):
            return False
        return self.env["dive.certification"].has_access("read")

    def _dive_levels_sql(self):
        """SQL: (partner_id, level_id) of everybody who has a level today."""
        today = self.env.company._dive_today()
        cards = self.env["dive.certification"]._fields
        levels = self.env["dive.certification.level"]._fields
        names = (
            "partner_id",
            "level_id",
            "active",
            "verification",
            "issue_date",
            "expiry_date",
        )
        return SQL(
            "SELECT DISTINCT ON (card.partner_id) card.partner_id, card.level_id"
            " FROM dive_certification card"
            " JOIN dive_certification_level level ON level.id = card.level_id"
            " WHERE card.active IS TRUE AND card.verification != 'rejected'"
            " AND level.category IN %s"
            " AND (card.issue_date IS NULL OR card.issue_date <= %s)"
            " AND (card.expiry_date IS NULL OR card.expiry_date >= %s)"
            " ORDER BY card.partner_id, level.rank DESC,"
            " (card.verification = 'verified') DESC, card.issue_date DESC NULLS LAST,"
            " card.id DESC",
            LADDER,
            today,
            today,
            to_flush=(
                *(cards[name] for name in names),
                levels["category"],
                levels["rank"],
            ),
        )

    def _dive_level_sql(self, alias, query):
        """SQL: the level's id of ``alias``, NULL for who may not read cards."""
        if not self._dive_may_see_levels():
            return SQL("NULL::integer")
        if query is None:
            return SQL(
                "(SELECT dive.level_id FROM (%s) dive WHERE dive.partner_id = %s)",
                self._dive_levels_sql(),
                SQL.identifier(alias, "id"),
            )
        # To group or sort all customers, one join in place of a look at each.
        levels = query.make_alias(alias, "dive_levels")
        query.add_join(
            "LEFT JOIN",
            levels,
            SQL("(%s)", self._dive_levels_sql()),
            SQL(
                "%s = %s",
                SQL.identifier(alias, "id"),
                SQL.identifier(levels, "partner_id"),
            ),
        )
        return SQL.identifier(levels, "level_id")

    @api.model
    def _search_dive_level_id(self, operator, value):
        """Search by levels; unknown to those who may not read cards."""
        if not self._dive_may_see_levels():
            return Domain.FALSE
        if operator in ("any", "any!"):
            wanted = self.env["dive.certification.level"]._search(value)
            return self._dive_level_in(wanted)
        if operator != "in":
            return NotImplemented
        ids = [item for item in value if item]
        domain = self._dive_level_in(tuple(ids)) if ids else Domain.FALSE
        if len(ids) < len(value):
            domain |= Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "NOT EXISTS (SELECT FROM (%s) dive WHERE dive.partner_id = %s)",
                    model._dive_levels_sql(),
                    SQL.identifier(alias, "id"),
                )
            )
        return domain

    def _dive_level_in(self, wanted):
        levels = wanted if isinstance(wanted, tuple) else wanted.subselect()
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN (SELECT dive.partner_id FROM (%s) dive"
                " WHERE dive.level_id IN %s)",
                SQL.identifier(alias, "id"),
                model._dive_levels_sql(),
                levels,
            )
        )

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    def _dive_held_levels(self, date=None):
        """Return which levels each diver may be taken to hold on a day.

        Those of the cards valid then and not rejected, and what they count as; of cards
        that had ended by then, what was required for them and does not end. The number
        of queries does not depend on how many divers are asked about.

        :param date: a day, past or future; the company's today if none
        :return: partner → ``dive.certification.level`` records
        :rtype: dict
        """
        date = date or self.env.company._dive_today()
        held = self._dive_held_on((partner._origin.id, date) for partner in self)
        return {
            partner: held[partner._origin.id, date].levels.with_env(self.env)
            for partner in self
        }

    @api.model
    def _dive_held_on(self, days):
        """Return what many divers hold, each on days of their own.

        As :meth:`_dive_held_levels`, with as few queries for many as for one.

        :param days: (partner id, day) pairs
        :return: {(partner id, day): Held}
        :rtype: dict
        """
        days = set(days)
        # sudo: yes or no per level, for rooms whose users may not read cards
        cards = self.env["dive.certification"].sudo()
        cards = cards.search_fetch(
            [("partner_id", "in", [id_ for id_, _day in days])], HELD_FIELDS
        )
        periods = cards._dive_periods()
        by_diver = cards.grouped(lambda card: card.partner_id.id)
        known = {}
        held = {
            (partner_id, day): by_diver.get(partner_id, cards[:0])._dive_held(
                day, periods, known
            )
            for partner_id, day in days
        }
        # read all levels at once: each diver is looked at apart from the others
        levels = cards.level_id.union(*(allows.levels for allows in known.values()))
        levels.fetch()
        levels.agency_id.fetch()
        return held

    def _dive_holds(self, level, date=None):
        """Tell whether the diver holds ``level``, or what counts as it, on a day.

        :param level: a ``dive.certification.level``
        :param date: a day, past or future; the company's today if none
        :rtype: bool
        """
        self.ensure_one()
        return level in self._dive_held_levels(date)[self]

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_view_dive_certifications(self):
        """Open the cards of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_certification"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_dive_add_certification(self):
        """Open the short form for a card of this customer."""
        self.ensure_one()
        view = self.env.ref("dive_crm.view_dive_certification_quick_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Card of %(diver)s", diver=self.name),
            "res_model": "dive.certification",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
