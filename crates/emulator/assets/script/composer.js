// The box to write in: as an agent, whose reply goes to the bridge, or as the visitor.

import { act, path } from "./api.js";
import { byId, fill, h, setText } from "./dom.js";
import { Enclosures } from "./files.js";
import { cut } from "./format.js";
import { agentsOf, visitorName } from "./people.js";

export function composer(store, { announce }) {
    const form = byId("composer");
    const text = byId("text");
    const agent = byId("agent");
    const html = byId("as-html");
    const send = byId("send");
    const problem = byId("composer-problem");
    const picker = byId("pick");
    const files = new Enclosures(byId("enclosed"), () => draw());
    /** What was begun in each conversation. */
    const drafts = new Map();
    let drawnId = null;
    let sending = false;

    const asAgent = () => form.elements.as.value === "agent";

    const draw = () => {
        const thread = store.get("thread");
        const conversation = thread?.conversation;
        if (thread && thread.id !== drawnId) {
            drafts.set(drawnId, text.value);
            drawnId = thread.id;
            text.value = drafts.get(drawnId) ?? "";
            files.clear();
            setText(problem, "");
        }
        form.hidden = !conversation;
        if (!conversation) {
            return;
        }
        drawAgents(agent, agentsOf(store, conversation.portalId));
        agent.hidden = !asAgent();
        const who = cut(visitorName(conversation), 60);
        setText(byId("visitor-as"), asAgent() ? "" : `as ${who}`);
        text.placeholder = asAgent() ? `Answer ${who}` : `Say what ${who} says`;
        text.setAttribute("aria-label", text.placeholder);
        send.disabled = sending || (text.value.trim() === "" && files.isEmpty);
        setText(send, sending ? "Sending" : asAgent() ? "Send" : "Say");
    };

    const submit = async () => {
        const conversation = store.get("thread")?.conversation;
        if (!conversation || sending || (text.value.trim() === "" && files.isEmpty)) {
            return;
        }
        sending = true;
        setText(problem, "");
        if (document.activeElement === send) {
            // A button that is switched off loses the focus to nowhere.
            text.focus();
        }
        draw();
        const said = text.value;
        try {
            const body = { ...words(said, html.checked), files: await files.read() };
            if (asAgent()) {
                await act(path`conversations/${conversation.id}/replies`, { ...body, agentId: agent.value });
            } else {
                await act(path`conversations/${conversation.id}/visitor-messages`, body);
            }
            drafts.delete(conversation.id);
            if (drawnId === conversation.id) {
                text.value = text.value === said ? "" : text.value;
                files.clear();
            }
        } catch (error) {
            setText(problem, error.message);
            announce(`Not sent: ${error.message}`);
        }
        sending = false;
        draw();
    };

    const enclose = (chosen) => {
        setText(problem, "");
        try {
            files.add([...chosen]);
        } catch (error) {
            setText(problem, error.message);
        }
    };

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        submit();
    });
    form.addEventListener("change", draw);
    text.addEventListener("input", draw);
    sendOnEnter(text, submit);
    byId("attach").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
        enclose(picker.files);
        // The same file can be chosen again.
        picker.value = "";
    });
    text.addEventListener("paste", (event) => {
        if (event.clipboardData.files.length > 0) {
            event.preventDefault();
            enclose(event.clipboardData.files);
        }
    });
    takeDrops(byId("thread"), enclose);
    store.watch(["thread", "setup"], draw);

    return {
        /** Puts the cursor into the box, to write as `agent` or `visitor`. */
        focus(as) {
            form.elements.as.value = as;
            draw();
            text.focus();
        },
    };
}

/** Enter sends and Shift+Enter breaks the line, but for the Enter that ends the input of a character. */
export function sendOnEnter(text, submit) {
    text.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229) {
            event.preventDefault();
            submit();
        }
    });
}

/** The members of a message for what was written, which may be HTML. */
function words(said, isHtml) {
    if (said.trim() === "") {
        return {};
    }
    if (!isHtml) {
        return { text: said };
    }
    return { text: new DOMParser().parseFromString(said, "text/html").body.textContent, richText: said };
}

function drawAgents(select, agents) {
    const known = JSON.stringify(agents);
    if (select.dataset.known === known) {
        return;
    }
    select.dataset.known = known;
    const before = select.value;
    fill(select, ...agents.map((agent) => h("option", { value: agent.id }, cut(agent.name || agent.id, 60))));
    if (agents.some(({ id }) => id === before)) {
        select.value = before;
    }
}

function takeDrops(place, enclose) {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    place.addEventListener("dragover", (event) => {
        if (hasFiles(event)) {
            event.preventDefault();
            place.classList.add("dropping");
        }
    });
    place.addEventListener("dragleave", (event) => {
        if (!place.contains(event.relatedTarget)) {
            place.classList.remove("dropping");
        }
    });
    place.addEventListener("drop", (event) => {
        place.classList.remove("dropping");
        if (hasFiles(event)) {
            event.preventDefault();
            enclose(event.dataTransfer.files);
        }
    });
}
