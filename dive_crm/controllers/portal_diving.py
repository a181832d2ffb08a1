"""The diver's page of the portal: the next trip, what it still needs, all the rest."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.dive_portal_home import START

PAGE = {"type": "http", "auth": "user", "website": True}


class PortalDiving(CustomerPortal):
    """What all our pages have in common, and the page that leads to them.

    Wrong, missing and foreign ids are all "not found".
    """

    def _dive_people(self):
        """Return for whom the user acts, themselves first, as superuser."""
        return request.env["res.partner"]._dive_portal_acting()

    def _dive_divers(self):
        """Return those of them who dive with us.

        :raise NotFound: nobody does: there is no such page
        """
        divers = self._dive_people().filtered("dive_customer")
        if not divers:
            raise NotFound()
        return divers

    def _dive_chosen(self, people, chosen):
        """Return whom an address or a form speaks of; the first if of nobody.

        :raise NotFound: somebody else
        """
        if chosen in (None, ""):
            return people[:1]
        found = people.filtered(lambda one: str(one.id) == str(chosen))
        if not found:
            raise NotFound()
        return found

    def _dive_render(self, template, page_name, status=200, **values):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": page_name,
            **values,
        }
        return request.render(f"dive_crm.{template}", values, status=status)

    @http.route(START, methods=["GET"], **PAGE)
    def dive_diving(self, **_kw):
        """Show the next trip, what is still missing for it, and where all else is."""
        home = request.env["dive.portal.home"]
        page = home._dive_page(request.env.user.partner_id, self._dive_people())
        return self._dive_render("portal_diving", "dive_diving", page=page)

    @http.route("/my/family", methods=["GET"], **PAGE)
    def dive_family(self, **_kw):
        """Show for whom somebody decides, and who decides for them."""
        me = request.env.user.partner_id.sudo()  # sudo: the name of one's own guardian
        people = self._dive_people()
        return self._dive_render(
            "portal_my_family",
            "dive_family",
            **me._dive_family_words(people),
            company=request.env.company.sudo(),  # sudo: its phone
        )

    # ------------------------------------------------------------------
    # For the desk
    # ------------------------------------------------------------------

    @http.route("/dive/portal/<int:partner_id>", methods=["GET"], **PAGE)
    def dive_what_the_diver_sees(self, partner_id, **_kw):
        """Show the desk what a diver sees; nothing can be done from here."""
        home = request.env["dive.portal.home"]
        partner = home._dive_shown(partner_id)
        if not partner:
            raise NotFound()
        values = {
            "banner": request.env._(
                "This is what %(name)s sees. Nothing can be done here, and you are not"
                " logged in as them.",
                name=partner.name,
            ),
            "back": request.env._("Back to the customer"),
            "back_url": f"/odoo/dive-customers/{partner.id}",
            "no_header": True,
            "no_footer": True,
        }
        # as the diver reads it: they are on the telephone, and ask where to tap
        if lang := request.env["res.lang"]._get_data(code=partner.lang or ""):
            request.update_context(lang=lang.code)
            partner = partner.with_env(request.env)
        home = request.env["dive.portal.home"]
        values |= {"page": home._dive_shown_page(partner)}
        response = request.render("dive_crm.portal_diving_shown", values)
        response.headers["Cache-Control"] = "no-store"
        return response
