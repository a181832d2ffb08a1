import { registry } from "@web/core/registry";
import { draw } from "./draw";

const CANVAS = "canvas.o_web_sign_signature";
const tours = registry.category("web_tour.tours");

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

const answer = (code, word) => ({
    trigger: `.o_dive_question[data-code='${code}'] label[for=q_${code}_${word}]`,
    run: "click",
});

/** On a phone the next question comes by itself, and the one before is gone. */
const answerAlone = (code, word, before) => [
    { trigger: `.o_dive_question[data-code='${before}']:not(:visible)` },
    answer(code, word),
];

const sign = (name) => [
    { trigger: `.o_web_sign_name_and_signature input:value(${name})` },
    { trigger: ".o_portal_sign_submit:disabled" },
    { trigger: CANVAS, run: () => draw(CANVAS) },
    { trigger: ".o_portal_sign_submit:enabled", run: "click", expectUnloadPage: true },
];

const numbers = (first, last) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);

let sendRequest;

tours.add("dive_crm_medical_phone", {
    steps: () => [
        {
            trigger: ".o_portal_index_card a[href='/my/medical']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".card:contains(Petra Portal) a:contains(Answer the questions)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_question[data-code='3']:not(:visible)" },
        nothingWiderThanTheScreen,
        answer(1, "no"),
        {
            content: "The date of birth has answered question 2",
            trigger: ".o_dive_question[data-code='1']:not(:visible)",
        },
        answer(3, "no"),
        ...numbers(4, 5).flatMap((code) => answerAlone(code, "no", code - 1)),
        {
            content: "The connection drops",
            trigger: ".o_dive_question[data-code='6']:visible",
            run() {
                sendRequest = XMLHttpRequest.prototype.send;
                XMLHttpRequest.prototype.send = function () {
                    this.dispatchEvent(new window.ProgressEvent("error"));
                };
            },
        },
        answer(6, "yes"),
        { trigger: ".o_dive_medical_offline:visible" },
        {
            content: "A yes opens a box; it is gone on with while there is no connection",
            trigger: ".o_dive_question[data-box='D']:visible",
        },
        answer("D1", "no"),
        {
            content: "It is back",
            trigger: ".o_dive_question[data-code='D2']:visible",
            run() {
                XMLHttpRequest.prototype.send = sendRequest;
                window.dispatchEvent(new Event("online"));
            },
        },
        { trigger: ".o_dive_medical_offline:not(:visible)" },
        {
            content: "Another day",
            trigger: "body",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        {
            content: "What was answered is not asked again",
            trigger: ".o_dive_question[data-code='D2']:visible",
        },
        { trigger: ".o_dive_medical_back:visible", run: "click" },
        {
            content: "What was answered without a connection has arrived",
            trigger: ".o_dive_question[data-code='D1']:visible:has(#q_D1_no:checked)",
        },
        { trigger: ".o_dive_question[data-code='D1'] label[for=q_D1_yes]", run: "click" },
        { trigger: ".o_dive_medical_back:visible", run: "click" },
        answer("D1", "no"),
        ...numbers(2, 5).map((number) => answer(`D${number}`, "no")),
        ...numbers(7, 10).map((code) => answer(code, "no")),
        nothingWiderThanTheScreen,
        {
            trigger: ".o_dive_medical_form button[type=submit]:visible",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_dive_medical_said" },
        nothingWiderThanTheScreen,
        ...sign("Petra Portal"),
        { trigger: ".alert-success:contains(Your form is signed)" },
        { trigger: ".card:contains(Petra Portal) .badge:contains(Fit to dive)" },
        {
            content: "Not asked again: one touch says that nothing has changed",
            trigger: ".card:contains(Petra Portal) button:contains(No, nothing)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains(nothing has changed)" },
        { trigger: ".card:contains(Petra Portal):contains(You said today)" },
        nothingWiderThanTheScreen,
    ],
});

tours.add("dive_crm_medical_tablet", {
    steps: () => [
        {
            content: "All questions on one page, the boxes closed",
            trigger: ".o_dive_question[data-code='10']:visible",
        },
        { trigger: "body:not(:has(.o_dive_question[data-box]:visible))" },
        { trigger: "body:not(:has(header nav)):not(:has(.o_main_navbar))" },
        answer(1, "no"),
        ...numbers(3, 10).map((code) => answer(code, code === 3 ? "yes" : "no")),
        {
            trigger: ".o_dive_medical_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert:contains(First Wanda Ward signs)" },
        ...sign("Wanda Ward"),
        { trigger: ".alert:contains(Now a parent or guardian signs)" },
        {
            content: "Pressed too early, the button works afterwards",
            trigger: ".o_portal_sign_submit:enabled",
            run: "click",
        },
        { trigger: ".o_portal_sign_error_msg:contains(Write the name)" },
        { trigger: ".o_portal_sign_submit:enabled:has(.fa-check):not(:has(.fa-spin))" },
        {
            trigger: ".o_web_sign_name_and_signature input",
            run: "edit Petra Portal",
        },
        ...sign("Petra Portal"),
        { trigger: "h3:contains(Thank you)" },
    ],
});

tours.add("dive_crm_medical_desk", {
    steps: () => [
        { trigger: "button[name=action_dive_answer_medical]:visible", run: "click" },
        {
            content: "A code to scan",
            trigger: ".modal .o_field_widget[name=qr_code] img[src^='data:image/png']",
        },
        { trigger: ".modal .o_field_widget[name=url]:contains(/dive/medical/)" },
        { trigger: ".modal footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "a.nav-link[name=dive_medical]", run: "click" },
        {
            content: "What follows from the answers is the desk's to see, not the answers",
            trigger: ".o_field_widget[name=dive_medical_status]:contains(No form)",
        },
    ],
});
