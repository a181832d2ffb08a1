import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How much of the timeline is shown at first. */
const SHOWN = 6;

/**
 * How far a diver has come: levels held, what comes next, courses begun, what ends, and
 * what has been. All words come from the server, see `_dive_progression`.
 */
export class DiveProgressionField extends Component {
    static template = "dive_crm.ProgressionField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.state = useState({ all: false });
    }

    get data() {
        return this.props.record.data[this.props.name] || {};
    }

    get cards() {
        return [
            { key: "held", items: this.data.held || [] },
            { key: "specialties", items: this.data.specialties || [] },
        ].filter((group) => group.items.length);
    }

    get isEmpty() {
        const { held, specialties, renewals, begun, timeline } = this.data;
        return ![held, specialties, renewals, begun, timeline].some((list) => list?.length);
    }

    get timeline() {
        const all = this.data.timeline || [];
        return this.state.all ? all : all.slice(0, SHOWN);
    }

    get hiddenCount() {
        return (this.data.timeline || []).length - this.timeline.length;
    }

    stateClass(card) {
        return {
            valid: "text-bg-success",
            expiring: "text-bg-warning",
            expired: "text-bg-danger",
        }[card.state];
    }

    icon(entry) {
        return {
            card: "fa-id-card-o",
            course: "fa-graduation-cap",
            first: "fa-flag",
            deepest: "fa-arrow-down",
        }[entry.kind];
    }

    open(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("dive_progression", {
    component: DiveProgressionField,
    supportedTypes: ["json"],
    label: false,
});
