// The open conversation: who it is with, what was said, and what can be done with it.

import { act, path } from "./api.js";
import { Keyed, byId, fill, h, setAttribute, setText } from "./dom.js";
import { cut, plural } from "./format.js";
import { entryElement, fate, spoken, spokenFate } from "./message.js";
import { agentsOf, channelName, visitorName } from "./people.js";
import { emulatorNow } from "./sync.js";

const PAGE = 200;
/** How far from its end a conversation may be scrolled and still be followed. */
const NEAR_END = 80;

export function openConversation(store, { announce, showDelivery, nothingOpen }) {
    const scroll = byId("thread-scroll");
    const list = byId("entries");
    const earlier = byId("earlier");
    const latest = byId("latest");
    const assignee = byId("assignee");
    const problem = byId("thread-problem");
    let shown = PAGE;
    let drawnId = null;
    let told = new Map();
    let context = null;
    /** Whether the end is to stay in view. */
    let following = true;
    let last = { scrollTop: 0, scrollHeight: 0 };

    const rows = new Keyed(list, (row) => row.entry.id, (row) => entryElement(context, row.entry));
    let drawn = new Map();

    const draw = () => {
        const thread = store.get("thread");
        const setup = store.get("setup");
        byId("thread-open").hidden = thread === null;
        byId("thread-none").hidden = thread !== null;
        if (thread === null) {
            fill(byId("thread-none"), ...nothingOpen());
            drawnId = null;
            return;
        }
        const other = thread.id !== drawnId;
        if (other) {
            drawnId = thread.id;
            shown = PAGE;
            told = null;
            rows.clear();
            drawn = new Map();
            setText(problem, "");
        }
        const conversation = thread.conversation ?? store.get("conversations").find(({ id }) => id === thread.id);
        context = { store, conversation, showDelivery, now: () => emulatorNow(store) };
        drawHead(store, thread, conversation);
        setText(byId("thread-note"), thread.problem ?? "");
        byId("thread-note").hidden = thread.state !== "failed";

        const before = drawn;
        drawn = new Map();
        rows.update(
            thread.entries.slice(-shown).map((entry) => {
                const old = before.get(entry.id);
                const row = old?.entry === entry && old.setup === setup ? old : { entry, setup };
                drawn.set(entry.id, row);
                return row;
            }),
        );
        const hidden = Math.max(0, thread.entries.length - shown);
        earlier.hidden = hidden === 0;
        setText(earlier, `Show ${plural(Math.min(hidden, PAGE), "earlier entry", "earlier entries")} of ${hidden}`);
        if (other || following) {
            toEnd();
        } else if (told && thread.entries.some((entry) => !told.has(entry.id))) {
            latest.hidden = false;
        }
        if (thread.state === "ready") {
            tell(thread);
        }
    };

    /** Says what is new since this conversation was drawn last. */
    const tell = (thread) => {
        const before = told;
        told = new Map(thread.entries.map((entry) => [entry.id, fate(entry.entry)?.word]));
        if (before === null) {
            return;
        }
        for (const entry of thread.entries) {
            const fared = fate(entry.entry);
            if (!before.has(entry.id)) {
                announce(spoken(context, entry));
            } else if (before.get(entry.id) !== fared?.word) {
                announce(spokenFate(fared));
            }
        }
    };

    const toEnd = () => {
        following = true;
        latest.hidden = true;
        scroll.scrollTop = scroll.scrollHeight;
    };

    const change = async (deed, body) => {
        const id = store.get("selected");
        setText(problem, "");
        try {
            await act(path`conversations/${id}/` + deed, body);
        } catch (error) {
            setText(problem, error.message);
            // Whoever was chosen is not assigned.
            delete assignee.dataset.options;
        }
        draw();
    };

    const isClosed = () => store.get("thread")?.conversation?.status === "CLOSED";
    const turn = () => store.get("thread")?.conversation && change(isClosed() ? "reopen" : "close");
    byId("turn").addEventListener("click", turn);
    assignee.addEventListener("change", () => change("assign", { agentId: assignee.value || null }));
    earlier.addEventListener("click", () => {
        const fromEnd = scroll.scrollHeight - scroll.scrollTop;
        shown += PAGE;
        draw();
        scroll.scrollTop = scroll.scrollHeight - fromEnd;
    });
    latest.addEventListener("click", () => {
        toEnd();
        scroll.focus();
    });
    scroll.addEventListener("scroll", () => {
        const { scrollTop, scrollHeight, clientHeight } = scroll;
        if (scrollHeight - scrollTop - clientHeight < NEAR_END) {
            following = true;
            latest.hidden = true;
        } else if (scrollTop < last.scrollTop && scrollHeight === last.scrollHeight) {
            // Somebody scrolled up; what changes its height moves things too, but then nobody did.
            following = false;
        }
        last = { scrollTop, scrollHeight };
    });
    // Pictures, and what comes into view for the first time, get their true heights late.
    const heights = new ResizeObserver(() => {
        if (following) {
            scroll.scrollTop = scroll.scrollHeight;
        }
    });
    heights.observe(list);
    heights.observe(scroll);
    store.watch(["thread", "setup", "conversations", "credentials"], draw);

    return { turn, assign: () => assignee.focus() };
}

function drawHead(store, thread, conversation) {
    const closed = conversation?.status === "CLOSED";
    setText(byId("thread-title"), conversation ? cut(visitorName(conversation), 120) : `Conversation ${thread.id}`);
    setText(byId("thread-about"), conversation ? about(store, conversation) : "");
    setAttribute(byId("thread-about"), "title", conversation ? about(store, conversation) : null);
    setText(byId("thread-status"), closed ? "closed" : "open");
    setAttribute(byId("thread-status"), "class", closed ? "tag" : "tag good");
    setText(byId("turn"), closed ? "Reopen" : "Close");
    for (const id of ["turn", "assignee", "thread-status"]) {
        byId(id).hidden = !conversation;
    }
    if (conversation) {
        drawAssignee(store, conversation);
    }
}

function drawAssignee(store, conversation) {
    const assignee = byId("assignee");
    const assigned = conversation.assignedTo ?? "";
    const agents = agentsOf(store, conversation.portalId).map((agent) => [agent.id, cut(agent.name || agent.id, 60)]);
    if (assigned !== "" && !agents.some(([id]) => id === assigned)) {
        agents.push([assigned, assigned]);
    }
    const options = JSON.stringify([agents, assigned]);
    // Options that are put in anew close a list that is open.
    if (assignee.dataset.options !== options) {
        assignee.dataset.options = options;
        fill(
            assignee,
            h("option", { value: "" }, "Assigned to nobody"),
            ...agents.map(([id, name]) => h("option", { value: id }, name)),
        );
        assignee.value = assigned;
    }
}

function about(store, conversation) {
    const address = conversation.visitorAddress?.value;
    const own = conversation.integrationThreadIds ?? [];
    return [
        address,
        channelName(store, conversation),
        `thread ${conversation.id}`,
        own.length > 0 && `yours: ${own.join(", ")}`,
    ]
        .filter(Boolean)
        .map((part) => cut(part, 200))
        .join(" · ");
}
