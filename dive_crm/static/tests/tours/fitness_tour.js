import { registry } from "@web/core/registry";

const choose = (field, text) => [
    { trigger: `.o_field_widget[name=${field}] input`, run: `edit ${text}` },
    {
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) > a:contains(${text})`,
        run: "click",
    },
];

/** A diver who is too young: seen before saving, refused, taken along with a reason. */
registry.category("web_tour.tours").add("dive_crm_take_along", {
    steps: () => [
        ...choose("partner_id", "Kim Young"),
        ...choose("trip_id", "Tour deep wreck"),
        {
            content: "The light is red before anything is saved",
            trigger: ".o_data_row:contains(Kim Young) [name=fitness]:contains(Not allowed)",
        },
        { trigger: ".o_field_widget[name=fitness_html]:contains(From 16 years on)" },
        { trigger: "button[name=action_confirm_or_wait]:enabled", run: "click" },
        { trigger: ".modal:contains(From 16 years on)" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: ".o_data_row:contains(Kim Young) button[name=action_take_anyway]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=fitness_text]:contains(From 16 years on)" },
        {
            content: "Without a reason nobody is taken along",
            trigger: ".modal button[name=action_take]:enabled",
            run: "click",
        },
        { trigger: ".modal .o_field_invalid[name=reason]" },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Dived with me all week",
        },
        { trigger: ".modal button[name=action_take]:enabled", run: "click" },
        { trigger: ".o_data_row:contains(Kim Young) [name=fitness]:contains(Check)" },
        { trigger: ".o-mail-Message:contains(Dived with me all week)" },
        { trigger: "button[name=action_confirm_or_wait]:enabled", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Confirmed)" },
    ],
});
