// Keys that work wherever nothing is being written. Whoever does not want them switches them off.

import { byId } from "./dom.js";

const STORED = "hubchannel-emulator-keys";

/** Listens for keys; `deeds` has a function for each. */
export function shortcuts(deeds) {
    const enabled = byId("keys-on");
    enabled.checked = remembered() !== "off";
    enabled.addEventListener("change", () => remember(enabled.checked ? "on" : "off"));

    document.addEventListener("keydown", (event) => {
        const { target } = event;
        if (event.key === "Escape" && isWriting(target) && !target.closest("dialog")) {
            target.blur();
            deeds.leave();
            return;
        }
        const deed = deeds[event.key];
        if (!deed || !enabled.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) {
            return;
        }
        if (isWriting(target) || document.querySelector("dialog[open]")) {
            return;
        }
        event.preventDefault();
        deed();
    });
}

function isWriting(target) {
    return target.matches?.('textarea, select, input:not([type="checkbox"], [type="radio"])') ?? false;
}

function remembered() {
    try {
        return localStorage.getItem(STORED);
    } catch {
        // Where storage is forbidden the choice holds for this visit.
        return null;
    }
}

function remember(value) {
    try {
        localStorage.setItem(STORED, value);
    } catch {
        // As above.
    }
}
