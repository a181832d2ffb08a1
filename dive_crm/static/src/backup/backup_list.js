import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const CLASSES = { good: "success", warning: "warning", bad: "danger" };

/** How old the last good backup is, and what to do about it: above the list. */
export class DiveBackupStatus extends Component {
    static template = "dive_crm.BackupStatus";
    static props = { model: Object };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ level: "good", text: "" });
        onWillStart(() => this.load());
        // whenever the list is loaded anew
        onWillUpdateProps(() => this.load());
    }

    async load() {
        Object.assign(this.state, await this.orm.call("dive.backup", "dive_status", []));
    }

    get classes() {
        return `alert-${CLASSES[this.state.level]}`;
    }
}

export class DiveBackupListController extends ListController {
    static template = "dive_crm.BackupListView";
    static components = { ...ListController.components, DiveBackupStatus };
}

registry.category("views").add("dive_backup_list", {
    ...listView,
    Controller: DiveBackupListController,
});
