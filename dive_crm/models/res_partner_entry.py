"""A new customer step by step: each step is a form of the customer, saved by itself."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_date

from .res_partner import STAFF_GROUPS

STEPS = [
    ("details", "Details"),
    ("contacts", "Contacts"),
    ("medical", "Medical"),
    ("cards", "Certifications"),
    ("preferences", "Preferences"),
]
#: so many customers who might be the same are named
ALIKE = 4
PREFERENCES = (
    "dive_channel",
    "dive_favorite_site_ids",
    "dive_favorite_type_ids",
    "dive_diet",
    "dive_own_gear",
    "dive_size_suit",
    "dive_size_bcd",
    "dive_size_fins",
    "dive_size_boots",
    "dive_weight_kg",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_entry_step = fields.Selection(
        STEPS, "Step", compute="_compute_dive_entry_step", groups=STAFF_GROUPS
    )
    dive_entry_text = fields.Char(
        "Steps done", compute="_compute_dive_entry_text", groups=STAFF_GROUPS
    )
    dive_entry_left = fields.Boolean(
        "Steps left", compute="_compute_dive_entry_text", groups=STAFF_GROUPS
    )
    dive_alike = fields.Json(
        "Might be the same",
        compute="_compute_dive_alike",
        groups=STAFF_GROUPS,
        exportable=False,
    )

    @api.depends_context("dive_step")
    def _compute_dive_entry_step(self):
        step = self.env.context.get("dive_step")
        self.dive_entry_step = step if step in dict(STEPS) else False

    @api.depends(
        "name",
        "birthdate_date",
        "phone",
        "email",
        "dive_guardian_id",
        "dive_emergency_contact_ids",
        "dive_certification_ids",
        *PREFERENCES,
    )
    @api.depends_context("lang")
    def _compute_dive_entry_text(self):
        for partner in self:
            done = partner._dive_entry_done()
            partner.dive_entry_left = len(done) < len(STEPS)
            partner.dive_entry_text = self.env._(
                "%(done)s of %(all)s done", done=len(done), all=len(STEPS)
            )

    def _dive_entry_done(self):
        """Return which steps have been filled in for this customer."""
        self.ensure_one()
        reached = self.phone or self.email or self.dive_guardian_id
        done = {
            "details": self.name and self.birthdate_date and reached,
            "contacts": self.dive_emergency_contact_ids
            and not self.dive_guardian_missing,
            "medical": self.dive_medical_status not in ("none", "pending", "expired"),
            "cards": self.dive_certification_count,
            "preferences": any(self[name] for name in PREFERENCES),
        }
        return [step for step, _label in STEPS if done[step]]

    # ------------------------------------------------------------------
    # Who might be the same
    # ------------------------------------------------------------------

    @api.depends("name", "phone", "email", "country_id")
    @api.depends_context("lang")
    def _compute_dive_alike(self):
        for partner in self:
            partner.dive_alike = [
                other._dive_alike_item(why) for other, why in partner._dive_find_alike()
            ]

    def _dive_find_alike(self):
        """Return customers who might be this one, with what they share.

        The same e-mail or phone, or all words of a first and last name.
        """
        email = email_normalize(self.email or "") or ""
        phone = self._dive_phone_digits()
        name = " ".join((self.name or "").split())
        wanted = [
            (
                self.env._("same e-mail"),
                email and Domain("email_normalized", "=", email),
            ),
            (self.env._("same phone"), phone and Domain("phone_sanitized", "=", phone)),
            (
                self.env._("same name"),
                " " in name and Domain("display_name", "ilike", name),
            ),
        ]
        found = {}
        for why, domain in wanted:
            if not domain:
                continue
            others = self.search(
                domain
                & Domain([("dive_customer", "=", True)])
                & Domain("id", "not in", self._origin.ids),
                limit=ALIKE,
            )
            for other in others:
                found.setdefault(other, why)
        return list(found.items())[:ALIKE]

    def _dive_phone_digits(self):
        """Return the phone as it is stored for comparison; empty if it is none."""
        if not self.phone:
            return ""
        values = {"phone": self.phone, "country_id": self.country_id.id}
        try:
            international = self._dive_phone_from(values)
        except ValidationError:
            return ""  # still being typed
        return "+" + re.sub(r"\D", "", international)

    def _dive_alike_item(self, why):
        born = self.birthdate_date
        parts = [
            self.ref,
            born and self.env._("born %(date)s", date=format_date(self.env, born)),
            why,
        ]
        return {
            "id": self.id,
            "name": self.name,
            "text": " · ".join(filter(None, parts)),
        }

    # ------------------------------------------------------------------
    # From step to step
    # ------------------------------------------------------------------

    def action_dive_entry(self):
        """Go on where something is missing."""
        self.ensure_one()
        done = self._dive_entry_done()
        left = [step for step, _label in STEPS if step not in done]
        return self._dive_entry_open(left[0] if left else STEPS[0][0])

    def action_dive_entry_next(self):
        """Open the step after the one in the context; after the last, the customer."""
        return self._dive_entry_move(1)

    def action_dive_entry_back(self):
        """Open the step before the one in the context."""
        return self._dive_entry_move(-1)

    def action_dive_entry_close(self):
        """Leave the rest for later: open the customer."""
        return {**self._dive_open_action(), "target": "main"}

    def _dive_entry_move(self, way):
        self.ensure_one()
        names = [step for step, _label in STEPS]
        step = self.env.context.get("dive_step")
        place = (names.index(step) if step in names else 0) + way
        if not 0 <= place < len(names):
            return self.action_dive_entry_close()
        return self._dive_entry_open(names[place])

    def _dive_entry_open(self, step):
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            f"dive_crm.action_dive_entry_{step}"
        )
        return {**action, "res_id": self.id, "target": "main"}
