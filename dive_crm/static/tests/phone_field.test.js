import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { edit, press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const COUNTRIES = [
    ["BS", "Bahamas", "1242", "1"],
    ["CA", "Canada", "1", "1"],
    ["FR", "France", "33", "33"],
    ["DE", "Germany", "49", "49"],
    ["JE", "Jersey", "44", "44"],
    ["NE", "Niger", "227", "227"],
    ["GB", "United Kingdom", "44", "44"],
    ["US", "United States", "1", "1"],
].map(([code, name, phone_code, calling_code], index) => ({
    id: index + 1,
    code,
    name,
    phone_code,
    calling_code,
    main: !["BS", "CA", "JE"].includes(code),
    image_url: `/base/static/img/country_flags/${code.toLowerCase()}.png`,
    rank: { FR: 0, GB: 1, US: 2 }[code] ?? 999,
}));
const GB = COUNTRIES.find((country) => country.code === "GB").id;

/** What the server says; any other number cannot exist. */
const ANSWERS = {
    "GB 07911 123456": ["+44 7911 123456", "GB"],
    "FR 0612345678": ["+33 6 12 34 56 78", "FR"],
    "BS 3591234": ["+1 242-359-1234", "BS"],
    "+1 416 555 0123": ["+1 416-555-0123", "CA"],
    "+44 7911 123456": ["+44 7911 123456", "GB"],
    "0044 7911 123456": ["+44 7911 123456", "GB"],
};
const EXAMPLES = { GB: "07400 123456", FR: "06 12 34 56 78", US: "(201) 555-0123" };

function answer(number, code) {
    const known = ANSWERS[number] || ANSWERS[`${code} ${number}`];
    const base = { ok: !number || !!known, international: "", reason: "", country: code };
    if (known) {
        [base.international, base.country] = known;
    } else if (number) {
        base.reason = `${number} cannot exist`;
    }
    return { ...base, example: EXAMPLES[code] || "" };
}

class Diver extends models.Model {
    name = fields.Char();
    phone = fields.Char();
    country_id = fields.Many2one({ relation: "res.country" });
    contact_ids = fields.One2many({ relation: "diver" });

    _records = [
        { id: 1, name: "Ann", phone: "+44 7911 123456", country_id: false },
        { id: 2, name: "Bob", phone: false, country_id: GB, contact_ids: [1] },
        { id: 3, name: "Cleo", phone: false, country_id: false },
        { id: 4, name: "Don", phone: "+1 416 555 0123", country_id: false },
    ];
}

class Country extends models.Model {
    _name = "res.country";
    name = fields.Char();
    _records = COUNTRIES.map(({ id, name }) => ({ id, name }));
}

defineMailModels();
defineModels([Diver, Country]);

let checks;
beforeEach(() => {
    checks = [];
    onRpc("res.partner", "dive_phone_countries", () => structuredClone(COUNTRIES));
    onRpc("res.partner", "dive_phone_check", ({ args: [number, code] }) => {
        if (number) {
            checks.push([number, code]);
        }
        return answer(number, code);
    });
});

const INPUT = ".o_field_widget[name=phone] input[type=tel]";
const TOGGLER = ".o_dive_phone_toggler";
const REASON = ".o_dive_phone_reason";

async function mountForm(resId, options = "{'country_field': 'country_id'}", extra = "") {
    await mountView({
        type: "form",
        resModel: "diver",
        resId,
        arch: `<form><field name="name"/><field name="country_id"/>
            <field name="phone" widget="dive_phone" options="${options}" ${extra}/></form>`,
    });
    await animationFrame();
}

async function type(text) {
    await contains(INPUT).edit(text, { confirm: "blur" });
    await animationFrame();
}

function expectCountry(name) {
    expect(TOGGLER).toHaveAttribute("title", new RegExp(`^Country: ${name},`));
}

async function searchCountry(text) {
    await contains(TOGGLER).click();
    await contains(".o_dive_phone_countries input").edit(text, { confirm: false });
    await animationFrame();
    return countryTexts();
}

/** The countries in the list, as "France +33". */
function countryTexts() {
    return queryAllTexts(".o_dive_phone_countries .o_select_menu_item").map((text) =>
        text.replace(/\s*\+/, " +")
    );
}

test("a number shows its country's flag, the calling code only where it is missing", async () => {
    await mountForm(1);
    expect(INPUT).toHaveValue("+44 7911 123456");
    expectCountry("United Kingdom");
    expect(`${TOGGLER} img`).toHaveAttribute("data-src", /gb\.png$/);
    expect(TOGGLER).toHaveText("");
    await type("");
    expect(TOGGLER).toHaveText("+44");
});

test("an empty number waits for one of the record's country, else the company's", async () => {
    await mountForm(2);
    expectCountry("United Kingdom");
    expect(INPUT).toHaveAttribute("placeholder", "e.g. 07400 123456");
});

test("without a country of the record it is the company's", async () => {
    await mountForm(3);
    expectCountry("France");
    expect(TOGGLER).toHaveText("+33");
    expect(INPUT).toHaveAttribute("placeholder", "e.g. 06 12 34 56 78");
});

test("a view's own placeholder stands where there is no example", async () => {
    await mountForm(3, "{}", 'placeholder="Mobile"');
    expect(INPUT).toHaveAttribute("placeholder", "e.g. 06 12 34 56 78");
    await searchCountry("niger");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(INPUT).toHaveAttribute("placeholder", "Mobile");
});

test("the country of +1 is asked for, as Canada shares it", async () => {
    await mountForm(4);
    expectCountry("Canada");
});

test("a national number is stored internationally", async () => {
    onRpc("web_save", ({ args }) => {
        expect.step(args[1]);
    });
    await mountForm(2);
    await type("07911 123456");
    expect(INPUT).toHaveValue("+44 7911 123456");
    expect(REASON).toHaveCount(0);
    await clickSave();
    expect.verifySteps([{ phone: "+44 7911 123456" }]);
});

test("saving at once waits for the answer", async () => {
    const slow = new Deferred();
    onRpc("res.partner", "dive_phone_check", async ({ args: [number, code] }) => {
        await (number && slow);
        return answer(number, code);
    });
    onRpc("web_save", ({ args }) => {
        expect.step(args[1].phone);
    });
    await mountForm(2);
    await contains(INPUT).edit("07911 123456", { confirm: false });
    await press("alt+s");
    await animationFrame();
    expect.verifySteps([]);
    slow.resolve();
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["+44 7911 123456"]);
});

