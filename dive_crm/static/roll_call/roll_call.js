/* The roll call of a trip. What is tapped is kept in the phone until the server has it,
   shown at once, and sent again; what others tap comes with each answer. */
(function () {
    "use strict";

    const data = JSON.parse(document.getElementById("data").textContent);
    const words = data.words;
    const STORE = `dive_roll_call_${data.trip}_${data.user}`;
    const POLL = 8000;
    const PATIENCE = 15000;
    const DOUBLE = 500;
    const WAITS = [1000, 2000, 4000, 8000, 15000];
    const NEXT = { ashore: "out", out: "in", in: "ashore" };
    const LANG = document.documentElement.lang || undefined;
    const $ = (id) => document.getElementById(id);

    let state = data.state;
    let queue = load();
    let offset = toMs(state.now) - Date.now();
    let failures = 0;
    let loggedOut = false;
    let refused = "";
    let lastTap = { seat: 0, at: 0 };
    let editing = false;
    let sending = false;
    let timer;

    // --- what is kept -------------------------------------------------------

    function load() {
        try {
            return JSON.parse(localStorage.getItem(STORE)) || [];
        } catch {
            return [];
        }
    }

    function save() {
        try {
            localStorage.setItem(STORE, JSON.stringify(queue));
        } catch {
            // a private window keeps nothing: what is not sent lives with the page
        }
    }

    function newKey() {
        const bytes = window.crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }

    function act(type, values) {
        queue.push({ key: newKey(), type, at: Date.now(), ...values });
    }

    function acted() {
        save();
        render();
        send();
    }

    // --- times --------------------------------------------------------------

    function toMs(text) {
        return text ? Date.parse(`${text.replace(" ", "T")}Z`) : 0;
    }

    function toText(ms) {
        return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
    }

    function clock(text) {
        const options = { hour: "2-digit", minute: "2-digit" };
        return text ? new Date(toMs(text)).toLocaleTimeString(LANG, options) : "";
    }

    function now() {
        return Date.now() + offset;
    }

    // --- what is shown: what the server said, and what is still on its way --

    function view() {
        const divers = state.divers.map((diver) => ({ ...diver, queued: false }));
        const byId = new Map(divers.map((diver) => [diver.id, diver]));
        let backBy = state.back_by;
        for (const action of queue) {
            const diver = byId.get(action.seat);
            if (action.type === "tap" && diver) {
                const moment = toText(action.at + offset);
                const others = divers.some((o) => o !== diver && o.state === "out");
                diver.before = diver.state;
                diver.state = action.to;
                diver.queued = true;
                if (action.to === "out" && !action.undo) {
                    diver.out_at = moment;
                    if (!others) {
                        backBy = backBy && toMs(backBy) > now() ? backBy : false;
                    }
                } else if (action.to === "in") {
                    diver.back_at = moment;
                }
            } else if (action.type === "buddy" && diver) {
                diver.group = action.group;
                diver.queued = true;
            } else if (action.type === "later") {
                backBy = action.to;
            }
        }
        return { divers, backBy };
    }

    function element(tag, className, text) {
        const node = document.createElement(tag);
        if (className) {
            node.className = className;
        }
        if (text !== undefined) {
            node.textContent = text;
        }
        return node;
    }

    function button(text, onClick, className) {
        const node = element("button", className, text);
        node.type = "button";
        node.disabled = Boolean(state.closed);
        node.addEventListener("click", onClick);
        return node;
    }

    function render() {
        const { divers, backBy } = view();
        const late = Boolean(backBy) && toMs(backBy) < now();
        for (const place of ["out", "in", "ashore"]) {
            $(`n_${place}`).textContent = divers.filter((d) => d.state === place).length;
        }
        renderClock(divers, backBy, late);
        renderStatus();
        $("closed").hidden = !state.closed;
        $("closed").textContent = state.closed || "";
        $("edit_buddies").disabled = $("pair_up").disabled = Boolean(state.closed);
        if (!document.activeElement?.closest("#divers .side input")) {
            renderDivers(divers, late);
        }
        renderCounts(divers);
    }

    function renderClock(divers, backBy, late) {
        const out = divers.some((diver) => diver.state === "out");
        const minutes = Math.round((toMs(backBy) - now()) / 60000);
        let text = words.nobody_out;
        if (out && backBy) {
            text = late
                ? words.minutes_over.replace("%s", Math.abs(minutes))
                : words.minutes_left.replace("%s", minutes);
            text += ` (${clock(backBy)})`;
        } else if (out) {
            text = words.out;
        }
        $("clock").textContent = text;
        $("clock_line").className = out && late ? "line late" : "line";
        $("later").hidden = !out || !backBy || Boolean(state.closed);
        $("later").textContent = words.later;
    }

    function renderStatus() {
        const node = $("status");
        node.className = queue.length || failures ? "line status waiting" : "line status";
        node.replaceChildren();
        if (loggedOut) {
            const link = element("a", "", words.login);
            link.href = `/web/login?redirect=${encodeURIComponent(location.pathname)}`;
            node.append(link);
        } else if (queue.length) {
            node.textContent = words.waiting.replace("%s", queue.length);
            if (failures) {
                node.textContent += ` · ${refused || words.waiting_hint}`;
            }
        } else if (failures) {
            node.textContent = refused || words.offline;
        } else {
            node.textContent = words.sent;
        }
    }

    function renderDivers(divers, late) {
        const rows = [];
        const groups = new Map();
        for (const diver of divers) {
            groups.set(diver.group, [...(groups.get(diver.group) || []), diver]);
        }
        for (const [group, members] of groups) {
            rows.push(renderGroup(group, members, groups.size));
            rows.push(...members.map((diver) => renderDiver(diver, late)));
        }
        if (!divers.length) {
            rows.push(element("p", "alert", words.empty));
        }
        $("divers").replaceChildren(...rows);
    }

    function renderGroup(group, members, groups) {
        const head = element("div", "group");
        const name = group ? words.group.replace("%s", group) : words.no_group;
        head.append(element("b", "", group || groups > 1 ? name : ""));
        const out = members.filter((diver) => diver.state === "out");
        if (members.length > 1 && out.length === members.length) {
            head.append(button(words.all_in, () => moveAll(members, "in")));
        } else if (members.length > 1 && !out.length) {
            head.append(button(words.all_out, () => moveAll(members, "out")));
        }
        return head;
    }

    function renderDiver(diver, late) {
        const overdue = late && diver.state === "out";
        const row = element("div", `diver ${diver.state}`);
        row.dataset.seat = diver.id;
        row.classList.toggle("late", overdue);
        row.classList.toggle("queued", diver.queued);
        const tap = button("", () => move(diver, NEXT[diver.state]), "tap");
        const who = element("span", "who");
        const facts = [diver.level, diver.minor ? words.minor : ""].filter(Boolean);
        who.append(element("span", "name", diver.name));
        who.append(element("span", "small", facts.join(" · ")));
        const where = element("span", "where", overdue ? words.overdue : words[diver.state]);
        const times = {
            out: words.since.replace("%s", clock(diver.out_at)),
            in: words.back_since.replace("%s", clock(diver.back_at)),
            ashore: "",
        }[diver.state];
        const note = diver.queued ? words.not_sent : diver.by;
        who.append(element("span", "small", [times, note].filter(Boolean).join(" · ")));
        tap.append(who, where);
        row.append(tap, renderSide(diver));
        return row;
    }

    function renderSide(diver) {
        const side = element("div", "side");
        if (editing) {
            const input = element("input");
            input.value = diver.group;
            input.maxLength = 2;
            input.setAttribute("aria-label", words.group.replace("%s", diver.name));
            input.addEventListener("change", () => {
                act("buddy", { seat: diver.id, group: input.value.trim().toUpperCase() });
                input.blur();
                acted();
            });
            side.append(input);
            return side;
        }
        const untouched = diver.state === "ashore" && !diver.out_at;
        if (!untouched && diver.before !== diver.state) {
            side.append(button(words.undo, () => move(diver, diver.before, true), "undo"));
        }
        if (diver.state === "in") {
            side.append(button(words.again, () => move(diver, "out"), "again"));
        }
        return side;
    }

    function renderCounts(divers) {
        for (const form of document.querySelectorAll("form.count")) {
            const kind = form.dataset.kind;
            const known = state.counts.filter((count) => count.kind === kind);
            const waiting = queue.filter((a) => a.type === "count" && a.kind === kind);
            const lines = known.map((count) => countLine(count, clock(count.at)));
            lines.push(...waiting.map((count) => countLine(count, words.not_sent)));
            form.querySelector("ul").replaceChildren(
                ...lines.map((line) => element("li", "", line))
            );
            form.querySelector("button").disabled = Boolean(state.closed);
            const first = !known.length && !waiting.length;
            if (first && !form.name.dataset.filled) {
                form.name.value = data.user_name;
                form.name.dataset.filled = "1";
            }
            form.number.placeholder = divers.length;
        }
        $("counts_missing").textContent = state.counts_missing;
    }

    function countLine(count, time) {
        return words.counted
            .replace("%(number)s", count.number)
            .replace("%(name)s", count.name)
            .replace("%(time)s", time);
    }

    function tell(message) {
        const node = element("p", "alert");
        node.append(element("span", "", message));
        const close = element("button", "", words.close);
        close.type = "button";
        close.addEventListener("click", () => node.remove());
        node.append(close);
        $("messages").append(node);
    }

    // --- what is tapped -----------------------------------------------------

    function move(diver, to, undo = false) {
        const again = lastTap.seat === diver.id && Date.now() - lastTap.at < DOUBLE;
        if (again && !undo) {
            return; // a finger that trembled
        }
        lastTap = { seat: diver.id, at: Date.now() };
        act("tap", { seat: diver.id, from: diver.state, to, undo });
        acted();
    }

    function moveAll(divers, to) {
        for (const diver of divers.filter((one) => one.state !== to)) {
            act("tap", { seat: diver.id, from: diver.state, to });
        }
        acted();
    }

    $("later").addEventListener("click", () => {
        const from = view().backBy;
        act("later", { from, to: toText(Math.max(toMs(from), 0) + 15 * 60000) });
        acted();
    });
    $("edit_buddies").addEventListener("click", () => {
        editing = !editing;
        render();
    });
    $("pair_up").addEventListener("click", () => {
        act("pair");
        acted();
    });
    for (const form of document.querySelectorAll("form.count")) {
        form.addEventListener("submit", (ev) => {
            ev.preventDefault();
            const name = form.name.value.trim();
            if (!/^\d+$/.test(form.number.value) || name.length < 2) {
                tell(words.need);
                return;
            }
            act("count", { kind: form.dataset.kind, number: +form.number.value, name });
            form.number.value = "";
            form.name.value = "";
            acted();
        });
    }

    // --- what is sent -------------------------------------------------------

    async function ask() {
        const stop = new AbortController();
        const alarm = setTimeout(() => stop.abort(), PATIENCE);
        const sent = queue.map((action) => ({
            ...action,
            age: Math.max(Date.now() - action.at, 0),
        }));
        try {
            const answer = await fetch(`/dive/trip/${data.trip}/rollcall/send`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", params: { actions: sent } }),
                signal: stop.signal,
                cache: "no-store",
            });
            return await answer.json();
        } finally {
            clearTimeout(alarm);
        }
    }

    async function send() {
        if (sending) {
            return;
        }
        sending = true;
        clearTimeout(timer);
        try {
            const answer = await ask();
            if (answer.error) {
                loggedOut = answer.error.code === 100;
                refused = answer.error.data?.message || answer.error.message;
                throw new Error(refused);
            }
            loggedOut = false;
            refused = "";
            failures = 0;
            take(answer.result);
        } catch {
            failures++; // told in the status line
        } finally {
            sending = false;
            render();
            const wait = WAITS[Math.min(failures, WAITS.length) - 1];
            timer = setTimeout(send, failures ? wait : queue.length ? 0 : POLL);
        }
    }

    function take(answer) {
        state = answer;
        offset = toMs(answer.now) - Date.now();
        queue = queue.filter((action) => !(action.key in answer.results));
        save();
        Object.values(answer.results).filter(Boolean).forEach(tell);
    }

    window.addEventListener("online", send);
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden) {
            send();
        }
    });
    window.addEventListener("beforeunload", (ev) => {
        if (queue.length) {
            ev.preventDefault();
        }
    });
    setInterval(render, 15000);
    render();
    send();
})();
