"""What the demo divers have answered; not called outside of demo data.

XML cannot encrypt: so the demo data names divers and answers, and they are put in here
as divers put them in. Without a key file there are no keys to encrypt with: the demo
dive centre has no medical forms then, and everything else.
"""

import base64
import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools.misc import file_open

from ..tools import medical_outcome
from ..tools.keyring import KeyringError, load_keyring
from ..tools.ticket import with_ticket

_logger = logging.getLogger(__name__)


def _has_keys():
    try:
        load_keyring()
    except KeyringError:
        _logger.info("No key file: the demo divers have no medical data.")
        return False
    return True


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    @api.model
    def _dive_load_demo(self, divers):
        """Sign forms for demo divers.

        :param divers: dictionaries: ``partner`` (id), ``days_ago``, ``yes`` (codes
            answered with yes), ``draft`` (not signed), ``word`` and ``until_days``
            (what a physician has said today)
        """
        if not _has_keys():
            return
        with file_open("dive_crm/demo/signature.png", "rb") as picture:
            signature = base64.b64encode(picture.read())
        for diver in divers:
            self._dive_load_demo_one(signature, **diver)

    def _dive_load_demo_one(
        self, signature, partner, yes=(), days_ago=0, draft=False, word=None, until=0
    ):
        partner = self.env["res.partner"].browse(partner)
        form = self.create({"partner_id": partner.id, "signed_by": partner.name})
        age = medical_outcome.age_on(partner.birthdate_date, form._dive_today())
        rules = medical_outcome.put(form.questionnaire_id._dive_rules(), age)
        codes = [rule.code for rule in rules][: 4 if draft else None]
        form._dive_record_answers({code: code in yes for code in codes})
        if draft:
            return
        form.signature = signature
        if partner.dive_is_minor:
            form.guardian_name = partner.dive_guardian_id.name
            form.guardian_signature = signature
        form.action_submit()
        ago = timedelta(days=days_ago)
        form._dive_unlocked().write(
            {"signed_on": form.signed_on - ago, "signed_at": form.signed_at - ago}
        )
        if word:
            today = form._dive_today()
            until_day = today + timedelta(days=until) if until else None
            form._dive_take_word(word, today, until_day)


class DiveMedicalProfile(models.Model):
    _inherit = "dive.medical.profile"

    @api.model
    def _dive_load_demo(self, profiles):
        """Make the profiles of demo divers; with ``events``, what happened to them."""
        if not _has_keys():
            return
        for vals in profiles:
            events = vals.pop("events", [])
            profile = with_ticket(self).create(vals)
            today = self.env.company._dive_today()
            for days_ago, kind, text in events:
                with_ticket(self.env["dive.medical.event"]).create(
                    {
                        "profile_id": profile.id,
                        "date": today - timedelta(days=days_ago),
                        "kind": kind,
                        "text": text,
                    }
                )
