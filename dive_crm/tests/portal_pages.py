"""All pages that divers see, with something on each: for tests in a browser."""

import json
import os
from datetime import timedelta
from pathlib import Path

from odoo.tools.misc import file_path

from .card_common import CardMixin
from .online_common import OnlineMixin

#: a phone
PHONE = "390x844"
#: shows each page in a frame, and collects what is wrong there
SCRIPT = """
    (async () => {
        const wrong = [];
        for (const path of PAGES) {
            const frame = document.createElement("iframe");
            frame.style.cssText =
                "position:fixed;top:0;left:0;width:390px;height:844px;border:0";
            frame.src = path;
            await new Promise((resolve) => {
                frame.onload = resolve;
                document.body.append(frame);
            });
            const found = await (async (win) => {LOOK})(frame.contentWindow);
            wrong.push(...found.map((one) => `${path}: ${one}`));
            frame.remove();
        }
        if (wrong.length) {
            console.error(wrong.join("\\n"));
        } else {
            console.log("test successful");
        }
    })();
"""


def axe_source():
    """Return the program that looks for barriers; scripts/test installs it."""
    path = os.environ.get("DIVE_CRM_AXE") or (
        Path(file_path("dive_crm")).parent
        / ".provisioned/node/node_modules/axe-core/axe.min.js"
    )
    if not Path(path).exists():
        raise AssertionError(
            f"axe-core is not at {path}: scripts/test installs it, or set DIVE_CRM_AXE"
        )
    return Path(path).read_text()


class PortalPagesMixin(CardMixin, OnlineMixin):
    """A diver with a ward, and something on each page."""

    @classmethod
    def setUpPages(cls):
        """Call from ``setUpClass``, after ``setUpDiveCentre``."""
        cls.setUpOnline()
        # pages have a choice of languages where there are several
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.setUpCards()
        cls.company.phone = "+32 2 555 00 00"
        for code in ("medical", "level", "emergency_contact"):
            cls._rule(code, "warn")
        level = cls.env["dive.certification.level"].search(
            [("max_depth_m", "=", 18)], limit=1
        )
        kind = cls.env.ref("dive_crm.equipment_kind_bcd")
        cls.kind.gear_kind_ids = kind
        cls.trip.write({"capacity": 6, "min_level_id": level.id})
        cls.booking = cls._booking(cls.diver, cls.trip, cls.diver | cls.ward)
        cls.booking.action_confirm()
        cls.booking.with_user(cls.manager).action_create_invoice()
        cls.booking.invoice_ids.action_post()
        cls.other_trip = cls._trip(9, name="Wreck", type_id=cls.kind.id)
        cls.draft = cls._booking(cls.diver, cls.other_trip)
        cls.free_trip = cls._trip(12, name="Night", type_id=cls.kind.id)
        cls.certification = cls.env["dive.certification"].create(
            {
                "partner_id": cls.diver.id,
                "level_id": level.id,
                "number": "A-1",
                "issue_date": "2020-01-01",
            }
        )
        cls.contact = cls.env["dive.emergency.contact"].create(
            [
                {"partner_id": cls.diver.id, "name": name, "phone": "+32 2 555 12 12"}
                for name in ("Mum", "Dad")
            ]
        )[1]
        cls.prepaid = cls._sold(partner=cls.diver)
        cls.ticket = cls.env["dive.ticket"].create(
            {"name": "Lost mask", "partner_id": cls.diver.id, "description": "Red"}
        )
        for purpose in cls.env["dive.consent.purpose"]._dive_asked()[:2]:
            cls.diver._dive_answer(purpose, not purpose.channel, "portal")
        cls.reached = "email", cls.diver.email_normalized
        cls.newsletter = cls._newsletter()
        cls.offer = cls._make_offer()
        cls.link = cls.env["dive.medical.link"]._dive_issue(cls.diver)

    @classmethod
    def _newsletter(cls):
        """Return the token of a newsletter that waits for a yes."""
        lists = cls.env["mailing.list"]._dive_offered()
        return cls.env["dive.newsletter.request"]._dive_new_token(
            timedelta(days=1),
            email="new@dive.test",
            list_ids=[(6, 0, lists.ids)],
            company_id=cls.company.id,
        )

    @classmethod
    def _make_offer(cls):
        trip = cls._trip(15, name="Full", type_id=cls.kind.id, capacity=1)
        held = cls._booking(cls._customer("Holder"), trip, confirm=True)
        waits = cls._booking(cls.diver, trip)
        waits.action_waitlist()
        held.action_cancel()
        trip._dive_promote()
        return waits.offer_ids

    @classmethod
    def _pages(cls):
        """Return the address of each page, for the diver who is logged in."""
        me, ward = cls.diver.id, cls.ward.id
        return [
            "/my/diving",
            "/my/family",
            "/my/emergency",
            f"/my/emergency/new?diver={ward}",
            f"/my/emergency/{cls.contact.id}",
            "/my/profile",
            f"/my/profile?diver={ward}&said=saved",
            "/my/statement",
            "/my/tickets",
            f"/my/tickets/{cls.ticket.id}",
            "/my/tickets/new",
            "/my/consents?said=1",
            "/my/trips",
            f"/my/trips/{cls.free_trip.id}",
            "/my/bookings",
            f"/my/bookings/{cls.booking.id}",
            f"/my/bookings/{cls.draft.id}",
            f"/my/bookings/{cls.offer.booking_id.id}",
            "/my/cards",
            f"/my/cards/{cls.prepaid.id}",
            "/my/certifications",
            "/my/certifications/new",
            f"/my/certifications/{cls.certification.id}",
            "/my/medical",
            f"/my/medical/{me}",
            f"/dive/medical/{cls.link}",
            "/my/dives",
            "/my/photos",
            f"/dive/offer/{cls.offer._dive_token()}",
            "/dive/trips/sent",
        ]

    def _in_browser(self, script, pages, **more):
        """Run a script on each page, on a phone; it returns what is wrong there.

        The pages are shown in a frame as wide as a phone, in one browser: to start one
        for each page takes ten times as long.

        :param str script: body of an async function of ``win``
        """
        code = SCRIPT.replace("PAGES", json.dumps(pages), 1)
        code = code.replace("LOOK", script, 1)
        self.browser_js("/my/family", code, timeout=180, **more)

    @classmethod
    def _public_pages(cls):
        """Return the address of each page that asks for no login."""
        return [
            "/dive/trips",
            f"/dive/trips/{cls.free_trip.id}",
            "/dive/trips/sent",
            "/dive/trips/thanks?said=booked",
            f"/dive/offer/{cls.offer._dive_token()}",
            "/dive/offer/wrong",
            f"/dive/consents?{cls.env['res.partner']._dive_consent_query(*cls.reached)}",
            "/dive/consents?c=wrong",
            f"/dive/medical/{cls.link}",
            "/dive/medical/thanks",
            "/dive/newsletter",
            "/dive/newsletter/sent",
            f"/dive/newsletter/{cls.newsletter}",
            "/dive/newsletter/wrong",
        ]
