// A button that takes a text along.

import { h } from "./dom.js";

/** Copies this text; `what` is said to those who do not see what stands beside the button. */
export function copyButton(text, what = null) {
    const button = h("button", { type: "button", "aria-label": what && `Copy: ${what}` }, "Copy");
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(text);
            button.textContent = "Copied";
        } catch {
            button.textContent = "The browser does not let a page copy";
        }
        // What it says now is to be heard too.
        button.removeAttribute("aria-label");
    });
    return button;
}
