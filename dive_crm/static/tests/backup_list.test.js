import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryFirst } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Backup extends models.Model {
    _name = "dive.backup";
    name = fields.Char();
    _records = [{ id: 1, name: "one.dive" }];
}

defineMailModels();
defineModels([Backup]);

const ARCH = `<list js_class="dive_backup_list"><field name="name"/></list>`;

for (const [level, color] of [
    ["good", "success"],
    ["warning", "warning"],
    ["bad", "danger"],
]) {
    test(`a line above the list says how things stand: ${level}`, async () => {
        onRpc("dive.backup", "dive_status", () => ({ level, text: "Last <b>one</b>" }));
        await mountView({ resModel: "dive.backup", type: "list", arch: ARCH });
        expect(`.o_dive_backup_status.alert-${color}`).toHaveCount(1);
        // what is said is text
        expect(queryFirst(".o_dive_backup_status").textContent).toBe("Last <b>one</b>");
        expect(".o_data_row").toHaveCount(1);
    });
}
