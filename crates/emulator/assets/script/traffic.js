// The log: calls of the API as they come in, and deliveries to bridges as they go out, the newest first.

import { Keyed, byId, h, setText } from "./dom.js";
import { cut, preciseTime, wholeTime } from "./format.js";
import { detail } from "./detail.js";
import { older } from "./logs.js";
import { roving } from "./roving.js";

const PAGE = 100;
/** How many pages of the emulator's log one wish for older entries reads, at most. */
const MOST_READ = 4;

const STATES = {
    WAITING: ["waits", "warn"],
    UNDER_WAY: ["under way", ""],
    DELIVERED: ["delivered", "good"],
    GIVEN_UP: ["given up", "bad"],
};

export function traffic(store, context) {
    const list = byId("log");
    const find = byId("traffic-find");
    const which = byId("traffic-which");
    const more = byId("traffic-more");
    const none = byId("traffic-none");
    const problem = byId("traffic-problem");
    const open = new Set();
    let shown = PAGE;
    /** The oldest entry that somebody has asked for: newer ones do not push it out. */
    let oldest = null;
    let reading = false;
    let drawn = new Map();

    const toggle = (key) => {
        if (!open.delete(key)) {
            open.add(key);
        }
        draw();
    };
    const rows = new Keyed(list, (row) => row.key, (row) => item(row, toggle, context));
    const focus = roving(list, ".row");

    /** The logs that are asked for and have older entries than are here, the one that reaches back least first. */
    const incomplete = () => {
        const reach = store.get("reach");
        const names = which.value === "requests" || which.value === "deliveries" ? [which.value] : ["requests", "deliveries"];
        return names
            .filter((name) => reach[name] > 0)
            .map((name) => ({ name, since: since(store.get(name).find(({ number }) => number >= reach[name])) }))
            .sort((a, b) => (a.since < b.since ? 1 : -1));
    };

    const matching = () => {
        const kind = which.value;
        const wanted = find.value.trim().toLowerCase();
        // Further back not all is here, and what is would stand out of its order.
        const horizon = incomplete()[0]?.since ?? "";
        const calls = kind === "deliveries" ? [] : store.get("requests").map(call);
        const deliveries = kind === "requests" ? [] : store.get("deliveries").map(delivery);
        return [...calls, ...deliveries]
            .filter((row) => row.at >= horizon && (kind !== "failed" || row.failed))
            .filter((row) => wanted === "" || words(row).includes(wanted))
            .sort((a, b) => (a.at === b.at ? b.number - a.number : a.at < b.at ? 1 : -1));
    };

    const draw = () => {
        const found = matching();
        const further = incomplete();
        const before = drawn;
        if (oldest !== null) {
            shown = Math.max(shown, found.findIndex((row) => row.key === oldest) + 1);
        }
        drawn = new Map();
        rows.update(
            found.slice(0, shown).map((row) => {
                const old = before.get(row.key);
                const isOpen = open.has(row.key);
                const kept = old?.thing === row.thing && old.isOpen === isOpen ? old : { ...row, isOpen };
                drawn.set(row.key, kept);
                return kept;
            }),
        );
        focus.refresh();
        more.hidden = found.length <= shown && further.length === 0;
        setText(more, reading ? "Looking" : found.length > shown ? "Show older entries" : "Look further back");
        none.hidden = found.length > 0;
        const isEmpty = store.get("requests").length + store.get("deliveries").length === 0;
        byId("traffic-tools").hidden = isEmpty;
        setText(
            none,
            isEmpty
                ? "Calls of the API and deliveries to your bridge appear here as they happen."
                : further.length > 0
                  ? `Nothing in the log is like this since ${wholeTime(further[0].since)}.`
                  : "Nothing in the log is like this.",
        );
    };

    for (const [element, event] of [[find, "input"], [which, "change"]]) {
        element.addEventListener(event, () => {
            shown = PAGE;
            oldest = null;
            draw();
        });
    }

    /** Reads older entries, until there are so many that match or enough was read. */
    const readUntil = async (isEnough, most) => {
        if (reading) {
            return;
        }
        reading = true;
        setText(problem, "");
        try {
            for (let read = 0; read < most && !isEnough(); read += 1) {
                const [next] = incomplete();
                if (!next) {
                    break;
                }
                draw();
                await older(store, next.name);
            }
        } catch (error) {
            setText(problem, error.message);
        }
        reading = false;
        draw();
    };

    more.addEventListener("click", async () => {
        const had = Math.min(shown, matching().length);
        shown = had + PAGE;
        await readUntil(() => matching().length >= shown, MOST_READ);
        const found = matching();
        oldest = found[Math.min(shown, found.length) - 1]?.key ?? null;
        if (more.hidden && found.length > had) {
            // The button that had the focus is gone.
            rows.get(found[had].key)?.querySelector(".row").focus();
        }
    });
    store.watch(["requests", "deliveries", "reach"], draw);

    return {
        /** Opens one delivery and goes there. */
        async show(number) {
            const key = `d${number}`;
            const isThere = () => matching().some((row) => row.key === key);
            find.value = "";
            which.value = "all";
            if (!isThere()) {
                // Among the calls there may be many that are newer.
                which.value = "deliveries";
                await readUntil(isThere, Infinity);
            }
            open.add(key);
            oldest = key;
            draw();
            const row = rows.get(key)?.querySelector(".row");
            row?.scrollIntoView({ block: "start" });
            row?.focus({ preventScroll: true });
        },
        focus: () => (list.querySelector('.row[tabindex="0"]') ?? find).focus(),
    };
}

