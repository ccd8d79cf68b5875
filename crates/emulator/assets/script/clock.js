// The emulator's clock: what it shows, and moving it.

import { act } from "./api.js";
import { byId, setAttribute, setText } from "./dom.js";
import { duration, preciseTime, wholeTime } from "./format.js";
import { emulatorNow, setClock } from "./sync.js";

const TICK_MS = 1000;

export function clock(store) {
    const problem = byId("clock-problem");
    const due = byId("to-due");
    const amount = byId("advance-by");
    const unit = byId("advance-unit");

    const move = async (deed, body) => {
        setText(problem, "");
        try {
            setClock(store, await act(`clock/${deed}`, body));
        } catch (error) {
            setText(problem, error.message);
        }
    };
    const advance = (ms) => move("advance", { ms });

    const nextDue = () => {
        const times = store
            .get("deliveries")
            .filter((delivery) => delivery.state === "WAITING" && delivery.nextAttemptAt)
            .map((delivery) => Date.parse(delivery.nextAttemptAt));
        return times.length === 0 ? null : Math.min(...times);
    };

    const draw = () => {
        const state = store.get("clock");
        if (!state) {
            return;
        }
        const now = emulatorNow(store);
        setText(byId("clock-time"), preciseTime(now));
        setText(byId("clock-day"), `${wholeTime(now).replace(/,[^,]*$/, "")}${offset(state)}`);
        setText(byId("clock-state"), state.frozen ? `${preciseTime(now)} frozen` : preciseTime(now));
        setAttribute(byId("clock-state"), "class", state.frozen ? "warn" : null);
        setText(byId("freeze"), state.frozen ? "Go on" : "Freeze");
        const next = nextDue();
        due.hidden = next === null || next <= now;
        setText(due, `To the next delivery, in ${duration((next ?? now) - now)}`);
    };

    byId("freeze").addEventListener("click", () => move(store.get("clock")?.frozen ? "resume" : "freeze"));
    for (const button of document.querySelectorAll("[data-advance]")) {
        button.addEventListener("click", () => advance(Number(button.dataset.advance)));
    }
    due.addEventListener("click", () => {
        const next = nextDue();
        if (next !== null) {
            advance(Math.max(0, Math.ceil(next - emulatorNow(store))));
        }
    });
    byId("advance-form").addEventListener("submit", (event) => {
        event.preventDefault();
        advance(Math.round(amount.valueAsNumber * Number(unit.value)));
    });
    store.watch(["clock", "deliveries"], draw);
    setInterval(draw, TICK_MS);
}

function offset({ offsetMs }) {
    if (Math.abs(offsetMs) < 1000) {
        return "";
    }
    return ` · ${duration(Math.abs(offsetMs))} ${offsetMs > 0 ? "ahead" : "behind"}`;
}
