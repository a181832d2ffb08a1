"""The page of the roll call: what it answers, and a phone that loses its connection."""

from odoo.tests import tagged

from .common import DiveHttpCommon
from .roll_common import RollMixin

#: what the tour below is written with
TOOLS = """
    const wait = (what) => new Promise((done, fail) => {
        const start = Date.now();
        const look = () => {
            let found;
            try { found = what(); } catch { found = null; }
            if (found) { done(found); }
            else if (Date.now() - start > 20000) { fail(new Error(`${what}`)); }
            else { setTimeout(look, 50); }
        };
        look();
    });
    const $ = (css) => document.querySelector(css);
    const text = (css) => $(css).textContent;
    const row = (name) => [...document.querySelectorAll(".diver")]
        .find((node) => node.textContent.includes(name));
    const tap = (name) => row(name).querySelector(".tap").click();
    const sent = () => wait(() => text("#status") === "Everything is sent");
    const fill = (kind, number, name) => {
        const form = $(`form[data-kind=${kind}]`);
        form.number.value = number;
        if (name !== undefined) { form.name.value = name; }
        form.querySelector("button").click();
    };
"""
PHONE = """(async () => {
    TOOLS
    try {
        if (document.documentElement.scrollWidth > innerWidth) {
            throw new Error("wider than the phone");
        }
        await sent();
        fill("out", 3);
        await sent();
        await wait(() => text("form[data-kind=out] ul").includes("3 by Test Instr"));
        tap("Anna Keller");
        await wait(() => row("Anna Keller").className === "diver out");
        await sent();
        await wait(() => text("#clock").startsWith("Back in"));
        // the connection is lost: what is tapped is shown, kept, and said to be unsent
        const fetched = window.fetch;
        window.fetch = () => Promise.reject(new TypeError("no network"));
        tap("Tom Keller");
        await wait(() => row("Tom Keller").className === "diver out queued");
        await wait(() => text("#status").includes("Not sent yet: 1 · No connection"));
        await new Promise((done) => setTimeout(done, 600));
        tap("Tom Keller");
        await wait(() => row("Tom Keller").className === "diver in queued");
        const stored = Object.keys(localStorage).filter((k) => /^dive_roll/.test(k));
        if (JSON.parse(localStorage[stored[0]]).length !== 2) {
            throw new Error("not kept");
        }
        // the answer to what arrived is lost as well: it is sent again, and done once
        window.fetch = async (...args) => {
            await fetched(...args);
            throw new TypeError("the answer is lost");
        };
        await new Promise((done) => setTimeout(done, 4500));
        window.fetch = fetched;
        window.dispatchEvent(new Event("online"));
        await sent();
        await wait(() => row("Tom Keller").className === "diver in");
        $("#later").click();
        await sent();
        // a wrong tap, taken back
        await new Promise((done) => setTimeout(done, 600));
        tap("Anna Keller");
        await wait(() => row("Anna Keller").className === "diver in");
        row("Anna Keller").querySelector(".undo").click();
        await new Promise((done) => setTimeout(done, 600));
        await wait(() => row("Anna Keller").className === "diver out");
        tap("Anna Keller");
        await sent();
        $("#pair_up").click();
        await wait(() => text("#divers").includes("Buddies A"));
        fill("back", 3, "Bob");
        await sent();
        fill("back", 3, "Test Instructor");
        await sent();
        await wait(() => !text("#counts_missing"));
        if (document.querySelector("#messages .alert")) {
            throw new Error(text("#messages"));
        }
        console.log("test successful");
    } catch (error) {
        console.error(`roll call: ${error.message}`);
    }
})()""".replace("TOOLS", TOOLS)
LATE = """(async () => {
    TOOLS
    const look = (css) => getComputedStyle(row("Anna Keller").querySelector(css));
    try {
        await sent();
        await wait(() => row("Anna Keller").className === "diver out late");
        const where = row("Anna Keller").querySelector(".where");
        if (where.textContent !== "OVERDUE") {
            throw new Error("not said");
        }
        const [red, green] = look(".tap").backgroundColor.match(/[0-9]+/g).map(Number);
        if (red < 150 || green > 60) {
            throw new Error(`not red: ${look(".tap").backgroundColor}`);
        }
        if (look(".where").color !== "rgb(255, 255, 255)") {
            throw new Error("not to be read on red");
        }
        if (row("Tom Keller").className !== "diver ashore" || !$("#clock_line.late")) {
            throw new Error("who is ashore is not late; the clock is");
        }
        if (!/^[0-9]+ min overdue/.test(text("#clock"))) {
            throw new Error(text("#clock"));
        }
        tap("Anna Keller");
        await wait(() => row("Anna Keller").className === "diver in");
        await sent();
        if ($("#clock_line.late")) {
            throw new Error("nobody is out any more");
        }
        console.log("test successful");
    } catch (error) {
        console.error(`roll call: ${error.message}`);
    }
})()""".replace("TOOLS", TOOLS)


@tagged("post_install", "-at_install", "dive_browser")
class TestRollCallPage(RollMixin, DiveHttpCommon):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpRoll()
        cls.url = f"/dive/trip/{cls.trip.id}/rollcall"

    def test_who_gets_the_page(self):
        self.anna.name = "Anna </script><b>Keller"
        statuses = {"instructor": 200, "front": 200, "medical": 403, "employee": 404}
        for role, status in statuses.items():
            self.authenticate(f"t_{role}", f"t_{role}")
            page = self._get(self.url, status)
            self.assertEqual("Tom Keller" in page.text, status == 200, role)
            self.assertIn("script-src 'self'", page.headers["Content-Security-Policy"])
            self.assertNotIn("</script><b>", page.text)
        self.authenticate("t_instructor", "t_instructor")
        for trip_id in (0, 2**31 - 1, 2**40):
            self._get(f"/dive/trip/{trip_id}/rollcall", 404)
        self.authenticate(None, None)
        self.assertIn("/web/login", self._get(self.url, 303).headers["Location"])

    def test_overdue_in_red(self):
        down = (self.trip.dive_minutes + 10) * 60_000  # milliseconds ago
        self._send(self._tap(self.anna, "ashore", "out", age=down))
        self.env.flush_all()
        self.browser_js(self.url, LATE, login="t_instructor", timeout=90)
        self.env.invalidate_all()
        self.assertEqual(self.seat[self.anna].roll_call, "in")

    def test_phone_without_connection(self):
        self.browser_js(self.url, PHONE, login="t_instructor", timeout=90)
        self.env.invalidate_all()
        states = [self.seat[diver].roll_call for diver in (self.anna, self.tom)]
        self.assertEqual(states, ["in", "in"])
        taps = self.env["dive.roll.entry"].search([("trip_id", "=", self.trip.id)])
        tom = taps.filtered(lambda tap: tap.seat_id == self.seat[self.tom].id)
        self.assertEqual(tom.mapped("state_to"), ["in", "out"])
        self.assertEqual(len(taps), 6)
        self.assertFalse(self.trip._dive_counts_missing())
        self.assertEqual(len(set(self.trip.seat_ids.mapped("buddy_group"))), 1)
