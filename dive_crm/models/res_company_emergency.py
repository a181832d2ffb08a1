"""What a centre does in an emergency, and whom it calls."""

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_rescue_phone = fields.Char(
        "Rescue numbers",
        help="Whom to call first at sea and ashore, with commas: “Coast guard 900 202"
        " 202, Ambulance 112, VHF 16”.",
    )
    dive_action_plan_own = fields.Text(
        "Own emergency action plan", translate=True, copy=False
    )
    # Where a centre has written none, the one that comes along, in the reader's words.
    dive_action_plan = fields.Text(
        "Emergency action plan",
        compute="_compute_dive_action_plan",
        inverse="_inverse_dive_action_plan",
        help="What the crew does, in order. Emptied, it is the general plan again.",
    )

    @api.depends("dive_action_plan_own")
    @api.depends_context("lang")
    def _compute_dive_action_plan(self):
        general = self._dive_general_plan()
        for company in self:
            company.dive_action_plan = company.dive_action_plan_own or general

    def _inverse_dive_action_plan(self):
        general = self._dive_general_plan()
        for company in self:
            text = (company.dive_action_plan or "").strip()
            company.dive_action_plan_own = text if text != general else False
        # what was written is not always what is there now
        self.invalidate_recordset(["dive_action_plan"], flush=False)

    @api.model
    def _dive_general_plan(self):
        """Return the plan of a centre that has written none of its own."""
        return self.env._(
            "1. Look after your own safety. Bring the diver out of the water; call all"
            " others back and count them.\n"
            "2. No breathing: begin resuscitation, with rescue breaths, and go on."
            " Send somebody for oxygen and the defibrillator.\n"
            "3. Breathing: lay the diver flat, unconscious ones on the side. Give pure"
            " oxygen, as much as there is. Keep warm and dry.\n"
            "4. Call the rescue number. Say: diving accident, where we are, how many"
            " people, what you see, the number to call back.\n"
            "5. Conscious and not sick: water to drink, in small sips. No alcohol, no"
            " pain killers, no going back into the water.\n"
            "6. Note the times: of the dive, of the first sign, of the oxygen. Depth,"
            " gas, profile; keep the dive computer on and send it along, and the"
            " equipment untouched.\n"
            "7. Do not let the buddy dive again; watch the buddy for the same signs.\n"
            "8. Bring or send this sheet to whoever treats the diver.\n"
            "9. Call the emergency contacts and the manager. Speak to nobody else."
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_rescue_phone = fields.Char(
        related="company_id.dive_rescue_phone", readonly=False
    )
    dive_action_plan = fields.Text(
        related="company_id.dive_action_plan", readonly=False
    )
