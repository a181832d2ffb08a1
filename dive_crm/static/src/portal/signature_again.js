import { patch } from "@web/core/utils/patch";
import { SignatureForm } from "@portal/signature_form/signature_form";

/**
 * After an error (no name, say) Odoo's signature form leaves its button as it was
 * pressed: nobody could sign then without loading the page anew.
 */
patch(SignatureForm.prototype, {
    async onClickSubmit() {
        const button = this.rootRef.el.querySelector(".o_portal_sign_submit");
        if (!button || !/\/medical\//.test(this.props.callUrl)) {
            return super.onClickSubmit(...arguments);
        }
        const content = [...button.childNodes];
        try {
            return await super.onClickSubmit(...arguments);
        } finally {
            // not reached where the page goes on: that promise never ends
            button.replaceChildren(...content);
            button.classList.remove("o_btn_loading", "disabled", "pe-none");
            button.disabled = false;
        }
    },
});
