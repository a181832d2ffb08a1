import { registry } from "@web/core/registry";

/** From a full trip to a place: the desk, the list, the offer, another trip. */
registry.category("web_tour.tours").add("dive_crm_waiting_list", {
    steps: () => [
        // A draft on a full trip: no error, but what can be done.
        { trigger: "button[name=action_confirm_or_wait]:enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name=words]:contains(has 0 free places)" },
        { trigger: ".modal .o_field_widget[name=rule]:contains(for 24 hours)" },
        { trigger: ".modal button[name=action_wait]:enabled", run: "click" },
        { trigger: ".alert:contains(On the waiting list, place 2)" },
        {
            content: "Who waits is not confirmed past the others",
            trigger: ".o_statusbar_buttons:not(:has([name=action_confirm_or_wait]))",
        },

        // First, with a reason.
        { trigger: "button[name=action_open_reorder]:enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Comes from far" },
        { trigger: ".modal button[name=action_reorder]:enabled", run: "click" },
        { trigger: ".alert:contains(On the waiting list, place 1)" },
        { trigger: ".o-mail-Message:contains(Reason: Comes from far)" },

        // A place on another trip is better than to wait.
        {
            trigger: ".o_statusbar_buttons button[name=action_open_move]:enabled",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=seat_ids]:contains(Mia Reef)" },
        { trigger: ".modal .o_field_widget[name=trip_id] input", run: "edit Tour other" },
        { trigger: ".o-autocomplete--dropdown-item > a:contains(Tour other)", run: "click" },
        { trigger: ".modal .o_field_widget[name=words]:contains(1 of the 4 free places)" },
        { trigger: ".modal button[name=action_move]:enabled", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Confirmed)" },
        { trigger: ".o-mail-Message:contains(Moved here from)" },
    ],
});
