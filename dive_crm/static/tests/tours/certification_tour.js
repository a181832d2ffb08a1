import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { photograph } from "./photograph";

/** Type into a many2one and take what it offers. */
const choose = (field, text, offered) => [
    { trigger: `.modal .o_field_widget[name=${field}] input`, run: `edit ${text}` },
    {
        trigger: `.o-autocomplete--dropdown-item > a:contains(${offered})`,
        run: "click",
    },
];

const picture = (field) => [
    {
        trigger: `.modal [name=${field}] .o_dive_scan_empty`,
        run: () => photograph(`.modal [name=${field}] input[type=file]`),
    },
    { trigger: `.modal [name=${field}] .o_dive_scan_tile img` },
];

const openTab = { trigger: "a.nav-link[name=dive_certifications]", run: "click" };
const addCard = { trigger: "button[name=action_dive_add_certification]", run: "click" };
const closed = { trigger: "body:not(:has(.modal))" };

registry.category("web_tour.tours").add("dive_crm_record_card", {
    steps: () => [
        openTab,
        addCard,
        ...choose("level_id", "adv zebra", "Zebra Advanced"),
        { trigger: ".modal .o_field_widget[name=number] input", run: "edit 12-34 && press Tab" },
        {
            content: "An unusual number is pointed out",
            trigger: ".modal .alert-warning:contains(usually look different)",
        },
        { trigger: ".modal .o_field_widget[name=number] input", run: "edit 123 456 && press Tab" },
        { trigger: ".modal .modal-body:not(:has(.alert-warning:visible))" },
        {
            trigger: ".modal .o_field_widget[name=issue_date] input, .modal .o_field_widget[name=issue_date] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=issue_date] input",
            run: "edit 03/01/2020 && press Enter",
        },
        ...picture("front_image"),
        ...picture("back_image"),
        { trigger: ".modal footer button[special=save], .modal footer .btn-primary", run: "click" },
        closed,
        {
            content: "The card is there, nobody has checked it",
            trigger:
                ".o_field_widget[name=dive_certification_ids] .o_data_row:contains(ZEB ZA):contains(123 456):contains(Not checked)",
        },

        // The same card again: refused, and what was typed is still there.
        addCard,
        ...choose("level_id", "adv zebra", "Zebra Advanced"),
        { trigger: ".modal .o_field_widget[name=number] input", run: "edit 123456" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".modal:contains(has this card already)" },
        {
            trigger: ".modal:contains(has this card already) footer button:contains(Close), .modal:contains(has this card already) footer .btn-primary",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=number] input:value(123456)" },
        { trigger: ".modal .o_field_widget[name=number] input", run: "edit 654321" },
        {
            content: "Save, and go on with the next card",
            trigger: ".modal button[name=action_save_and_new]",
            run: "click",
        },
        { trigger: ".modal:not(:has([name=number] input:value(654321))) [name=number] input" },
        ...choose("level_id", "zebra aid", "Zebra Aid"),
        { trigger: ".modal .o_field_widget[name=expiry_date]" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        closed,
        {
            content: "Three cards",
            trigger:
                ".o_field_widget[name=dive_certification_ids]:has(.o_data_row:contains(654321)):has(.o_data_row:contains(Zebra Aid), .o_data_row:contains(ZEB ZF))",
        },
    ],
});

registry.category("web_tour.tours").add("dive_crm_check_card", {
    steps: () => [
        {
            trigger: "body",
            run() {
                browser.open = (url) => {
                    document.body.dataset.diveOpened = url;
                    return window;
                };
            },
        },
        openTab,
        {
            trigger:
                ".o_field_widget[name=dive_certification_ids] .o_data_row:contains(123456) button[name=action_check]",
            run: "click",
        },
        {
            content: "The agency's page is open beside the dialog",
            trigger: "body[data-dive-opened='https://zebra.example/check'] .modal",
        },
        { trigger: ".modal .o_field_widget[name=number]:contains(123456)" },
        {
            content: "The picture is there, to be looked at and not to be changed",
            trigger:
                ".modal [name=front_image]:not(:has(.o_dive_scan_buttons)) .o_dive_scan_tile:has(img)",
            run: "click",
        },
        { trigger: ".o-FileViewer img.o-FileViewer-viewImage" },
        { trigger: ".o-FileViewer div[aria-label=Close]", run: "click" },
        { trigger: ".modal:not(:has([name=back_image]))" },
        {
            trigger: ".modal .o_field_widget[name=result] input[data-value=verified]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=evidence] input",
            run: "edit Name and date agree",
        },
        { trigger: ".modal button[name=action_save]", run: "click" },
        closed,
        {
            trigger:
                ".o_field_widget[name=dive_certification_ids] .o_data_row:contains(Verified) .o_data_cell",
            run: "click",
        },
        {
            content: "A row opens the card; its ledger says who looked",
            trigger: ".o_field_widget[name=check_ids] .o_data_row:contains(Test Front)",
        },
        { trigger: "button[name=action_check]:contains(Check again)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=result] input[data-value=rejected]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit The photograph is another person",
        },
        { trigger: ".modal button[name=action_save]", run: "click" },
        closed,
        { trigger: ".alert-danger:contains(The photograph is another person)" },
    ],
});
