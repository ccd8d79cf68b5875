// Which parts of the page are seen. A wide window has room for the list, the conversation and one part at their side; a
// narrow one for a single part.

import { byId } from "./dom.js";

const SIDES = ["traffic", "controls", "setup", "keys"];

export function views() {
    const buttons = [...byId("views").querySelectorAll("button")];

    const show = (view) => {
        const isSide = SIDES.includes(view);
        document.body.dataset.view = isSide ? "side" : view;
        if (isSide) {
            document.body.dataset.side = view;
        }
        mark();
    };

    const mark = () => {
        for (const button of buttons) {
            const isSeen = byId(button.dataset.view).getClientRects().length > 0;
            button.setAttribute("aria-pressed", String(isSeen));
        }
    };

    for (const button of buttons) {
        button.addEventListener("click", () => show(button.dataset.view));
    }
    addEventListener("resize", mark);
    mark();
    return { show };
}
