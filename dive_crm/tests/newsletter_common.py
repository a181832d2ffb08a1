"""A newsletter, and somebody who is asked for it."""

from .test_consent import ConsentMixin


class NewsletterMixin(ConsentMixin):
    @classmethod
    def setUpNewsletter(cls):
        cls.setUpConsents()
        lists = cls.env["mailing.list"]
        lists.search([]).is_public = False
        cls.list = lists.create(
            {"name": "Reef news", "is_public": True, "dive_purpose_id": cls.news.id}
        )
        cls.ben = cls._customer("Ben B", email="ben@dive.test")

    def _subscribed(self, email):
        """Return whether an address gets the list: True, False (left), None (never)."""
        self.env.invalidate_all()
        found = self.env["mailing.subscription"].search(
            [
                ("list_id", "=", self.list.id),
                ("contact_id.email_normalized", "=", email),
            ]
        )
        return any(not one.opt_out for one in found) if found else None

    def _mailing(self, **vals):
        return self.env["mailing.mailing"].create(
            {
                "subject": "Whale sharks",
                "body_html": "<p>Come and see</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", self.people.ids)]),
                **vals,
            }
        )
