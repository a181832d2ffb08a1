import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const card = (id, name, values = {}) => ({
    id,
    name,
    agency: "Reef",
    abbreviation: "",
    number: "",
    since: "May 1, 2020",
    until: "",
    state: "valid",
    state_label: "Valid",
    verification: "verified",
    verification_label: "Verified",
    ...values,
});

const entry = (id, title) => ({
    key: `card-${id}`,
    date: "2020-05-01",
    when: "May 1, 2020",
    kind: "card",
    title,
    detail: "Reef",
    model: "dive.certification",
    id,
});

const FULL = {
    held: [
        card(3, "Third"),
        card(1, "First", { verification: "unverified", verification_label: "Not checked" }),
    ],
    specialties: [
        card(5, "Nitrox", { state: "expired", state_label: "Expired", since: "" }),
    ],
    renewals: [
        card(6, "First Aid", {
            state: "expiring",
            state_label: "Expiring",
            text: "Ends on Dec 12, 2026, in 20 days.",
        }),
    ],
    begun: [{ id: 8, level_id: 4, name: "Rescue", trip_id: 70, text: "Begun on Oct 12, 2026." }],
    next: [
        {
            id: 4,
            name: "Rescue",
            agency: "Reef",
            ready: true,
            lacks: [],
            text: "You may begin.",
            course: "Rescue days",
            trip_id: 71,
            when: "Nov 27, 2026, 4 free",
        },
        {
            id: 9,
            name: "Guide",
            agency: "Reef",
            ready: false,
            lacks: ["12 dives", "Rescue"],
            text: "You lack: 12 dives, Rescue",
            course: "",
            trip_id: false,
            when: "",
        },
    ],
    timeline: Array.from({ length: 9 }, (_, index) => entry(index + 1, `Entry ${index + 1}`)),
};

const EMPTY = { held: [], specialties: [], renewals: [], begun: [], next: [], timeline: [] };

class Diver extends models.Model {
    name = fields.Char();
    progression = fields.Json({ readonly: true });

    _records = [
        { id: 1, name: "Ann", progression: FULL },
        { id: 2, name: "Ben", progression: EMPTY },
        { id: 3, name: "Club", progression: false },
        { id: 4, name: "Cora", progression: { ...EMPTY, next: FULL.next } },
    ];
}

defineModels([Diver]);
defineMailModels();

async function mountForm(resId) {
    await mountView({
        type: "form",
        resModel: "diver",
        resId,
        resIds: [1, 2, 3, 4],
        arch: `<form><field name="progression" widget="dive_progression" nolabel="1"/></form>`,
    });
}

const texts = (selector) => queryAllTexts(selector);

test("ladder: highest first, what was checked stands in words", async () => {
    await mountForm(1);
    expect(texts(".o_dive_ladder li button")).toEqual(["Reef · Third", "Reef · First"]);
    expect(texts(".o_dive_ladder .badge")).toEqual(["Verified", "Not checked"]);
    expect(texts(".o_dive_specialties li button")).toEqual(["Reef · Nitrox"]);
    expect(texts(".o_dive_specialties .badge")).toEqual(["Expired", "Verified"]);
    expect(".o_dive_specialties .text-muted").toHaveCount(0);
    expect("ol.o_dive_ladder > li").toHaveCount(2);
});

test("next: what may begin, what is lacking, when", async () => {
    await mountForm(1);
    expect(texts(".o_dive_ready")).toEqual([
        "Reef · Rescue\nYou may begin.\nRescue days: Nov 27, 2026, 4 free",
    ]);
    expect(texts(".o_dive_lacking")).toEqual(["Reef · Guide\nYou lack: 12 dives, Rescue"]);
    expect(texts(".o_dive_begun li")).toEqual(["Rescue\nBegun on Oct 12, 2026."]);
    expect(texts(".o_dive_renewals li")).toEqual([
        "Reef · First Aid\nExpiring\nEnds on Dec 12, 2026, in 20 days.",
    ]);
});

test("the timeline begins short", async () => {
    await mountForm(1);
    expect(".o_dive_timeline li").toHaveCount(6);
    expect(".o_dive_more").toHaveText("Show 3 earlier");
    queryFirst(".o_dive_more").focus();
    await press("Enter");
    await animationFrame();
    expect(".o_dive_timeline li").toHaveCount(9);
    expect(".o_dive_more").toHaveCount(0);
});

test("a name opens its record", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(`${action.res_model} ${action.res_id}`);
        },
    });
    await mountForm(1);
    await contains(".o_dive_ladder button:first").click();
    await contains(".o_dive_begun button").click();
    await contains(".o_dive_ready button").click();
    await contains(".o_dive_timeline button:first").click();
    expect.verifySteps([
        "dive.certification 3",
        "dive.trip 70",
        "dive.trip 71",
        "dive.certification 1",
    ]);
});

test("who has nothing is told how to begin", async () => {
    await mountForm(2);
    expect(".o_dive_progression_empty").toHaveCount(1);
    expect(".o_dive_progression section").toHaveCount(0);
});

test("without a card: how to begin, and with which course", async () => {
    await mountForm(4);
    expect(".o_dive_progression_empty").toHaveCount(1);
    expect(".o_dive_next li").toHaveCount(2);
});

test("no value is no error, and another record is another diver", async () => {
    await mountForm(3);
    expect(".o_dive_progression_empty").toHaveCount(1);
    await contains(".o_pager_previous").click();
    await contains(".o_pager_previous").click();
    expect(".o_dive_ladder > li").toHaveCount(2);
});
