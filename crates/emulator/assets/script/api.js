// Calls of the emulator's admin API.

const BASE = "/_emulator/api/";

/** A call that was refused or did not come through; the message says why. */
export class ApiError extends Error {
    /** The `field` is the member that is at fault, where it is one; the `reason` leaves it out. */
    constructor(message, code, field = null) {
        super(field ? `${message} (${field})` : message);
        this.code = code;
        this.field = field;
        this.reason = message;
    }
}

/** Reads. */
export function read(path) {
    return send(path, { method: "GET" });
}

/** Does something. */
export function act(path, body = {}) {
    return send(path, withBody("POST", body));
}

/** Takes something away. */
export function remove(path) {
    return send(path, withBody("DELETE", {}));
}

/** The address of a file's content. */
export function fileAddress(id) {
    return `${BASE}files/${encodeURIComponent(id)}/content`;
}

/** The address of the stream of changes. */
export const EVENTS = `${BASE}events`;

/** A path with ids in it, such as `` path`conversations/${id}` ``. */
export function path(parts, ...ids) {
    return parts.reduce((path, part, place) => path + encodeURIComponent(ids[place - 1]) + part);
}

function withBody(method, body) {
    return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function send(path, options) {
    let response;
    try {
        response = await fetch(BASE + path, { ...options, cache: "no-store", credentials: "omit" });
    } catch {
        throw new ApiError("The emulator does not answer.", "gone");
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) {
        const error = answer?.error;
        const message = error?.message ?? `The emulator answered ${response.status}.`;
        throw new ApiError(message, error?.code ?? "unknown", error?.field);
    }
    if (answer === null) {
        throw new ApiError("The emulator's answer is no JSON.", "unknown");
    }
    return answer;
}
