"""One scan of an item's label hands it out, or takes it back."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: a second scan so soon is the scanner's doing, not a return
TWICE = timedelta(seconds=10)
#: for trips that begin within this time an item is handed out by a scan
SOON = timedelta(hours=24)


class DiveEquipment(models.Model):
    _inherit = "dive.equipment"

    @api.model
    def action_scan(self, code, trip_id=None):
        """Hand out the item with this code, or take it back if it is out.

        :param str code: barcode, serial number or name, as a scanner or a hand types it
        :param trip_id: the trip on the screen; what is reserved for it goes out first
        :return: ``{"type": "success" or "warning", "message": …}``
        :rtype: dict
        """
        self.env["dive.gear"]._dive_check_may_lend()
        item = self._dive_by_code(code)
        if not item:
            return self._dive_scanned(
                "warning",
                self.env._(
                    "No item has the code “%(code)s”. Enter it as the barcode of the"
                    " item, or type the name that is written on it.",
                    code=(code or "").strip(),
                ),
            )
        lent = item._dive_lent()
        out = lent.filtered(lambda loan: loan.state == "out")
        if out:
            return item._dive_scan_back(out)
        return item._dive_scan_out(lent, trip_id)

    @api.model
    def _dive_by_code(self, code):
        code = (code or "").strip()
        if not code:
            return self.browse()
        here = [False, *self.env.company.parent_ids.ids]
        for field in ("barcode", "serial", "name"):
            found = self.search(
                Domain(field, "=ilike", _literal(code))
                & Domain("company_id", "in", here),
                limit=2,
            )
            if len(found) == 1:
                return found
        return self.browse()

    def _dive_scan_back(self, out):
        who = out.partner_id.name
        if out.out_on and fields.Datetime.now() - out.out_on < TWICE:
            return self._dive_scanned(
                "warning",
                self.env._(
                    "%(item)s has just gone out to %(who)s. To take it back, scan it"
                    " again in a moment.",
                    item=self.display_name,
                    who=who,
                ),
            )
        # a need of another company is not this user's to end
        self.env["dive.gear"].browse(out.gear_id.ids).action_take_back()
        return self._dive_scanned(
            "success",
            self.env._(
                "%(item)s is back from %(who)s.", item=self.display_name, who=who
            ),
        )

    def _dive_scan_out(self, lent, trip_id):
        now = fields.Datetime.now()
        soon = lent.filtered(
            lambda loan: (
                loan.trip_id.id == trip_id
                or (loan.date_from <= now + SOON and loan.date_to >= now)
            )
        )
        loan = soon.sorted(lambda loan: (loan.trip_id.id != trip_id, loan.date_from))[
            :1
        ]
        if not loan:
            why = self._dive_why_not_lent(self.env.company._dive_today())
            return self._dive_scanned(
                "warning",
                why
                or self.env._(
                    "%(item)s is reserved for nobody now: choose it in the line of the"
                    " diver who gets it.",
                    item=self.display_name,
                ),
            )
        gear = self.env["dive.gear"].browse(loan.gear_id.ids)
        gear.action_give_out()
        return self._dive_scanned(
            "success",
            self.env._(
                "%(item)s goes to %(who)s.",
                item=self.display_name,
                who=loan._dive_who(),
            ),
        )

    @api.model
    def _dive_scanned(self, kind, message):
        return {"type": kind, "message": message}


def _literal(code):
    """Return a code such that LIKE finds it and nothing else."""
    return code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
