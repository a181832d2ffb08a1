"""Divers' pages on a phone: no barriers, as high as a thumb, with the keys alone."""

import json
import time
from contextlib import ExitStack, contextmanager

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from .common import DiveMixin
from .portal_pages import PHONE, PortalPagesMixin, axe_source

#: what is tapped
TAPPED = ", ".join(
    f".o_dive_portal {what}"
    for what in (
        "a[href]",
        "button",
        "select",
        "textarea",
        "summary",
        "label.btn",
        "input:not([type=hidden]):not([type=checkbox]):not([type=radio])",
    )
)
#: what axe-core finds
BARRIERS = """
    win.eval(AXE);
    const said = await win.axe.run(win.document, {resultTypes: ["violations"]});
    return said.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ` + one.nodes.map(
            (node) => node.html.slice(0, 160)).join(" | "));
"""
#: what is too low to be tapped, and whether the page is too wide
LOW = """
    const wrong = [];
    const wide = win.document.documentElement.scrollWidth;
    if (wide > 390) {
        wrong.push(`${wide} px wide`);
    }
    for (const one of win.document.querySelectorAll(TAPPED)) {
        const box = one.getBoundingClientRect();
        const line = one.closest("p, li, dd, td, .form-text");
        const inline = win.getComputedStyle(one).display === "inline";
        const words = (node) => node.textContent.trim().length;
        const unseen = one.closest(".visually-hidden, [aria-hidden=true]");
        if (!box.width || !box.height || unseen) {
            continue;
        }
        if (one.matches("a") && inline && line && words(line) > words(one)) {
            continue;
        }
        const whole = one.matches(".stretched-link") ? one.closest(".card") : one;
        const height = Math.round(whole.getBoundingClientRect().height);
        if (height < 44) {
            wrong.push(`${height} px: ${one.outerHTML.slice(0, 160)}`);
        }
    }
    return wrong;
"""
#: where the focus is, and whether that is to be seen
STOP = """(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    return {
        href: one.getAttribute("href"),
        inside: Boolean(one.closest(".o_dive_home")),
        shows: style.outlineStyle !== "none" || style.boxShadow !== "none",
    };
})()"""

#: whether the page's scripts run: who leaves earlier cuts off what they fetch, and that
#: is an error in the log
STARTED = "document.body?.getAttribute('is-ready') === 'true'"


@tagged("post_install", "-at_install", "dive_browser")
class TestPortalBrowser(PortalPagesMixin, DiveMixin, HttpCase):
    browser_size = PHONE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpPages()

    def _barriers(self):
        return BARRIERS.replace("AXE", json.dumps(axe_source()), 1)

    def test_no_barriers(self):
        """axe-core finds nothing serious or critical on any page."""
        pages = [*self._pages(), "/my"]
        self._in_browser(self._barriers(), pages, login="t_portal")

    def test_no_barriers_without_a_login(self):
        rating = f"/rate/{self.ticket._rating_get_access_token()}/1"
        self._in_browser(self._barriers(), [*self._public_pages(), rating])

    def test_no_barriers_for_the_desk(self):
        pages = [f"/dive/portal/{self.diver.id}"]
        self._in_browser(self._barriers(), pages, login="t_front")

    def test_high_as_a_thumb(self):
        """What is tapped on a phone is at least 44 px high; no page scrolls sideways.

        A link within a sentence is as high as its line.
        """
        script = LOW.replace("TAPPED", json.dumps(TAPPED), 1)
        self._in_browser(script, self._pages(), login="t_portal")
        self._in_browser(script, self._public_pages())

    def test_with_the_keys_alone(self):
        """Tab goes through the page in its order, each stop shows; Enter opens one."""
        with self._keyboard("/my/diving", "t_portal") as (press, ask):
            expected = ask(
                "[...document.querySelectorAll('.o_dive_home a[href]')]"
                ".map((one) => one.getAttribute('href'))"
            )
            self.assertGreater(len(expected), 12)
            stops = []
            for _tab in range(len(expected) + 30):
                press("Tab", 9)
                stop = ask(STOP)
                if stop["inside"]:
                    self.assertTrue(stop["shows"], f"no focus to be seen: {stop}")
                    stops.append(stop["href"])
                elif stops:
                    break
            self.assertEqual(stops, expected)
        with self._keyboard("/my/diving", "t_portal") as (press, ask):
            for _tab in range(30):
                press("Tab", 9)
                stop = ask(STOP)
                if stop["href"] == f"/my/medical/{self.diver.id}":
                    break
            press("Enter", 13, text="\r")
            form = f"location.pathname === '/my/medical/{self.diver.id}'"
            self._wait(ask, f"{form} && {STARTED}", "Enter did not open the form")

    def _wait(self, ask, expression, otherwise):
        """Wait until an expression is true in the page."""
        for _turn in range(200):
            if ask(expression):
                return
            time.sleep(0.1)
        self.fail(otherwise)

    @contextmanager
    def _keyboard(self, path, login):
        """Open a page in a browser; give who presses a key of it, and who asks it."""
        browser = ChromeBrowser(self)
        with self.allow_requests(browser=browser), ExitStack() as after:
            after.callback(self._wait_remaining_requests)
            self.authenticate(login, login, browser=browser)
            self.cr.flush()
            self.cr.clear()
            browser.navigate_to(f"{self.base_url()}{path}", wait_stop=True)
            after.callback(browser.stop)
            send = browser._websocket_request

            def press(key, number, **more):
                params = {"key": key, "code": key, "windowsVirtualKeyCode": number}
                send(
                    "Input.dispatchKeyEvent",
                    params={"type": "keyDown", **params, **more},
                )
                send("Input.dispatchKeyEvent", params={"type": "keyUp", **params})

            def ask(expression):
                params = {"expression": expression, "returnByValue": True}
                return send("Runtime.evaluate", params=params)["result"].get("value")

            self._wait(ask, STARTED, "the page did not start")
            yield press, ask
