import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What a customer is asked for, each with a yes and a no. One click is the answer: it is
 * written down at once, with the words that were asked.
 */
export class DiveConsents extends Component {
    static template = "dive_crm.Consents";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ items: [], busy: false });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps(async ({ record }) => {
            if (record.resId !== this.shown) {
                await this.load(record.resId);
            }
        });
    }

    async load(id) {
        this.shown = id;
        this.state.items = id ? await this.orm.call("res.partner", "dive_consents", [id]) : [];
    }

    /** A new customer is saved first; a second click while that runs does nothing. */
    async answer(item, given) {
        if (this.state.busy || (item.answer === (given ? "yes" : "no") && !item.older)) {
            return;
        }
        this.state.busy = true;
        try {
            if (await this.props.record.save()) {
                const id = this.props.record.resId;
                this.state.items = await this.orm.call("res.partner", "action_dive_answer", [
                    [id],
                    item.id,
                    given,
                ]);
            }
        } finally {
            this.state.busy = false;
        }
    }

    async openLog() {
        const action = await this.orm.call("res.partner", "action_dive_consent_log", [
            [this.props.record.resId],
        ]);
        return this.action.doAction(action);
    }
}

registry.category("view_widgets").add("dive_consents", { component: DiveConsents });
