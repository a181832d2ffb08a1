import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Level extends models.Model {
    depth = fields.Float();
    age = fields.Integer();
    _records = [
        { id: 1, depth: 0, age: 0 },
        { id: 2, depth: 18, age: 10 },
    ];
    _views = {
        form: `
            <form>
                <field name="depth" widget="dive_unstated_float" options="{'hide_trailing_zeros': True}"/>
                <field name="age" widget="dive_unstated_integer"/>
            </form>`,
        list: `
            <list>
                <field name="depth" widget="dive_unstated_float"/>
                <field name="age" widget="dive_unstated_integer"/>
            </list>`,
    };
}

defineMailModels();
defineModels([Level]);

test("nothing is shown where nothing is stated", async () => {
    await mountView({ type: "list", resModel: "level" });
    expect(queryAllTexts(".o_data_cell")).toEqual(["", "", "18.00", "10"]);
});

test("an empty box is a number that can be typed", async () => {
    await mountView({ type: "form", resModel: "level", resId: 1 });
    expect(".o_field_widget[name=depth] input").toHaveValue("");
    onRpc("web_save", ({ args }) => {
        expect(args[1]).toEqual({ depth: 30, age: 12 });
        expect.step("saved");
    });
    await contains(".o_field_widget[name=depth] input").edit("30");
    await contains(".o_field_widget[name=age] input").edit("12");
    await clickSave();
    expect(".o_field_widget[name=depth] input").toHaveValue("30");
    expect.verifySteps(["saved"]);
});

test("emptying the box takes the number back", async () => {
    await mountView({ type: "form", resModel: "level", resId: 2 });
    onRpc("web_save", ({ args }) => {
        expect(args[1]).toEqual({ depth: 0, age: 0 });
        expect.step("saved");
    });
    await contains(".o_field_widget[name=depth] input").edit("");
    await contains(".o_field_widget[name=age] input").edit("");
    await clickSave();
    expect(".o_field_widget[name=depth] input").toHaveValue("");
    expect.verifySteps(["saved"]);
});
