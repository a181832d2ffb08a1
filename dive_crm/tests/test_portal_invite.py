"""Access to the portal: invited once, clearly refused, and through the real link."""

import re
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.dive_alert_retry import NO_SERVER
from .common import DiveCommon, DiveHttpCommon


class InviteMixin:
    def _dialog(self, partners, user=None):
        action = partners.with_user(user or self.front).action_dive_portal_access()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.front)
            .browse(action["res_id"])
        )

    def _mails(self):
        """Return the invitations of this test."""
        return self.env["mail.mail"].search([("id", ">", self.last)])

    def _remember(self):
        self.last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0


@tagged("post_install", "-at_install", "dive_long")
class TestPortalInvite(InviteMixin, DiveCommon):
    def setUp(self):
        super().setUp()
        self._remember()
        self.anna = self._customer("Anna", email="anna@reef.test")

    def test_invite_again_and_take_away(self):
        dialog = self._dialog(self.anna)
        self.assertEqual(dialog.state, "none")
        dialog.action_invite()
        user = self.anna.user_ids
        self.assertTrue(user._is_portal())
        self.assertEqual(
            self._mails().email_to or self._mails().recipient_ids, self.anna
        )
        with self.assertRaisesRegex(UserError, "already"):
            dialog.action_invite()
        dialog = self._dialog(self.anna)
        self.assertEqual(dialog.state, "invited")
        self.assertTrue(dialog.line_ids.invited_on)
        dialog.action_invite()
        self.assertEqual(len(self._mails()), 2)
        with self.assertRaisesRegex(UserError, "None of them logs in"):
            self._dialog(self.anna).action_reset()
        self._dialog(self.anna).action_revoke()
        self.assertFalse(user.active)
        dialog = self._dialog(self.anna)
        self.assertEqual(dialog.state, "revoked")
        dialog.action_invite()
        self.assertTrue(user.active)

    def test_reset_of_one_who_logs_in(self):
        self._dialog(self.anna).action_invite()
        self._log_in(self.anna)
        self._remember()
        dialog = self._dialog(self.anna)
        self.assertEqual(
            (dialog.state, bool(dialog.line_ids.login_date)), ("active", True)
        )
        sent = []

        def send(mails):
            # Odoo rolls back what it has sent here
            sent.extend((mail.email_to, mail.body_html) for mail in mails)

        with patch.object(type(self.env["mail.mail"]), "send", send):
            dialog.action_reset()
        ((address, body),) = sent
        self.assertEqual(address, "anna@reef.test")
        self.assertIn("/web/reset_password", body)

    def test_resets_of_many(self):
        """Those who log in get the link; of a server that is down it is said."""
        ben = self._customer("Ben", email="ben@reef.test")
        new = self._customer("New", email="new@reef.test")
        self._dialog(self.anna | ben).action_invite()
        self._log_in(self.anna)
        self._log_in(ben)
        sent = []
        with patch.object(
            type(self.env["mail.mail"]),
            "send",
            lambda mails, *args, **kwargs: sent.extend(mails.mapped("email_to")),
        ):
            dialog = self._dialog(self.anna | ben | new)
            self.assertTrue(dialog.can_reset)
            said = dialog.action_reset()["params"]
        self.assertEqual(sorted(sent), ["anna@reef.test", "ben@reef.test"])
        self.assertIn(": 2", said["message"])
        with self.assertRaisesRegex(UserError, "invite them"):
            self._dialog(new | self._customer("X", email="x@reef.test")).action_reset()
        self._no_server()
        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            self.assertRaisesRegex(UserError, "not answer.*Anna, Ben"),
        ):
            self._dialog(self.anna | ben).action_reset()

    def _no_server(self):
        def refuse(*_args, **_kwargs):
            raise ConnectionRefusedError("Nobody there")

        self.patch(type(self.env["ir.mail_server"]), "_connect__", refuse)
        self.patch(type(self.env["ir.mail_server"]), "_disable_send", lambda *_a: False)

    def test_an_invitation_waits_for_a_server(self):
        self._dialog(self.anna).action_invite()
        mail = self._mails()
        self._no_server()
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            mail.send()
        self.assertEqual(mail.state, "outgoing")
        self.assertGreater(mail.scheduled_date, fields.Datetime.now())
        self.assertFalse(self.anna.activity_ids)
        # for a day; then whoever has invited is told, and has the reason
        mail.flush_recordset()
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = create_date - interval '25 hours'"
            " WHERE id = %s",
            [mail.id],
        )
        mail.invalidate_recordset()
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            mail.send()
        self.assertEqual(mail.state, "exception")
        activity = self.anna.activity_ids
        self.assertEqual(activity.user_id, self.front)
        self.assertIn("did not arrive", activity.summary)
        self.assertIn("Nobody there", activity.note)

    def test_whoever_sends_needs_no_rights_to_the_queue(self):
        """The desk may not write to e-mails that wait, nor give others errands."""
        self._dialog(self.anna).action_invite()
        mail = self._mails()
        self._no_server()
        sent = mail.with_user(self.front)
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            sent._postprocess_sent_message([], [], "Nobody there", NO_SERVER)
        self.assertGreater(mail.scheduled_date, fields.Datetime.now())

    def _log_in(self, partner):
        # sudo: as Odoo notes a login
        self.env["res.users.log"].with_user(partner.user_ids).sudo().create({})
        self.env.flush_all()
        self.env.invalidate_all()

    def test_many_with_words(self):
        old = self._customer("Old", email="old@reef.test")
        self._dialog(old).action_invite()
        self._log_in(old)
        waiting = self._customer("Waiting", email="waiting@reef.test")
        self._dialog(waiting).action_invite()
        mum = self._customer("Mum", email="mum@reef.test")
        kids = self.Partner.create(
            [
                {
                    "name": name,
                    "dive_customer": True,
                    "birthdate_date": date(2020, 1, 1),
                    "dive_guardian_id": mum.id,
                }
                for name in ("Kid", "Sister")
            ]
        )
        alone = self._customer("Alone", birthdate_date=date(2020, 1, 1))
        nobody = self._customer("No Mail")
        # as it may have come in before there was a check
        wrong = self._customer("Wrong")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET email = 'wrong at reef' WHERE id = %s", [wrong.id]
        )
        self.env.invalidate_all()
        gone = self._customer("Gone", email="gone@reef.test", active=False)
        same = self._customer("Same")
        same.email = "t_portal@dive.test"
        self.portal.login = "t_portal@dive.test"
        staff = self.manager.partner_id
        staff.dive_customer = True
        self._remember()
        everybody = (
            self.anna | old | waiting | kids | alone | nobody | wrong | gone | same
        ) | staff
        dialog = self._dialog(everybody)
        self.assertEqual(
            dialog.words.split("\n"),
            [
                "2 of 10 get an invitation.",
                "Not Old: has access already.",
                "Not Waiting: was invited already.",
                "Not Alone: A minor without a guardian: fill in who decides.",
                "Not No Mail: No e-mail address.",
                "Not Wrong: “wrong at reef” is not an e-mail address.",
                "Not Gone: Archived: bring the customer back first.",
                "Not Same: Somebody else logs in with this e-mail address.",
                "Not Test Manager: works here and logs in with that.",
            ],
        )
        dialog.again = True
        self.assertIn("3 of 10", dialog.words)
        dialog.action_invite()
        names = set(self._mails().mapped("recipient_ids.name"))
        self.assertEqual(names, {"Anna", "Mum", "Waiting"})
        self.assertEqual(len(self._mails()), 3)
        self.assertEqual(set(self._mails().mapped("state")), {"outgoing"})
        self.assertFalse(kids.user_ids | staff.user_ids.filtered("share"))

    def test_one_that_fails_does_not_keep_the_others(self):
        tom = self._customer("Tom", email="tom@reef.test")
        line = type(self.env["portal.wizard.user"])
        grant = line.action_grant_access
        refused = "No"  # no term for translators

        def broken(self):
            if self.partner_id.name == "Anna":
                raise UserError(refused)
            return grant(self)

        with patch.object(line, "action_grant_access", broken):
            action = self._dialog(self.anna | tom).action_invite()
        self.assertIn("Anna", action["params"]["message"])
        self.assertTrue(tom.user_ids)
        self.assertFalse(self.anna.user_ids)

    def test_nobody(self):
        with self.assertRaisesRegex(UserError, "Select"):
            self._dialog(self.Partner)
        nobody = self._customer("<b>No</b> 🤿")
        with self.assertRaisesRegex(UserError, "No e-mail address"):
            self._dialog(nobody).action_invite()

    def test_roles(self):
        for user in (self.instructor, self.medical, self.accountant, self.portal):
            with self.assertRaises(AccessError):
                self._dialog(self.anna, user)
        self._dialog(self.anna, self.manager).action_invite()
        dialog = self._dialog(self.anna)
        with self.assertRaises(AccessError):
            dialog.with_user(self.manager).action_revoke()
        self.assertFalse(self.front.has_group("base.group_erp_manager"))

    def test_nobody_who_works_here(self):
        """Who may change an address must not have a colleague's password sent there."""
        staff = self.manager.partner_id
        staff.dive_customer = True
        self._log_in(staff)
        for act in ("action_reset", "action_revoke", "action_invite"):
            with self.assertRaises(UserError):
                getattr(self._dialog(staff), act)()
        self.assertFalse(self._mails())

    def test_in_the_language_of_the_diver(self):
        for code in ("de_DE", "es_ES", "fr_FR", "it_IT"):
            self.env["res.lang"]._activate_lang(code)
        self.env["ir.module.module"].search(
            [("name", "in", ("auth_signup", "portal")), ("state", "=", "installed")]
        )._update_translations(["de_DE", "es_ES", "fr_FR", "it_IT"])
        said = {}
        for code in ("en_US", "de_DE", "es_ES", "fr_FR", "it_IT"):
            diver = self._customer(code, email=f"{code}@reef.test", lang=code)
            self._remember()
            self._dialog(diver).action_invite()
            mail = self._mails()
            said[code] = re.sub(r"\s+", " ", mail.subject + mail.body_html)
            self.assertIn("/web/signup", said[code])
        self.assertEqual(len({text[:30] for text in said.values()}), 5, said)

    def test_queries_do_not_grow(self):
        people = self.Partner.create(
            [
                {"name": f"P{i}", "dive_customer": True, "email": f"p{i}@reef.test"}
                for i in range(80)
            ]
        )

        def queries(partners):
            dialog = self._dialog(partners)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            dialog.line_ids.read(["state", "reason", "invited_on", "email"])
            self.assertTrue(dialog.words or len(partners) == 1)
            return self.env.cr.sql_log_count - before

        queries(people[:2])
        self.assertEqual(queries(people[:2]), queries(people))


