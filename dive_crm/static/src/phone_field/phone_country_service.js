import { registry } from "@web/core/registry";
import { normalize } from "@web/core/l10n/utils";

/** What people call a country besides its name and its code. */
const ALIASES = { uk: "GB", usa: "US", uae: "AE" };

/**
 * @typedef {Object} PhoneCountry
 * @property {number} id of the `res.country`
 * @property {string} code two letters
 * @property {string} name in the user's language
 * @property {string} phone_code what people know as its calling code: "44", "1242"
 * @property {string} calling_code what stands before its national numbers: "44", "1"
 * @property {boolean} main whether it is the first of those that share its calling code
 * @property {string} image_url its flag
 * @property {number} rank 0: the company's, 1…: most used first; 999: the rest
 */

/**
 * Return a number typed with its country's code (`+44 …`, `0044 …`) beginning with a plus
 * sign, or an empty string for any other text.
 *
 * @param {string} text
 * @returns {string}
 */
export function asInternational(text) {
    const trimmed = text.trim().replace(/^＋/, "+");
    if (trimmed.startsWith("+")) {
        return trimmed;
    }
    return /^00\s*[1-9]/.test(trimmed) ? trimmed.replace(/^00\s*/, "+") : "";
}

/** The countries of telephone numbers, fetched once, the most used on top. */
export class PhoneCountries {
    constructor(orm) {
        this.orm = orm;
        this.loading = null;
        this.checks = new Map();
        /** @type {PhoneCountry[]} */
        this.list = [];
    }

    /**
     * Fetch the countries, at the first call only. Without an answer the list stays empty
     * and a field that uses it is an ordinary phone field.
     */
    load() {
        this.loading ||= this.orm
            .call("res.partner", "dive_phone_countries", [])
            .then((countries) => {
                this.list = countries;
            })
            .catch((error) => {
                this.loading = null;
                throw error;
            });
        return this.loading;
    }

    /**
     * Ask the server about a number.
     *
     * @param {string} number as typed
     * @param {string} [code] of the country whose national numbers it may be one of
     * @returns {Promise<{ok: boolean, international: string, country: string,
     *  reason: string, example: string}>}
     */
    check(number, code) {
        const key = `${code || ""} ${number}`;
        if (!this.checks.has(key)) {
            const answer = this.orm.silent
                .call("res.partner", "dive_phone_check", [number, code || false])
                .catch((error) => {
                    this.checks.delete(key);
                    throw error;
                });
            this.checks.set(key, answer);
        }
        return this.checks.get(key);
    }

    byCode(code) {
        return this.list.find((country) => country.code === code);
    }

    byId(id) {
        return this.list.find((country) => country.id === id);
    }

    /** The company's country. */
    get fallback() {
        return this.list.find((country) => country.rank === 0);
    }

    /**
     * Return the country that an international number begins with, as far as its first
     * digits tell (the server knows better for those that share a code).
     *
     * @param {string} text
     * @param {(PhoneCountry | undefined)[]} preferred among those that share the code
     * @returns {PhoneCountry | undefined}
     */
    match(text, preferred = []) {
        const digits = asInternational(text).replace(/\D/g, "");
        let found = [];
        for (let length = Math.min(4, digits.length); length && !found.length; length--) {
            const prefix = digits.slice(0, length);
            found = this.list.filter((country) => country.phone_code === prefix);
        }
        return (
            preferred.find((country) => found.includes(country)) ||
            found.find((country) => country.main) ||
            found[0]
        );
    }

    /**
     * Return a typed number so that it says which country it is of: as a national number
     * of `country` unless it is international already. The server takes it from there.
     *
     * @param {string} text
     * @param {PhoneCountry} [country]
     * @returns {string}
     */
    withCountry(text, country) {
        const national = text.trim();
        const international = asInternational(national);
        if (international || !country || !/\p{Nd}/u.test(national)) {
            return international || national;
        }
        return `+${country.calling_code} ${national}`;
    }

    /**
     * Return an international number without its calling code.
     *
     * @param {string} text
     * @returns {string}
     */
    withoutCountry(text) {
        const country = this.match(text);
        const international = asInternational(text);
        if (!country) {
            return international.replace("+", "");
        }
        const code = [...country.calling_code].join("[^0-9]*");
        return international.replace(new RegExp(`^\\+[^0-9]*${code}[^0-9(]*`), "");
    }

    /** Put a country that has just been chosen among the most used. */
    touch(code) {
        const country = this.byCode(code);
        if (country && country.rank > 1) {
            for (const other of this.list) {
                if (other.rank > 0 && other.rank < country.rank && other.rank < 999) {
                    other.rank++;
                }
            }
            country.rank = 1;
        }
    }

    /**
     * Split the countries into the most used ones (`first` on top) and all others.
     *
     * @param {(PhoneCountry | undefined)[]} first
     * @returns {[PhoneCountry[], PhoneCountry[]]}
     */
    split(first = []) {
        const used = this.list
            .filter((country) => country.rank < 999)
            .sort((a, b) => a.rank - b.rank);
        const top = [...new Set([...first.filter(Boolean), ...used])].slice(0, 8);
        return [top, this.list.filter((country) => !top.includes(country))];
    }

    /**
     * Return those of `countries` that somebody may mean by `text` (part of a name, a
     * code, a calling code), the likeliest first.
     *
     * @template {PhoneCountry} T
     * @param {string} text
     * @param {T[]} countries
     * @returns {T[]}
     */
    search(text, countries) {
        const query = normalize(text.trim());
        const digits = query.replace(/^(\+|00)/, "").replace(/[\s-]/g, "");
        const score = (country) => {
            const name = normalize(country.name);
            if (country.code.toLowerCase() === query || ALIASES[query] === country.code) {
                return 0;
            }
            if (/^\d+$/.test(digits)) {
                if (country.phone_code === digits) {
                    return country.main ? 0 : 1;
                }
                return country.phone_code.startsWith(digits) ? 2 : 9;
            }
            if (name.startsWith(query)) {
                return 1;
            }
            return name.split(/[\s(-]+/).some((word) => word.startsWith(query))
                ? 2
                : name.includes(query)
                ? 3
                : 9;
        };
        return countries
            .map((country) => [score(country), country])
            .filter(([points]) => points < 9)
            .sort(([a], [b]) => a - b)
            .map(([, country]) => country);
    }
}

export const phoneCountryService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        return new PhoneCountries(orm);
    },
};

registry.category("services").add("dive_phone_countries", phoneCountryService);
