import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** Chooses one of the sheets that a workbook has. */
export class DiveImportSheetField extends Component {
    static template = "dive_crm.ImportSheetField";
    static props = { ...standardFieldProps, namesField: String };

    get names() {
        return this.props.record.data[this.props.namesField] || [];
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    onChange(ev) {
        this.props.record.update({ [this.props.name]: ev.target.value });
    }
}

registry.category("fields").add("dive_import_sheet", {
    component: DiveImportSheetField,
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ namesField: options.names_field }),
});
