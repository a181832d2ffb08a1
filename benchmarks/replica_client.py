"""What a web client asks for: the windows of the menu, one after the other.

Knows nothing of databases: it asks over HTTP, and numbers its requests, so that they
are found in Odoo's log.
"""

import datetime
import itertools

import requests
from lxml import etree

PAGE = 80
#: Calls of our own screens that only read: model, method, arguments. ``{customer}`` is
#: a customer's id.
SCREENS = (
    ("dive.trip", "dive_today", [False]),
    ("res.partner", "dive_suits_you", ["{customer}"]),
    ("res.partner", "dive_consents", ["{customer}"]),
    ("res.partner", "dive_phone_check", ["+34 600 000 000", False]),
)
#: And those of the manager's.
OF_MANAGERS = (
    ("dive.backup", "dive_status", []),
    ("res.partner", "dive_consents_of_new", ["en_US", False]),
)


def expected(kind):
    """Return the cursor that a request of a kind ends with."""
    return {"read": "ro", "write": "rw"}[kind]


class Client:
    """One user's browser."""

    def __init__(self, url, database, login, first, note):
        """``note(what, kind, touched)`` is told of each request when it is answered."""
        self.url, self.login, self.note = url, login, note
        self.numbers = itertools.count(first)
        self.session = requests.Session()
        params = {"db": database, "login": login, "password": login}
        answer = self.session.post(
            f"{url}/web/session/authenticate", json={"params": params}, timeout=120
        ).json()
        if "error" in answer:
            raise RuntimeError(f"{login} cannot log in: {answer['error']['data']}")
        self.info = answer["result"]
        self.context = self.info["user_context"]
        answer = self.session.get(f"{url}/web/webclient/load_menus", timeout=60)
        self.menus = answer.json()

    def rpc(self, path, kind="read", what=None, touched=False, **params):
        """Ask, and tell ``note``. Raises if the server answers with an error."""
        answer = self.session.post(
            f"{self.url}{path}?dive_request={next(self.numbers)}",
            json={"jsonrpc": "2.0", "params": params},
            timeout=120,
        ).json()
        what = f"{self.login}: {what or path}"
        self.note(what, kind, touched)
        if "error" in answer:
            raise RuntimeError(f"{what}: {answer['error']['data']['message']}")
        return answer["result"]

    def call(self, model, method, *args, kind="read", touched=False, **kwargs):
        kwargs.setdefault("context", self.context)
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            kind,
            f"{model}.{method}",
            touched,
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    # --- what is opened -----------------------------------------------------------

    def walk(self):
        """Open each window of our part of the menu, once, and our own screens."""
        menus = self.menus
        ours = [m for m in menus.values() if m.get("xmlid") == "dive_crm.menu_root"]
        seen = set()
        queue = [child for menu in ours for child in menu["children"]]
        while queue:
            menu = menus[str(queue.pop(0))]
            queue += menu["children"]
            if menu["actionID"] and menu["actionID"] not in seen:
                seen.add(menu["actionID"])
                self.open(menu["actionID"])
        self.screens()
        return seen

    def open(self, action_id):
        """Load an action and, if it is a window, what its views ask for."""
        action = self.rpc("/web/action/load", action_id=action_id)
        if action["type"] != "ir.actions.act_window":
            return
        model = action["res_model"]
        views = [(view, kind) for view, kind in action["views"]]
        if action.get("search_view_id"):
            views.append((action["search_view_id"][0], "search"))
        context = {**self.context, **self.evaluated(action["context"], {})}
        domain = self.evaluated(action["domain"], [])
        loaded = self.call(
            model,
            "get_views",
            views=views,
            options={"toolbar": True, "load_filters": True, "action_id": action_id},
        )
        fields = loaded["models"][model]["fields"]
        for kind in [kind for _view, kind in views]:
            arch = etree.fromstring(loaded["views"][kind]["arch"])
            show = getattr(self, f"show_{kind}", None)
            if show:
                show(model, domain, context, fields, arch)

    def evaluated(self, text, nothing):
        if not isinstance(text, str):
            return text or nothing
        known = {
            "uid": self.info["uid"],
            "allowed_company_ids": [self.info["user_companies"]["current_company"]],
            "active_id": 0,
            "active_ids": [],
            "datetime": datetime,
            "context_today": datetime.date.today,
            "time": __import__("time"),
            "true": True,
            "false": False,
            "context": self.context,
        }
        # the add-on's own actions, in a database of ours
        return eval(text, known)  # pylint: disable=eval-used

    @staticmethod
    def specification(arch, fields):
        """Return what a list or form reads: its fields, not those of lines in it."""
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        spec = {}
        for name in names & set(fields):
            kind = fields[name]["type"]
            spec[name] = (
                {"fields": {"display_name": {}}} if kind.startswith("many2one") else {}
            )
        return spec

    def show_list(self, model, domain, context, fields, arch):
        spec = self.specification(arch, fields)
        page = self.call(
            model,
            "web_search_read",
            touched=True,
            domain=domain,
            specification=spec,
            limit=PAGE,
            count_limit=10001,
            context=context,
        )
        if arch.get("default_order") is None:
            self.call(model, "search_count", domain, context=context)
        for name in sorted(fields):
            field = fields[name]
            if field.get("groupable") and field.get("store") and name in spec:
                group = f"{name}:month" if field["type"].startswith("date") else name
                self.call(
                    model,
                    "web_read_group",
                    domain=domain,
                    groupby=[group],
                    aggregates=["__count"],
                    limit=PAGE,
                    context=context,
                )
                break
        self.call(model, "name_search", name="a", limit=8, context=context)
        return page

    def show_kanban(self, model, domain, context, fields, arch):
        self.show_list(model, domain, context, fields, arch)

    def show_form(self, model, domain, context, fields, arch):
        found = self.call(model, "search", domain, limit=1, context=context)
        if found:
            self.call(
                model,
                "web_read",
                found,
                # opening somebody's record is written down, by the primary
                touched=True,
                specification=self.specification(arch, fields),
                context=context,
            )

    def show_pivot(self, model, domain, context, fields, arch):
        nodes = [node for node in arch.iter("field") if node.get("name") in fields]
        rows = [n for n in nodes if n.get("type") in ("row", "col")]
        by = [
            f"{n.get('name')}:{n.get('interval')}"
            if n.get("interval")
            else n.get("name")
            for n in rows
        ]
        measures = [
            f"{n.get('name')}:{fields[n.get('name')].get('aggregator') or 'sum'}"
            for n in nodes
            if n.get("type") == "measure" and fields[n.get("name")].get("aggregator")
        ]
        self.call(
            model,
            "formatted_read_grouping_sets",
            domain=domain,
            grouping_sets=[[], *([name] for name in by)],
            aggregates=[*measures, "__count"],
            context=context,
        )

    def show_graph(self, model, domain, context, fields, arch):
        self.show_pivot(model, domain, context, fields, arch)

    def screens(self):
        customer = self.call("res.partner", "search", [("dive_customer", "=", True)])[0]
        calls = SCREENS + (OF_MANAGERS if self.login == "manager" else ())
        for model, method, args in calls:
            args = [customer if arg == "{customer}" else arg for arg in args]
            self.call(model, method, *args, touched=True)

    def reports(self):
        """Open each report of the add-on as a page, of one record."""
        found = self.call(
            "ir.actions.report",
            "search_read",
            [("report_name", "=like", "dive_crm.%")],
            ["report_name", "model"],
        )
        for report in found:
            ids = self.call(report["model"], "search", [], limit=1)
            if not ids or report["model"].startswith("dive.medical"):
                continue  # health data is for the medical officer's own window
            path = f"/report/html/{report['report_name']}/{ids[0]}"
            answer = self.session.get(
                f"{self.url}{path}?dive_request={next(self.numbers)}", timeout=120
            )
            self.note(f"{self.login}: {path}", "read", True)
            # 422: in words, why this record's paper cannot be printed
            if not answer.ok and answer.status_code != 422:
                raise RuntimeError(f"{path}: HTTP {answer.status_code}")

    def write(self, caught_up):
        """Change something; it is read again once ``caught_up()`` has returned."""
        customer = self.call("res.partner", "search", [("dive_customer", "=", True)])[0]
        words = {"function": "written to the primary"}
        specification = {"function": {}}
        self.call(
            "res.partner",
            "web_save",
            [customer],
            words,
            kind="write",
            specification=specification,
        )
        caught_up()
        read = self.call(
            "res.partner",
            "web_read",
            [customer],
            touched=True,
            specification=specification,
        )
        if read[0]["function"] != words["function"]:
            raise RuntimeError("what was written is not on the replica")
