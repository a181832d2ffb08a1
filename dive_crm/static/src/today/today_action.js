import { Component, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;
/** Somebody else checks divers in as well: look again so often. */
const REFRESH_MS = 60000;

/**
 * The front desk's day: its trips, who comes, what is missing in words, and the buttons
 * that the desk needs while divers stand in front of it. All of it is one answer of the
 * server; what a button changes is asked for anew.
 */
export class DiveToday extends Component {
    static template = "dive_crm.Today";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.state = useState({ data: { trips: [] }, busy: false, filter: "", open: false });
        onWillStart(() => this.load(this.props.state?.day));
        this.timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => browser.clearInterval(this.timer));
        useExternalListener(document, "visibilitychange", () => this.refresh());
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    async load(day) {
        this.state.data = await this.orm.call("dive.trip", "dive_today", [day || false]);
        this.props.updateActionState?.({ day: this.isToday ? undefined : this.state.data.day });
    }

    async refresh() {
        if (!document.hidden && !this.state.busy) {
            await this.load(this.isToday ? false : this.state.data.day);
        }
    }

    get isToday() {
        return this.state.data.day === this.state.data.today;
    }

    get dayName() {
        const { day, today } = this.state.data;
        const days = DateTime.fromISO(day).diff(DateTime.fromISO(today), "days").days;
        return { "-1": _t("Yesterday"), 0: _t("Today"), 1: _t("Tomorrow") }[days] || "";
    }

    step(days) {
        return this.load(DateTime.fromISO(this.state.data.day).plus({ days }).toISODate());
    }

    hasMissing(row) {
        return Boolean(row.findings.length || row.payment || row.gear.length);
    }

    stateLook(row) {
        const looks = {
            booked: "text-bg-success", // seen by the roll call: others have no badge
            checked_in: "text-bg-success",
            done: "text-bg-secondary",
            no_show: "text-bg-danger",
        };
        return looks[row.state] || "text-bg-warning";
    }

    get filtering() {
        return Boolean(this.state.filter.trim() || this.state.open);
    }

    rowsOf(trip) {
        const wanted = this.state.filter.trim().toLowerCase();
        return trip.rows.filter(
            (row) =>
                (!wanted || `${row.name} ${row.payer} ${row.booking}`.toLowerCase().includes(wanted)) &&
                (!this.state.open || this.hasMissing(row))
        );
    }

    get trips() {
        const { trips } = this.state.data;
        return this.filtering ? trips.filter((trip) => this.rowsOf(trip).length) : trips;
    }

    get counts() {
        const rows = this.state.data.trips.flatMap((trip) => trip.rows);
        const sum = (name) => this.state.data.trips.reduce((all, trip) => all + trip[name], 0);
        return {
            coming: sum("coming"),
            here: sum("here"),
            missing: rows.filter((row) => this.hasMissing(row)).length,
        };
    }

    // ------------------------------------------------------------------
    // Buttons
    // ------------------------------------------------------------------

    async openTickets() {
        return this.action.doAction(await this.orm.call("dive.ticket", "action_unassigned", []));
    }

    /** Do something once, whatever is clicked meanwhile, and look again. */
    async run(work) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            return await work();
        } finally {
            this.state.busy = false;
            await this.refresh();
        }
    }

    callSeat(row, method) {
        return this.run(() => this.orm.call("dive.booking.diver", method, [[row.id]]));
    }

    checkIn(row) {
        const blocks = row.findings.filter((finding) => finding.blocks);
        if (!blocks.length) {
            return this.callSeat(row, "action_check_in");
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Check in %s all the same?", row.name),
            body: blocks.map((finding) => finding.text).join("\n"),
            confirmLabel: _t("Check in"),
            confirm: () => this.callSeat(row, "action_check_in"),
            cancel: () => {},
        });
    }

    async checkInAll(trip) {
        const note = await this.run(() =>
            this.orm.call("dive.trip", "action_check_in_all", [[trip.id]])
        );
        if (note) {
            this.notification.add(note.message, {
                title: note.title,
                type: note.type,
                sticky: note.type === "warning",
            });
        }
    }

    prepareGear(trip) {
        return this.run(async () => {
            const action = await this.orm.call("dive.trip", "action_prepare_gear", [[trip.id]], {
                context: { dive_gear_screen: true },
            });
            const { message, title, type, sticky } = action.params;
            this.notification.add(message, { title, type, sticky });
        });
    }

    async newBooking(trip) {
        const action = await this.orm.call("dive.trip", "action_new_booking", [[trip.id]]);
        return this.action.doAction(action);
    }

    walkIn() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("New booking"),
            res_model: "dive.booking",
            views: [[false, "form"]],
        });
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("dive_today", DiveToday);
