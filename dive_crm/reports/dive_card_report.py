"""A prepaid card on paper, with what is left on it."""

from odoo import api, models
from odoo.exceptions import UserError

from ..models.dive_discount_card_paper import REPORT


class DiveCardReport(models.AbstractModel):
    _name = f"report.{REPORT}"
    _description = "Prepaid card"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return a page for each card.

        The report is open to the web by itself: it asks for the right to read the
        cards, which a diver has for those of the own family. The code to scan is for
        these, and for staff who may read it.

        :raise UserError: there is none, or one was never sold
        """
        cards = self.env["dive.discount.card"].browse(docids or ()).exists()
        if not cards:
            raise UserError(self.env._("This card does not exist any more."))
        cards._dive_check_paper()
        with_code = self.env.user._is_portal() or cards._has_field_access(
            cards._fields["code"], "read"
        )
        # sudo: names of services, and the letterhead
        papers = [card._dive_paper(with_code) for card in cards.sudo()]
        return {"docs": cards, "papers": papers}
