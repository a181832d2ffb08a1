"""Sums of floats had left some cards with less than anybody sees beside their price."""


def migrate(cr, version):
    """Round what cards have consumed to the units of their currencies."""
    cr.execute(
        """
        UPDATE dive_discount_card card
           SET consumed = round(card.consumed, theirs.decimal_places),
               consumed_booked = round(card.consumed_booked, ours.decimal_places),
               visits = round(card.visits, 3)
          FROM res_currency theirs, res_currency ours, res_company company
         WHERE theirs.id = card.currency_id
           AND company.id = card.company_id
           AND ours.id = company.currency_id
           AND (card.consumed != round(card.consumed, theirs.decimal_places)
                OR card.consumed_booked
                   != round(card.consumed_booked, ours.decimal_places)
                OR card.visits != round(card.visits, 3))
        """
    )
