import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.text_fold import fold


class DiveCertificationLevel(models.Model):
    """A few typed letters find the level: "adv open padi", "n2 ffessm", "aowd"."""

    _inherit = "dive.certification.level"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        words = fold(name).split()
        if operator != "ilike" or not words:
            return super().name_search(name, domain, operator, limit)
        closeness = self._dive_find(words)
        found = self.search_fetch(
            Domain("id", "in", list(closeness)) & Domain(domain or Domain.TRUE),
            ["display_name"],
        ).sorted(lambda level: closeness[level.id])[:limit]
        # As Odoo does: whoever may find a level may see its agency's name.
        return [(level.id, level.display_name) for level in found.sudo()]

    @api.model
    def _search_display_name(self, operator, value):
        if operator == "ilike" and isinstance(value, str) and fold(value).split():
            return Domain("id", "in", list(self._dive_find(fold(value).split())))
        if operator == "in":
            # Imports name a level by its code, or as an export wrote it.
            names = {str(name).strip() for name in value}
            alike = set()
            for name in names:
                alike.update(self._dive_find(re.findall(r"[^\s·()]+", fold(name))))
            named = self.browse(alike).filtered(lambda lvl: lvl.display_name in names)
            codes = [name.upper() for name in names]
            return Domain("code", "in", codes) | Domain("id", "in", named.ids)
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented  # Odoo turns the positive answer round
        return super()._search_display_name(operator, value)

    @api.model
    def _dive_find(self, words):
        """Return level id → how close it is, for the levels that fit all ``words``.

        Closest first, that is lowest: those whose abbreviation or code was typed, then
        those of whose name least was left out.

        :param words: typed words, folded
        """
        return {
            level_id: closeness
            for level_id, *texts in self._dive_search_texts()
            if (closeness := _closeness(words, *map(fold, texts))) is not None
        }

    @api.model
    def _dive_search_texts(self):
        """Return (id, name in all languages, abbreviation, code, agency) per level."""
        self.flush_model(["name", "abbreviation", "code", "agency_id"])
        self.env["dive.agency"].flush_model(["name", "code", "full_name"])
        return self.env.execute_query(
            SQL(
                """
                SELECT level.id,
                       (SELECT string_agg(value, ' ') FROM jsonb_each_text(level.name)),
                       level.abbreviation,
                       level.code,
                       concat_ws(' ', agency.name, agency.code, agency.full_name)
                  FROM dive_certification_level level
                  JOIN dive_agency agency ON agency.id = level.agency_id
                """
            )
        )


def _closeness(words, name, abbreviation, code, agency):
    """Return how close a level is to the typed words, or ``None`` if one is missing."""
    text = " ".join((name, abbreviation, code, agency))
    starts = (*text.split(), *re.findall(r"\w+", text))
    for word in words:
        # "taucher" is in "Sporttaucher"; two letters are in half of all words.
        inside = len(word) > 2 and word in name
        if not inside and not any(start.startswith(word) for start in starts):
            return None
    left_out = sum(
        not any(part.startswith(word) for word in words) for part in name.split()
    )
    return (abbreviation not in words and code not in words, left_out)
