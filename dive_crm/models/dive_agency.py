from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.number_pattern import reason_against


class DiveAgency(models.Model):
    _name = "dive.agency"
    _description = "Certification agency"
    _inherit = ["dive.catalogue.mixin"]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code", "full_name"]

    full_name = fields.Char(help="What the letters stand for.")
    kind = fields.Selection(
        [
            ("scuba", "Scuba"),
            ("technical", "Technical"),
            ("freedive", "Freediving"),
            ("first_aid", "First aid"),
        ],
        required=True,
        default="scuba",
        help="What the agency is best known for.",
    )
    website = fields.Char()
    verification_url = fields.Char(
        "Check page", help="The agency's public page on which a card is looked up."
    )
    number_pattern = fields.Char(
        help="Regular expression of the whole card number, e.g. [0-9]{10}. A number "
        "that does not fit is pointed out, never refused."
    )
    number_hint = fields.Char(help="The same in words, e.g. “10 digits”.")
    level_ids = fields.One2many("dive.certification.level", "agency_id", "Levels")
    level_count = fields.Integer("Number of levels", compute="_compute_level_count")

    _code_unique = models.UniqueIndex("(code)", "Another agency has this code.")

    @api.depends("level_ids")
    def _compute_level_count(self):
        counts = dict(
            self.env["dive.certification.level"]._read_group(
                [("agency_id", "in", self.ids)], ["agency_id"], ["__count"]
            )
        )
        for agency in self:
            agency.level_count = counts.get(agency._origin, 0)

    @api.constrains("number_pattern")
    def _check_number_pattern(self):
        for agency in self:
            reason = reason_against(agency.number_pattern, self.env)
            if reason:
                raise ValidationError(
                    self.env._(
                        "The number pattern of %(agency)s cannot be used: %(reason)s",
                        agency=agency.name,
                        reason=reason,
                    )
                )

    @api.constrains("website", "verification_url")
    def _check_addresses(self):
        for agency in self:
            for address in (agency.website, agency.verification_url):
                if address and not address.startswith(("https://", "http://")):
                    raise ValidationError(
                        self.env._(
                            "“%(address)s” is no web address: write it with https:// "
                            "in front.",
                            address=address,
                        )
                    )

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self._dive_archive_levels(bool(vals["active"]))
        return result

    def _dive_archive_levels(self, active):
        """Let the levels go with their agency, and come back with it.

        Those that were archived before their agency stay so.
        """
        levels = self.env["dive.certification.level"].with_context(active_test=False)
        domain = [("agency_id", "in", self.ids), ("active", "!=", active)]
        if active:
            domain.append(("archived_with_agency", "=", True))
        levels.search(domain).write(
            {"active": active, "archived_with_agency": not active}
        )

    def _dive_page(self):
        """Return the page on which a card is looked up, else the website, or False."""
        return self.verification_url or self.website

    def action_open_check_page(self):
        """Open the page on which the agency lets look up a card, or its website.

        :raise UserError: neither is known
        """
        self.ensure_one()
        address = self._dive_page()
        if not address:
            raise UserError(
                self.env._(
                    "No page of %(agency)s is known. A manager can enter it under "
                    "Configuration, Agencies.",
                    agency=self.name,
                )
            )
        return {"type": "ir.actions.act_url", "url": address, "target": "new"}

    def action_view_levels(self):
        """Open the agency's levels, archived ones too where it is archived itself."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_certification_level"
        )
        action["domain"] = [("agency_id", "=", self.id)]
        action["context"] = {
            "default_agency_id": self.id,
            "active_test": self.active,
        }
        return action
