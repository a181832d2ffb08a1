import { registry } from "@web/core/registry";

const row = (item) => `.o_data_row:has(td[name=equipment_id]:contains(${item}))`;

registry.category("web_tour.tours").add("dive_gear", {
    steps: () => [
        {
            content: "one click for the whole trip",
            trigger: "button[name=action_prepare_gear]",
            run: "click",
        },
        {
            content: "what was found, what is missing and why",
            trigger: ".o_notification:contains(1 pieces are missing):contains(none in this size)",
        },
        {
            content: "scan what Anna gets",
            trigger: ".o_dive_gear_scan input",
            run: "edit M1",
        },
        {
            trigger: ".o_dive_gear_scan input",
            run: "press Enter",
        },
        {
            trigger: ".o_notification:contains(goes to Anna Keller)",
        },
        {
            trigger: `${row("Jacket M1")} td[name=state]:contains(Out)`,
        },
        {
            content: "a code that is on nothing",
            trigger: ".o_dive_gear_scan input",
            run: "edit nothing && press Enter",
        },
        {
            trigger: ".o_notification:contains(No item has the code)",
        },
        {
            content: "the rest by one click for the diver",
            trigger: ".o_group_header:contains(Anna Keller) button[name=action_give_out_gear]",
            run: "click",
        },
        {
            trigger: `${row("Reg 1")} td[name=state]:contains(Out)`,
        },
        {
            content: "the regulator leaks",
            trigger: `${row("Reg 1")} button[name=action_damaged]`,
            run: "click",
        },
        {
            trigger: ".modal [name=note] textarea",
            run: "edit Leaks",
        },
        {
            trigger: ".modal button[name=action_send]",
            run: "click",
        },
        {
            content: "another one at once",
            trigger: ".o_notification:contains(Anna Keller: Reg 2 instead)",
        },
        {
            trigger: `${row("Reg 2")} td[name=state]:contains(Ready)`,
        },
        {
            trigger: "button[name=action_screen_take_back]",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Take all back)",
            run: "click",
        },
        {
            trigger: `${row("Jacket M1")} td[name=state]:contains(Returned)`,
        },
        {
            content: "to the divers of the trip",
            trigger: ".breadcrumb-item a:contains(Wreck)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tom Keller) td[name=gear_text]:contains(1 missing)",
        },
        {
            content: "what one diver needs",
            trigger: ".o_data_row:contains(Tom Keller) button[name=action_gear]",
            run: "click",
        },
        {
            content: "he brings his own",
            trigger: ".modal .o_data_row:contains(Jacket) td[name=own] input",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save, .modal footer button:contains(Save)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            trigger: ".o_data_row:contains(Tom Keller) td[name=gear_text]:not(:contains(missing))",
        },
    ],
});
