import { registry } from "@web/core/registry";

/**
 * Opens a page of somebody else in a tab of its own, and then a dialog of ours: where
 * one looks and where one writes down what was seen.
 *
 * @param {Object} env
 * @param {Object} action with params `url` and `action`
 */
async function openBeside(env, action) {
    const { url, action: next } = action.params;
    await env.services.action.doAction({ type: "ir.actions.act_url", url, target: "new" });
    return next;
}

registry.category("actions").add("dive_crm.open_beside", openBeside);
