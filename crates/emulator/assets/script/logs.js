// The logs of calls and of deliveries as far as the page has them: from some entry on to the newest one. What is older is
// read when somebody wants it.

import { path, read } from "./api.js";

/** What is kept of each log as long as nobody looks further back, and at least what is kept then. */
const KEPT = 2000;
const KEPT_FURTHER = 10_000;
const PAGE = 500;

/** Each log: which entries have changed, and whether all of it is to be read anew. */
const logs = {
    requests: { changed: new Set(), stale: true },
    deliveries: { changed: new Set(), stale: true },
};
/** How often the logs were begun anew: what was asked for before is of no use then. */
let epoch = 0;
/** How much is kept of each log now: more, where somebody looks further back, than was read, with room for what comes. */
let most = KEPT;

/** What the store has of logs. `reach` says from which number on a log is whole; 0 where nothing is older. */
export const NO_LOGS = { requests: [], deliveries: [], reach: { requests: 0, deliveries: 0 } };

/** Has the logs read anew; what is there stays until then. */
export function beginAnew() {
    epoch += 1;
    for (const log of Object.values(logs)) {
        log.stale = true;
    }
}

/** An entry is new, or says something else now. */
export function hasChanged(name, number) {
    logs[name].changed.add(number);
}

/** Reads what is new in a log. */
export async function catchUp(store, name) {
    const begun = epoch;
    const { changed, stale } = logs[name];
    const numbers = [...changed];
    changed.clear();
    const known = store.get(name);
    if (stale || known.length === 0) {
        await readAnew(store, name);
        return;
    }
    const now = new Map();
    let last = known.at(-1).number;
    const byNumber = new Map(known.map((entry) => [entry.number, entry]));
    for (const number of numbers.filter((number) => number <= last && !isOver(byNumber.get(number)))) {
        const [entry] = await page(name, { before: number + 1, limit: 1 });
        // Where it is gone, this is one that was there before it.
        now.set(number, entry?.number === number ? entry : null);
    }
    let found;
    do {
        found = await page(name, { after: last });
        found.forEach((entry) => now.set(entry.number, entry));
        last = found.at(-1)?.number ?? last;
    } while (found.length === PAGE);
    if (epoch === begun) {
        merge(store, name, now);
    }
}

/** Reads a log, as far back as it was read before. */
async function readAnew(store, name) {
    const begun = epoch;
    const wanted = most > KEPT ? store.get(name).length : 0;
    let all = await page(name, {});
    let reach = reachOf(all);
    while (reach > 0 && all.length < wanted) {
        const found = await page(name, { before: reach });
        all = [...found, ...all];
        reach = reachOf(found);
    }
    if (epoch === begun) {
        logs[name].stale = false;
        store.set(name, all);
        setReach(store, name, reach);
    }
}

/** Reads the entries before those that are there. */
export async function older(store, name) {
    const begun = epoch;
    const before = store.get("reach")[name];
    if (before === 0) {
        return;
    }
    const found = await page(name, { before });
    if (epoch === begun && store.get("reach")[name] === before) {
        most = Math.max(most, KEPT_FURTHER, store.get(name).length + found.length + KEPT);
        setReach(store, name, reachOf(found));
        merge(store, name, new Map(found.map((entry) => [entry.number, entry])));
    }
}

/** From which number on a log is whole, of which these are the oldest entries that were read. */
function reachOf(found) {
    return found.length < PAGE ? 0 : found[0].number;
}

/** A call that has its answer; a delivery can always be told of something new. */
function isOver(entry) {
    return entry?.endedAt !== undefined;
}

async function page(name, { after, before, limit = PAGE }) {
    let address = path`${name}?limit=${limit}`;
    address += after === undefined ? "" : path`&after=${after}`;
    address += before === undefined ? "" : path`&before=${before}`;
    return (await read(address))[name];
}

/** Puts entries in the places of their numbers, takes those away that are null, and lets go the oldest that are too many. */
function merge(store, name, entries) {
    const all = new Map(store.get(name).map((entry) => [entry.number, entry]));
    for (const [number, entry] of entries) {
        if (entry === null) {
            all.delete(number);
        } else {
            all.set(number, entry);
        }
    }
    const sorted = [...all.values()].sort((a, b) => a.number - b.number);
    const kept = sorted.slice(-most);
    store.set(name, kept);
    if (kept.length < sorted.length) {
        setReach(store, name, Math.max(store.get("reach")[name], kept[0].number));
    }
}

function setReach(store, name, number) {
    store.set("reach", { ...store.get("reach"), [name]: number });
}
