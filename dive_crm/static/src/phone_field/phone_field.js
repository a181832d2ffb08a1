import { status, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { useInputField } from "@web/views/fields/input_field_hook";
import { formPhoneField, PhoneField, phoneField } from "@web/views/fields/phone/phone_field";
import { PhoneCountryMenu } from "./phone_country_menu";
import { asInternational } from "./phone_country_service";

const RECHECK_DELAY = 300;
let nextReasonId = 1;

/**
 * A phone field that knows countries: a national number is stored with the code of its
 * country, and one that cannot exist says why as soon as it has been entered. This one
 * (lists) has no room for a selector: the country is the record's, or the company's.
 */
export class DivePhoneField extends PhoneField {
    static template = "dive_crm.DivePhoneField";
    // Getters, since other modules (sms) put their own into PhoneField, maybe later.
    static get props() {
        return { ...super.props, countryField: { type: String, optional: true } };
    }

    setup() {
        // Its own input hook finds no input: ours is named "divePhone", as it must convert
        // what is typed. It is called all the same for the sake of those who patch it.
        super.setup();
        this.countries = useService("dive_phone_countries");
        this.state = useState({ loaded: false, code: false, reason: "", example: "" });
        this.reasonId = `dive_phone_reason_${nextReasonId++}`;
        /** The national number as typed last, to be read again under another country. */
        this.typed = "";
        this.lastCheck = 0;
        this.checking = Promise.resolve();
        this.inputRef = useInputField({
            getValue: () => this.value,
            parse: (text) => this.enter(text),
            refName: "divePhone",
        });
        this.recheck = useDebounced(() => this.check(this.text, false), RECHECK_DELAY);
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", (ev) =>
            ev.detail.proms.push(this.checking)
        );
        this.resId = this.props.record.resId;
        useRecordObserver((record) => this.onRecord(record));
        // A cell of a list becomes editable while it is there.
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.readonly]
        );
    }

    // --- what it shows ---------------------------------------------------------------

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    /** What stands in the input, entered or not. */
    get text() {
        return this.inputRef.el ? this.inputRef.el.value : this.value;
    }

    get recordCountry() {
        const country = this.props.record.data[this.props.countryField];
        return country ? this.countries.byId(country.id) : undefined;
    }

    /** The country whose national numbers are meant. */
    get country() {
        return this.state.loaded ? this.recordCountry || this.countries.fallback : undefined;
    }

    get placeholder() {
        const { example } = this.state;
        return example ? _t("e.g. %s", example) : this.props.placeholder;
    }

    // --- what happens ----------------------------------------------------------------

    async load() {
        if (this.props.readonly) {
            return;
        }
        try {
            await this.countries.load();
        } catch {
            return; // an ordinary phone field, then: the server still checks
        }
        if (status(this) !== "destroyed") {
            this.state.loaded = true;
            await this.refresh();
        }
    }

    /** Ask for what only the server knows. */
    async refresh() {
        if (!this.value && this.country) {
            await this.showExample();
        }
    }

    async showExample() {
        const { country } = this;
        const answer = await this.ask("", country?.code);
        if (answer && country === this.country) {
            this.state.example = answer.example;
        }
    }

    /** The pager puts another record into the same field. */
    onRecord({ resId }) {
        if (resId !== this.resId) {
            this.resId = resId;
            this.typed = "";
            this.lastCheck++;
            Object.assign(this.state, { code: false, reason: "", example: "" });
            Promise.resolve().then(() => this.load());
        }
    }

    /** While typing: +… and 00… choose the country, a reason goes when it is mended. */
    onInput() {
        this.typed = "";
        const chosen = this.countries.match(this.text, [this.country]);
        if (chosen) {
            this.state.code = chosen.code;
        }
        if (this.state.reason) {
            this.recheck();
        }
    }

    /**
     * Take a number as typed, have it checked, and return what to put into the record
     * meanwhile: the same number, saying which country it is of.
     */
    enter(text) {
        const national = text.trim();
        if (!this.typed && !asInternational(national)) {
            this.typed = national;
        }
        this.recheck.cancel();
        this.checking = this.check(national, true);
        return this.countries.withCountry(national, this.country);
    }

    /**
     * @param {string} number as typed
     * @param {boolean} entered whether the record is to have what comes back
     */
    async check(number, entered) {
        const run = ++this.lastCheck;
        const { record, name } = this.props;
        if (!number) {
            this.state.reason = "";
            return entered && this.refresh();
        }
        const answer = await this.ask(number, this.country?.code);
        if (!answer || run !== this.lastCheck) {
            return;
        }
        this.state.reason = answer.ok ? "" : answer.reason;
        if (!answer.ok) {
            return;
        }
        if (this.countries.byCode(answer.country)) {
            this.state.code = answer.country;
            this.countries.touch(answer.country);
        }
        if (entered && record.data[name] !== answer.international) {
            await record.update({ [name]: answer.international });
        }
    }

    /** Ask the server; without an answer, or when the field is gone, there is none. */
    async ask(number, code) {
        try {
            const answer = await this.countries.check(number, code);
            return status(this) === "destroyed" ? null : answer;
        } catch {
            return null;
        }
    }
}

