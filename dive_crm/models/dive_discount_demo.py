"""The cards of demo divers: sold, paid and used; not called outside of demo data."""

from datetime import datetime, time, timedelta

from odoo import Command, api, fields, models

#: The context's key for when a movement of the demo was. No web request can send it:
#: what JSON knows is no ``datetime``.
MOMENT = "dive_demo_moment"


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    @api.model
    def _dive_load_demo(self, cards, uses):
        """Sell cards to demo divers, and use them, in the past.

        All at once where it can be: one by one takes twice as long.

        :param cards: for each its name here, then ``type``, ``partner`` (ids),
            ``days_ago``, ``paid``
        :param uses: dictionaries: ``card`` (its name), ``amount``, and either
            ``days_ago`` with ``lines`` (product, quantity) that were sold over the
            counter, or a ``booking`` on whose draft invoice the amount is then held
        """
        if not self.env.company.chart_template:
            return  # there are no books to sell cards in
        sold = {
            name: self._dive_demo_ago(vals["days_ago"]).create(
                {"type_id": vals["type"], "partner_id": vals["partner"]}
            )
            for name, vals in cards.items()
        }
        self._dive_demo_ago(0).browse(card.id for card in sold.values()).action_sell()
        sales = self.env["account.move"]
        for name, card in sold.items():
            card.sale_move_id.invoice_date = card._dive_demo_day()
            sales |= card.sale_move_id if cards[name]["paid"] else sales
        sales.with_context(**self._dive_demo_ago(0).env.context).action_post()
        for name, card in sold.items():
            if cards[name]["paid"]:
                card._dive_demo_pay()
        self._dive_load_demo_uses(sold, uses)
        for card in sold.values():
            # at last: what has ended meanwhile could not have been used today
            day = card._dive_demo_day()
            expiry = card.type_id._dive_expiry(day)
            card._dive_unlocked().write({"sold_on": day, "expiry_date": expiry})
            if expiry < self.env.company._dive_today():
                card.with_env(self.env)._dive_expire()

    def _dive_demo_pay(self):
        sale = self.sale_move_id
        self.env["account.payment.register"].with_context(
            active_model=sale._name, active_ids=sale.ids
        ).create({"payment_date": self._dive_demo_day()})._create_payments()

    @api.model
    def _dive_load_demo_uses(self, sold, uses):
        counter = self._dive_demo_ago(0).with_user(self.env.user).env["account.move"]
        for use in uses:
            card = sold[use["card"]]._dive_demo_ago(use.get("days_ago", 0))
            if "booking" in use:
                booking = self.env["dive.booking"].browse(use["booking"])
                moves = booking.invoice_ids
                move = moves.filtered(lambda move: move.state == "draft")[:1]
            else:
                move = counter.create(card._dive_prepare_demo_invoice(use["lines"]))
                counter |= move
            card.redeem(use["amount"], invoice=move)
        counter.action_post()

    def _dive_prepare_demo_invoice(self, lines):
        return {
            "move_type": "out_invoice",
            "partner_id": self.partner_id.id,
            "invoice_date": self._dive_demo_day(),
            "invoice_line_ids": [
                Command.create({"product_id": product, "quantity": quantity})
                for product, quantity in lines
            ],
        }

    def _dive_demo_day(self):
        return self.env.context[MOMENT].date()

    def _dive_demo_ago(self, days):
        """Return ``self`` as so many days ago, before noon."""
        day = self.env.company._dive_today() - timedelta(days=days)
        moment = datetime.combine(day, time(9, 30))
        # by who sells and takes cards at the desk
        user = self.env.ref("dive_crm.user_front", raise_if_not_found=False)
        # nobody reads how demo records came to be, and it takes as long as they do
        return self.with_user(user or self.env.user).with_context(
            **{MOMENT: moment},
            tracking_disable=True,
            disable_abnormal_invoice_detection=True,
        )


class DiveDiscountCardEntry(models.Model):
    _inherit = "dive.discount.card.entry"

    @api.model_create_multi
    def create(self, vals_list):
        moment = self.env.context.get(MOMENT)
        if isinstance(moment, datetime):
            for vals in vals_list:
                # the day is right; in the morning its hour is still to come
                vals["date"] = min(moment, fields.Datetime.now())
        return super().create(vals_list)
