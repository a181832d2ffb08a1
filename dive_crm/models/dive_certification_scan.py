from odoo import fields, models

from .dive_sealed_field import SealedFile


class DiveCertification(models.Model):
    """The two sides of a card, photographed: encrypted, for staff and the diver."""

    _name = "dive.certification"
    _inherit = ["dive.certification", "dive.sealed.mixin"]

    _dive_sealed_slots = {
        "front": ("front_id", "front_image"),
        "back": ("back_id", "back_image"),
    }

    front_id = fields.Many2one(
        "dive.sealed.file", "Front, stored", readonly=True, copy=False
    )
    back_id = fields.Many2one(
        "dive.sealed.file", "Back, stored", readonly=True, copy=False
    )
    front_image = SealedFile("Front")
    back_image = SealedFile("Back side")
