// Keeps what the page knows in step with the emulator: every change is a reason to read again what it is about.

import { ApiError, path, read } from "./api.js";
import { listen } from "./live.js";
import { beginAnew, catchUp, hasChanged } from "./logs.js";

const SETUP = new Set(["channel", "account", "inbox", "app", "portal", "agent", "contact", "file"]);

/** Starts to follow the emulator. */
export function follow(store) {
    const parts = {
        overview: again(() => overview(store)),
        thread: again(() => thread(store)),
        requests: again(() => catchUp(store, "requests")),
        deliveries: again(() => catchUp(store, "deliveries")),
        faults: again(() => faults(store)),
        clock: again(() => clock(store)),
        credentials: again(() => credentials(store)),
    };
    const everything = () => {
        beginAnew();
        Object.values(parts).forEach((part) => part());
    };

    listen({
        link: (link) => store.set("link", link),
        opened: everything,
        changed(change) {
            const { kind } = change;
            if (kind === "reload") {
                everything();
            } else if (kind === "message" || kind === "conversation") {
                parts.overview();
                if ((change.conversationId ?? change.id) === store.get("selected")) {
                    parts.thread();
                }
            } else if (SETUP.has(kind)) {
                parts.overview();
                if (kind === "app" || kind === "portal") {
                    parts.credentials();
                }
            } else if (kind === "request") {
                hasChanged("requests", Number(change.id));
                parts.requests();
                if (store.get("faults").length > 0) {
                    // How often a rule has struck is no change of its own.
                    parts.faults();
                }
            } else if (kind === "delivery") {
                hasChanged("deliveries", Number(change.id));
                parts.deliveries();
                // Replies say how far their deliveries have come.
                parts.thread();
            } else if (kind === "fault") {
                parts.faults();
            } else if (kind === "clock") {
                parts.clock();
            }
        },
    });

    let selected = null;
    store.watch(["selected"], () => {
        if (store.get("selected") !== selected) {
            selected = store.get("selected");
            store.set("thread", selected === null ? null : { id: selected, state: "loading", entries: [] });
            parts.thread();
        }
    });
    return parts;
}

/** Runs a task, and once more where it was asked for meanwhile: many changes cost one or two readings. */
function again(task) {
    let running = false;
    let asked = false;
    return async () => {
        asked = true;
        if (running) {
            return;
        }
        running = true;
        while (asked) {
            asked = false;
            try {
                await task();
            } catch (error) {
                if (!(error instanceof ApiError)) {
                    reportError(error);
                } else if (error.code !== "gone") {
                    // Whether it is there is told by the stream.
                    console.warn(error.message);
                }
            }
        }
        running = false;
    };
}

async function overview(store) {
    const { conversations, clock, sequence: _, counts: __, ...setup } = await read("overview");
    store.set("conversations", same(store.get("conversations"), conversations, (conversation) => conversation.id));
    store.set("setup", same([store.get("setup")], [setup], () => "setup")[0]);
    setClock(store, clock);
}

async function thread(store) {
    const id = store.get("selected");
    if (id === null) {
        return;
    }
    const before = store.get("thread");
    let now;
    try {
        const { conversation, entries } = await read(path`conversations/${id}`);
        now = { id, state: "ready", conversation, entries: same(before?.entries ?? [], entries, (entry) => entry.id) };
    } catch (error) {
        if (error.code === "gone") {
            throw error;
        }
        now = { id, state: "failed", problem: error.message, entries: [] };
    }
    // Another one may have been chosen meanwhile.
    if (store.get("selected") === id) {
        store.set("thread", now);
    }
}

async function faults(store) {
    store.set("faults", (await read("faults")).faults);
}

/** What opens the emulator. All of it is made up and opens nothing else, so it can be shown. */
async function credentials(store) {
    store.set("credentials", await read("credentials"));
}

async function clock(store) {
    setClock(store, await read("clock"));
}

/** Keeps when a clock was read, so that it can go on here. */
export function setClock(store, clock) {
    store.set("clock", { ...clock, readAt: performance.now() });
}

/** The emulator's time, in milliseconds. */
export function emulatorNow(store) {
    const clock = store.get("clock");
    if (!clock) {
        return Date.now();
    }
    return Date.parse(clock.now) + (clock.frozen ? 0 : performance.now() - clock.readAt);
}

/** The new items, those as the same objects that say the same as before: what has not changed is not drawn anew. */
function same(before, now, keyOf) {
    const known = new Map(before.map((item) => [keyOf(item), item]));
    return now.map((item) => {
        const old = known.get(keyOf(item));
        return old !== undefined && JSON.stringify(old) === JSON.stringify(item) ? old : item;
    });
}