@tagged("post_install", "-at_install", "dive_long")
class TestPortalInviteLink(InviteMixin, DiveHttpCommon):
    def test_through_the_link(self):
        """As the diver: the link of the mail, a password, and then the portal."""
        self._remember()
        diver = self._customer("Eve <Reef>", email="eve@reef.test")
        self._dialog(diver).action_invite()
        body = self._mails().body_html
        url = re.search(r'href="([^"]*/web/signup[^"]*)"', body)[1].replace(
            "&amp;", "&"
        )
        path = url[url.index("/web/signup") :]
        page = self._get(path).text
        self.assertIn("eve@reef.test", page)
        fields = {
            "csrf_token": self._token_of(page),
            "login": "eve@reef.test",
            "name": "Eve",
            "password": "a-good-password-1",
            "confirm_password": "a-good-password-1",
            "token": re.search(r'name="token" value="([^"]+)"', page)[1],
        }
        self.url_open(path, data=fields)
        self.env.invalidate_all()
        self.assertEqual(self._dialog(diver).state, "active")
        self.authenticate("eve@reef.test", "a-good-password-1")
        self.assertIn("Eve", self._get("/my").text)
        # a link that was cut, and the one that was used
        for link in (path[:-8], path):
            page = self.url_open(link).text
            self.assertIn("Invalid signup token", page)
