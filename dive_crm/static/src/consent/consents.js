import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What a customer is asked for, each with a yes and a no. One click is the answer: it is
 * written down at once, with the words that were asked. Of a customer who is being
 * entered, it is saved with the form; a second click takes it back until then.
 */
export class DiveConsents extends Component {
    static template = "dive_crm.Consents";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ items: [], busy: false });
        useRecordObserver((record) => {
            const { lang, company_id } = record.data;
            return this.load(record.resId, lang || false, company_id?.id || false);
        });
    }

    /** Somebody new is asked in the language, and for the company, chosen for them. */
    async load(id, lang, company) {
        const shown = id || `new ${lang} ${company}`;
        if (shown === this.shown) {
            return;
        }
        this.shown = shown;
        const items = id
            ? await this.orm.call("res.partner", "dive_consents", [id])
            : await this.orm.call("res.partner", "dive_consents_of_new", [lang, company]);
        if (shown === this.shown) {
            this.state.items = items;
        }
    }

    get clicked() {
        return this.props.record.data.dive_consent_answers || {};
    }

    answerOf(item) {
        if (this.props.record.resId) {
            return item.answer;
        }
        return { true: "yes", false: "no" }[this.clicked[item.id]] || "";
    }

    isForGuardian(item) {
        return item.guardian || Boolean(this.props.record.data.dive_is_minor && item.channel);
    }

    async answer(item, given) {
        if (this.props.record.resId) {
            return this.write(item, given);
        }
        const answers = { ...this.clicked };
        if (answers[item.id] === given) {
            delete answers[item.id];
        } else {
            answers[item.id] = given;
        }
        return this.props.record.update({ dive_consent_answers: answers });
    }

    /** What was typed is saved as well; a second click while that runs does nothing. */
    async write(item, given) {
        if (this.state.busy || (item.answer === (given ? "yes" : "no") && !item.older)) {
            return;
        }
        this.state.busy = true;
        try {
            if (await this.props.record.save()) {
                const id = this.props.record.resId;
                this.state.items = await this.orm.call("res.partner", "action_dive_answer", [
                    [id],
                    item.id,
                    given,
                    item.words,
                ]);
            }
        } finally {
            this.state.busy = false;
        }
    }

    async openLog() {
        const action = await this.orm.call("res.partner", "action_dive_consent_log", [
            [this.props.record.resId],
        ]);
        return this.action.doAction(action);
    }
}

registry.category("view_widgets").add("dive_consents", { component: DiveConsents });
