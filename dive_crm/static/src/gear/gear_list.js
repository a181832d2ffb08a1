import { Component, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/**
 * Where a scanner, or a hand, enters what stands on an item: it goes out if it is
 * ready for somebody, and comes back if it is out. Scanners end with Enter.
 */
export class DiveGearScan extends Component {
    static template = "dive_crm.GearScan";
    static props = { tripId: { optional: true }, onScanned: Function };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.input = useRef("input");
        this.state = useState({ busy: false });
    }

    get placeholder() {
        return _t("Scan an item");
    }

    async onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const code = this.input.el.value.trim();
        this.input.el.value = "";
        if (!code || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const { type, message } = await this.orm.call("dive.equipment", "action_scan", [
                code,
                this.props.tripId || false,
            ]);
            this.notification.add(message, { type });
            await this.props.onScanned();
        } finally {
            this.state.busy = false;
            // after the list is drawn anew, ready for the next scan
            browser.setTimeout(() => this.input.el?.focus());
        }
    }
}

export class DiveGearListController extends ListController {
    static template = "dive_crm.GearListView";
    static components = { ...ListController.components, DiveGearScan };

    get gearTripId() {
        return this.props.context.dive_gear_trip_id;
    }

    async onScanned() {
        await this.model.load();
    }
}

registry.category("views").add("dive_gear_list", {
    ...listView,
    Controller: DiveGearListController,
});
