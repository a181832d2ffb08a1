import re
import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests.common import (
    BaseCase,
    HttpCase,
    TransactionCase,
    get_db_name,
)
from odoo.tools import mute_logger

from ..tools import access_store

ROLE_GROUPS = {
    "front": "dive_crm.group_front_desk",
    "instructor": "dive_crm.group_instructor",
    "medical": "dive_crm.group_medical",
    "manager": "dive_crm.group_manager",
    "accountant": "base.group_user,account.group_account_manager",
    "employee": "base.group_user",
    "portal": "base.group_portal",
}


#: Company without quiet hours.
NO_QUIET = {"dive_quiet_from": 0, "dive_quiet_to": 0}


class DiveMixin:
    """One user per role, and short ways to make what a test is about.

    Users are ``cls.front``, ``cls.instructor``, ``cls.medical``, ``cls.manager``,
    ``cls.accountant``, ``cls.employee`` (no role with us) and ``cls.portal``; login is
    ``t_front`` and so on, the password is the login.
    """

    @classmethod
    def setUpDiveCentre(cls):
        """Call from ``setUpClass``, after ``super()``."""
        cls.env = cls.env(
            context=dict(cls.env.context, no_reset_password=True, tracking_disable=True)
        )
        cls.company = cls.env.company
        # a company that a test makes has none either: all have the same day, also when
        # it is tomorrow already where the demo centre lies
        cls.company.partner_id.tz = False
        # at whatever hour tests are run, nobody sleeps
        cls.env["res.company"].search([]).write(NO_QUIET)
        for name, value in NO_QUIET.items():
            cls.env["ir.default"].set("res.company", name, value)
        cls._make_users()
        cls.Partner = cls.env["res.partner"]

    @classmethod
    def _make_users(cls):
        """Make the seven at once: one by one takes three times as many queries."""
        ref = cls.env.ref
        values = [
            {
                "login": f"t_{role}",
                "password": f"t_{role}",
                "group_ids": [
                    Command.set([ref(name).id for name in groups.split(",")])
                ],
                "name": f"Test {role.title()}",
                "email": f"t_{role}@dive.test",
                "company_id": cls.company.id,
                "company_ids": [Command.link(cls.company.id)],
            }
            for role, groups in ROLE_GROUPS.items()
        ]
        # to draw their pictures would take as long as all the rest
        partners = cls.env.registry["res.partner"]
        with patch.object(partners, "_avatar_generate_svg", lambda partner: False):
            users = cls.env["res.users"].create(values)
        for role, user in zip(ROLE_GROUPS, users, strict=True):
            # browsed alone: what is read of one is not read of all, as in a request
            setattr(cls, role, user.browse(user.id))

    @contextmanager
    def _no_commit(self, left=float("inf")):
        """Let a scheduled action go on where it would commit.

        Yield a list of how much it says it has done, each time.

        :param left: seconds that it is told to have left
        """
        commits = []

        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            cron.env.flush_all()
            commits.append(processed)
            return left

        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", commit_progress):
            yield commits

    @classmethod
    def _customer(cls, name, **vals):
        """Make a dive customer."""
        return cls.Partner.create({"name": name, "dive_customer": True, **vals})

    def _merge_partners(self, dst, src, user=None):
        """Make one of several partners, as a manager does in Odoo's wizard."""
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(user or self.manager)
            .create(
                {"partner_ids": [(6, 0, (dst | src).ids)], "dst_partner_id": dst.id}
            )
        )
        wizard.action_merge()
        self.env.invalidate_all()

    @classmethod
    def _product(cls, **vals):
        """Make a service that a trip is sold as (100.00, no tax unless given)."""
        return cls.env["product.product"].create(
            {
                "name": "Two-tank boat dive",
                "type": "service",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _trip(cls, later=0, **vals):
        """Make an open trip for four divers, the day after tomorrow, at 100.00.

        :param int later: so many days after that; nobody is on two trips at a time
        """
        start = vals.pop("date_start", fields.Datetime.now() + timedelta(2 + later))
        if "type_id" not in vals:
            vals["type_id"] = cls.env["dive.trip.type"].create({"name": "Boat dive"}).id
        if "product_id" not in vals:
            vals["product_id"] = cls._product().id
        vals = {
            "date_start": start,
            "date_end": start + timedelta(hours=5),
            "capacity": 4,
            "state": "open",
            **vals,
        }
        return cls.env["dive.trip"].create(vals)

    @classmethod
    def _booking(cls, payer, trip, divers=None, confirm=False):
        """Make a booking on ``trip`` for ``divers`` (the payer if none)."""
        booking = cls.env["dive.booking"].create(
            {
                "partner_id": payer.id,
                "trip_id": trip.id,
                "diver_ids": [
                    Command.create({"partner_id": diver.id})
                    for diver in divers or payer
                ],
            }
        )
        if confirm:
            booking.action_confirm()
        return booking


class DiveCommon(DiveMixin, TransactionCase):
    """Base of the tests that need no web server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()


class RpcError(Exception):
    """What the web API answered in place of a result."""

    def __init__(self, error):
        super().__init__(error["data"]["message"])
        self.name = error["data"]["name"]


class DiveHttpCommon(DiveMixin, HttpCase):
    """Base of the tests that go through the web server, as browsers and scripts do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()

    def _get(self, path, status=200, **kwargs):
        """Ask for a page, and return the answer."""
        answer = self.url_open(path, allow_redirects=False, **kwargs)
        self.assertEqual(answer.status_code, status, path)
        return answer

    def _token_of(self, page):
        """Return what protects the form of a page from being sent by others."""
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def _rpc(self, role, model, method, *args, **kwargs):
        """Call a public method over JSON-RPC as the user of ``role``.

        :raise RpcError: the server refused
        """
        login = f"t_{role}"
        if getattr(self, "_rpc_login", None) != login:
            self.authenticate(login, login)
            self._rpc_login = login
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            },
        ).json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def _rpc_refused(self, role, model, method, *args, **kwargs):
        """Call as :meth:`_rpc` does and return the name of the error it must meet."""
        with (
            mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(RpcError, msg=f"{role}: {model}.{method}") as caught,
        ):
            self._rpc(role, model, method, *args, **kwargs)
        return caught.exception.name


