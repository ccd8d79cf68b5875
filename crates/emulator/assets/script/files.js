// Files that go with a message.

import { h } from "./dom.js";
import { cut, size } from "./format.js";

/** What all files of a message may have together. The emulator takes bodies of 16 MiB, and files grow by a third there. */
const MOST_BYTES = 11 * 1024 * 1024;

/** Files that wait to be sent, shown in a list with a way to leave each out. */
export class Enclosures {
    #list;
    #files = [];
    #changed;

    constructor(list, changed = () => {}) {
        this.#list = list;
        this.#changed = changed;
    }

    /** Adds files. Fails, and adds none, where they are too large together. */
    add(files) {
        const all = [...this.#files, ...files];
        const bytes = all.reduce((sum, file) => sum + file.size, 0);
        if (bytes > MOST_BYTES) {
            throw new Error(`The files have ${size(bytes)} together; a message takes ${size(MOST_BYTES)}.`);
        }
        this.#set(all);
    }

    get isEmpty() {
        return this.#files.length === 0;
    }

    clear() {
        this.#set([]);
    }

    /** The files as the emulator takes them. */
    async read() {
        return Promise.all(
            this.#files.map(async (file) => ({
                name: file.name || "file",
                mediaType: file.type || "application/octet-stream",
                base64: await base64(file),
            })),
        );
    }

    #set(files) {
        this.#files = files;
        this.#list.replaceChildren(
            ...files.map((file) =>
                h(
                    "li",
                    {},
                    h("bdi", {}, cut(file.name, 60)),
                    h("small", { class: "hint" }, size(file.size)),
                    h(
                        "button",
                        {
                            type: "button",
                            "aria-label": `Leave out ${file.name}`,
                            onclick: () => this.#set(this.#files.filter((other) => other !== file)),
                        },
                        "×",
                    ),
                ),
            ),
        );
        this.#changed();
    }
}

function base64(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
        reader.addEventListener("error", () => reject(new Error(`${file.name} cannot be read.`)));
        reader.readAsDataURL(file);
    });
}
