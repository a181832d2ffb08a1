"""Divers' own cards in the portal: whom they may see, and in which words."""

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.card_number import fits

#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
SLOTS = ("front", "back")


class DiveCertification(models.Model):
    """Portal users have no right but to read; these methods look whose card it is.

    Each of them is private: a controller calls it for the user who is logged in.
    """

    _inherit = "dive.certification"

    source = fields.Selection(
        [
            ("desk", "Desk"),
            ("portal", "Portal"),
            ("import", "Import"),
            ("course", "Our course"),
        ],
        "Came from",
        default="desk",
        required=True,
        readonly=True,
        copy=False,
    )
    level_text = fields.Char(
        "Level in the diver's words",
        readonly=True,
        copy=False,
        help="Of a card whose level was not in the list: choose the right one, or add"
        " it to the catalogue.",
    )
    # The portal reads cards, and not what staff write about them.
    note = fields.Text(groups="base.group_user")

    @api.depends_context("uid")
    def _compute_hint(self):
        """Tell no diver that a number stands on somebody else's card (P8)."""
        if self.env.user._is_internal():
            return super()._compute_hint()
        self.hint = False
        return None

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    @api.model
    def _dive_portal_people(self):
        """Return whose cards the user sees: their own and those of their wards.

        :rtype: res.partner, as superuser
        """
        partners = self.env["res.partner"]
        if not self.has_access("read"):
            return partners.sudo()  # as below
        return partners._dive_portal_people()

    @api.model
    def _dive_portal_divers(self):
        """Return for whom the user may send cards."""
        return self._dive_portal_people().filtered("dive_customer")

    @api.model
    def _dive_portal_cards(self):
        """Return the cards of these people: own ones first, the highest level first."""
        people = self._dive_portal_people()
        cards = self._dive_portal_search([("partner_id", "in", people.ids)])
        place = {partner.id: index for index, partner in enumerate(people)}
        # sudo: a diver may see the card, but not all of it is readable on the portal
        return cards.sorted(
            lambda card: (place[card.partner_id.id], -card.sudo().rank, -card.id)
        )

    @api.model
    def _dive_portal_card(self, card_id):
        """Return the card, or none: whether there is such a card does not show."""
        people = self._dive_portal_people()
        if card_id > LARGEST_ID:
            return self.browse()
        return self._dive_portal_search(
            [("id", "=", card_id), ("partner_id", "in", people.ids)]
        )

    @api.model
    def _dive_portal_search(self, domain):
        return self.search(domain) if self.has_access("read") else self.browse()

    # ------------------------------------------------------------------
    # In plain words
    # ------------------------------------------------------------------

    def _dive_portal_tiles(self):
        """Return what a page shows of each card, as dictionaries of plain values."""
        # The level and its agency are in the catalogue, which the portal reads; the
        # diver may be a ward. Nothing of what is read here is internal.
        unlisted = self._dive_unlisted_level()
        return [card._dive_portal_tile(unlisted) for card in self.sudo()]

    def _dive_portal_tile(self, unlisted):
        level = self.level_id
        other = level == unlisted
        name = self.level_text if other and self.level_text else level.name
        return {
            "id": self.id,
            "url": f"/my/certifications/{self.id}",
            "diver_id": self.partner_id.id,
            "diver": self.partner_id.name,
            "agency": "" if other else level.agency_id.name,
            "level": name,
            "abbreviation": not other and level.abbreviation,
            "number": self.number,
            "issued": self.issue_date and format_date(self.env, self.issue_date),
            "validity": self._dive_portal_validity(),
            "verification": "corrected" if self.corrected else self.verification,
            "state": self.state,
            "reason": self.rejection_reason,
            "open": self._dive_portal_is_open(),
        }

    def _dive_portal_validity(self):
        ends = self.expiry_date and format_date(self.env, self.expiry_date)
        if not ends:
            return self.env._("Does not run out")
        match self.state:
            case "expired":
                return self.env._("Ran out on %(date)s", date=ends)
            case "expiring":
                return self.env._("Runs out on %(date)s", date=ends)
            case _valid:
                return self.env._("Valid until %(date)s", date=ends)

    def _dive_portal_is_open(self):
        """Say whether the diver may still correct the card: nobody has verified it."""
        return self.verification != "verified"

    def _dive_portal_number_hint(self):
        """Return how numbers of this agency usually look, if this one looks otherwise.

        To correct a slip, while nobody has looked.
        """
        card = self.sudo()  # agencies are not readable on the portal
        unusual = not fits(card.agency_id.number_pattern, card.number)
        return card._hint_number() if unusual and card._dive_portal_is_open() else None

    def _dive_portal_pictures(self):
        """Return where the pictures of the card are: dictionaries of plain values."""
        labels = {"front": self.env._("Front"), "back": self.env._("Back side")}
        pictures = []
        for slot in SLOTS:
            # Only where it is; the address asks the user who opens it.
            if file := self._dive_sealed_file(slot):
                pictures.append(
                    {
                        "label": labels[slot],
                        "url": f"/dive/file/{file.id}",
                        "pdf": file.mimetype == "application/pdf",
                    }
                )
        return pictures

    # ------------------------------------------------------------------
    # Levels
    # ------------------------------------------------------------------

    @api.model
    def _dive_unlisted_level(self):
        """Return the level that stands in for one that is not in the catalogue.

        None if the centre has deleted or archived it: then nothing is taken but what
        is in the catalogue.
        """
        level = self.env.ref("dive_crm.level_unlisted", raise_if_not_found=False)
        level = level or self.env["dive.certification.level"]
        return level.filtered("active")

    @api.model
    def _dive_portal_levels(self):
        """Return all levels to choose from, by agency, in a fixed number of queries.

        :return: agency → levels
        :rtype: dict
        """
        levels = self.env["dive.certification.level"].search_fetch(
            [("id", "not in", self._dive_unlisted_level().ids)],
            ["name", "abbreviation", "agency_id", "renewal_months"],
        )
        return levels.grouped("agency_id")

    @api.model
    def _dive_portal_find_levels(self, text, limit=20):
        """Return levels for a few typed letters, the closest first.

        :return: list of {id, name, renews}
        """
        levels = self.env["dive.certification.level"]
        found = levels.name_search(
            text, [("id", "not in", self._dive_unlisted_level().ids)], limit=limit
        )
        renews = dict(
            levels.browse([level_id for level_id, _name in found])
            .filtered("renewal_months")
            .mapped(lambda level: (level.id, True))
        )
        return [
            {"id": level_id, "name": name, "renews": renews.get(level_id, False)}
            for level_id, name in found
        ]
