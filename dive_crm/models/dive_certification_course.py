"""Cards that our own courses issue."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveCertificationCheck(models.Model):
    _inherit = "dive.certification.check"

    method = fields.Selection(
        selection_add=[("issued", "Issued by us")], ondelete={"issued": "set null"}
    )

    @api.model
    def _signed(self, vals):
        if vals.get("method") == "issued":
            raise UserError(self.env._("Closing a course notes this by itself."))
        return super()._signed(vals)


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    # One place on a course, one card: the guard behind the claim of the result.
    _one_per_place = models.UniqueIndex(
        "(booking_diver_id) WHERE booking_diver_id IS NOT NULL AND active IS TRUE",
        lambda env, diag: env._("This course has issued a card to this diver already."),
    )

    def _check_before_write(self, vals):
        result = super()._check_before_write(vals)
        if vals.get("active"):
            self._check_one_per_place()
        return result

    def _check_one_per_place(self):
        """Refuse to bring back a card whose course has issued another one since."""
        archived = self.filtered(lambda card: card.booking_diver_id and not card.active)
        if self.search_count(
            [("booking_diver_id", "in", archived.booking_diver_id.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "This course has issued a card to this diver already: archive that"
                    " one first."
                )
            )

    def _dive_note_issued(self, trip):
        """Note that these cards are real, since we have issued them ourselves."""
        self.env["dive.certification.check"]._dive_unlocked().create(
            [
                {
                    "certification_id": card.id,
                    "method": "issued",
                    "result": "verified",
                    "evidence": trip.display_name,
                }
                for card in self
            ]
        )

    def _dive_issued_by_us(self):
        """Tell whether our own course is what proves this card, and nothing since."""
        self.ensure_one()
        decisive = self.check_ids.filtered(
            lambda check: check.result in ("verified", "rejected")
        )
        return bool(self.booking_diver_id) and decisive[:1].method == "issued"

    def _dive_proven(self):
        proven = super()._dive_proven()
        if self._dive_issued_by_us():
            # We know who passed what and when; the agency's number follows later.
            proven.pop("number")
        return proven

    def _dive_take_back(self):
        """Undo the issue of these cards: remove them, or archive what has a history."""
        fresh = self.filtered(lambda card: card._dive_is_untouched())
        fresh -= fresh._dive_with_words()
        for card in self - fresh:
            card.active = False
            card._message_log(
                body=self.env._(
                    "Archived: the course “%(trip)s” took its result back.",
                    trip=card.trip_id.display_name,
                )
            )
        fresh.check_ids._dive_unlocked().unlink()
        fresh._dive_unlocked().unlink()

    def _dive_is_untouched(self):
        """Tell whether nothing has happened to this card since a course issued it."""
        self.ensure_one()
        return (
            self.check_ids.mapped("method") == ["issued"]
            and not self.renewal_ids
            and not self.alert_ids
            # both are the moment of the transaction that made the card
            and self.write_date == self.create_date
        )

    def _dive_with_words(self):
        """Return the cards on which people have put something that would go with them.

        Notes, mails, activities (done ones leave a message of their type), files.
        """
        # sudo: what others wrote counts, whether or not the user may read it
        env = self.sudo().env
        ours = [("res_id", "in", self.ids)]
        said = env["mail.message"].search(
            [
                *ours,
                ("model", "=", self._name),
                "|",
                ("message_type", "!=", "notification"),
                ("mail_activity_type_id", "!=", False),
            ]
        )
        ours.append(("res_model", "=", self._name))
        todo = env["mail.activity"].with_context(active_test=False).search(ours)
        # Without those of fields: pictures of the card are sealed, elsewhere.
        files = env["ir.attachment"].search(ours)
        ids = {row.res_id for rows in (said, todo, files) for row in rows}
        return self.filtered(lambda card: card.id in ids)