class RaceCase(BaseCase):
    """Base of the tests that let go several real transactions at the same moment.

    What they make is committed: each test removes it again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        if not cls.registry.ready:
            # Odoo's own runner tests before it is, and warns of signals; its
            # TransactionCase does the same.
            cls.startClassPatcher(
                patch.object(cls.registry, "signal_changes", lambda: None)
            )
        # at whatever hour tests are run, nobody sleeps
        cls.startClassPatcher(
            patch.object(
                cls.registry["res.partner"], "_dive_quiet_until", lambda self, at: None
            )
        )
        with cls.registry.cursor() as cr:
            end = access_store.last(cr)
        cls.addClassCleanup(cls._forget_looks, end[0] if end else 0)

    @classmethod
    def _forget_looks(cls, seq):
        """Remove what was looked at: the keys that it is signed with are the test's."""
        with cls.registry.cursor() as cr:
            cr.execute("SELECT 1 FROM dive_access_log WHERE seq > %s LIMIT 1", [seq])
            if not cr.rowcount:
                return
            cr.execute("ALTER TABLE dive_access_log DISABLE TRIGGER USER")
            cr.execute("DELETE FROM dive_access_log WHERE seq > %s", [seq])
            cr.execute("ALTER TABLE dive_access_log ENABLE TRIGGER USER")

    @contextmanager
    def _env(self):
        """Give an environment on a connection of its own, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _race(self, actions):
        """Run each action on a connection of its own, all let go at once by a barrier.

        As Odoo does, run an action again when PostgreSQL, or the action, asks for it.

        :param actions: callables that take an environment
        :return: for each action True (committed) or the exception that refused it
        """
        barrier = threading.Barrier(len(actions))
        outcome = [None] * len(actions)

        def run(index, action, env):
            for attempt in range(50):
                try:
                    env.cr.execute("SELECT 1")  # the snapshot is taken here
                    if not attempt:
                        barrier.wait(timeout=30)
                    action(env)
                    env.cr.commit()
                    outcome[index] = True
                    return
                except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
                    env.cr.rollback()  # and all that was read is forgotten
                except Exception as error:
                    env.cr.rollback()
                    outcome[index] = error
                    return

        with ExitStack() as connections, mute_logger("odoo.sql_db"):
            # Made by this thread: Odoo's own test runner holds the lock of registries,
            # for which the first environment of a connection asks.
            runners = [
                (index, action, connections.enter_context(self._env()))
                for index, action in enumerate(actions)
            ]
            threads = [threading.Thread(target=run, args=runner) for runner in runners]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
            self.assertFalse([thread for thread in threads if thread.is_alive()])
        return outcome
