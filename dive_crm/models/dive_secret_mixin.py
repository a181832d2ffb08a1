"""STUB until the branch that encrypts is merged."""

from odoo import models


class DiveSecretMixin(models.AbstractModel):
    """STUB: what has encrypted fields."""

    _name = "dive.secret.mixin"
    _description = "Has encrypted fields"
