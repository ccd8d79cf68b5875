// What the page knows, and who is told when it changes.

/** Values by name. Those who watch a name are called once after a change, however many changes there were. */
export class Store {
    #values;
    #watchers = new Map();
    #changed = new Set();

    constructor(values) {
        this.#values = values;
    }

    get(name) {
        return this.#values[name];
    }

    set(name, value) {
        if (!(name in this.#values)) {
            throw new Error(`the store has no ${name}`);
        }
        if (Object.is(this.#values[name], value)) {
            return;
        }
        this.#values[name] = value;
        if (this.#changed.size === 0) {
            // A microtask rather than a frame: a page in the background is to be up to date too.
            queueMicrotask(() => this.#tell());
        }
        this.#changed.add(name);
    }

    /** Calls this now, and after every change of one of these names. */
    watch(names, call) {
        for (const name of names) {
            const watchers = this.#watchers.get(name) ?? [];
            watchers.push(call);
            this.#watchers.set(name, watchers);
        }
        call();
    }

    #tell() {
        const changed = [...this.#changed];
        this.#changed.clear();
        const calls = new Set(changed.flatMap((name) => this.#watchers.get(name) ?? []));
        for (const call of calls) {
            try {
                call();
            } catch (error) {
                // One part of the page that fails must not keep the others from being told.
                reportError(error);
            }
        }
    }
}
