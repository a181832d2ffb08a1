import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.partner_query import Part, is_email, parse
from ..tools.text_fold import fold, fold_accents_sql, fold_letters_sql, fold_sql

# What Odoo ships: where somebody else changed it, they want something else.
ODOO_NAMES_SEARCH = ["complete_name", "email", "ref", "vat", "company_registry"]
LINE_FIELDS = [*ODOO_NAMES_SEARCH, "phone", "phone_sanitized"]
INDEX = "res_partner_dive_line_idx"
# One immutable function that calls nothing but PostgreSQL's own: a restored dump must
# be able to build the index while the search path is empty. In PL/pgSQL, as a function
# in SQL is copied into each query and planned anew (3 ms). What is plain ASCII needs no
# Unicode: mostly all but the name, so the name is folded by itself.
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION dive_partner_fold(
        complete_name text, email text, ref text, vat text, company_registry text,
        phone text, phone_sanitized text
    ) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        name text := coalesce(complete_name, '') || ' ';
        line text := coalesce(email, '') || ' '
            || coalesce(ref, '') || ' ' || coalesce(vat, '') || ' '
            || coalesce(company_registry, '');
        digits text := translate(phone, translate(phone, '0123456789', ''), '');
        sanitized text := translate(phone_sanitized, '+', '');
    BEGIN
        IF octet_length(name) <> length(name) THEN
            name := {fold_accents_sql("name")};
            IF octet_length(name) <> length(name) THEN
                name := {fold_letters_sql("name")};
            END IF;
        END IF;
        IF octet_length(line) <> length(line) THEN
            line := {fold_sql("line")};
        END IF;
        line := lower((name || line) COLLATE "C");
        IF digits IS NOT NULL THEN
            line := line || ' ' || digits;
        END IF;
        IF sanitized IS NOT NULL AND sanitized IS DISTINCT FROM digits THEN
            line := line || ' ' || sanitized;
        END IF;
        RETURN line;
    END $$
"""


class ResPartner(models.Model):
    """One search box finds a customer however they are called (rule P5)."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        if (
            operator != "ilike"
            or not isinstance(value, str)
            or not value.strip()
            or self._rec_names_search != ODOO_NAMES_SEARCH
        ):
            return super()._search_display_name(operator, value)
        if is_email(value):
            prefix = Domain(
                "email_normalized", "=like", _escape(value.strip().lower()) + "%"
            )
            if self.with_context(active_test=False).search_count(prefix, limit=1):
                return prefix
        terms = parse(value)
        if not terms:
            return super()._search_display_name(operator, value)
        return Domain.custom(
            to_sql=lambda model, alias, query: _terms_sql(model, alias, query, terms),
            predicate=lambda partner: all(
                term.matches(partner._dive_line()) for term in terms
            ),
        )

    # What Odoo reads besides to make the name, without saying so: named here, it comes
    # with the search, and not in a second query of all columns.
    @api.depends("company_name", "is_company", "parent_id", "type")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _dive_line(self):
        """Return what the database's ``dive_partner_fold`` makes of this partner."""
        words = fold(" ".join(self[name] or "" for name in ODOO_NAMES_SEARCH))
        digits = re.sub(r"[^0-9]", "", self.phone or "")
        sanitized = (self.phone_sanitized or "").replace("+", "")
        return " ".join([words, *dict.fromkeys(filter(None, (digits, sanitized)))])


def _escape(text):
    """Return ``text`` so that LIKE takes each of its characters as itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _terms_sql(model, alias, query, terms):
    """Return the condition that a partner's line satisfies all ``terms``."""
    line = SQL(
        "dive_partner_fold(%s)",
        SQL(", ").join(model._field_to_sql(alias, f, query) for f in LINE_FIELDS),
    )

    def part_sql(part, line):
        found = SQL("%s LIKE %s", line, f"%{_escape(part.text)}%")
        if part.pattern:
            # Not through the index, to which a pattern costs more than it spares.
            found = SQL("%s AND (%s || '') ~ %s", found, line, part.pattern)
        return SQL("(%s)", found)

    def group_sql(root, group):
        """Look up the text that all others contain; among its few rows, the others."""
        if not root.pattern:
            return part_sql(root, line)
        unindexed = SQL("(%s || '')", line)
        others = SQL(" OR ").join(part_sql(part, unindexed) for part in group)
        return SQL("(%s AND (%s))", part_sql(Part(root.text), line), others)

    def term_sql(term):
        single = [parts[0] for parts in term.alternatives if len(parts) == 1]
        found = [group_sql(root, group) for root, group in _by_root(single)]
        found += [
            SQL("(%s)", SQL(" AND ").join(part_sql(part, line) for part in parts))
            for parts in term.alternatives
            if len(parts) > 1
        ]
        return SQL("(%s)", SQL(" OR ").join(found))

    # what the index has: every contact, once Odoo has computed the name
    named = SQL("%s IS NOT NULL", model._field_to_sql(alias, "complete_name", query))
    return SQL("(%s)", SQL(" AND ").join([named, *map(term_sql, terms)]))


def _by_root(parts):
    """Return ``[(root, group)]``: a root stands in each text of its group."""
    groups = []
    for part in sorted(parts, key=lambda part: len(part.text)):
        for root, group in groups:
            if root.text in part.text:
                group.append(part)
                break
        else:
            groups.append((part, [part]))
    return groups
