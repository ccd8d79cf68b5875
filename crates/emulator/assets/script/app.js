// Puts the page together.

import { clock } from "./clock.js";
import { composer } from "./composer.js";
import { byId, setText } from "./dom.js";
import { faults } from "./faults.js";
import { firstSteps, guide, nothingOpen } from "./guide.js";
import { shortcuts } from "./keys.js";
import { conversationList } from "./list.js";
import { NO_LOGS } from "./logs.js";
import { setup } from "./setup.js";
import { startDialogue } from "./start.js";
import { Store } from "./store.js";
import { follow } from "./sync.js";
import { openConversation } from "./thread.js";
import { traffic } from "./traffic.js";
import { views } from "./views.js";

const PLACE = "#conversation/";
const MOST_ANNOUNCED = 5;

const store = new Store({
    /** `connecting`, `live` or `gone`. */
    link: "connecting",
    setup: null,
    credentials: null,
    conversations: [],
    selected: placed(),
    thread: null,
    ...NO_LOGS,
    faults: [],
    clock: null,
});

const { show } = views();

/** Which conversation is open stands in the address, so that reloading, going back and a link keep it. */
function placed() {
    return location.hash.startsWith(PLACE) ? decodeURIComponent(location.hash.slice(PLACE.length)) : null;
}

function open(id) {
    show("thread");
    if (placed() !== id) {
        location.hash = PLACE + encodeURIComponent(id);
    }
    if (byId("list").getClientRects().length === 0) {
        // The row that had the focus is out of sight now; the conversation is in sight as soon as this turn is over.
        setTimeout(() => byId("thread-scroll").focus());
    }
}

function announce(text) {
    // Each in an element of its own, so that the same words are said twice and those that come together are all said.
    const line = document.createElement("p");
    line.textContent = text;
    const announcer = byId("announcer");
    announcer.append(line);
    while (announcer.childElementCount > MOST_ANNOUNCED) {
        announcer.firstElementChild.remove();
    }
}

function showDelivery(number) {
    show("traffic");
    log.show(number);
}

addEventListener("hashchange", () => store.set("selected", placed()));
store.watch(["link"], () => {
    const link = store.get("link");
    const label = { connecting: "connecting", live: "live", gone: "gone" }[link];
    byId("link").dataset.link = link;
    setText(byId("link"), label);
    byId("gone").hidden = link !== "gone";
});

const log = traffic(store, { announce, showDelivery });
const list = conversationList(store, { open, firstSteps: () => firstSteps(store) });
const thread = openConversation(store, { announce, showDelivery, nothingOpen: () => nothingOpen(store) });
const box = composer(store, { announce });
const dialogue = startDialogue(store, { open });
faults(store);
const making = setup(store, { announce });
clock(store);
guide(store);

byId("skip").addEventListener("click", (event) => {
    // Followed as a link it would put its own place into the address.
    event.preventDefault();
    byId(store.get("selected") === null ? "new" : "text").focus();
});
for (const id of ["clock-state", "fault-state"]) {
    byId(id).addEventListener("click", () => show("controls"));
}

const write = (as) => {
    if (store.get("selected") !== null) {
        show("thread");
        box.focus(as);
    }
};
const toList = () => {
    show("list");
    list.focus();
};
shortcuts({
    j: () => list.step(1),
    k: () => list.step(-1),
    l: toList,
    r: () => write("agent"),
    v: () => write("visitor"),
    n: () => dialogue.show(),
    e: () => thread.turn(),
    a: () => thread.assign(),
    t: () => {
        show("traffic");
        log.focus();
    },
    c: () => {
        show("controls");
        byId("freeze").focus();
    },
    s: () => {
        show("setup");
        making.focus();
    },
    "/": () => {
        show("list");
        byId("find").focus();
    },
    "?": () => {
        show("keys");
        byId("keys-on").focus();
    },
    leave: () => byId("thread-scroll").focus(),
});

follow(store);