test("a server that does not answer leaves the check to saving", async () => {
    onRpc("res.partner", "dive_phone_check", () => {
        throw new Error("no answer");
    });
    onRpc("web_save", ({ args }) => {
        expect.step(args[1].phone);
    });
    await mountForm(2);
    await type("07911 123456");
    await clickSave();
    expect.verifySteps(["+44 07911 123456"]);
});

test("without countries it is an ordinary phone field", async () => {
    onRpc("res.partner", "dive_phone_countries", () => {
        throw new Error("no answer");
    });
    await mountForm(2);
    expect(TOGGLER).toHaveCount(0);
    await type("+44 7911 123456");
    await clickSave();
    expect(INPUT).toHaveValue("+44 7911 123456");
});

test("typing + or 00 switches the selector", async () => {
    await mountForm(3);
    for (const [text, name] of [
        ["+44", "United Kingdom"],
        ["0049", "Germany"],
        ["+1", "United States"],
        ["+1 242", "Bahamas"],
        ["00 33", "France"],
    ]) {
        await contains(INPUT).edit(text, { confirm: false });
        await animationFrame();
        expectCountry(name);
    }
    await type("0044 7911 123456");
    expect(INPUT).toHaveValue("+44 7911 123456");
    expectCountry("United Kingdom");
});

test("the country of a number typed with its code is the server's word", async () => {
    await mountForm(3);
    await type("+1 416 555 0123");
    expect(INPUT).toHaveValue("+1 416-555-0123");
    expectCountry("Canada");
});

test("a number that cannot exist says why, until it is mended", async () => {
    await mountForm(2);
    await type("12345");
    expect(REASON).toHaveText("12345 cannot exist");
    expect(INPUT).toHaveAttribute("aria-invalid", "true");
    expect(INPUT).toHaveAttribute("aria-describedby", queryFirst(REASON).id);
    await contains(INPUT).edit("07911 123456", { confirm: false });
    await advanceTime(400);
    await animationFrame();
    expect(REASON).toHaveCount(0);
    expect(INPUT).toHaveValue("07911 123456");
    expect(INPUT).toHaveAttribute("aria-invalid", "false");
});

test("choosing another country reads the same number again", async () => {
    await mountForm(2);
    await type("0612345678");
    expect(REASON).toHaveText("0612345678 cannot exist");
    expect(await searchCountry("fra")).toEqual(["France +33"]);
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(INPUT).toHaveValue("+33 6 12 34 56 78");
    expect(REASON).toHaveCount(0);
    expect(INPUT).toBeFocused();
    expect(checks).toEqual([
        ["0612345678", "GB"],
        ["0612345678", "FR"],
    ]);
});

test("choosing another country replaces the calling code of a stored number", async () => {
    await mountForm(1);
    await searchCountry("ger");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(INPUT).toHaveValue("+49 7911 123456");
    expect(REASON).toHaveText("7911 123456 cannot exist");
});

test("choosing a country for an empty number gives its example", async () => {
    await mountForm(3);
    await searchCountry("us");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(TOGGLER).toHaveText("+1");
    expect(INPUT).toHaveAttribute("placeholder", "e.g. (201) 555-0123");
    expect(INPUT).toBeFocused();
});

test("a local number of an island, whose code is part of +1", async () => {
    await mountForm(3);
    await searchCountry("1242");
    await press("Enter");
    await animationFrame();
    await type("3591234");
    expect(INPUT).toHaveValue("+1 242-359-1234");
    expectCountry("Bahamas");
});

