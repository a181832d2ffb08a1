import { registry } from "@web/core/registry";

/** A group of five: added at once, each pays, one cancels, the money goes back. */
registry.category("web_tour.tours").add("dive_crm_group", {
    steps: () => [
        // No typing twice: those who dived with this payer before.
        { trigger: "button[name=action_open_add]:enabled", run: "click" },
        { trigger: ".modal .o_data_row:eq(4)" },
        { trigger: ".modal .o_data_row:contains(Dived with this payer)" },
        { trigger: ".modal button[name=action_add_all]:enabled", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_field_widget[name=diver_ids] .o_data_row:eq(4)" },

        // Each pays.
        { trigger: ".o_field_widget[name=split] input[data-value=each]", run: "click" },
        { trigger: ".o_field_widget[name=payers_html] tr:eq(5)" },
        { trigger: "button[name=action_confirm_or_wait]:enabled", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Confirmed)" },
        {
            trigger: ".o_field_widget[name=amount_owed]:contains(500.00)",
        },

        // One pays now, at the desk.
        { trigger: "button[name=action_take_payment]:enabled", run: "click" },
        {
            trigger: ".modal .o_data_row:contains(Group 1) button[name=action_take_payment]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=amount] input:value(100.00)" },
        { trigger: ".modal button[name=action_create_payments]:enabled", run: "click" },
        { trigger: ".o_field_widget[name=amount_owed]:contains(400.00)" },

        // That one cannot come after all.
        {
            trigger: ".o_data_row:contains(Group 1) button[name=action_cancel]",
            run: "click",
        },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".alert:contains(Cancelled after the invoice: Group 1)" },
        { trigger: "button[name=action_credit_cancelled]:enabled", run: "click" },
        { trigger: ".breadcrumb:contains(Group five)" },
        { trigger: "button[name=action_post]:enabled", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Posted)" },
        { trigger: ".breadcrumb-item a:contains(Group five)", run: "click" },
        { trigger: ".o_form_view:not(:has(.alert:contains(after the invoice)))" },

        // The invoices of the others.
        { trigger: "button[name=action_create_invoice]:enabled", run: "click" },
        { trigger: ".o_list_view .o_data_row:eq(2)" },
    ],
});
