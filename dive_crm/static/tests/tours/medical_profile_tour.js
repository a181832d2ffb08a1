import { registry } from "@web/core/registry";

const type = (field, text) => ({
    trigger: `.o_field_widget[name=${field}] textarea, .o_field_widget[name=${field}] input`,
    run: `edit ${text}`,
});
const save = { trigger: ".o_form_button_save:enabled", run: "click" };
const saved = { trigger: ".o_form_saved, .o_form_readonly, body:not(:has(.o_form_button_save:visible))" };

registry.category("web_tour.tours").add("dive_crm_medical_profile", {
    steps: () => [
        { trigger: "button[name=action_dive_medical_profile]", run: "click" },
        { trigger: ".o_form_view:has([name=procedures])" },
        type("allergies", "penicillin"),
        type("conditions", "asthma"),
        type("blood_group", "z"),
        save,
        {
            content: "What is no blood group is refused in words",
            trigger: ".modal:contains(A blood group is one of)",
        },
        { trigger: ".modal footer .btn-primary, .modal footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        type("blood_group", "0 neg"),
        save,
        saved,
        {
            content: "It is written as everybody writes it",
            trigger: ".o_field_widget[name=blood_group] :value(O-)",
        },
        { trigger: "a.nav-link[name=events]", run: "click" },
        { trigger: ".o_field_widget[name=event_ids] .o_field_x2many_list_row_add a", run: "click" },
        {
            trigger: ".o_field_widget[name=event_ids] .o_selected_row [name=text] textarea",
            run: "edit dizzy after the second dive",
        },
        type("conditions", "none"),
        save,
        saved,
        { trigger: "a.nav-link[name=changes]", run: "click" },
        {
            content: "What it said before",
            trigger: ".o_field_widget[name=change_ids] .o_data_row:contains(Conditions):contains(asthma)",
        },
    ],
});

registry.category("web_tour.tours").add("dive_crm_medical_profile_phone", {
    steps: () => [
        { trigger: ".o_button_more, button.o_dropdown_more, .o-form-buttonbox .dropdown-toggle", run: "click" },
        { trigger: "button[name=action_dive_medical_profile]", run: "click" },
        { trigger: ".o_form_view:has([name=procedures])" },
        type("allergies", "penicillin"),
        type("procedures", "adrenaline"),
        save,
        saved,
        { trigger: "a.nav-link[name=events]", run: "click" },
        { trigger: ".o_field_widget[name=event_ids] a:contains(Add), .o_field_widget[name=event_ids] .o-kanban-button-new", run: "click" },
        { trigger: ".modal [name=text] textarea", run: "edit dizzy" },
        {
            trigger: ".modal footer .o_form_button_save, .modal .o_form_button_save, .modal footer .btn-primary",
            run: "click",
        },
        { trigger: ".o_field_widget[name=event_ids] .o_kanban_record:contains(dizzy)" },
        save,
        saved,
        {
            content: "Nothing is wider than the screen",
            trigger: ".o_form_view",
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} px wide, on a screen of ${clientWidth}`);
                }
            },
        },
    ],
});
