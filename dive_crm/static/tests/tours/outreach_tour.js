import { registry } from "@web/core/registry";

/** From a booking: an e-mail to the payer. Then somebody calls whom nobody knows. */
registry.category("web_tour.tours").add("dive_outreach_desk", {
    steps: () => [
        { trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains(Send email)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit Bring a torch",
        },
        { trigger: ".modal .odoo-editor-editable", run: "editor It will be dark." },
        { trigger: ".modal button[name=action_send_mail]", run: "click" },
        { trigger: ".o_notification:contains(On their way: 1.)" },
        { trigger: "body:not(:has(.modal)) .o-mail-Message:contains(Bring a torch)" },

        { trigger: "button[data-menu-xmlid='dive_crm.menu_messages']", run: "click" },
        { trigger: "[data-menu-xmlid='dive_crm.menu_dive_call']", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit +34 611 22 33 99 && press Tab",
        },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit Nora New" },
        { trigger: ".modal button:contains(Call back)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_breadcrumb:contains(Nora New)" },
    ],
});

/** A row of the plan: earlier than it was, looked at, and sent to oneself. */
registry.category("web_tour.tours").add("dive_outreach_manager", {
    steps: () => [
        { trigger: ".o_data_row:contains(Before a certification ends)" },
        {
            trigger: ".o_data_row:contains(Before a certification ends) td[name=interval]",
            run: "click",
        },
        { trigger: ".o_selected_row td[name=interval] input", run: "edit 45" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_list_renderer:not(:has(.o_selected_row))" },
        {
            trigger:
                ".o_data_row:contains(Before a certification ends) button[name=action_preview]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=subject]:contains(is valid until)" },
        { trigger: ".modal button[name=action_send_test]", run: "click" },
        { trigger: ".o_notification:contains(The test is on its way)" },
    ],
});

/** The diver says how it was, with the link of the e-mail, and reads the answer. */
registry.category("web_tour.tours").add("dive_outreach_diver", {
    steps: () => [
        { trigger: "textarea[name=feedback]", run: "edit Quick and kind" },
        { trigger: "form button[type=submit]", run: "click", expectUnloadPage: true },
        {
            trigger: ".o_rating_page_thank_you",
            run: () => window.location.assign("/my/tickets"),
            expectUnloadPage: true,
        },
        {
            trigger: ".o_dive_ticket:contains(My mask)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_ticket_page .badge:contains(Solved)" },
        { trigger: ".o_portal_chatter, #discussion, .o-mail-Thread" },
    ],
});
