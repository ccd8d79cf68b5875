// A form made of a table of fields: what the API says of a field stands beside it, and nothing typed is lost.

import { ApiError } from "./api.js";
import { copyButton } from "./copy.js";
import { fill, h, setAttribute, setText } from "./dom.js";

export class Form {
    element;
    /** What was made, with its secrets, until somebody has seen enough of it. */
    result;
    #kind;
    #fields;
    #problem;
    #announce;

    constructor(kind, { send, announce }) {
        this.#kind = kind;
        this.#announce = announce;
        this.#fields = kind.fields.map((field) => makeField(kind, field));
        this.#problem = h("p", { class: "problem", role: "alert" });
        this.result = h("div", { class: "made", tabindex: "-1", hidden: true });
        this.element = h(
            "form",
            { class: "making", autocomplete: "off" },
            h("div", { class: "pair" }, ...this.#fields.map(({ element }) => element)),
            this.#problem,
            h("div", { class: "actions" }, h("button", { class: "main" }, kind.deed)),
        );
        let sending = false;
        this.element.addEventListener("submit", async (event) => {
            event.preventDefault();
            if (sending) {
                return;
            }
            sending = true;
            this.#complain(null);
            const sent = this.#fields.map(({ input }) => input.value);
            try {
                this.#check();
                this.#show(await send(this.#body()), sent);
            } catch (error) {
                this.#complain(error);
            }
            sending = false;
        });
    }

    /** Puts into the fields to choose from what there is now; what was chosen stays. */
    offer(setup) {
        for (const { field, input } of this.#fields.filter(({ field }) => field.options)) {
            const options = [...(field.none ? [["", field.none]] : []), ...field.options(setup)];
            const said = JSON.stringify(options);
            if (input.dataset.options === said) {
                continue;
            }
            const chosen = input.value;
            setAttribute(input, "data-options", said);
            fill(input, ...options.map(([value, label]) => h("option", { value }, label)));
            if (options.some(([value]) => value === chosen)) {
                input.value = chosen;
            }
        }
    }

    /** Fails where a number is none: what the API says of that is about JSON. */
    #check() {
        for (const { field, input } of this.#fields) {
            if (field.whole && !/^\d{0,15}$/.test(input.value.trim())) {
                throw new ApiError("This must be a number of at most 15 digits.", "invalid", field.name);
            }
        }
    }

    #body() {
        const body = {};
        const values = this.#fields.map(({ field, input }) => [field, input.value.trim()]);
        for (const [field, value] of values) {
            const [outer, inner] = field.name.split(".");
            const isAlone = inner && !values.some(([{ name, options }, value]) => name.startsWith(`${outer}.`) && !options && value);
            if ((value === "" && !field.kept) || isAlone) {
                continue;
            }
            const sent = field.whole ? Number(value) : value;
            if (inner) {
                body[outer] = { ...body[outer], [inner]: sent };
            } else {
                body[outer] = sent;
            }
        }
        return body;
    }

    #complain(error) {
        const named = error?.field ?? "";
        const at =
            this.#fields.find(({ field }) => field.name === named) ??
            this.#fields.findLast(({ field }) => named !== "" && field.name.startsWith(`${named}.`));
        for (const one of this.#fields) {
            setText(one.problem, one === at ? error.reason : "");
            setAttribute(one.input, "aria-invalid", one === at && "true");
        }
        setText(this.#problem, error && !at ? error.message : "");
        at?.input.focus();
    }

    #show(answer, sent) {
        const { title, secrets = [] } = this.#kind.made(answer);
        const given = secrets.filter(([, value]) => value !== undefined);
        const typed = this.#fields.filter(({ input }, at) => input.value !== sent[at]);
        this.#fields.filter((field) => !typed.includes(field)).forEach(({ input }) => reset(input));
        const done = h("button", { type: "button" }, "Done");
        done.addEventListener("click", () => {
            this.result.hidden = true;
            fill(this.result);
            this.element.parentElement.querySelector("summary").focus();
        });
        fill(
            this.result,
            h("p", {}, title),
            given.length > 0 &&
                h(
                    "dl",
                    { class: "secrets" },
                    ...given.flatMap(([name, value]) => [
                        h("dt", {}, name),
                        h("dd", {}, h("code", {}, value), copyButton(value, name)),
                    ]),
                ),
            given.length > 0 && h("p", { class: "hint" }, "The page shows this once. The emulator keeps it, and tells it at /_emulator/api/credentials."),
            h("div", { class: "buttons" }, done),
        );
        this.result.hidden = false;
        if (typed.length === 0) {
            this.result.focus();
        }
        this.#announce(title);
    }
}

/** Puts a field back to how it began; what is typed while something is sent stays, with the focus. */
function reset(input) {
    if (input instanceof HTMLSelectElement) {
        input.selectedIndex = 0;
    } else {
        input.value = input.defaultValue;
    }
}

function makeField(kind, field) {
    const id = `${kind.at}-${field.name.replace(".", "-")}`;
    const about = `${id}-problem`;
    const attributes = { id, name: field.name, "aria-describedby": about };
    const input = field.options
        ? h("select", attributes)
        : h("input", {
              ...attributes,
              placeholder: field.placeholder,
              inputmode: field.whole ? "numeric" : field.url ? "url" : null,
              autocomplete: "off",
              spellcheck: "false",
          });
    const problem = h("span", { class: "wrong", id: about, role: "alert" });
    const element = h("div", { class: field.wide ? "field wide" : "field" }, h("label", { for: id }, field.label), input, problem);
    return { field, input, problem, element };
}