/** When an entry came into its log. */
function since(entry) {
    return entry?.queuedAt ?? entry?.at ?? "";
}

function call(request) {
    const { number, at, status, endedAt } = request;
    const [result, tone] =
        status !== undefined
            ? [String(status), status < 400 ? "good" : "bad"]
            : endedAt
              ? ["no answer", "bad"]
              : ["under way", ""];
    return {
        key: `r${number}`,
        thing: request,
        number,
        at,
        way: request.method,
        title: request.operation ? humanized(request.operation) : request.path,
        under: request.operation ? request.path : "",
        result,
        tone,
        failed: tone === "bad",
    };
}

function delivery(delivery) {
    const last = delivery.attempts.at(-1);
    const [state, tone] = STATES[delivery.state] ?? [delivery.state, ""];
    const status = last?.outcome?.status;
    const again = delivery.attempts.length > 1 ? `${delivery.attempts.length} attempts` : null;
    const replay = delivery.replayOf === undefined ? null : `replay of ${delivery.replayOf}`;
    return {
        key: `d${delivery.number}`,
        thing: delivery,
        number: delivery.number,
        at: last?.at ?? delivery.queuedAt,
        way: "to bridge",
        title: humanized(delivery.eventType ?? "event"),
        under: [replay, again, last?.url].filter(Boolean).join(" · "),
        result: status === undefined ? state : `${status} ${state}`,
        tone,
        failed: delivery.attempts.some(({ outcome }) => outcome && !(outcome.status >= 200 && outcome.status < 300)),
    };
}

/** `PublishMessage`, `publish_message` and `PUBLISH_MESSAGE` as words. */
function humanized(name) {
    return name
        .replace(/([a-z])([A-Z])/g, "$1 $2")
        .replace(/[_.]/g, " ")
        .toLowerCase();
}

function words({ thing, title, result }) {
    const bodies = [thing.requestBody?.text, thing.responseBody?.text, thing.event && JSON.stringify(thing.event)];
    return [title, result, thing.path, thing.eventType, thing.operation, ...bodies].join("\n").toLowerCase();
}

function item(row, toggle, context) {
    const place = `detail-${row.key}`;
    return h(
        "li",
        { "data-entry": row.key },
        h(
            "button",
            {
                type: "button",
                class: "row",
                tabindex: "-1",
                "data-focus": "row",
                "aria-expanded": String(row.isOpen),
                "aria-controls": place,
                onclick: () => toggle(row.key),
            },
            h("time", { datetime: row.at, title: wholeTime(row.at) }, preciseTime(row.at)),
            h(
                "span",
                { class: "what" },
                h("span", { class: "title" }, h("span", { class: "way mono" }, row.way), " ", cut(row.title, 200)),
                row.under !== "" && h("span", { class: "under mono" }, cut(row.under, 300)),
            ),
            h("span", { class: `tag ${row.tone}` }, row.result),
        ),
        row.isOpen && h("div", { class: "detail", id: place }, ...detail(row.thing, context)),
    );
}
