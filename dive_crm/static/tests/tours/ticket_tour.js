import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("dive_ticket", {
    steps: () => [
        {
            content: "an e-mail came in: whose it is, and that nobody has it",
            trigger: ".o_kanban_record:contains(My mask):contains(Anna Reef)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(Anna Reef)",
        },
        {
            trigger: "button[name=action_assign_to_me]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=user_id] input:value(Test Front)",
        },
        {
            content: "answer the customer",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit We have found it!",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains(We have found it!)",
        },
        {
            content: "done",
            trigger: ".o_statusbar_status button:contains(Solved):not(.d-none)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Solved)",
        },
        {
            content: "back to the board, and write down what was said on the phone",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains(Tickets)",
            run: "click",
        },
        {
            trigger: ".o_kanban_view",
        },
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Photos of Sunday",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Anna Reef",
        },
        {
            trigger: ".ui-menu-item a:contains(Anna Reef)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
