// Making and changing elements. Nothing here reads a string as HTML: what is not an element becomes text.

/**
 * Makes an element. Functions under `on…` become listeners, `true` and `false` switch attributes on and off, and
 * children that are `null`, `undefined` or `false` are left out.
 */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") {
            element.addEventListener(name.slice(2), value);
        } else if (value === true) {
            element.setAttribute(name, "");
        } else if (value !== false && value !== null && value !== undefined) {
            element.setAttribute(name, String(value));
        }
    }
    element.append(...present(children));
    return element;
}

/** Puts these children in the place of all that an element has. */
export function fill(element, ...children) {
    element.replaceChildren(...present(children));
}

function present(children) {
    return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

/** Sets text, unless it stands there already: what does not change is not announced and keeps its selection. */
export function setText(element, text) {
    if (element.textContent !== text) {
        element.textContent = text;
    }
}

/** Sets an attribute, or takes it away for `null` and `false`. */
export function setAttribute(element, name, value) {
    if (value === null || value === undefined || value === false) {
        element.removeAttribute(name);
    } else if (element.getAttribute(name) !== String(value)) {
        element.setAttribute(name, String(value));
    }
}

/** The element of the page with this id, which the page must have. */
export function byId(id) {
    const element = document.getElementById(id);
    if (!element) {
        throw new Error(`the page has no element #${id}`);
    }
    return element;
}

/**
 * Keeps a parent's children in step with a list. Elements stay with their keys, so focus and scrolling survive, and an
 * element is made anew only where its item is another one than before.
 */
export class Keyed {
    #parent;
    #keyOf;
    #make;
    #made = new Map();

    constructor(parent, keyOf, make) {
        this.#parent = parent;
        this.#keyOf = keyOf;
        this.#make = make;
    }

    update(items) {
        const focused = document.activeElement;
        const before = this.#made;
        this.#made = new Map();
        let place = this.#parent.firstElementChild;
        for (const item of items) {
            const key = this.#keyOf(item);
            const known = before.get(key);
            before.delete(key);
            const element = known?.item === item ? known.element : this.#make(item, known?.element);
            this.#made.set(key, { item, element });
            if (known && known.element !== element) {
                place = place === known.element ? place.nextElementSibling : place;
                const hadFocus = known.element.contains(focused);
                known.element.remove();
                this.#parent.insertBefore(element, place);
                if (hadFocus) {
                    refocus(element, focused);
                }
            } else if (element === place) {
                place = place.nextElementSibling;
            } else {
                this.#parent.insertBefore(element, place);
            }
        }
        for (const { element } of before.values()) {
            element.remove();
        }
    }

    /** The element with this key. */
    get(key) {
        return this.#made.get(key)?.element;
    }

    clear() {
        this.#made.clear();
        this.#parent.replaceChildren();
    }
}

/** Gives focus back to what stands where the focused element stood. */
function refocus(element, focused) {
    const name = focused.dataset?.focus;
    const target = name ? element.querySelector(`[data-focus="${CSS.escape(name)}"]`) : null;
    (target ?? (element.matches("[tabindex], button") ? element : element.querySelector("button, [tabindex]")))?.focus({
        preventScroll: true,
    });
}
