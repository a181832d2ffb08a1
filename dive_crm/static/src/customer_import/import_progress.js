import { _t } from "@web/core/l10n/translation";
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillDestroy, useState } from "@odoo/owl";

const CHANNEL = "dive_crm.customer_import/progress";
const METHODS = ["action_check", "action_import"];

/**
 * Shows how far the server is with checking or importing a customer list.
 *
 * It appears with the request and goes with the answer; in between the server tells
 * the rows done over the bus. Until it does (or if the bus cannot be reached) the bar moves
 * without a figure.
 */
export class DiveImportProgress extends Component {
    static template = "dive_crm.ImportProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ request: null, phase: "check", done: 0, total: 0 });
        useBus(rpcBus, "RPC:REQUEST", ({ detail }) => this.onRequest(detail.data));
        useBus(rpcBus, "RPC:RESPONSE", ({ detail }) => this.onResponse(detail.data));
        this.bus = useService("bus_service");
        const onMessage = (message) => this.onMessage(message);
        this.bus.subscribe(CHANNEL, onMessage);
        onWillDestroy(() => this.bus.unsubscribe(CHANNEL, onMessage));
    }

    onRequest({ id, params }) {
        if (params.model === "dive.customer.import" && METHODS.includes(params.method)) {
            Object.assign(this.state, { request: id, phase: "check", done: 0, total: 0 });
        }
    }

    onResponse({ id }) {
        if (id === this.state.request) {
            this.state.request = null;
        }
    }

    onMessage({ import_id, phase, done, total }) {
        if (import_id === this.props.record.resId) {
            Object.assign(this.state, { phase, done, total });
        }
    }

    get percent() {
        return this.state.total ? Math.round((100 * this.state.done) / this.state.total) : 0;
    }

    get label() {
        const { phase, done, total } = this.state;
        if (!total) {
            return _t("Reading the file…");
        }
        return phase === "write"
            ? _t("Importing: %(done)s of %(total)s customers", { done, total })
            : _t("Checking: %(done)s of %(total)s rows", { done, total });
    }
}

registry.category("view_widgets").add("dive_import_progress", {
    component: DiveImportProgress,
});
