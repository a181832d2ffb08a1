"""The cards of a file beside those that are known: which are made, which completed."""

from collections import defaultdict

from ...tools.card_number import number_key


def plan_cards(plan):
    """Decide which cards each operation of a plan makes or completes.

    Sets ``cards`` of the operations to (known card or None, values) pairs; one query
    for all cards of all known customers, one for numbers that others have.
    """
    operations = [op for op in plan.operations if op.said_cards]
    if not operations:
        return
    known = _known_cards(plan.env, operations)
    owners = _Owners(plan.env, operations)
    for operation in operations:
        born = operation.values.get("birthdate_date")
        partner = operation.partner
        born = born or (partner and partner.birthdate_date)
        mine = known.get(partner.id, {}) if partner else {}
        for row, card in operation.said_cards:
            if born and card.issued and card.issued <= born:
                text = plan.env._(
                    "Certified on %(date)s, but born on %(born)s.",
                    date=card.issued,
                    born=born,
                )
                plan.checker.say(row, "card_impossible", "certified_on", text)
                continue
            owners.note(plan, row, card, operation)
            _plan_card(plan, operation, row, card, mine)


def _plan_card(plan, operation, row, card, mine):
    there = mine.get(card.key) or mine.get((card.level.id, ""))
    if there is None and not card.number:
        # Without a number any card of the level is this one.
        there = next((c for key, c in mine.items() if key[0] == card.level.id), None)
    if there is None:
        there = _Planned(card.level)
    key = there.key
    if there.take(card) and not there.planned:
        there.planned = True
        operation.cards.append((there.card, there.added))
    # It may have a number now, so that a row with another one means another card.
    mine.pop(key, None)
    mine[there.key] = there
    for name, text in there.kept(plan.env, card):
        plan.checker.say(row, "card_kept", name, text)


class _Planned:
    """A card as it will be after the import: what is known of it, and what rows add.

    :param level: of the card
    :param card: the ``dive.certification`` that is here; None for a new one
    """

    def __init__(self, level, card=None):
        self.level = level
        self.card = card
        self.added = {}
        self.planned = False

    def says(self, name):
        """Return what the card will say."""
        return self.added.get(name) or (self.card and self.card[name])

    @property
    def key(self):
        """What tells it from other cards of the diver."""
        return self.level.id, number_key(self.says("number") or "")

    def take(self, said):
        """Add what a row says and the card does not, as far as it may.

        :param Card said:
        :return: whether there was anything
        """
        added = {
            name: value
            for name, value in said.values().items()
            if value and not self.says(name) and self._may_take(name, value)
        }
        self.added.update(added)
        return bool(added)

    def _may_take(self, name, value):
        """Tell whether an empty field may be filled: not if a check has proven it."""
        card = self.card
        if card is None:
            return True
        if name == "issue_date" and card.expiry_date and value > card.expiry_date:
            return False
        if card.verification == "unverified":
            return True
        return name == "number" and card._dive_issued_by_us()

    def kept(self, env, said):
        """Yield what a row says otherwise than a card that is here.

        :return: name of the column, text
        """
        if self.card is None:
            return
        if said.number and not self.says("number"):
            text = env._(
                "The card here was checked without a number, the file says %(number)s.",
                number=said.number,
            )
            yield "card_number", text
        here = self.says("issue_date")
        if said.issued and here and said.issued != here:
            text = env._(
                "The card here was issued on %(here)s, the file says %(date)s.",
                here=here,
                date=said.issued,
            )
            yield "certified_on", text
        elif said.issued and not here:
            text = env._(
                "The card here stays without a date, since it was checked so or ended"
                " before: the file says %(date)s.",
                date=said.issued,
            )
            yield "certified_on", text


def _known_cards(env, operations):
    """Return the cards of known customers: partner id → key → what is planned."""
    partner_ids = [op.partner.id for op in operations if op.partner]
    known = defaultdict(dict)
    if partner_ids:
        for card in env["dive.certification"].search(
            [("partner_id", "in", partner_ids)], order="id desc"
        ):
            planned = _Planned(card.level_id, card)
            known[card.partner_id.id][planned.key] = planned
    return known


class _Owners:
    """Who bears the number of an agency already: in the system, then in the file."""

    def __init__(self, env, operations):
        self.env = env
        keys = {
            number_key(card.number) for op in operations for _row, card in op.said_cards
        } - {""}
        cards = env["dive.certification"]
        # (agency id, number key) → (partner id or operation, name)
        self.owners = {
            (card.agency_id.id, card.number_key): (
                card.partner_id.id,
                card.partner_id.name,
            )
            for card in cards.search([("number_key", "in", list(keys))])
        }

    def note(self, plan, row, card, operation):
        """Tell if the number stands on a card of somebody else."""
        number = number_key(card.number)
        if not number:
            return
        bearer = operation.partner.id if operation.partner else operation
        owner, name = self.owners.setdefault(
            (card.level.agency_id.id, number), (bearer, operation.name)
        )
        if owner == bearer:
            return
        text = plan.env._(
            "%(number)s stands on the card of %(diver)s too.",
            number=card.number,
            diver=name,
        )
        plan.checker.say(row, "card_two_divers", "card_number", text)


def write_cards(env, pairs):
    """Make and complete the cards of (partner id, operation) pairs."""
    new = []
    for partner_id, operation in pairs:
        for card, values in operation.cards:
            if card:
                card.write(values)
            else:
                new.append({**values, "partner_id": partner_id, "source": "import"})
    # No chatter message for each of thousands of new records.
    env["dive.certification"].with_context(tracking_disable=True).create(new)
