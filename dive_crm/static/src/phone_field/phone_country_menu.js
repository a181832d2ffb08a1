import { SelectMenu } from "@web/core/select_menu/select_menu";
import { useService } from "@web/core/utils/hooks";

/**
 * The country of a telephone number: a flag, and a list to search by name, code or calling
 * code. Letters typed on the flag begin the search; digits are meant for the number.
 */
export class PhoneCountryMenu extends SelectMenu {
    static template = "dive_crm.PhoneCountryMenu";
    static props = {
        ...SelectMenu.props,
        label: { type: String, optional: true },
        onDigit: { type: Function, optional: true },
    };

    setup() {
        super.setup();
        this.countries = useService("dive_phone_countries");
        this.seed = "";
        // Few enough to search at each key: who types "fr" and Enter means France.
        this.debouncedOnInput = (ev) => {
            this.state.searchValue = ev.target.value;
            this.onInput(ev.target.value);
        };
    }

    filterOptions(searchString, groups) {
        if (!searchString?.trim()) {
            return super.filterOptions("", groups);
        }
        const choices = this.props.groups.flatMap((group) => group.choices);
        this.state.choices = this.countries.search(searchString, choices);
        this.sliceDisplayedOptions();
    }

    onStateChanged(open) {
        super.onStateChanged(open);
        if (open && this.seed) {
            this.state.searchValue = this.seed;
            this.onInput(this.seed);
            if (this.inputRef.el) {
                this.inputRef.el.value = this.seed;
            }
        }
        this.seed = "";
    }

    onTogglerKeydown(ev) {
        if (ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        if (/^[\p{Nd}+(]$/u.test(ev.key)) {
            // No preventDefault: the key goes to the element that has the focus now.
            this.props.onDigit?.();
        } else if (ev.key === "ArrowDown" || /^\p{L}$/u.test(ev.key)) {
            ev.preventDefault();
            this.seed += ev.key === "ArrowDown" ? "" : ev.key;
            this.dropdownState.open();
        }
    }
}
