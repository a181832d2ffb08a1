import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Open the app, which begins with the list of customers. */
const openCustomers = () => [
    ...stepUtils.goToAppSteps("dive_crm.menu_root", "Open the dive centre"),
    { trigger: ".o_breadcrumb .active:contains(Customers)" },
];

const openMenu = (xmlid, title) => [
    { trigger: `.o_menu_sections [data-menu-xmlid='${xmlid}']`, run: "click" },
    { trigger: `.o_breadcrumb .active:contains(${title})` },
];

const searchFor = (text) => [
    { trigger: ".o_searchview_input", run: `fill ${text}` },
    {
        content: "The first thing offered searches names, e-mails, numbers and phones",
        trigger: `.o_searchview_autocomplete .o-dropdown-item:first:contains(${text})`,
        run: "click",
    },
    { trigger: ".o_searchview_facet" },
];

/** Type into a many2one and take what it offers. */
const choose = (field, text, offered = text) => [
    { trigger: `.o_field_widget[name=${field}] input`, run: `edit ${text}` },
    {
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) > a:contains(${offered})`,
        run: "click",
    },
];

const chooseTrip = (trip) => [
    ...choose("trip_id", trip),
    { trigger: ".o_field_widget[name=trip_id] input:value(4 free)" },
];

const confirmBooking = () => [
    { trigger: "button[name=action_confirm_or_wait]:enabled", run: "click" },
    { trigger: ".o_arrow_button_current:contains(Confirmed)" },
    { trigger: ".o_field_widget[name=trip_id] input:value(3 free)" },
];


registry.category("web_tour.tours").add("dive_crm_main_job", {
    url: "/odoo",
    steps: () => [
        ...openCustomers(),

        // The customer says the number as at home; it is kept as +44 7400 001878.
        ...searchFor("07400 001878"),
        {
            content: "One customer has this number",
            trigger: ".o_list_renderer tbody:not(:has(.o_data_row ~ .o_data_row))",
        },
        { trigger: ".o_data_row:contains(K100037) .o_data_cell[name=name]", run: "click" },
        { trigger: ".o_field_widget[name=phone] input:value('+44 7400 001878')" },
        { trigger: ".o_field_widget[name=dive_status]:contains(Guest)" },

        // Book: payer and diver are filled in.
        { trigger: "button[name=action_dive_new_booking]", run: "click" },
        { trigger: ".o_field_widget[name=partner_id] input:value(Rhys Arnold)" },
        { trigger: ".o_field_widget[name=diver_ids] .o_data_row:contains(Rhys Arnold)" },
        {
            content: "Only the trip is left to say: the cursor stands there",
            trigger: ".o_field_widget[name=trip_id] input:focus",
        },
        ...chooseTrip("Tour morning dive"),
        { trigger: ".o_field_widget[name=amount_total]:contains(100.00)" },
        ...confirmBooking(),

        // Invoice and pay.
        { trigger: "button[name=action_create_invoice]:enabled", run: "click" },
        { trigger: ".o_field_widget[name=invoice_line_ids] .o_data_row:contains(Rhys Arnold)" },
        { trigger: "button[name=action_post]:enabled", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Posted)" },
        { trigger: "button[name=action_register_payment]:enabled", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=amount] input:value(100.00)",
        },
        { trigger: ".modal button[name=action_create_payments]:enabled", run: "click" },
        { trigger: ".o_form_view:not(:has(.modal)) .ribbon:contains(Paid)" },

        // The booking says so, and the customer is no guest any more.
        { trigger: ".o_back_button a", run: "click" },
        { trigger: ".o_field_widget[name=invoice_state]:contains(Paid)" },
        { trigger: ".oe_stat_button[name=action_statement]" },
        { trigger: ".o_back_button a", run: "click" },
        { trigger: ".o_field_widget[name=dive_status]:contains(Existing)" },
        { trigger: ".oe_stat_button:contains(Bookings):contains(1)" },

        // The statement, on paper.
        { trigger: ".o_statusbar_buttons button:contains(Statement)", run: "click" },
        { trigger: ".modal .o_field_widget[name=partner_ids]:contains(Rhys Arnold)" },
        { trigger: ".modal button[name=action_preview]:enabled", run: "click" },
        {
            content: "It tells the trip, and that nothing is left to pay",
            trigger: ":iframe .page:contains(Tour morning dive) .o_dive_total:contains($ 0.00)",
        },
        { trigger: ".o_back_button a", run: "click" },
        { trigger: ".o_statusbar_buttons button:contains(Statement)", run: "click" },
        { trigger: ".modal button[name=action_print]:enabled", run: "click" },
        {
            content: "The wizard closes when the file has come",
            trigger: "body:not(:has(.modal)):not(:has(.o_blockUI))",
        },
    ],
});

registry.category("web_tour.tours").add("dive_crm_new_customer_from_booking", {
    url: "/odoo",
    steps: () => [
        ...openCustomers(),
        ...openMenu("dive_crm.menu_dive_booking", "Bookings"),
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=partner_id] input", run: "edit Zoë Newcomer" },
        { trigger: ".o_m2o_dropdown_option_create_edit > a", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] input:value(Zoë Newcomer)" },

        // A number that cannot exist: the reason stands next to it at once.
        { trigger: ".modal .o_dive_phone_toggler", run: "click" },
        { trigger: ".o_dive_phone_countries input", run: "edit germ" },
        { trigger: ".o_dive_phone_countries .o_select_menu_item:first:contains(Germany)", run: "click" },
        { trigger: ".modal .o_dive_phone_toggler[title*='Germany']" },
        {
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit 0151 && press Tab",
        },
        { trigger: ".modal .o_dive_phone_reason" },
        {
            content: "The server refuses it as well",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "… with the same words",
            trigger:
                ".modal:not(:has(.o_form_view)):contains(is not a number that exists) .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".modal:not(.o_inactive_modal) .o_field_widget[name=phone] input",
            run: "edit 01512 3456780 && press Tab",
        },
        { trigger: ".modal .o_field_widget[name=phone] input:value('+49 1512 3456780')" },
        { trigger: ".modal:not(:has(.o_dive_phone_reason)) .o_field_widget[name=email] input", run: "edit zoe.newcomer@dive.example" },
        {
            content: "A consent: one click each, saved with the customer",
            trigger: ".modal .o_dive_consents [data-answer='']:first button:contains(Yes)",
            run: "click",
        },
        { trigger: ".modal .o_dive_consents [data-answer=yes]:contains(Saved with the customer)" },
        {
            content: "A slip is taken back",
            trigger: ".modal .o_dive_consents [data-answer='']:last button:contains(No)",
            run: "click",
        },
        { trigger: ".modal .o_dive_consents [data-answer=no] button:contains(No)", run: "click" },
        { trigger: ".modal .o_dive_consents:not(:has([data-answer=no]))" },
        { trigger: ".modal .o_form_button_save", run: "click" },

        { trigger: "body:not(:has(.modal)) .o_field_widget[name=partner_id] input:value(Zoë Newcomer)" },
        { trigger: ".o_field_widget[name=diver_ids] .o_data_row:contains(Zoë Newcomer)" },
        ...chooseTrip("Tour morning dive"),
        ...confirmBooking(),
    ],
});

registry.category("web_tour.tours").add("dive_crm_duplicate_email", {
    url: "/odoo",
    steps: () => [
        ...openCustomers(),
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Someone Else" },
        {
            trigger: ".o_field_widget[name=email] input",
            run: "edit Ann.OWNER@dive.example && press Tab",
        },
        {
            content: "It says whose address it is while typing",
            trigger: ".alert-warning:contains(already belongs to):contains(Ann Owner)",
        },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        {
            content: "Saving is refused, and the message opens the customer it names",
            trigger: ".modal:contains(already belongs to Ann Owner) button:contains(Open Ann Owner)",
            run: "click",
        },
        { trigger: ".o_field_widget[name=email] input:value(ann.owner@dive.example)" },
        { trigger: ".o_field_widget[name=name] input:value(Ann Owner)" },
    ],
});
