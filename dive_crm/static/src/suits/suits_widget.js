import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { user } from "@web/core/user";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The next trips that suit a customer, each with the reasons and one click to book it.
 * Asked for when the page is opened, so that the form itself costs nothing more.
 */
export class DiveSuits extends Component {
    static template = "dive_crm.Suits";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ trips: [] });
        onWillStart(async () => {
            this.mayBook = await user.hasGroup("dive_crm.group_front_desk");
            await this.load(this.props.record.resId);
        });
        onWillUpdateProps(async ({ record }) => {
            if (record.resId !== this.shown) {
                await this.load(record.resId);
            }
        });
    }

    async load(id) {
        this.shown = id;
        this.state.trips = id ? await this.orm.call("res.partner", "dive_suits_you", [id]) : [];
    }

    lightClass(trip) {
        return {
            green: "text-bg-success",
            amber: "text-bg-warning",
            red: "text-bg-danger",
        }[trip.light];
    }

    open(trip) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "dive.trip",
            res_id: trip.trip_id,
            views: [[false, "form"]],
        });
    }

    /** What was typed in the form is kept: a booking is made for the customer as it is. */
    async book(trip) {
        if (!(await this.props.record.save())) {
            return;
        }
        const id = this.props.record.resId;
        const action = await this.orm.call("res.partner", "action_dive_book_trip", [
            [id],
            trip.trip_id,
        ]);
        return this.action.doAction(action);
    }
}

registry.category("view_widgets").add("dive_suits", { component: DiveSuits });