test("countries: most used on top; found by name, code and calling code", async () => {
    await mountForm(2);
    await contains(TOGGLER).click();
    expect(queryAllTexts(".o_dive_phone_countries .o_select_menu_group")).toEqual([
        "Most used",
        "All countries",
    ]);
    expect(countryTexts().slice(0, 4)).toEqual([
        "United Kingdom +44",
        "France +33",
        "United States +1",
        "Bahamas +1242",
    ]);
    await press("Escape");
    await animationFrame();
    expect(TOGGLER).toBeFocused();
    expect(await searchCountry("uk")).toEqual(["United Kingdom +44"]);
    await press("Escape");
    expect((await searchCountry("+44"))[0]).toBe("United Kingdom +44");
    await press("Escape");
    expect((await searchCountry("+1"))[0]).toBe("United States +1");
    await press("Escape");
    expect(await searchCountry("ger")).toEqual(["Germany +49", "Niger +227"]);
    await press("Escape");
    expect(await searchCountry("zzz")).toEqual([]);
});

test("by keyboard only: letters search, digits go to the number", async () => {
    await mountForm(3);
    queryFirst(TOGGLER).focus();
    await press("g");
    await press("b");
    await animationFrame();
    await animationFrame();
    expect(".o_dive_phone_countries input").toHaveValue("gb");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expectCountry("United Kingdom");
    expect(INPUT).toBeFocused();
    await press(["shift", "Tab"]);
    expect(TOGGLER).toBeFocused();
    await press("0");
    expect(INPUT).toBeFocused();
    await edit("07911 123456");
    await press("Tab");
    await animationFrame();
    expect(INPUT).toHaveValue("+44 7911 123456");
});

test("a readonly number is a link as Odoo's, and nothing is asked", async () => {
    onRpc("res.partner", "dive_phone_countries", () => {
        expect.step("countries");
    });
    await mountForm(1, "{}", 'readonly="1"');
    expect(".o_field_phone a.o_form_uri").toHaveText("+44 7911 123456");
    expect(".o_field_phone a.o_form_uri").toHaveAttribute("href", "tel:+447911123456");
    expect(".o_field_phone a.o_form_uri").toHaveAttribute("dir", "ltr");
    expect(TOGGLER).toHaveCount(0);
    expect.verifySteps([]);
});

test("the buttons to call and to text are Odoo's", async () => {
    await mountForm(1);
    expect(".o_field_phone a.o_phone_form_link").toHaveAttribute("href", "tel:+447911123456");
    expect(".o_field_phone a.o_field_phone_sms").toHaveCount(1);
});

test("the SMS button can be switched off as on any phone field", async () => {
    await mountForm(1, "{'enable_sms': false}");
    expect(".o_field_phone a.o_field_phone_sms").toHaveCount(0);
});

test("another record is another number", async () => {
    await mountView({
        type: "form",
        resModel: "diver",
        resId: 2,
        resIds: [2, 1],
        arch: `<form><field name="country_id"/>
            <field name="phone" widget="dive_phone" options="{'country_field': 'country_id'}"/></form>`,
    });
    await animationFrame();
    await type("0612345678");
    await searchCountry("niger");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expectCountry("Niger");
    expect(REASON).toHaveCount(1);
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(INPUT).toHaveValue("+44 7911 123456");
    expectCountry("United Kingdom");
    expect(REASON).toHaveCount(0);
});

test("in an editable list: no selector, the same rules", async () => {
    await mountView({
        type: "form",
        resModel: "diver",
        resId: 2,
        arch: `<form><field name="country_id"/><field name="contact_ids">
            <list editable="bottom"><field name="phone" widget="dive_phone"/><field name="name"/></list>
            </field></form>`,
    });
    expect(".o_data_cell[name=phone] a.o_form_uri").toHaveText("+44 7911 123456");
    await contains(".o_data_cell[name=phone]").click();
    await animationFrame();
    expect(TOGGLER).toHaveCount(0);
    await contains(".o_data_cell[name=phone] input").edit("12345", { confirm: "tab" });
    await animationFrame();
    expect(REASON).toHaveText("12345 cannot exist");
    await contains(".o_data_cell[name=phone] input").edit("0612345678", { confirm: "tab" });
    await animationFrame();
    expect(".o_data_cell[name=phone] input").toHaveValue("+33 6 12 34 56 78");
    expect(REASON).toHaveCount(0);
    await contains(".o_form_view").click();
    expect(".o_data_cell[name=phone] a.o_form_uri").toHaveText("+33 6 12 34 56 78");
});

test("a country once chosen is among the most used", async () => {
    await mountForm(3);
    await searchCountry("niger");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    await contains(TOGGLER).click();
    expect(countryTexts().slice(0, 3)).toEqual([
        "France +33",
        "Niger +227",
        "United Kingdom +44",
    ]);
});
