// One stop of the Tab key for a whole list; the arrow keys move within.

/**
 * Lets arrow keys, Home and End move the focus between those elements in a list that match. `moved` is called with the
 * element that has it now.
 */
export function roving(list, selector, moved = () => {}) {
    const items = () => [...list.querySelectorAll(selector)].filter((item) => item.getClientRects().length > 0);

    const settle = (chosen) => {
        for (const item of list.querySelectorAll(selector)) {
            item.tabIndex = item === chosen ? 0 : -1;
        }
    };

    list.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
        const current = event.target.closest?.(selector);
        if (step === undefined || !current || event.altKey || event.ctrlKey || event.metaKey || event.target !== current) {
            return;
        }
        event.preventDefault();
        const all = items();
        const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(current) + step))];
        settle(next);
        next?.focus();
        next?.scrollIntoView({ block: "nearest" });
        moved(next);
    });
    list.addEventListener("focusin", (event) => {
        const item = event.target.closest?.(selector);
        if (item) {
            settle(item);
        }
    });

    return {
        /** After a change of the list: keeps exactly one element within reach of Tab. */
        refresh(preferred = null) {
            const all = [...list.querySelectorAll(selector)];
            const chosen = all.find((item) => item === preferred) ?? all.find((item) => item.tabIndex === 0) ?? all[0];
            settle(chosen);
        },
    };
}
