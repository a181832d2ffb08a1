import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";

const PHONE = "(max-width: 767.98px)";
const RETRY_AFTER = 5000;

/**
 * The medical questions. They work without this, all on one page. Here boxes open as
 * they are needed, each answer is sent when it is given, and a phone shows one question
 * at a time. Nothing is kept in the browser: what waits for a connection waits on the
 * page.
 */
export class MedicalForm extends Interaction {
    static selector = ".o_dive_medical_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        "input[type=radio]": { "t-on-change": this.onAnswer },
        ".o_dive_medical_back": { "t-on-click": this.onBack },
        _window: { "t-on-online": this.send },
    };

    setup() {
        this.questions = [...this.el.querySelectorAll(".o_dive_question")];
        this.progressEl = this.el.querySelector(".o_dive_medical_progress");
        this.backEl = this.el.querySelector(".o_dive_medical_back");
        this.submitEl = this.el.querySelector("[type=submit]");
        this.offlineEl = this.el.querySelector(".o_dive_medical_offline");
        this.introEls = this.el.querySelectorAll(".o_dive_medical_intro, .o_dive_only_if");
        this.byStep = window.matchMedia(PHONE).matches;
        this.waiting = {};
        this.sending = false;
        for (const el of this.el.querySelectorAll(".o_dive_only_if")) {
            el.remove();
        }
        const first = this.open().findIndex((el) => !this.said(el));
        this.step = first < 0 ? this.open().length : first;
        this.show();
    }

    said(el) {
        return el.querySelector("input:checked")?.value;
    }

    /** The questions that stand: those of a box only after a yes that opens it. */
    open() {
        const boxes = new Set(
            this.questions
                .filter((el) => !el.dataset.box && el.dataset.opens && this.said(el) === "yes")
                .map((el) => el.dataset.opens)
        );
        const first = this.questions.filter((el) => !el.dataset.box);
        return first.flatMap((el) => {
            const box = el.dataset.opens;
            if (!box || !boxes.delete(box) || this.said(el) !== "yes") {
                return [el];
            }
            return [el, ...this.questions.filter((one) => one.dataset.box === box)];
        });
    }

    show() {
        const open = this.open();
        this.step = Math.min(this.step, open.length);
        for (const el of this.questions) {
            const hidden = this.byStep ? el !== open[this.step] : !open.includes(el);
            el.classList.toggle("d-none", hidden);
            // what is not asked any more is not sent either
            el.disabled = !open.includes(el);
        }
        // where a box stands on the page: below the question that opens it
        for (const [index, el] of open.entries()) {
            if (index && open[index - 1].nextElementSibling !== el) {
                open[index - 1].after(el);
            }
        }
        const done = open.filter((el) => this.said(el)).length;
        const share = Math.round((100 * done) / open.length);
        this.progressEl.classList.remove("d-none");
        this.progressEl.firstElementChild.style.width = `${share}%`;
        this.progressEl.setAttribute("aria-valuenow", share);
        const atEnd = this.step >= open.length;
        this.backEl.classList.toggle("d-none", !this.byStep || this.step === 0);
        this.submitEl.classList.toggle("d-none", this.byStep && !atEnd);
        for (const el of this.introEls) {
            el.classList.toggle("d-none", this.byStep && this.step > 0);
        }
    }

    onAnswer(ev) {
        const el = ev.target.closest(".o_dive_question");
        el.classList.remove("border-warning", "border-2");
        this.waiting[el.dataset.code] = ev.target.value;
        this.send();
        if (this.byStep) {
            this.step = this.open().indexOf(el) + 1;
        }
        this.show();
    }

    onBack() {
        this.step = Math.max(0, this.step - 1);
        this.show();
    }

    onSubmit(ev) {
        const open = this.open();
        const missing = open.findIndex((el) => !this.said(el));
        if (missing >= 0) {
            ev.preventDefault();
            this.step = missing;
            this.show();
            open[missing].classList.add("border-warning", "border-2");
            open[missing].scrollIntoView({ block: "center" });
        }
    }

    async send() {
        if (this.sending || !Object.keys(this.waiting).length) {
            return;
        }
        this.sending = true;
        const answers = this.waiting;
        this.waiting = {};
        try {
            const url = `${this.el.dataset.base}/answers`;
            const version = this.el.dataset.version;
            const params = { answers, version };
            const kept = await this.waitFor(rpc(url, params, { silent: true }));
            if (kept.later) {
                throw new ConnectionLostError(url);
            }
            this.offlineEl.classList.add("d-none");
            if (kept.error) {
                // signed on another page meanwhile, or new questions: show what is true
                browser.location.reload();
            }
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                // there is a connection: the address or the login has lapsed
                browser.location.reload();
                return;
            }
            this.waiting = { ...answers, ...this.waiting };
            this.offlineEl.classList.remove("d-none");
            this.waitForTimeout(() => this.send(), RETRY_AFTER);
        } finally {
            this.sending = false;
        }
        if (this.offlineEl.classList.contains("d-none")) {
            this.send();
        }
    }
}

registry.category("public.interactions").add("dive_crm.medical_form", MedicalForm);
