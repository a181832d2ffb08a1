import { registry } from "@web/core/registry";
import { photograph } from "./photograph";

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

registry.category("web_tour.tours").add("dive_crm_portal_send_card", {
    steps: () => [
        {
            trigger: ".o_portal_index_card a[href='/my/certifications']",
            run: "click",
            expectUnloadPage: true,
        },
        nothingWiderThanTheScreen,
        { trigger: ".o_dive_no_cards a", run: "click", expectUnloadPage: true },
        { trigger: ".o_dive_level_search input", run: "edit adv zeb" },
        { trigger: ".o_dive_level_found button:contains(Zebra Advanced)", run: "click" },
        { trigger: ".o_dive_expiry:not(:visible)" },
        { trigger: "input[name=number]", run: "edit 123456" },
        { trigger: "input[name=front]", run: () => photograph("input[name=front]") },
        nothingWiderThanTheScreen,
        { trigger: "button[type=submit]", run: "click", expectUnloadPage: true },
        { trigger: ".badge:contains(Being checked)" },
        { trigger: ".o_dive_pictures img" },
        nothingWiderThanTheScreen,
        {
            trigger: "a[href='/my/certifications']:contains(All certifications)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_card:contains(Zebra Advanced) .badge:contains(Being checked)" },
        nothingWiderThanTheScreen,
    ],
});

registry.category("web_tour.tours").add("dive_crm_portal_read_reason", {
    steps: () => [
        {
            trigger: ".o_dive_card:contains(The name cannot be read)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_rejected:contains(The name cannot be read)" },
        nothingWiderThanTheScreen,
        { trigger: "input[name=back]", run: () => photograph("input[name=back]") },
        { trigger: ".o_dive_correct button[type=submit]", run: "click", expectUnloadPage: true },
        { trigger: ".badge:contains(Being checked)" },
    ],
});

registry.category("web_tour.tours").add("dive_crm_portal_level_not_listed", {
    steps: () => [
        { trigger: ".o_dive_level_search input", run: "edit nosuchlevel" },
        { trigger: ".o_dive_level_none" },
        { trigger: ".o_dive_level_other", run: "click" },
        { trigger: "input[name=level_text]", run: "edit CEDIP 2 star" },
        { trigger: "input[name=number]", run: "edit 4711" },
        { trigger: "button[type=submit]", run: "click", expectUnloadPage: true },
        { trigger: "h3:contains(CEDIP 2 star)" },
    ],
});
