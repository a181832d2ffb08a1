import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useRef, useState } from "@odoo/owl";

/** A place to drop or choose a customer list; too big a file is not even sent. */
export class DiveImportFileField extends Component {
    static template = "dive_crm.ImportFileField";
    static props = {
        ...standardFieldProps,
        fileNameField: { type: String, optional: true },
        sizeField: { type: String, optional: true },
    };

    setup() {
        this.notification = useService("notification");
        this.input = useRef("input");
        this.state = useState({ over: false });
    }

    get fileName() {
        const { record, name, fileNameField } = this.props;
        return record.data[name] ? record.data[fileNameField] || _t("Customer list") : "";
    }

    onDrop(ev) {
        this.state.over = false;
        this.take(ev.dataTransfer.files[0]);
    }

    async onChange(ev) {
        await this.take(ev.target.files[0]);
        // The same file may be chosen again after it was corrected.
        ev.target.value = null;
    }

    async take(file) {
        if (!file) {
            return;
        }
        const limit = this.props.record.data[this.props.sizeField];
        if (limit && file.size > limit) {
            const mega = 2 ** 20;
            this.notification.add(
                _t(
                    "%(name)s has %(size)s MB; at most %(limit)s MB can be imported at once. Divide it into several files.",
                    {
                        name: file.name,
                        size: Math.ceil(file.size / mega),
                        limit: Math.floor(limit / mega),
                    }
                ),
                { type: "danger", sticky: true }
            );
            return;
        }
        if (!file.size) {
            this.notification.add(_t("%s is empty.", file.name), { type: "danger" });
            return;
        }
        const url = await getDataURLFromFile(file);
        await this.props.record.update({
            [this.props.name]: url.split(",")[1],
            [this.props.fileNameField]: file.name,
        });
    }
}

registry.category("fields").add("dive_import_file", {
    component: DiveImportFileField,
    supportedTypes: ["binary"],
    extractProps: ({ attrs, options }) => ({
        fileNameField: attrs.filename,
        sizeField: options.size_field,
    }),
});
