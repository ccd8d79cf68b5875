// An entry of the log looked at closely: bodies, signature, and what came back.

import { act, path } from "./api.js";
import { h } from "./dom.js";
import { duration, preciseTime, size, wholeTime } from "./format.js";
import { pretty } from "./json.js";

/** What the browser is given of a body in one go. */
const MOST_TEXT = 60_000;
const SIGNATURES = /^x-hubspot-(?:signature|request-timestamp)/i;

/** The parts of a call or of a delivery. The context has `announce(text)` and `showDelivery(number)`. */
export function detail(thing, context) {
    return thing.attempts ? deliveryDetail(thing, context) : callDetail(thing);
}

function callDetail(request) {
    const took = request.endedAt ? Date.parse(request.endedAt) - Date.parse(request.at) : null;
    return [
        section(`${request.method} at ${wholeTime(request.at)}`, h("code", { class: "hint" }, request.path)),
        request.requestHeaders && section("Headers", headerList(request.requestHeaders)),
        ...bodySection("Request", request.requestBody),
        request.status === undefined
            ? section("Response", h("p", { class: "hint" }, request.endedAt ? "None was sent." : "None yet."))
            : null,
        ...bodySection(`Response ${request.status ?? ""}${took ? ` after ${took} ms` : ""}`, request.responseBody),
    ];
}

function deliveryDetail(delivery, context) {
    const waits = delivery.state === "WAITING";
    const problem = h("p", { class: "problem", role: "alert" });
    const deed = (label, deed, focus) =>
        h(
            "button",
            {
                type: "button",
                "data-focus": focus,
                onclick: async () => {
                    problem.textContent = "";
                    try {
                        const { delivery: after } = await act(path`deliveries/${delivery.number}/` + deed);
                        context.announce(`${label}: delivery ${after.number}`);
                    } catch (error) {
                        problem.textContent = error.message;
                    }
                },
            },
            label,
        );
    return [
        h(
            "div",
            { class: "actions" },
            deed("Replay", "replay", "replay"),
            waits && deed("Deliver now", "retry", "retry"),
            delivery.replayOf !== undefined &&
                h(
                    "button",
                    { type: "button", class: "plain", onclick: () => context.showDelivery(delivery.replayOf) },
                    `Show delivery ${delivery.replayOf}`,
                ),
        ),
        problem,
        waits &&
            delivery.nextAttemptAt &&
            h("p", { class: "hint" }, `The next attempt is due at ${wholeTime(delivery.nextAttemptAt)}.`),
        delivery.attempts.length === 0 && section("Event", bodyElement({ text: JSON.stringify(delivery.event) })),
        ...delivery.attempts.map((attempt, place) => attemptElement(attempt, place + 1)).reverse(),
    ];
}

function attemptElement(attempt, number) {
    return h(
        "div",
        { class: "attempt" },
        section(
            `Attempt ${number} at ${preciseTime(attempt.at)}`,
            h("code", { class: "hint" }, attempt.url ? `POST ${attempt.url}` : "There was no address."),
        ),
        ...outcome(attempt),
        section("Headers", headerList(attempt.headers ?? {})),
        ...bodySection("Body", attempt.body),
    );
}

function outcome(attempt) {
    const { outcome } = attempt;
    if (!outcome) {
        return [section("Answer", h("p", { class: "hint" }, "None yet."))];
    }
    const took = attempt.endedAt ? ` after ${duration(Date.parse(attempt.endedAt) - Date.parse(attempt.at))}` : "";
    const words = {
        ANSWERED: `The bridge answered ${outcome.status}${took}`,
        TIMED_OUT: `The bridge did not answer in time${took}`,
        FAILED: "The bridge could not be reached",
        UNSENT: "Nothing was sent",
        ABANDONED: "Delivery was stopped in the middle; the bridge may have it",
    };
    return [
        section("Answer", h("p", {}, words[outcome.kind] ?? outcome.kind, outcome.message ? `: ${outcome.message}` : ".")),
        ...bodySection("Answer's body", outcome.body),
    ];
}

/** The headers, those of the signature marked. A header may have several values. */
function headerList(headers) {
    const pairs = Array.isArray(headers)
        ? headers.map(({ name, value }) => [name, value])
        : Object.entries(headers).flatMap(([name, value]) => [value].flat().map((value) => [name, value]));
    return h(
        "dl",
        { class: "headers" },
        ...pairs.flatMap(([name, value]) => [
            h("dt", { class: SIGNATURES.test(name) ? "key" : null }, name),
            h("dd", {}, String(value)),
        ]),
    );
}

function section(title, ...content) {
    return h("div", {}, h("h3", {}, title), ...content);
}

function bodySection(title, body) {
    if (!body || body.size === 0) {
        return [];
    }
    const beginning = body.cut ? ", the beginning" : "";
    return [section(`${title} (${size(body.size)}${beginning})`, bodyElement(body))];
}

function bodyElement(body) {
    const text = body.text === undefined ? (body.base64 ?? "") : pretty(body.text);
    // Left to right whatever is in it: an order that text could turn around would be no help here.
    const element = h("pre", { class: "body", tabindex: "0", dir: "ltr" }, text.slice(0, MOST_TEXT));
    if (text.length <= MOST_TEXT) {
        return element;
    }
    return h("div", {}, element, h("p", { class: "hint" }, `${size(text.length - MOST_TEXT)} more are not shown.`));
}
