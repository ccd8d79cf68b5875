// One entry of a conversation: a message, or what was done.

import { attachmentElement } from "./attachment.js";
import { h } from "./dom.js";
import { cut, preciseTime, shortTime, visible, wholeTime } from "./format.js";
import { actorName, visitorName } from "./people.js";
import { richText } from "./rich.js";

/** What is shown of a text at first. */
const MOST_TEXT = 6000;

const DELIVERIES = {
    WAITING: ["webhook waits", "warn"],
    UNDER_WAY: ["webhook under way", ""],
    DELIVERED: ["bridge has it", ""],
    GIVEN_UP: ["webhook given up", "bad"],
};

/**
 * The element for an entry. The context has the `store`, the `conversation`, `now()`, and `showDelivery(number)` for when
 * somebody wants to see a delivery.
 */
export function entryElement(context, entry) {
    return entry.kind === "MESSAGE" ? message(context, entry) : deed(context, entry);
}

/** What a listener is told of an entry. */
export function spoken(context, entry) {
    if (entry.kind !== "MESSAGE") {
        return deedText(context, entry);
    }
    const words = visible(entry.entry.text) ?? "a message without text";
    const fared = fate(entry.entry);
    const said = `${senderName(context, entry.entry)}: ${cut(words, 200)}`;
    return fared?.reason ? `${said}. ${spokenFate(fared)}` : said;
}

/** What a listener is told of how a reply fared. */
export function spokenFate({ word, reason }) {
    return reason ? `Reply ${word}: ${cut(reason, 200)}` : `Reply ${word}`;
}

/** How a reply fared, as a word and what more there is to say; `null` for what is no reply. */
export function fate(message) {
    if (message.direction !== "OUTGOING") {
        return null;
    }
    const status = message.status ?? {};
    switch (status.statusType ?? status) {
        case "READ":
            return { word: "read", tone: "good" };
        case "FAILED":
            return { word: "failed", tone: "bad", reason: reason(status.failureDetails) };
        case "SENT":
            return { word: "sent", tone: "" };
        default:
            return { word: String(status.statusType ?? "no report yet").toLowerCase(), tone: "" };
    }
}

function reason(details) {
    if (!details?.errorMessage) {
        return "no reason given";
    }
    const tokens = details.errorMessageTokens ?? {};
    return details.errorMessage.replace(/\{\{?\s*([\w.-]+)\s*\}?\}/g, (whole, name) => tokens[name] ?? whole);
}

function message(context, entry) {
    const message = entry.entry;
    const outgoing = message.direction === "OUTGOING";
    const rich = entry.safeHtml ? richText(entry.safeHtml) : null;
    const hasRich = rich !== null && (rich.textContent.trim() !== "" || rich.querySelector("img, hr") !== null);
    const attachments = (message.attachments ?? []).map((attachment) => attachmentElement(attachment));
    const text = message.text ?? "";
    return h(
        "li",
        { class: outgoing ? "message agent" : "message visitor", "data-message": entry.id },
        h(
            "div",
            { class: "bubble" },
            hasRich ? h("div", { class: "rich", dir: "auto" }, rich) : text !== "" && plain(text),
            attachments.length > 0 && h("div", { class: "files" }, ...attachments),
            !hasRich && text === "" && attachments.length === 0 && h("em", { class: "hint" }, "an empty message"),
        ),
        meta(context, entry, outgoing),
    );
}

function meta(context, entry, outgoing) {
    const message = entry.entry;
    const fared = fate(message);
    const delivery = entry.deliveries?.at(-1);
    const [told, tone] = DELIVERIES[delivery?.state] ?? [];
    return h(
        "div",
        { class: "meta" },
        h("bdi", {}, cut(senderName(context, message), 80)),
        h(
            "time",
            { datetime: message.createdAt, title: wholeTime(message.createdAt) },
            shortTime(message.createdAt, context.now()),
        ),
        fared && h("span", { class: `fate ${fared.tone}`, "data-fate": fared.word }, fared.word),
        fared?.reason && h("span", { class: "bad", dir: "auto" }, cut(fared.reason, 500)),
        outgoing &&
            told &&
            h(
                "button",
                {
                    type: "button",
                    class: tone,
                    "data-focus": "delivery",
                    title: "Show the delivery",
                    onclick: () => context.showDelivery(delivery.number),
                },
                told,
            ),
        outgoing && !told && hasNoWebhook(context, message) && h("span", { class: "warn" }, "the channel has no webhook"),
    );
}

/** Whether nobody is told of an agent's reply. */
function hasNoWebhook({ store, conversation }, message) {
    const channel = store.get("setup")?.channels.find(({ id }) => id === conversation?.channelId);
    return Boolean(message.createdBy?.startsWith("A-") && channel && !channel.webhookUrl);
}

function senderName(context, message) {
    const sender = message.senders?.[0];
    if (message.direction === "OUTGOING") {
        return visible(sender?.name) ?? actorName(context.store, context.conversation, message.createdBy ?? sender?.actorId);
    }
    return visible(sender?.name) ?? visible(sender?.deliveryIdentifier?.value) ?? visitorName(context.conversation);
}

/** Text as it is, of a very long one the beginning. */
function plain(text) {
    const shown = h("div", { class: "text", dir: "auto" }, cut(text, MOST_TEXT));
    if (text.length <= MOST_TEXT) {
        return shown;
    }
    const all = h(
        "button",
        {
            type: "button",
            class: "plain",
            onclick: () => {
                shown.textContent = text;
                all.remove();
            },
        },
        `Show all ${text.length.toLocaleString()} characters`,
    );
    return [shown, all];
}

function deed(context, entry) {
    const { createdAt } = entry.entry;
    return h(
        "li",
        { class: "deed" },
        h("bdi", {}, deedText(context, entry)),
        " · ",
        h("time", { datetime: createdAt, title: wholeTime(createdAt) }, preciseTime(createdAt)),
    );
}

function deedText(context, entry) {
    const { store, conversation } = context;
    const deed = entry.entry;
    const by = deed.createdBy ? ` by ${cut(actorName(store, conversation, deed.createdBy), 60)}` : "";
    switch (entry.kind) {
        case "ASSIGNMENT":
            return deed.assignedTo
                ? `Assigned to ${cut(actorName(store, conversation, deed.assignedTo), 60)}${by}`
                : `Assigned to nobody${by}`;
        case "THREAD_STATUS_CHANGE":
            return `${deed.newStatus === "CLOSED" ? "Closed" : "Opened again"}${by}`;
        default:
            return `${cut(String(entry.kind), 60)}${by}`;
    }
}
