import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/**
 * The cards of a customer: a row opens the card itself, with its buttons, in place of a
 * dialog inside the customer's form, which would be saved with the customer only.
 */
export class DiveCardListField extends X2ManyField {
    async openRecord(record) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: record.resModel,
            res_id: record.resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("dive_card_list", {
    ...x2ManyField,
    component: DiveCardListField,
});
