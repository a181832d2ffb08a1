import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/**
 * A number that nobody stated: an empty box, not a 0 that reads like a fact ("greatest depth
 * 0.0 m"). Emptying the box puts the 0 back.
 */
export class UnstatedFloatField extends FloatField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

export class UnstatedIntegerField extends IntegerField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

const isEmpty = (record, fieldName) => !record.data[fieldName];

registry.category("fields").add("dive_unstated_float", {
    ...floatField,
    component: UnstatedFloatField,
    isEmpty,
});
registry.category("fields").add("dive_unstated_integer", {
    ...integerField,
    component: UnstatedIntegerField,
    isEmpty,
});
