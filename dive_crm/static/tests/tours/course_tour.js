import { registry } from "@web/core/registry";

const results = (text) => ({
    trigger: `.modal .o_field_widget[name=line_ids] .o_data_row:contains(${text})`,
});

registry.category("web_tour.tours").add("dive_course_close", {
    steps: () => [
        {
            content: "close the course",
            trigger: "button[name='action_close_course']",
            run: "click",
        },
        {
            content: "the teacher is there already, with her number",
            trigger: ".modal .o_field_widget[name=instructor_number] input:value(T7)",
        },
        results("Ann"),
        {
            content: "Ben has not finished",
            trigger: ".modal .o_data_row:contains(Ben) td[name=result]",
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row td[name=result] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(To be continued)",
            run: "click",
        },
        {
            content: "one click",
            trigger: ".modal button[name='action_close']:contains(Close and issue the cards)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(1 card issued, 1 to be continued)",
        },
        {
            content: "the results stand with the divers",
            trigger: ".o_data_row:contains(Ann) td[name=course_result]:contains(Passed)",
        },
        {
            trigger: ".o_data_row:contains(Ben) td[name=course_result]:contains(To be continued)",
        },
        {
            content: "Ann's was a wrong click",
            trigger: ".o_data_row:contains(Ann) button[name='action_take_back_result']",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Undo)",
            run: "click",
        },
        {
            content: "her result is gone, and can be given again",
            trigger: ".o_data_row:contains(Ann) td[name=course_result]:not(:contains(Passed))",
        },
        {
            trigger: "button[name='action_close_course']",
        },
        {
            content: "take back the rest",
            trigger: "button[name='action_take_back_course']",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Undo)",
            run: "click",
        },
        {
            trigger: "body:not(:has(button[name='action_take_back_course']))",
        },
    ],
});
