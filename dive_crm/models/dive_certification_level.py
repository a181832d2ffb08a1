from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

# What says which level counts as which.
CATALOGUE_FIELDS = {
    "iso_level",
    "renewal_months",
    "prerequisite_ids",
    "next_level_ids",
}


class DiveCertificationLevel(models.Model):
    _name = "dive.certification.level"
    _description = "Certification level"
    _inherit = ["dive.catalogue.mixin"]
    _order = "agency_id, rank, sequence, name, id"

    agency_id = fields.Many2one(
        "dive.agency", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char(translate=True)
    abbreviation = fields.Char(help="As divers say it, e.g. AOWD.")
    category = fields.Selection(
        [
            ("beginner", "Beginner"),
            ("advanced", "Advanced"),
            ("professional", "Professional"),
            ("specialty", "Specialty"),
            ("continuing", "Continuing education"),
        ],
        required=True,
        default="specialty",
        index=True,
        help="Beginner, advanced and professional levels are the ladder of scuba "
        "divers; a diver's level is the highest of them. Freediving and technical "
        "levels are specialties, first aid is continuing education.",
    )
    # A sum of ranks, depths or ages says nothing.
    rank = fields.Integer(
        aggregator=None,
        required=True,
        default=25,
        help="Compares levels of all agencies: 0 introduction, 10 supervised diver, "
        "20 autonomous diver, 25 specialties, 30 advanced, 40 rescue, 50 dive leader, "
        "60 assistant instructor, 70 instructor, 80 senior instructor, "
        "90 instructor trainer. First aid is 5.",
    )
    iso_level = fields.Selection(
        [
            ("11121", "ISO 11121 introductory programme"),
            ("24801-1", "ISO 24801-1 supervised diver"),
            ("24801-2", "ISO 24801-2 autonomous diver"),
            ("24801-3", "ISO 24801-3 dive leader"),
            ("24802-1", "ISO 24802-1 instructor, level 1"),
            ("24802-2", "ISO 24802-2 instructor, level 2"),
            ("11107", "ISO 11107 enriched air nitrox"),
        ],
        "ISO level",
        index="btree_not_null",
        help="Only where the level is recognised as conforming. Levels of the same ISO "
        "level count as each other.",
    )
    max_depth_m = fields.Float("Greatest depth (m)", digits=(6, 1), aggregator=None)
    min_age = fields.Integer("Minimum age", aggregator=None)
    autonomy = fields.Selection(
        [
            ("supervised", "Supervised"),
            ("autonomous", "Autonomous"),
            ("leader", "Leads divers"),
            ("instructor", "Teaches"),
        ]
    )
    gas = fields.Selection(
        [
            ("air", "Air"),
            ("nitrox", "Nitrox"),
            ("advanced_nitrox", "Advanced nitrox"),
            ("trimix", "Trimix"),
            ("oxygen", "Oxygen"),
            ("rebreather", "Rebreather"),
        ]
    )
    renewal_months = fields.Integer(
        "Renewal (months)",
        aggregator=None,
        help="A card is valid this long; empty: it never ends.",
    )
    prerequisite_ids = fields.Many2many(
        "dive.certification.level",
        "dive_certification_level_prerequisite_rel",
        "level_id",
        "prerequisite_id",
        "Prerequisites",
        help="Held before the course begins, or what counts as them.",
    )
    next_level_ids = fields.Many2many(
        "dive.certification.level",
        "dive_certification_level_prerequisite_rel",
        "prerequisite_id",
        "level_id",
        "Leads to",
    )
    prerequisite_dives = fields.Integer("Logged dives needed", aggregator=None)
    archived_with_agency = fields.Boolean(copy=False, readonly=True)
    equivalence_ids = fields.One2many(
        "dive.certification.equivalence", "level_id", "Equivalences"
    )
    counts_as_ids = fields.Many2many(
        "dive.certification.level",
        string="Counts as",
        compute="_compute_counts_as_ids",
        help="What a holder may be taken to hold: what comes before, the same ISO "
        "level of other agencies, equivalences.",
    )

    _code_unique = models.UniqueIndex("(code)", "Another level has this code.")
    _figures_range = models.Constraint(
        "CHECK (rank BETWEEN 0 AND 100 AND COALESCE(max_depth_m, 0) BETWEEN 0 AND 350"
        " AND COALESCE(min_age, 0) BETWEEN 0 AND 99"
        " AND COALESCE(renewal_months, 0) BETWEEN 0 AND 600"
        " AND COALESCE(prerequisite_dives, 0) BETWEEN 0 AND 10000)",
        "Rank, depth, age, months and dives are positive numbers in a sensible range.",
    )

    @api.depends("name", "abbreviation", "agency_id.name")
    def _compute_display_name(self):
        for level in self:
            name = f"{level.agency_id.name} · {level.name}"
            if level.abbreviation:
                name = f"{name} ({level.abbreviation})"
            level.display_name = name

    @api.depends("iso_level", "renewal_months", "prerequisite_ids", "equivalence_ids")
    def _compute_counts_as_ids(self):
        for level in self:
            level.counts_as_ids = level._origin._dive_counts_as() - level._origin

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.onchange("agency_id", "abbreviation")
    def _onchange_propose_code(self):
        if self.agency_id and self.abbreviation and not self.code:
            words = f"{self.agency_id.code}-{self.abbreviation}"
            self.code = self._dive_with_clean_code({"code": words})["code"]

    @api.model
    def _dive_ranges(self):
        """Return field → (lowest, highest); the database has the same."""
        return {
            "rank": (0, 100),
            "max_depth_m": (0, 350),
            "min_age": (0, 99),
            "renewal_months": (0, 600),
            "prerequisite_dives": (0, 10000),
        }

    @api.model
    def _dive_check_ranges(self, vals):
        """Refuse figures out of range; the database would, without saying which."""
        for name, (low, high) in self._dive_ranges().items():
            if not low <= (vals.get(name) or 0) <= high:
                label = self._fields[name].get_description(self.env, ["string"])
                raise ValidationError(
                    self.env._(
                        "%(level)s: “%(field)s” is a number from %(low)s to %(high)s.",
                        level=vals.get("name") or self[:1].display_name,
                        field=label["string"],
                        low=low,
                        high=high,
                    )
                )

    @api.constrains("prerequisite_ids", "rank")
    def _check_prerequisites(self):
        if self._has_cycle("prerequisite_ids"):
            raise ValidationError(
                self.env._(
                    "%(levels)s: the prerequisites lead back to where they began. "
                    "Take one of them out.",
                    levels=", ".join(self.mapped("display_name")),
                )
            )
        levels = self.with_context(active_test=False)
        for level in levels | levels.next_level_ids:
            for before in level.prerequisite_ids:
                if before.rank >= level.rank:
                    raise ValidationError(
                        self.env._(
                            "%(level)s has rank %(rank)s and must be above its "
                            "prerequisite %(before)s, which has rank %(low)s.",
                            level=level.display_name,
                            rank=level.rank,
                            before=before.display_name,
                            low=before.rank,
                        )
                    )

    @api.constrains("active", "agency_id")
    def _check_agency_active(self):
        for level in self:
            if level.active and not level.agency_id.active:
                raise ValidationError(
                    self.env._(
                        "%(level)s cannot be offered: %(agency)s is archived. "
                        "Unarchive the agency first.",
                        level=level.display_name,
                        agency=level.agency_id.name,
                    )
                )

    def _dive_used_by(self):
        after = self.with_context(active_test=False).next_level_ids - self
        users = super()._dive_used_by()
        if after:
            users.append(
                self.env._(
                    "prerequisite of %(levels)s",
                    levels=", ".join(after.mapped("display_name")),
                )
            )
        return users

    # ------------------------------------------------------------------
    # What counts as what
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_ranges(vals)
        levels = super().create(vals_list)
        self._dive_forget_catalogue()
        return levels

    def write(self, vals):
        self._dive_check_ranges(vals)
        result = super().write(vals)
        if not vals.keys().isdisjoint(CATALOGUE_FIELDS):
            self._dive_forget_catalogue()
        return result

    def unlink(self):
        result = super().unlink()
        self._dive_forget_catalogue()
        return result

    @api.model
    def _dive_forget_catalogue(self):
        """Let the catalogue be read anew, now and by others after the commit.

        A request beside this one may have read, and kept, what was there before.
        """
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    @ormcache()
    def _dive_catalogue(self):
        """Return what counts as what, as ids, in a fixed number of queries.

        :return: level → prerequisites; level → levels of its ISO level; level →
            levels it is accepted as; the levels whose cards end
        """
        # The catalogue is the same for everybody; who asks need not be able to read it.
        levels = self.sudo().with_context(active_test=False)
        rows = levels.search_fetch(
            [], ["iso_level", "renewal_months", "prerequisite_ids"]
        )
        before, same_iso, ends = {}, defaultdict(list), set()
        for level in rows:
            before[level.id] = tuple(level.prerequisite_ids._ids)
            if level.iso_level:
                same_iso[level.iso_level].append(level.id)
            if level.renewal_months:
                ends.add(level.id)
        iso = {i: tuple(ids) for ids in same_iso.values() for i in ids}
        accepted = defaultdict(tuple)
        # sudo: the table is that of everybody, kept for all by the registry's cache
        equivalences = self.env["dive.certification.equivalence"].sudo()
        for row in equivalences.search_fetch([], ["level_id", "counts_as_id"]):
            accepted[row.level_id.id] += (row.counts_as_id.id,)
        return before, iso, dict(accepted), frozenset(ends)

    def _dive_counts_as(self):
        """Return the levels that a holder of ``self`` may be taken to hold.

        Those themselves and what they require; levels of the same ISO level; one step
        of equivalence, never two; and what all of these require. A required level
        whose cards end (first aid, memberships) is not among them: it may have ended
        since. What such a level required in its turn is: it was held once, and stays.

        :rtype: dive.certification.level
        """
        _before, iso, accepted, _ends = self._dive_catalogue()
        own = self._dive_with_required(set(self._origin.ids))
        others = {
            other for i in own for other in (*iso.get(i, ()), *accepted.get(i, ()))
        }
        return self.browse(sorted(own | self._dive_with_required(others)))

    def _dive_outlasts(self):
        """Return the levels that a holder of ``self`` keeps when the card has ended.

        What it required and does not end itself, and what that counts as: instructors
        whose membership has lapsed are divers all the same.

        :rtype: dive.certification.level
        """
        own = set(self._origin.ids)
        required = self._dive_with_required(own) - own
        return self.browse(sorted(required))._dive_counts_as()

    @api.model
    def _dive_with_required(self, ids):
        """Return ``ids`` (a set) and what they require, without those that end."""
        before, _iso, _accepted, ends = self._dive_catalogue()
        seen, todo = set(ids), list(ids)
        while todo:
            new = [i for i in before.get(todo.pop(), ()) if i not in seen]
            seen.update(new)
            todo += new
        return {i for i in seen if i in ids or i not in ends}
