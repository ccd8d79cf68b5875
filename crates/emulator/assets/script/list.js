// The list of conversations.

import { Keyed, byId, fill, h, setText } from "./dom.js";
import { cut, plural, shortTime, visible, wholeTime } from "./format.js";
import { visitorName } from "./people.js";
import { roving } from "./roving.js";
import { emulatorNow } from "./sync.js";

const PAGE = 200;

export function conversationList(store, { open, firstSteps }) {
    const list = byId("threads");
    const find = byId("find");
    const more = byId("more-threads");
    const none = byId("no-threads");
    /** When somebody last looked at a conversation; one that was there from the start is taken for read. */
    const seen = new Map();
    let shown = PAGE;
    let begun = false;

    const rows = new Keyed(list, (row) => row.conversation.id, (row) => item(store, row, open));
    const focus = roving(list, ".row");
    let drawn = new Map();

    const matching = () => {
        const wanted = find.value.trim().toLowerCase();
        const all = store.get("conversations");
        return wanted === "" ? all : all.filter((conversation) => words(conversation).includes(wanted));
    };

    const draw = () => {
        const selected = store.get("selected");
        const all = store.get("conversations");
        for (const conversation of all) {
            if (conversation.id === selected || (!begun && store.get("setup"))) {
                seen.set(conversation.id, conversation.lastMessageAt);
            }
        }
        begun ||= Boolean(store.get("setup"));

        const found = matching();
        const before = drawn;
        drawn = new Map();
        rows.update(
            found.slice(0, shown).map((conversation) => {
                const current = conversation.id === selected;
                const unread = conversation.lastMessageAt > (seen.get(conversation.id) ?? "");
                const old = before.get(conversation.id);
                const same = old?.conversation === conversation && old.current === current && old.unread === unread;
                const row = same ? old : { conversation, current, unread };
                drawn.set(conversation.id, row);
                return row;
            }),
        );
        focus.refresh(list.querySelector("[aria-current]"));
        more.hidden = found.length <= shown;
        setText(more, `Show more of ${plural(found.length, "conversation")}`);
        setText(byId("list-count"), all.length === 0 ? "" : String(all.length));
        byId("finder").hidden = all.length === 0;
        none.hidden = found.length > 0 || !store.get("setup");
        if (!none.hidden) {
            fill(none, ...(all.length === 0 ? firstSteps() : [h("p", {}, "No conversation has these words.")]));
        }
    };

    find.addEventListener("input", () => {
        shown = PAGE;
        draw();
    });
    find.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown") {
            event.preventDefault();
            list.querySelector(".row")?.focus();
        }
    });
    more.addEventListener("click", () => {
        shown += PAGE;
        draw();
    });
    store.watch(["conversations", "selected", "setup", "credentials"], draw);

    return {
        /** Opens the next conversation, or the one before. */
        step(by) {
            const found = matching();
            const place = found.findIndex((conversation) => conversation.id === store.get("selected"));
            const next = found[place === -1 ? 0 : Math.min(found.length - 1, Math.max(0, place + by))];
            if (next) {
                open(next.id);
                rows.get(next.id)?.scrollIntoView({ block: "nearest" });
            }
        },
        focus() {
            (list.querySelector('.row[tabindex="0"]') ?? byId("new")).focus();
        },
    };
}

function item(store, { conversation, current, unread }, open) {
    const { lastMessage } = conversation;
    const failed = lastMessage?.direction === "OUTGOING" && lastMessage.status === "FAILED";
    const closed = conversation.status === "CLOSED";
    return h(
        "li",
        { class: unread ? "unread" : null },
        h(
            "button",
            {
                type: "button",
                class: "row",
                tabindex: "-1",
                "data-focus": "row",
                "data-conversation": conversation.id,
                "aria-current": current ? "true" : null,
                onclick: () => open(conversation.id),
            },
            h("bdi", { class: "name" }, cut(visitorName(conversation), 80)),
            h(
                "time",
                { datetime: conversation.lastMessageAt, title: wholeTime(conversation.lastMessageAt) },
                shortTime(conversation.lastMessageAt, emulatorNow(store)),
            ),
            h("span", { class: "last", dir: "auto" }, lastWords(lastMessage)),
            h(
                "span",
                { class: "marks" },
                failed && h("span", { class: "tag bad" }, "failed"),
                closed && h("span", { class: "tag" }, "closed"),
                unread && h("span", { class: "dot" }, h("span", { class: "unseen" }, "not read yet")),
            ),
        ),
    );
}

function lastWords(message) {
    if (!message) {
        return "";
    }
    const text = visible(message.text?.replace(/\s+/g, " "));
    const words = text ? cut(text, 120) : message.attachments > 0 ? plural(message.attachments, "attachment") : "";
    return message.direction === "OUTGOING" ? `Agent: ${words}` : words;
}

function words(conversation) {
    return [
        conversation.visitorName,
        conversation.visitorAddress?.value,
        conversation.id,
        ...(conversation.integrationThreadIds ?? []),
        conversation.lastMessage?.text,
    ]
        .join("\n")
        .toLowerCase();
}
