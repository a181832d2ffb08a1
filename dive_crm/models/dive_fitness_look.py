"""What speaks against a diver on a trip, in words for staff."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..tools.fitness import Finding

#: a card that ends within so many days after the trip is mentioned
SOON = timedelta(days=30)


class DiveFitness(models.AbstractModel):
    _inherit = "dive.fitness"

    def _dive_look(self, case, wanted):
        """Return what is wanted and missing.

        :param wanted: {code: severity} of what is looked at
        :rtype: list of Finding
        """
        found = []
        for code, severity in wanted.items():
            text, record = getattr(self, f"_dive_look_{code}")(case) or (None, None)
            if text:
                found.append(Finding(code, severity, text, record._name, record.id))
        return found

    def _dive_look_elsewhere(self, case):
        if case.others:
            seat = case.others[0]
            # another company's booking is nobody's business here
            ours = seat.company_id == case.trip.company_id
            text = (
                self.env._(
                    "On “%(trip)s” at that time, booking %(booking)s.",
                    trip=seat.trip_id.display_name,
                    booking=seat.booking_id.name,
                )
                if ours
                else self.env._("On another trip at that time.")
            )
            return text, seat.booking_id if ours else case.partner
        return None

    def _dive_look_unfit(self, case):
        if case.medical == "unfit":
            return self.env._("Not fit to dive: a physician's word."), case.partner
        return None

    def _dive_look_medical(self, case):
        if case.medical not in ("none", "pending", "physician", "expired"):
            return None
        texts = {
            "none": self.env._("No medical form."),
            "pending": self.env._("The medical form is not finished."),
            "physician": self.env._("A physician's word is missing."),
            "expired": self.env._("The medical form is too old by then."),
        }
        return texts[case.medical], case.partner

    def _dive_no_card(self, case):
        """Say why no card counts, if none does."""
        texts = {
            "none": self.env._("no card on record"),
            "expired": self.env._("no card is valid on that day"),
            "rejected": self.env._("the card was rejected"),
        }
        return texts.get(case.held.why_none)

    def _dive_look_level(self, case):
        level = case.trip.min_level_id
        if not level or level._origin in case.held.levels:
            return None
        best = case.held.best.level_id.display_name
        values = {
            "level": level.display_name,
            "held": best or self._dive_no_card(case) or self.env._("no level"),
        }
        return self.env._("Needs %(level)s; has: %(held)s.", **values), case.partner

    def _dive_look_depth(self, case):
        depth, may = case.trip.depth_m, case.held.depth_m
        if not depth or may >= depth:
            return None
        if not may:
            why = self._dive_no_card(case) or self.env._("no card says how deep")
            text = self.env._("Goes to %(depth)g m; %(why)s.", depth=depth, why=why)
        else:
            text = self.env._(
                "Goes to %(depth)g m; the cards allow %(may)g m.", depth=depth, may=may
            )
        return text, case.partner

    def _dive_look_gas(self, case):
        gas = case.trip.gas
        if not gas or case.held.may_breathe(gas):
            return None
        words = dict(case.trip._fields["gas"]._description_selection(self.env))
        return self.env._("Needs a card for %(gas)s.", gas=words[gas]), case.partner

    def _dive_look_autonomy(self, case):
        if not case.trip.autonomous or case.held.is_autonomous:
            return None
        return self.env._("May dive with a guide only; there is none."), case.partner

    def _dive_look_age(self, case):
        least, age = case.trip.min_age, case.age
        if not least or (age is not None and age >= least):
            return None
        if age is None:
            text = self.env._(
                "From %(least)s years on; the date of birth is missing.", least=least
            )
        else:
            text = self.env._(
                "From %(least)s years on; will be %(age)s.", least=least, age=age
            )
        return text, case.partner

    def _dive_look_dives(self, case):
        least, had = case.trip.min_dives, case.partner.dive_logged_dives
        if had >= least:
            return None
        return (
            self.env._(
                "Needs %(least)s logged dives; has %(had)s.", least=least, had=had
            ),
            case.partner,
        )

    def _dive_look_refresher(self, case):
        months, last = case.trip.refresher_months, case.partner.dive_last_dive_date
        if not months:
            return None
        if not last:
            return self.env._("No dive on record: a refresher?"), case.partner
        if last >= fields.Date.subtract(case.day, months=months):
            return None
        return (
            self.env._(
                "Last dive on %(date)s: a refresher?", date=format_date(self.env, last)
            ),
            case.partner,
        )

    def _dive_look_guardian(self, case):
        if not case.is_minor or case.consent:
            return None
        return self.env._("A minor: the guardian has not agreed yet."), case.partner

    def _dive_look_emergency_contact(self, case):
        if case.no_contact:
            return self.env._("No emergency contact."), case.partner
        return None

    def _dive_look_insurance(self, case):
        if case.no_insurance:
            return self.env._("No insurance on record."), case.partner
        return None

    def _dive_look_unverified(self, case):
        best = case.held.best
        if not best or best.verification == "verified":
            return None
        card = best.level_id.display_name
        return self.env._("Nobody has checked the card: %(card)s.", card=card), best

    def _dive_look_expiring(self, case):
        best = case.held.best
        ends = best.expiry_date
        if not ends or not case.day <= ends <= case.day + SOON:
            return None
        return (
            self.env._(
                "%(card)s ends soon after, on %(date)s.",
                card=best.level_id.display_name,
                date=format_date(self.env, ends),
            ),
            best,
        )
