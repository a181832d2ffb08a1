"""What stands on an emergency sheet."""

import re

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date
from odoo.tools.image import image_data_uri

from ..tools.phone_link import phone_link

#: Of a profile, in the order in which it is needed.
TEXTS = ("allergies", "medications", "conditions", "procedures")
FACTS = ("blood_group", "insurer", "policy_number")
#: Chambers shown where no dive site says which is the nearest.
MOST_CHAMBERS = 3


class DiveEmergencyOpening(models.Model):
    _inherit = "dive.emergency.opening"

    def _dive_sheet(self, action="open"):
        """Return what the sheet says, as plain values for screen and paper.

        The same number of queries for one diver and for forty. Without the key file, or
        where a text does not open, all the rest is there and a sentence says so: an
        emergency must not meet an error.

        :param str action: ``open`` or ``print``, for the access log
        :raise AccessError: not open for this person, or not any more
        """
        self.ensure_one()
        self._dive_look(action)
        trip, divers = self._dive_trip(), self._dive_divers()
        company = self.env["res.company"].sudo().browse(self.company_id).exists()
        closed = self._dive_medical_closed()
        medical = {} if closed else self._dive_medical(divers)
        return {
            "opening": self,
            "company": company.name or "",
            "plan": company.dive_action_plan or "",
            "rescue": [
                {"text": part.strip(), "link": phone_link(part)}
                for part in re.split("[,;\n]", company.dive_rescue_phone or "")
                if part.strip()
            ],
            "trip": trip.display_name if trip else "",
            "boat": trip.boat_id.name or "",
            "sites": ", ".join(trip.site_ids.mapped("name")),
            "guides": self._dive_guides(trip),
            "medical_closed": closed,
            **self._dive_chambers(trip, company),
            "divers": [
                {**self._dive_diver(diver), **medical.get(diver.id, {"known": False})}
                for diver in divers
            ],
        }

    # ------------------------------------------------------------------
    # Health
    # ------------------------------------------------------------------

    def _dive_medical_closed(self):
        """Return why no health data can be shown at all, or ""."""
        try:
            self.env["dive.access.log"]._dive_check_writable()
        except UserError:
            return self.env._(
                "The medical part cannot be read: the server has not got its key. Ask"
                " the diver, the buddy, the emergency contacts; have the administrator"
                " called."
            )
        return ""

    def _dive_medical(self, divers):
        """Return ``{partner id: what it says}``, with “?” where it does not open."""
        profiles = self.env["dive.medical.profile"].sudo(False)._dive_granted(self)
        result = {}
        for profile in profiles:
            said = {"known": True, "unreadable": False}
            for name in TEXTS + FACTS:
                try:
                    said[name] = profile[name] or ""
                except AccessError:
                    raise
                except UserError:
                    said[name] = "?"
                    said["unreadable"] = True
            said["texts"] = [
                {
                    "name": name,
                    "label": profile._fields[name]._description_string(self.env),
                    "text": said[name],
                }
                for name in TEXTS
            ]
            result[profile.partner_id.id] = said
        return result

    # ------------------------------------------------------------------
    # Everything else
    # ------------------------------------------------------------------

    def _dive_diver(self, diver):
        """Return who somebody is and whom to call, as plain values.

        :param diver: a customer, as the superuser
        """
        lang = self.env["res.lang"]._get_data(code=diver.lang or "")
        return {
            "id": diver.id,
            "name": diver.name or "",
            "number": diver.ref or "",
            "photo": image_data_uri(diver.image_128) if diver.image_128 else "",
            "born": diver.birthdate_date,
            "age": diver.dive_age if diver.birthdate_date else None,
            "minor": diver.dive_is_minor,
            "guardian_missing": diver.dive_is_minor and not diver.dive_guardian_id,
            "nationality": diver.dive_nationality_id.name or "",
            "language": self.env._("language: %(name)s", name=lang.name)
            if lang
            else "",
            **self._dive_diver_words(diver),
            "phone": self._dive_phones(diver.phone),
            "level": diver.dive_level_id.display_name or "",
            "dives": diver.dive_logged_dives,
            "last_dive": diver.dive_last_dive_date,
            "contacts": self._dive_contacts(diver),
        }

    def _dive_diver_words(self, diver):
        """Return the sentences on a diver that have a number or a date in them."""
        age, born, last = (
            diver.dive_age,
            diver.birthdate_date,
            diver.dive_last_dive_date,
        )
        text = self.env._("Date of birth not known")
        if born:
            values = {"age": age, "date": format_date(self.env, born)}
            text = self.env._("%(age)s years, born %(date)s", **values)
            if diver.dive_is_minor:
                text = self.env._("%(age)s years (minor), born %(date)s", **values)
        dives = self.env._("dives: %(count)s", count=diver.dive_logged_dives)
        last_dive = self.env._("no dive on record")
        if last:
            last_dive = self.env._(
                "last dive on record: %(date)s", date=format_date(self.env, last)
            )
        return {
            "born_text": text,
            "age_text": self.env._("%(age)s years", age=age) if born else "",
            "dives_text": f"{dives} · {last_dive}",
        }

    def _dive_guides(self, trip):
        names = ", ".join(trip.guide_ids.mapped("name"))
        return self.env._("Guides: %(names)s", names=names) if names else ""

    def _dive_way(self, site, minutes):
        """Return how far a chamber is from a site, in words."""
        if minutes:
            return self.env._(
                "%(site)s: %(minutes)s minutes", site=site, minutes=minutes
            )
        return self.env._("%(site)s: time not known", site=site)

    def _dive_contacts(self, diver):
        """Return whom to call, the guardian of a minor first."""
        rows = []
        guardian = diver.dive_guardian_id if diver.dive_is_minor else None
        if guardian:
            rows.append(
                {
                    "name": guardian.name or "",
                    "relationship": self.env._("Guardian"),
                    "phones": self._dive_phones(guardian.phone),
                }
            )
        for contact in diver.dive_emergency_contact_ids:
            if guardian and contact.contact_id == guardian and rows[0]["phones"]:
                rows[0]["phones"] += self._dive_phones(contact.phone_2)
                continue
            rows.append(
                {
                    "name": contact.name,
                    "relationship": contact.relationship or "",
                    "phones": self._dive_phones(contact.phone, contact.phone_2),
                }
            )
        return rows

    def _dive_phones(self, *numbers):
        return [
            {"text": number, "link": phone_link(number)} for number in numbers if number
        ]

    def _dive_chambers(self, trip, company):
        """Return the chambers nearest to the trip's sites, or else all there are."""
        ways = {}
        for site in trip.site_ids:
            if site.chamber_id:
                minutes = site.chamber_minutes
                ways.setdefault(site.chamber_id, []).append(
                    {
                        "site": site.name,
                        "minutes": minutes,
                        "text": self._dive_way(site.name, minutes),
                    }
                )
        unsaid = not ways
        if unsaid:
            # sudo: of the company of the trip; that this person may was asked
            found = self.env["dive.chamber"].sudo()
            found = found.search(
                [
                    "|",
                    ("company_id", "=", False),
                    ("company_id", "parent_of", company.ids),
                ],
                limit=MOST_CHAMBERS,
            )
            ways = {chamber: [] for chamber in found}
        return {
            "chambers_unsaid": unsaid,
            "chambers": [
                {
                    "name": chamber.name,
                    "phone": self._dive_phones(chamber.phone),
                    "address": chamber.address or "",
                    "hours": chamber.hours or "",
                    "ways": sites,
                }
                for chamber, sites in ways.items()
            ],
        }