/** The same in a form, with a selector of the country before the number. */
export class FormDivePhoneField extends DivePhoneField {
    static template = "dive_crm.FormDivePhoneField";
    static get components() {
        return { ...super.components, PhoneCountryMenu };
    }

    setup() {
        super.setup();
        this.chosen = false;
    }

    /** The chosen country, else the number's, the record's, the company's. */
    get country() {
        if (!this.state.loaded) {
            return undefined;
        }
        return (
            this.countries.byCode(this.state.code) ||
            this.countries.match(this.value, [this.recordCountry, this.countries.fallback]) ||
            super.country
        );
    }

    /** The example, or the country of "+1 …", which several share. */
    async refresh() {
        await super.refresh();
        const { value, country } = this;
        if (!this.state.code && asInternational(value) && country && this.isShared(country)) {
            const answer = await this.ask(value, country.code);
            if (answer?.ok && this.value === value && !this.state.code) {
                this.state.code = answer.country;
            }
        }
    }

    isShared(country) {
        return this.countries.list.some(
            (other) => other !== country && other.calling_code === country.calling_code
        );
    }

    get groups() {
        const toChoice = (country) => ({
            ...country,
            value: country.code,
            label: country.name,
        });
        const [top, others] = this.countries.split([this.recordCountry, this.countries.fallback]);
        return [
            { label: _t("Most used"), choices: top.map(toChoice) },
            { label: _t("All countries"), choices: others.map(toChoice) },
        ];
    }

    get countryLabel() {
        const { country } = this;
        return country
            ? _t("Country: %(name)s, +%(code)s", { name: country.name, code: country.phone_code })
            : _t("Country");
    }

    focusNumber() {
        this.inputRef.el?.focus();
    }

    /** Read the number again, as one of the country just chosen. */
    async onSelectCountry(code) {
        this.chosen = true;
        const { record, name } = this.props;
        const text = this.text.trim();
        const national =
            this.typed || (asInternational(text) ? this.countries.withoutCountry(text) : text);
        this.state.code = code;
        this.countries.touch(code);
        if (!national) {
            return this.showExample();
        }
        this.typed = national;
        this.checking = this.check(national, true);
        await record.update({
            [name]: this.countries.withCountry(national, this.countries.byCode(code)),
        });
    }

    onMenuClosed() {
        if (this.chosen) {
            this.chosen = false;
            this.focusNumber();
        }
    }
}

function extend(descriptor, component) {
    return {
        ...descriptor,
        component,
        additionalClasses: ["o_field_phone"],
        displayName: _t("Phone with country"),
        supportedOptions: [
            ...descriptor.supportedOptions,
            {
                label: _t("Country field"),
                name: "country_field",
                type: "field",
                availableTypes: ["many2one"],
                help: _t("The country whose numbers are meant when none is chosen."),
            },
        ],
        extractProps(fieldInfo, dynamicInfo) {
            return {
                ...descriptor.extractProps(fieldInfo, dynamicInfo),
                countryField: fieldInfo.options.country_field,
            };
        },
        fieldDependencies: ({ options }) =>
            options.country_field
                ? [{ name: options.country_field, type: "many2one", relation: "res.country" }]
                : [],
    };
}

export const divePhoneField = extend(phoneField, DivePhoneField);
export const formDivePhoneField = extend(formPhoneField, FormDivePhoneField);

registry.category("fields").add("dive_phone", divePhoneField);
registry.category("fields").add("form.dive_phone", formDivePhoneField);
