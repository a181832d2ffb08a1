import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Customers who might be the one that is being entered. Opening one of them drops what
 * was typed: saved, it would be the duplicate.
 */
export class DiveAlikeField extends Component {
    static template = "dive_crm.AlikeField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get alike() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(id) {
        await this.props.record.discard();
        const action = await this.orm.call("res.partner", "action_dive_entry_close", [[id]]);
        return this.action.doAction(action);
    }
}

registry.category("fields").add("dive_alike", {
    component: DiveAlikeField,
    supportedTypes: ["json"],
});
