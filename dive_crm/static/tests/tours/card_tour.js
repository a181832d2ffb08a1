import { registry } from "@web/core/registry";

const menu = (xmlid) => [
    {
        trigger: ".o_menu_sections [data-menu-xmlid='dive_crm.menu_cards']",
        run: "click",
    },
    { trigger: `.dropdown-item[data-menu-xmlid='${xmlid}']`, run: "click" },
];

/** Type into a many2one and take what it offers. */
const choose = (field, text) => [
    { trigger: `.o_field_widget[name=${field}] input`, run: `edit ${text}` },
    {
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) > a:contains(${text})`,
        run: "click",
    },
];

const state = (name) => ({ trigger: `.o_arrow_button_current:contains(${name})` });

/** From a new type of card to a booking that is paid with it. */
registry.category("web_tour.tours").add("dive_crm_card", {
    steps: () => [
        // A type: 1,000 for 900.
        {
            trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Tour card",
        },
        { trigger: ".o_field_widget[name=value] input", run: "edit 1000" },
        { trigger: ".o_field_widget[name=price] input", run: "edit 900" },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible" },

        // Sold, and paid at the desk.
        ...menu("dive_crm.menu_dive_discount_card"),
        { trigger: ".o_list_button_add", run: "click" },
        ...choose("partner_id", "Tour Cardholder"),
        ...choose("type_id", "Tour card"),
        { trigger: "button[name=action_sell]:enabled", run: "click" },
        // the desk stays on the card: it says what comes next
        state("To pay"),
        { trigger: ".alert:contains(To be paid)" },
        { trigger: "button[name=action_pay]:enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name=amount] input:value(900.00)" },
        { trigger: ".modal button[name=action_create_payments]:enabled", run: "click" },
        {
            content: "Sold: now the booking",
            trigger: "body:not(:has(.modal)) .o_menu_sections [data-menu-xmlid='dive_crm.menu_dive_booking']",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Tour Cardholder) td[name=name]", run: "click" },
        { trigger: ".o_field_widget[name=amount_owed]:contains(100.00)" },

        // Two clicks: what the card pays is proposed.
        { trigger: "button[name=action_use_card]:enabled", run: "click" },
        { trigger: ".modal .o_data_row:contains(Tour card) td[name=money]:contains(100.00)" },
        { trigger: ".modal .o_field_widget[name=rest]:contains(0.00)" },
        { trigger: ".modal button[name=action_use]:enabled", run: "click" },
        {
            trigger: "body:not(:has(.modal)) .o_field_widget[name=invoice_state]:contains(Paid)",
        },
        { trigger: ".o_field_widget[name=card_text]:contains(100.00)" },
        { trigger: "body:not(:has(button[name=action_use_card]))" },
    ],
});

/** A card has expired; the manager lets it be used again. */
registry.category("web_tour.tours").add("dive_crm_card_expired", {
    steps: () => [
        state("Expired"),
        { trigger: ".o_field_widget[name=entry_ids] .o_data_row:contains(Expired)" },
        { trigger: "body:not(:has(button[name=action_sell]))" },
        { trigger: ".o_statusbar_buttons button:contains(Extend):enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Was ill" },
        { trigger: ".modal button[name=action_extend]:enabled", run: "click" },
        state("Active"),
        { trigger: ".o_field_widget[name=entry_ids] .o_data_row:contains(Was ill)" },
    ],
});

/** What is not used goes back: the desk reads how much before it does. */
registry.category("web_tour.tours").add("dive_crm_card_refund", {
    steps: () => [
        state("Active"),
        { trigger: ".o_statusbar_buttons button:contains(Refund):enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name=back]:contains(3,150.00)" },
        { trigger: ".modal button[name=action_refund]:enabled", run: "click" },
        {
            content: "The credit note, from which the money is paid",
            trigger: "body:not(:has(.modal)) button[name=action_register_payment]",
        },
        { trigger: ".o_back_button a", run: "click" },
        state("Refunded"),
    ],
});
