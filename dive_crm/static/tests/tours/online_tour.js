import { registry } from "@web/core/registry";

const nothingWiderThanTheScreen = {
    content: "Nobody has to scroll sideways",
    trigger: "body",
    run() {
        const width = document.documentElement.scrollWidth;
        if (width > window.innerWidth) {
            throw new Error(`the page is ${width} pixels wide`);
        }
    },
};

/** On a phone: choose a trip, take a ward along, send, look, take it back. */
registry.category("web_tour.tours").add("dive_crm_online_phone", {
    steps: () => [
        {
            trigger: ".o_portal_index_card a[href='/my/trips']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_trip:contains(Reef tour) .badge:contains(2 places)" },
        nothingWiderThanTheScreen,
        {
            trigger: ".o_dive_trip:contains(Reef tour) a:contains(Reef tour)",
            run: "click",
            expectUnloadPage: true,
        },
        nothingWiderThanTheScreen,
        { trigger: ".o_dive_person:contains(Petra Portal) input[name=diver]:checked" },
        {
            trigger: ".o_dive_person:contains(Wanda Ward) input[name=diver]",
            run: "click",
        },
        { trigger: "textarea[name=note]", run: "edit Two of us" },
        {
            trigger: "button:contains(Send the request)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-danger:contains(please tick that you agree)" },
        { trigger: "textarea[name=note]:value(Two of us)" },
        {
            trigger: ".o_dive_person:contains(Wanda Ward) input[name^=consent]",
            run: "click",
        },
        {
            trigger: "button:contains(Send the request)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_booking_page .alert:contains(We have your request)" },
        { trigger: ".o_dive_booking_page strong:contains(200.00)" },
        nothingWiderThanTheScreen,
        { trigger: "details summary:contains(Cancel)", run: "click" },
        {
            trigger: "button:contains(Take it back)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".badge:contains(Cancelled)" },
    ],
});
