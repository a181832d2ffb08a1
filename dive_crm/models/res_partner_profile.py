"""What divers say of themselves in the portal, and what the desk confirms.

Sizes, gear, diet, channel and how somebody feels in the water are theirs to say. Name,
date of birth and dives decide who may come along, and stand on papers: those they ask
for, and somebody at the desk looks at the papers first.
"""

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools.online_form import clean, name_of
from .dive_booking_diver_fitness import OPEN
from .dive_certification_portal_send import FormErrors
from .dive_equipment_kind import PREFERENCES
from .res_partner_experience import DEEPEST_POSSIBLE_M

ACTIVITY = "dive_crm.mail_activity_type_profile"
#: characters of a size, of what is written in a line
SIZE, LINE = 20, 200
SIZES = [name for name, _label in PREFERENCES if name.startswith("dive_size_")]
TEXTS = ("dive_own_gear", "dive_diet")
CHOICES = ("dive_comfort", "dive_channel")
MOST_LEAD_KG, MOST_DIVES = 50, 50000
#: what the desk confirms
ASKED = (
    "name",
    "birthdate_date",
    "dive_logged_dives",
    "dive_last_dive_date",
    "dive_deepest_m",
)


class ResPartner(models.Model):
    """Called as superuser; for whom the user acts was asked by who calls."""

    _inherit = "res.partner"

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    def _dive_profile_form(self):
        """Return what the form shows, as text: field → value."""
        self.ensure_one()
        form = {name: self[name] or "" for name in (*SIZES, *TEXTS, *CHOICES, *ASKED)}
        form["dive_weight_kg"] = _plain(self.dive_weight_kg)
        form["dive_deepest_m"] = _plain(self.dive_deepest_m)
        form["dive_logged_dives"] = str(self.dive_logged_dives or "")
        for name in ("birthdate_date", "dive_last_dive_date"):
            form[name] = fields.Date.to_string(self[name]) if self[name] else ""
        return form

    def _dive_profile_sizes(self):
        """Return the sizes to choose from: field → names, of what we have to lend."""
        # sudo: what sizes there are is for everybody to know
        kinds = self.env["dive.equipment.kind"].sudo()
        found = kinds.search([("preference", "in", SIZES)])
        return {kind.preference: kind.size_ids.mapped("name") for kind in found}

    def _dive_profile_asked(self):
        """Return since when the desk has a change to confirm, in words; "" if none."""
        self.ensure_one()
        todo = self._dive_profile_activity()
        if not todo:
            return ""
        day = self._dive_statement_company()._dive_day_of(todo.create_date)
        return self.env._(
            "You told us of a change on %(date)s: we look at it.",
            date=format_date(self.env, day),
        )

    def _dive_profile_activity(self):
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        return self.activity_ids.filtered(
            lambda one: kind and one.activity_type_id == kind
        )[:1]

    # ------------------------------------------------------------------
    # What was typed
    # ------------------------------------------------------------------

    def _dive_profile_save(self, typed):
        """Write what is the diver's to say; ask the desk for the rest.

        :param dict typed: field → text
        :return: whether the desk was asked for something
        :raise FormErrors: what cannot be
        """
        self.ensure_one()
        errors = {}
        values = self._dive_profile_own(typed, errors)
        wanted = self._dive_profile_wanted(typed, errors)
        if errors:
            raise FormErrors(errors)
        changed = {name: value for name, value in values.items() if self[name] != value}
        if "birthdate_date" in wanted and self._dive_profile_may_fill_birth():
            changed["birthdate_date"] = wanted.pop("birthdate_date")
        try:
            with self.env.cr.savepoint():
                if changed:
                    self.write(changed)
        except (UserError, ValidationError) as error:
            raise FormErrors({"": str(error)}) from error
        self._dive_profile_fill_sizes()
        if wanted:
            self._dive_profile_ask(wanted)
        return bool(wanted)

    def _dive_profile_own(self, typed, errors):
        _ = self.env._
        values = {}
        for name in (*SIZES, *TEXTS):
            if name in typed:
                length = SIZE if name in SIZES else LINE
                values[name] = clean(typed[name], length) or False
        for name in CHOICES:
            if name in typed:
                known = dict(self._fields[name].selection)
                values[name] = typed[name] if typed[name] in known else False
        if "dive_weight_kg" in typed:
            lead = _number(typed["dive_weight_kg"])
            if lead is None or not 0 <= lead <= MOST_LEAD_KG:
                errors["dive_weight_kg"] = _("Lead is from 0 to 50 kg.")
            else:
                values["dive_weight_kg"] = round(lead, 1)
        return values

    def _dive_profile_wanted(self, typed, errors):
        """Return what is to be otherwise than on record; empty asks for nothing."""
        _ = self.env._
        today = self._dive_statement_company()._dive_today()
        read = {
            "name": lambda text: name_of(text) or None,
            "birthdate_date": lambda text: _day(text, today),
            "dive_last_dive_date": lambda text: _day(text, today),
            "dive_logged_dives": lambda text: _whole(text, MOST_DIVES),
            "dive_deepest_m": lambda text: _within(text, DEEPEST_POSSIBLE_M),
        }
        wrong = {
            "name": _("Please enter the name, without signs like < or @."),
            "birthdate_date": _("Write the date of birth as it is in the passport."),
            "dive_last_dive_date": _("The last dive cannot be in the future."),
            "dive_logged_dives": _("The number of dives is from 0 to 50,000."),
            "dive_deepest_m": _("The deepest dive is from 0 to 350 m."),
        }
        wanted = {}
        for name in ASKED:
            text = clean(typed.get(name), LINE)
            if not text:
                continue
            value = read[name](text)
            if value is None:
                errors[name] = wrong[name]
            elif value != self[name]:
                wanted[name] = value
        return wanted

    def _dive_profile_may_fill_birth(self):
        """Say whether a date of birth is taken as it is: there was none.

        As on the page of the medical form. Whoever has a guardian could grow up by it.
        """
        return not self.birthdate_date and not self.dive_guardian_id

    def _dive_profile_fill_sizes(self):
        """Give coming trips the sizes that were missing."""
        seats = self.env["dive.booking.diver"].search(
            [
                ("partner_id", "=", self.id),
                ("state", "in", OPEN),
                ("trip_id.date_start", ">", fields.Datetime.now()),
            ]
        )
        seats._dive_fill_sizes()

    # ------------------------------------------------------------------
    # The desk
    # ------------------------------------------------------------------

    def _dive_name_is_on_cards(self):
        """Say whether the name stands on certifications."""
        # sudo: whether there is one, whoever asks
        cards = self.env["dive.certification"].sudo()
        return bool(cards.search_count([("partner_id", "in", self.ids)], limit=1))

    def _dive_profile_ask(self, wanted):
        """Give the desk a change to confirm; asked again, it is the same one."""
        user = self._dive_statement_company()._dive_caretaker()
        desk = self.with_context(lang=user.lang or self.env.lang)
        note = desk._dive_profile_note(wanted)
        if todo := self._dive_profile_activity():
            todo.note = note
            return
        _ = desk.env._
        text = _("The diver asks in the portal to change:")
        self._message_log(body=Markup("%s<br/>%s") % (text, note))
        if user:
            self.activity_schedule(
                ACTIVITY,
                summary=_("Look at the papers, and change what is right"),
                note=note,
                user_id=user.id,
            )

    def _dive_profile_note(self, wanted):
        lines = [
            self.env._(
                "%(field)s: %(new)s (on record: %(old)s)",
                field=self._fields[name]._description_string(self.env),
                new=self._dive_profile_words(name, value),
                old=self._dive_profile_words(name, self[name]) or "-",
            )
            for name, value in wanted.items()
        ]
        return Markup("<br/>").join(lines)

    def _dive_profile_words(self, name, value):
        if name in ("birthdate_date", "dive_last_dive_date"):
            return format_date(self.env, value) if value else ""
        if name == "name":
            return value or ""
        return _plain(value)


def _plain(number):
    return f"{number:g}" if number else ""


def _number(text):
    """Return a number that was typed with a point or a comma; None if it is none."""
    text = clean(text, SIZE).replace(",", ".")
    if not text:
        return 0.0
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None


def _within(text, most):
    number = _number(text)
    return number if number is not None and 0 <= number <= most else None


def _whole(text, most):
    number = _within(text, most)
    return int(number) if number is not None and number == int(number) else None


def _day(text, today):
    try:
        day = fields.Date.to_date(text)
    except ValueError:
        return None
    return day if day and today.year - 125 < day.year and day <= today else None
