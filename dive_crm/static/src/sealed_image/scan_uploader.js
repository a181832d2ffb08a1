import { _t } from "@web/core/l10n/translation";
import { humanSize } from "@web/core/utils/binary";
import { FileUploader } from "@web/views/fields/file_handler";

import { SIZE_LIMIT } from "./scan_kind";

/** Odoo's own, with the camera, and no file read that would be refused for its size. */
export class ScanUploader extends FileUploader {
    static template = "dive_crm.ScanUploader";
    static props = {
        ...FileUploader.props,
        camera: { type: Boolean, optional: true },
    };

    async onFileChange(ev) {
        const [file] = ev.target.files;
        const refusal = file && this.refusal(file);
        if (refusal) {
            this.notification.add(refusal, { type: "danger", sticky: true });
            ev.target.value = null;
            return;
        }
        await super.onFileChange(ev);
    }

    refusal(file) {
        if (!file.size) {
            return _t("%s is empty. Choose it again.", file.name);
        }
        if (file.size > SIZE_LIMIT) {
            return _t(
                "%(name)s has %(size)s; %(limit)s is the most. Take the photograph anew with fewer pixels, or send fewer pages.",
                {
                    name: file.name,
                    size: humanSize(file.size),
                    limit: humanSize(SIZE_LIMIT),
                }
            );
        }
    }
}
