import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const OTHER = "other";

/**
 * The form of a card in the portal. It works without this: here the long list of
 * levels becomes a search, a file that is too large is told before it is sent, and
 * a second tap on the button sends nothing.
 */
export class CardForm extends Interaction {
    static selector = ".o_dive_card_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        "input[type=file]": { "t-on-change": this.onFile },
        ".o_dive_level_search input": {
            "t-on-input": this.debounced(this.onType, 250),
            "t-on-keydown": this.onKey,
            "t-on-blur": this.onBlur,
        },
        ".o_dive_level_found": {
            "t-on-pointerdown.prevent": () => {},
            "t-on-click": this.onFound,
        },
        ".o_dive_level_other": { "t-on-click": this.onOther },
    };

    setup() {
        this.searchEl = this.el.querySelector(".o_dive_level_search");
        if (!this.searchEl) {
            return;
        }
        this.selectEl = this.el.querySelector("select[name=level_id]");
        this.inputEl = this.searchEl.querySelector("input");
        this.foundEl = this.searchEl.querySelector(".o_dive_level_found");
        this.noneEl = this.searchEl.querySelector(".o_dive_level_none");
        this.otherEl = this.el.querySelector(".o_dive_level_other");
        this.wordsEl = this.el.querySelector(".o_dive_level_words");
        this.expiryEl = this.el.querySelector(".o_dive_expiry");
        this.searchEl.classList.remove("d-none");
        this.selectEl.classList.add("d-none");
        this.otherEl?.classList.remove("d-none");
        this.inputEl.value = this.selectEl.selectedOptions[0]?.dataset.name || "";
        const words = this.wordsEl?.querySelector("input").value;
        if (words && !this.selectEl.value) {
            this.selectEl.value = OTHER;
        }
        this.showRest();
    }

    /** Show what belongs to the chosen level, and nothing else. */
    showRest() {
        const option = this.selectEl.selectedOptions[0];
        const other = this.selectEl.value === OTHER;
        this.wordsEl?.classList.toggle("d-none", !other);
        const kept = this.expiryEl.classList.contains("o_dive_expiry_kept");
        const ends = kept || other || option?.dataset.renews;
        this.expiryEl.classList.toggle("d-none", !ends);
        if (!ends) {
            this.expiryEl.querySelector("input").value = "";
        }
    }

    // -- the level --------------------------------------------------------

    async onType() {
        const text = this.inputEl.value.trim();
        this.choose("");
        if (text.length < Number(this.el.dataset.letters)) {
            this.show([]);
            this.noneEl.classList.add("d-none");
            return;
        }
        const query = new URLSearchParams({ q: text });
        const answer = await this.waitFor(fetch(`/my/certifications/levels?${query}`));
        if (!answer.ok) {
            return;
        }
        const levels = await this.waitFor(answer.json());
        // an answer that comes late belongs to what stood there before
        if (text === this.inputEl.value.trim() && !this.selectEl.value) {
            this.show(levels);
            this.noneEl.classList.toggle("d-none", levels.length > 0);
        }
    }

    show(levels) {
        this.foundEl.replaceChildren(
            ...levels.map((level, index) => {
                const el = document.createElement("button");
                el.type = "button";
                el.id = `dive_level_found_${index}`;
                el.tabIndex = -1;
                el.setAttribute("role", "option");
                el.className = "list-group-item list-group-item-action text-start";
                el.dataset.level = level.id;
                el.textContent = level.name;
                return el;
            })
        );
        this.foundEl.classList.toggle("d-none", !levels.length);
        this.inputEl.setAttribute("aria-expanded", String(levels.length > 0));
        this.inputEl.removeAttribute("aria-activedescendant");
    }

    onKey(ev) {
        const els = [...this.foundEl.children];
        const active = els.findIndex((el) => el.classList.contains("active"));
        if (ev.key === "Escape") {
            this.show([]);
        } else if (ev.key === "Enter" && els.length) {
            ev.preventDefault();
            this.take(els[Math.max(active, 0)]);
        } else if (els.length && ["ArrowDown", "ArrowUp"].includes(ev.key)) {
            ev.preventDefault();
            const step = ev.key === "ArrowDown" ? 1 : -1;
            const next = els[(active + step + els.length) % els.length];
            els[active]?.classList.remove("active");
            next.classList.add("active");
            next.scrollIntoView({ block: "nearest" });
            this.inputEl.setAttribute("aria-activedescendant", next.id);
        }
    }

    onBlur() {
        this.show([]);
    }

    onFound(ev) {
        const el = ev.target.closest("[data-level]");
        if (el) {
            this.take(el);
        }
    }

    take(el) {
        this.inputEl.value = el.textContent;
        this.choose(el.dataset.level);
        this.show([]);
    }

    onOther() {
        this.inputEl.value = "";
        this.noneEl.classList.add("d-none");
        this.show([]);
        this.choose(OTHER);
        this.wordsEl.querySelector("input").focus();
    }

    choose(value) {
        if (value !== OTHER && this.wordsEl) {
            this.wordsEl.querySelector("input").value = "";
        }
        this.selectEl.value = value;
        this.showRest();
    }

    // -- files and sending ------------------------------------------------

    onFile(ev) {
        const file = ev.target.files[0];
        const tooLarge = Boolean(file) && file.size > Number(this.el.dataset.largest);
        const fieldEl = ev.target.closest(".o_dive_file");
        fieldEl.querySelector(".o_dive_too_large").classList.toggle("d-none", !tooLarge);
        ev.target.classList.toggle("is-invalid", tooLarge);
        if (tooLarge) {
            ev.target.value = "";
        }
    }

    onSubmit() {
        const buttonEl = this.el.querySelector("button[type=submit]");
        buttonEl.disabled = true;
        buttonEl.prepend(
            Object.assign(document.createElement("span"), {
                className: "spinner-border spinner-border-sm me-2",
            })
        );
        // back in the history the page is as it was left
        this.addListener(window, "pageshow", (ev) => {
            if (ev.persisted) {
                buttonEl.disabled = false;
                buttonEl.querySelector(".spinner-border")?.remove();
            }
        });
    }
}

registry.category("public.interactions").add("dive_crm.card_form", CardForm);
