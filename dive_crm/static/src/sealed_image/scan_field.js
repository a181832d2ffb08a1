import { isMobileOS } from "@web/core/browser/feature_detection";
import { browser } from "@web/core/browser/browser";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { isBinarySize } from "@web/core/utils/binary";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { kindOf } from "./scan_kind";
import { ScanUploader } from "./scan_uploader";

import { Component, useState } from "@odoo/owl";

const ACCEPTED = "image/jpeg,image/png,application/pdf";

/** The many2one that says which stored file a field shows. */
function fileFieldOf(name, options) {
    return options.file || name.replace(/_image$/, "_id");
}

/**
 * An encrypted scan: a tile with its thumbnail, opened by a click; on a phone the camera
 * is one touch away. What is stored comes from /dive/file, what is not saved yet from
 * the record itself.
 */
export class ScanField extends Component {
    static template = "dive_crm.ScanField";
    static components = { ScanUploader };
    static props = {
        ...standardFieldProps,
        fileField: String,
        label: { type: String, optional: true },
    };

    setup() {
        this.notification = useService("notification");
        this.viewer = useFileViewer();
        this.isMobile = isMobileOS();
        this.accepted = ACCEPTED;
        // a stored file whose thumbnail does not load; of an unsaved PDF, what shows it
        this.state = useState({ brokenId: null, unsavedPdf: null });
    }

    get label() {
        return this.props.label || this.props.record.fields[this.props.name].string;
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    /** The stored file, unless another one waits to be saved in its place. */
    get stored() {
        const file = this.props.record.data[this.props.fileField];
        return this.value && isBinarySize(this.value) && file ? file : null;
    }

    get kind() {
        if (this.stored) {
            return this.stored.display_name.endsWith(".pdf") ? "pdf" : "picture";
        }
        return this.value && kindOf(this.value) === "pdf" ? "pdf" : "picture";
    }

    get isBroken() {
        return Boolean(this.stored) && this.state.brokenId === this.stored.id;
    }

    get url() {
        if (this.stored) {
            return `/dive/file/${this.stored.id}`;
        }
        if (this.kind === "pdf") {
            return this.state.unsavedPdf;
        }
        return `data:image/${kindOf(this.value)};base64,${this.value}`;
    }

    get thumbnailUrl() {
        return this.stored ? `${this.url}/thumbnail` : this.url;
    }

    get labels() {
        const label = this.label;
        return {
            camera: _t("%s: take a photograph", label),
            empty: _t("%s: photograph or file", label),
            open: this.kind === "pdf" ? _t("%s: open the PDF", label) : _t("%s: open", label),
            remove: _t("%s: remove", label),
            replace: _t("%s: replace", label),
        };
    }

    onBroken() {
        this.state.brokenId = this.stored && this.stored.id;
    }

    onOpen() {
        if (this.isBroken) {
            // the page says why
            browser.open(this.url, "_blank");
            return;
        }
        const isPdf = this.kind === "pdf";
        if (!this.url) {
            return;
        }
        this.viewer.open({
            name: this.label,
            isViewable: true,
            isImage: !isPdf,
            isPdf,
            defaultSource: isPdf
                ? `/web/static/lib/pdfjs/web/viewer.html?file=${encodeURIComponent(
                      this.url
                  )}#pagemode=none`
                : this.url,
            downloadUrl: this.stored ? `${this.url}?download=1` : this.url,
        });
    }

    async onUploaded({ data, name, objectUrl }) {
        const kind = kindOf(data);
        if (kind === "heic" || !kind) {
            this.notification.add(this.refusal(kind, name), {
                type: "danger",
                sticky: true,
            });
            return;
        }
        this.state.unsavedPdf = objectUrl;
        await this.props.record.update({ [this.props.name]: data });
    }

    refusal(kind, name) {
        if (kind === "heic") {
            return _t(
                "%s is a HEIC photograph, as iPhones take them; a JPEG is needed. On the iPhone choose Settings → Camera → Formats → Most Compatible and take it again, or send a screenshot of it.",
                name
            );
        }
        return _t("%s is not a JPEG, PNG or PDF. Send one of these.", name);
    }

    async onRemove() {
        await this.props.record.update({ [this.props.name]: false });
    }
}

registry.category("fields").add("dive_scan", {
    component: ScanField,
    displayName: _t("Encrypted scan"),
    supportedTypes: ["binary"],
    supportedOptions: [
        { label: _t("Field of the stored file"), name: "file", type: "field" },
    ],
    // an empty one still says how to fill it
    isEmpty: () => false,
    fieldDependencies: ({ name, options }) => [
        { name: fileFieldOf(name, options || {}), type: "many2one" },
    ],
    extractProps: ({ name, string, options }) => ({
        fileField: fileFieldOf(name, options),
        label: string,
    }),
});
