"""What tests of campaigns and their offers share."""

from odoo import fields


class CampaignMixin:
    @classmethod
    def setUpCampaign(cls):
        """Make a campaign with 10 % off, and somebody who has the code."""
        cls.Offer = cls.env["dive.campaign.offer"]
        cls.campaign = cls._campaign("Autumn")
        cls.offer = cls._offer()
        cls.guest = cls._customer("Gina Guest", email="gina@guest.test")

    @classmethod
    def _campaign(cls, title, **vals):
        return cls.env["utm.campaign"].create({"title": title, **vals})

    @classmethod
    def _offer(cls, **vals):
        return cls.Offer.create(
            {
                "campaign_id": cls.campaign.id,
                "name": "10 % off",
                "code": "AUTUMN10",
                **(
                    {}
                    if "gives" in vals or "pricelist_id" in vals
                    else {"discount": 10}
                ),
                **vals,
            }
        )

    @classmethod
    def _day(cls, days=0):
        """Return the day so many days from the company's today."""
        return fields.Date.add(cls.company._dive_today(), days=days)

    @classmethod
    def _mailing(cls, people, status="sent", clicked=(), campaign=None):
        """Note that a mailing of the campaign went to these people."""
        mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "campaign_id": (campaign or cls.campaign).id,
                "mailing_model_id": cls.env.ref("base.model_res_partner").id,
                "state": "done",
            }
        )
        now = fields.Datetime.now()
        return cls.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": person.id,
                    "email": person.email_normalized,
                    "trace_status": status,
                    "sent_datetime": now,
                    "links_click_datetime": now if person in clicked else False,
                }
                for person in people
            ]
        )

    @classmethod
    def _booked(cls, payer, trip, divers=None, confirm=True, **vals):
        """Make a booking with a code or a campaign."""
        booking = cls._booking(payer, trip, divers)
        booking.write(vals)
        if confirm:
            booking.action_confirm()
        return booking
