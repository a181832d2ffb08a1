import { registry } from "@web/core/registry";

/** A call in two clicks; then one from a number that nobody has. */
registry.category("web_tour.tours").add("dive_crm_call", {
    steps: () => [
        { trigger: "button[name=action_dive_call]:enabled", run: "click" },
        { trigger: ".modal button:contains(No answer)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_notification:contains(The call is noted)" },
        { trigger: ".o-mail-Message:contains(No answer)" },

        // Somebody calls: found by the number, as it is said at the telephone.
        { trigger: "button[data-menu-xmlid='dive_crm.menu_messages']", run: "click" },
        { trigger: "[data-menu-xmlid='dive_crm.menu_dive_call']", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit +34 611 22 33 88 && press Tab",
        },
        { trigger: ".modal .o_field_widget[name=partner_id] input:value(Tour Caller)" },
        {
            trigger: ".modal .o_field_widget[name=words] textarea",
            run: "edit Comes on Friday",
        },
        { trigger: ".modal button:contains(Booked)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_breadcrumb:contains(Tour Caller)" },
        { trigger: ".o-mail-Message:contains(Comes on Friday)" },
    ],
});
