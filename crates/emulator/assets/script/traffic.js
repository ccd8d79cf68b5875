// The log: calls of the API as they come in, and deliveries to bridges as they go out, the newest first.

import { Keyed, byId, h, setText } from "./dom.js";
import { cut, plural, preciseTime, wholeTime } from "./format.js";
import { detail } from "./detail.js";
import { roving } from "./roving.js";

const PAGE = 100;

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
    const open = new Set();
    let shown = PAGE;
    let drawn = new Map();

    const toggle = (key) => {
        if (!open.delete(key)) {
            open.add(key);
        }
        draw();
    };
    const rows = new Keyed(list, (row) => row.key, (row) => item(row, toggle, context));
    const focus = roving(list, ".row");

    const matching = () => {
        const kind = which.value;
        const wanted = find.value.trim().toLowerCase();
        const calls = kind === "deliveries" ? [] : store.get("requests").map(call);
        const deliveries = kind === "requests" ? [] : store.get("deliveries").map(delivery);
        return [...calls, ...deliveries]
            .filter((row) => kind !== "failed" || row.failed)
            .filter((row) => wanted === "" || words(row).includes(wanted))
            .sort((a, b) => (a.at === b.at ? b.number - a.number : a.at < b.at ? 1 : -1));
    };

    const draw = () => {
        const found = matching();
        const before = drawn;
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
        more.hidden = found.length <= shown;
        setText(more, `Show older ones of ${plural(found.length, "entry", "entries")}`);
        none.hidden = found.length > 0;
        const isEmpty = store.get("requests").length + store.get("deliveries").length === 0;
        byId("traffic-tools").hidden = isEmpty;
        setText(
            none,
            isEmpty
                ? "Calls of the API and deliveries to your bridge appear here as they happen."
                : "Nothing in the log is like this.",
        );
    };

    for (const [element, event] of [[find, "input"], [which, "change"]]) {
        element.addEventListener(event, () => {
            shown = PAGE;
            draw();
        });
    }
    more.addEventListener("click", () => {
        shown += PAGE;
        draw();
    });
    store.watch(["requests", "deliveries"], draw);

    return {
        /** Opens one delivery and goes there. */
        show(number) {
            find.value = "";
            which.value = "all";
            const key = `d${number}`;
            open.add(key);
            shown = Math.max(shown, matching().findIndex((row) => row.key === key) + 1);
            draw();
            const row = rows.get(key)?.querySelector(".row");
            row?.scrollIntoView({ block: "start" });
            row?.focus({ preventScroll: true });
        },
        focus: () => (list.querySelector('.row[tabindex="0"]') ?? find).focus(),
    };
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
