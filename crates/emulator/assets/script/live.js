// The stream of changes, and whether the emulator is there.

import { EVENTS } from "./api.js";

const KINDS = [
    "message", "conversation", "channel", "account", "inbox", "app", "portal", "agent", "contact", "file", "request",
    "delivery", "fault", "clock", "reload",
];
const RETRY_MS = 2000;

/**
 * Listens until the page is left. `changed` is called with each change, `opened` whenever the stream has begun anew and
 * changes may have been missed, `link` with `live` and `gone`.
 */
export function listen({ changed, opened, link }) {
    const source = new EventSource(EVENTS);
    source.addEventListener("open", () => {
        link("live");
        opened();
    });
    source.addEventListener("error", () => {
        link("gone");
        // The browser comes again by itself after a broken connection, but not after an answer that is no stream, such
        // as that of another program on the emulator's port.
        if (source.readyState === EventSource.CLOSED) {
            setTimeout(() => listen({ changed, opened, link }), RETRY_MS);
        }
    });
    for (const kind of KINDS) {
        source.addEventListener(kind, (event) => {
            const change = parse(event.data);
            if (change) {
                changed({ ...change, kind });
            }
        });
    }
}

function parse(data) {
    try {
        return JSON.parse(data);
    } catch {
        return null;
    }
}
