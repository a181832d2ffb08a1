import { registry } from "@web/core/registry";

const row = (name) => `.o_dive_today_row:contains(${name})`;

registry.category("web_tour.tours").add("dive_today", {
    steps: () => [
        {
            content: "who comes, and what is missing in words",
            trigger: `${row("Tom Keller")} .text-danger:contains(From 10 years on)`,
        },
        {
            trigger: `${row("Anna Keller")} .o_dive_today_missing:contains(To invoice)`,
        },
        {
            content: "one click for one diver",
            trigger: `${row("Anna Keller")} .o_dive_in`,
            run: "click",
        },
        {
            trigger: `${row("Anna Keller")} .o_dive_state:contains(Checked in)`,
        },
        {
            trigger: ".o_dive_trip_here:contains(1 of 3 here)",
        },
        {
            content: "that was a mistake",
            trigger: `${row("Anna Keller")} .o_dive_undo`,
            run: "click",
        },
        {
            content: "all, except who may not come",
            trigger: ".o_dive_trip_here:contains(0 of 3 here)",
        },
        {
            trigger: ".o_dive_all_in",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(2 checked in):contains(Tom Keller)",
        },
        {
            content: "the desk is asked before it takes him all the same",
            trigger: `${row("Tom Keller")} .o_dive_in`,
            run: "click",
        },
        {
            trigger: ".modal:contains(From 10 years on) .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_dive_here:contains(3 of 3 are here)",
        },
        {
            trigger: `${row("Tom Keller")} .o_dive_undo`,
            run: "click",
        },
        {
            content: "he stays at home",
            trigger: `${row("Tom Keller")} .o_dive_no_show`,
            run: "click",
        },
        {
            trigger: `${row("Tom Keller")} .o_dive_state:contains(No-show)`,
        },
        {
            content: "find one among many",
            trigger: "input[type=search]",
            run: "edit zoe",
        },
        {
            trigger: ".o_dive_today_page:not(:has(.o_dive_today_row:contains(Tom Keller)))",
        },
        {
            trigger: row("Zoe"),
        },
        {
            trigger: "input[type=search]",
            run: "clear",
        },
        {
            content: "gear from here as well",
            trigger: ".o_dive_prepare",
            run: "click",
        },
        {
            trigger: `.o_notification:contains(pieces are missing), .o_notification:contains(All gear is ready)`,
        },
        {
            trigger: ".o_dive_today_page:not(:has(.o_dive_prepare))",
        },
        {
            content: "another day",
            trigger: ".o_dive_day_before",
            run: "click",
        },
        {
            trigger: ".o_dive_today_page:contains(Yesterday):contains(No trip on this day)",
        },
        {
            trigger: "button:contains(Today)",
            run: "click",
        },
        {
            content: "somebody walks in",
            trigger: ".o_dive_book",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=trip_id] input:value(Wreck)",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Pierre Walk",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Pierre Walkin) a",
            run: "click",
        },
        {
            trigger: "button[name=action_confirm], button[name=action_confirm_or_wait]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Confirmed)",
        },
        {
            content: "and is on the screen at once",
            trigger: ".breadcrumb-item a:contains(Today)",
            run: "click",
        },
        {
            trigger: `${row("Pierre Walkin")} .o_dive_in`,
        },
    ],
});
