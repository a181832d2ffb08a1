from odoo import api, fields, models

#: more is a typing error
MOST_HEADS = 1000


class DiveHeadCount(models.Model):
    """How many divers somebody has counted, before the way out or on the way back.

    Guides and crew are not counted. Only added: a wrong count is followed by another.
    """

    _name = "dive.head.count"
    _inherit = ["dive.append.only.mixin"]
    _description = "Head count"
    _order = "id desc"
    _rec_name = "counted_by"
    _log_access = False

    # plain numbers: see dive.append.only.mixin
    key = fields.Char(readonly=True, required=True)
    date = fields.Datetime("Counted at", readonly=True, required=True)
    trip_id = fields.Integer(
        "Trip's number", readonly=True, required=True, aggregator=False
    )
    company_id = fields.Integer("Company's number", readonly=True, aggregator=False)
    kind = fields.Selection(
        [("out", "On the way out"), ("back", "On the way back")],
        "When",
        readonly=True,
        required=True,
    )
    number = fields.Integer("Divers", readonly=True, required=True, aggregator=False)
    expected = fields.Integer(
        "On the list",
        readonly=True,
        aggregator=False,
        help="How many divers were on the list then.",
    )
    counted_by = fields.Char(readonly=True, required=True)
    user_id = fields.Integer(
        "User's number", readonly=True, required=True, aggregator=False
    )
    user_name = fields.Char("Entered by", readonly=True, required=True)

    _key_once = models.UniqueIndex("(trip_id, key)")

    @api.model
    def _dive_of(self, trip, kind=None, since=None):
        """Return the counts of a trip, in their order.

        :param kind: only these, out or back
        :param since: only those made from then on
        """
        domain = [("trip_id", "=", trip.id)]
        if kind:
            domain.append(("kind", "=", kind))
        if since:
            domain.append(("date", ">=", since))
        return self.search(domain, order="id")

    @api.model
    def _dive_person(self, name):
        """Return by what two people are told apart: their names, however written."""
        return " ".join((name or "").casefold().split())

    def _dive_last_two(self):
        """Return the last counts of two different people, the older first."""
        latest = {}
        for count in self:
            latest.pop(self._dive_person(count.counted_by), None)
            latest[self._dive_person(count.counted_by)] = count
        return self.browse([count.id for count in latest.values()][-2:])
