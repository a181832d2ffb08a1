from lxml import etree

from odoo import models


class CompiledOnce(dict):
    """Compiled texts by their source, for the time of one batch.

    A class of its own: no JSON of a caller's context is one.
    """


class IrQweb(models.AbstractModel):
    """Compile the text of an e-mail template once per batch.

    Odoo does it anew for each record (20 ms), while running what was compiled takes
    one. Views are not concerned: those are kept already.
    """

    _inherit = "ir.qweb"

    def _generate_code_uncached(self, template):
        known = self.env.context.get("dive_compiled_once")
        if not isinstance(known, CompiledOnce) or not isinstance(
            template, etree._Element
        ):
            return super()._generate_code_uncached(template)
        context = self.env.context
        keys = [*self._get_template_cache_keys(), "raise_on_forbidden_code_for_model"]
        source = etree.tostring(template), *(context.get(key) for key in keys)
        if source not in known:
            known[source] = super()._generate_code_uncached(template)
        return known[source]
