// Calls of the API that go wrong on demand.

import { act, path, remove } from "./api.js";
import { Keyed, byId, fill, h, setText } from "./dom.js";
import { cut, duration } from "./format.js";

/** Each kind of fault in words, and the number that it needs: its member, its name, and what is usual. */
const KINDS = {
    STATUS_BEFORE_EFFECT: ["Refuse with a status", ["status", "Status", 503]],
    STATUS_AFTER_EFFECT: ["Act, but answer with a status", ["status", "Status", 502]],
    DROP_BEFORE_EFFECT: ["Close the connection without acting"],
    DROP_AFTER_EFFECT: ["Act, but lose the answer"],
    SILENCE_BEFORE_EFFECT: ["Neither act nor answer"],
    SILENCE_AFTER_EFFECT: ["Act, but never answer"],
    DELAY_BEFORE_EFFECT: ["Act late", ["delayMs", "Milliseconds", 2000]],
    DELAY_AFTER_EFFECT: ["Act, but answer late", ["delayMs", "Milliseconds", 2000]],
    TEAR_ANSWER: ["Break the answer off", ["bytes", "After bytes", 10]],
    EXPIRE_TOKEN: ["Say that the token has expired"],
    REFUSE_CONNECTION: ["Refuse the connection"],
};

const PRESETS = [
    ["Next call: 503", { fault: { kind: "STATUS_BEFORE_EFFECT", status: 503 }, times: 1 }],
    ["Next call: 429", { fault: { kind: "STATUS_BEFORE_EFFECT", status: 429 }, times: 1 }],
    ["Next call: answer lost", { fault: { kind: "DROP_AFTER_EFFECT" }, times: 1 }],
    ["Next call: token expired", { fault: { kind: "EXPIRE_TOKEN" }, times: 1 }],
    ["Every call: 2 s late", { fault: { kind: "DELAY_BEFORE_EFFECT", delayMs: 2000 } }],
    ["Every third call: 500", { fault: { kind: "STATUS_BEFORE_EFFECT", status: 500 }, every: 3 }],
];

export function faults(store) {
    const form = byId("fault-form");
    const problem = byId("fault-problem");
    const { kind, number, operation, times, every } = form.elements;
    const rules = new Keyed(byId("rules"), (rule) => rule.id, (rule) => item(rule, takeAway));

    const attempt = async (deed) => {
        setText(problem, "");
        try {
            await deed();
        } catch (error) {
            setText(problem, error.message);
        }
    };
    const add = (rule) => attempt(() => act("faults", rule));
    const takeAway = (id) => attempt(() => remove(path`faults/${id}`));

    const drawNumber = () => {
        const [, needed] = KINDS[kind.value];
        byId("fault-number").hidden = !needed;
        if (needed) {
            setText(byId("fault-number-name"), needed[1]);
            number.value = needed[2];
        }
    };

    fill(
        byId("presets"),
        ...PRESETS.map(([label, rule]) => h("button", { type: "button", onclick: () => add(rule) }, label)),
    );
    fill(kind, ...Object.entries(KINDS).map(([value, [label]]) => h("option", { value }, label)));
    kind.addEventListener("change", drawNumber);
    drawNumber();
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const fault = { kind: kind.value };
        const [, needed] = KINDS[kind.value];
        if (needed) {
            fault[needed[0]] = number.valueAsNumber;
        }
        add({
            fault,
            operation: operation.value || undefined,
            times: times.value === "" ? undefined : times.valueAsNumber,
            every: every.value === "" ? undefined : every.valueAsNumber,
        });
    });
    byId("clear-rules").addEventListener("click", () =>
        attempt(async () => {
            for (const { id } of store.get("faults")) {
                await remove(path`faults/${id}`);
            }
        }),
    );
    store.watch(["faults"], () => {
        const all = store.get("faults");
        rules.update(all);
        byId("no-rules").hidden = all.length > 0;
        byId("clear-rules").hidden = all.length < 2;
        const standing = all.filter((rule) => !isSpent(rule)).length;
        setText(byId("fault-state"), standing === 0 ? "" : standing === 1 ? "1 fault" : `${standing} faults`);
        byId("fault-state").hidden = standing === 0;
    });
    store.watch(["setup"], () => {
        const names = store.get("setup")?.operations ?? [];
        byId("fault-operation").hidden = names.length === 0;
        if (operation.options.length !== names.length + 1) {
            fill(operation, h("option", { value: "" }, "Any call"), ...names.map((name) => h("option", { value: name }, name)));
        }
    });
}

function isSpent(rule) {
    return rule.times !== undefined && rule.struck >= rule.times;
}

function item(rule, takeAway) {
    const words = title(rule.fault);
    return h(
        "li",
        { class: isSpent(rule) ? "spent" : null },
        h("div", {}, words, h("small", {}, [scope(rule), frequency(rule), progress(rule)].filter(Boolean).join(" · "))),
        h("button", { type: "button", "aria-label": `Remove: ${words}`, onclick: () => takeAway(rule.id) }, "Remove"),
    );
}

function title(fault) {
    const [words] = KINDS[fault.kind] ?? [fault.kind];
    const status = fault.status === undefined ? null : String(fault.status);
    const delay = fault.delayMs === undefined ? null : fault.delayMs < 1000 ? `${fault.delayMs} ms` : duration(fault.delayMs);
    const bytes = fault.bytes === undefined ? null : `after ${fault.bytes} bytes`;
    const numbers = [status, delay, bytes].filter(Boolean).join(", ");
    return numbers === "" ? words : `${words}: ${numbers}`;
}

function scope(rule) {
    const parts = [
        rule.method,
        rule.operation,
        rule.path ?? (rule.pathPrefix && `${rule.pathPrefix}…`),
        rule.channelId && `channel ${rule.channelId}`,
    ].filter(Boolean);
    return parts.length === 0 ? "any call" : cut(parts.join(" "), 200);
}

function frequency(rule) {
    const parts = [];
    if (rule.times !== undefined) {
        parts.push(rule.times === 1 ? "once" : `${rule.times} times`);
    }
    if (rule.every > 1) {
        parts.push(`one in ${rule.every}`);
    }
    if (rule.from > 1) {
        parts.push(`from call ${rule.from} on`);
    }
    if (rule.probability < 1) {
        parts.push(`with probability ${rule.probability}`);
    }
    return parts.join(", ");
}

function progress(rule) {
    return isSpent(rule) ? "used up" : `has struck ${rule.struck} of ${rule.met} calls`;
}
