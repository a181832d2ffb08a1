"""Whom Odoo writes to when it writes about a record: the diver, or the guardian."""

from odoo import models


class DiveMailToMixin(models.AbstractModel):
    """Records of one diver: of a minor, messages go to the guardian."""

    _name = "dive.mail.to.mixin"
    _description = "Messages about a diver"

    def _mail_get_partners(self, introspect_fields=False):
        """Return the guardian in place of a minor; nobody for a minor without one."""
        found = super()._mail_get_partners(introspect_fields=introspect_fields)
        return {id_: partners._dive_recipients() for id_, partners in found.items()}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_recipients(self):
        """Return who is written to about these people."""
        customers = self.filtered("dive_customer")
        # sudo: a guardian may be a contact of another company
        return (
            self - customers
        ) | customers.sudo().dive_statement_recipient_id.with_env(self.env)

    def _mail_get_partners(self, introspect_fields=False):
        found = super()._mail_get_partners(introspect_fields=introspect_fields)
        return {id_: partners._dive_recipients() for id_, partners in found.items()}

    def _sms_get_recipients_info(self, force_field=False, partner_fallback=True):
        """Give the guardian's number in place of a minor's."""
        found = super()._sms_get_recipients_info(force_field, partner_fallback)
        for partner in self.filtered("dive_is_minor"):
            guardian = partner._dive_recipients()
            if guardian == partner:
                continue
            info = {}
            if guardian:
                info = guardian._sms_get_recipients_info(partner_fallback=False)
            found[partner.id] = {
                "partner": guardian,
                "sanitized": False,
                "number": False,
                "partner_store": True,
                **info.get(guardian.id, {}),
                # a number that is corrected in the dialog is not the minor's
                "field_store": False,
            }
        return found


class DiveBooking(models.Model):
    _name = "dive.booking"
    _inherit = ["dive.booking", "dive.mail.to.mixin"]


class DiveBookingDiver(models.Model):
    _name = "dive.booking.diver"
    _inherit = ["dive.booking.diver", "dive.mail.to.mixin"]


class DiveDiscountCard(models.Model):
    _name = "dive.discount.card"
    _inherit = ["dive.discount.card", "dive.mail.to.mixin"]


class DiveCertification(models.Model):
    _name = "dive.certification"
    _inherit = ["dive.certification", "dive.mail.to.mixin"]


class DiveMedicalForm(models.Model):
    _name = "dive.medical.form"
    _inherit = ["dive.medical.form", "dive.mail.to.mixin"]
