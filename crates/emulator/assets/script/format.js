// How times, sizes, names and bodies are shown.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const precise = new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hour12: false });
const count = new Intl.NumberFormat();

/** The text of a number of things, such as `1 file` and `2 files`. */
export function plural(number, one, many = `${one}s`) {
    return `${count.format(number)} ${number === 1 ? one : many}`;
}

/** Hour and minute, and the day where it is another one than that of `now`. */
export function shortTime(at, now) {
    const time = date(at);
    if (!time) {
        return "";
    }
    const today = date(now);
    return today && time.toDateString() === today.toDateString() ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
}

/** Hour, minute and second. */
export function preciseTime(at) {
    const time = date(at);
    return time ? precise.format(time) : "";
}

/** Day and time, for those who look closer. */
export function wholeTime(at) {
    const time = date(at);
    return time ? whole.format(time) : "";
}

function date(at) {
    const time = at === null || at === undefined ? null : new Date(at);
    return time && !Number.isNaN(time.valueOf()) ? time : null;
}

/** A length of time in words, such as `3 min 20 s`. */
export function duration(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const parts = [
        [Math.floor(seconds / 86400), "d"],
        [Math.floor(seconds / 3600) % 24, "h"],
        [Math.floor(seconds / 60) % 60, "min"],
        [seconds % 60, "s"],
    ].filter(([number]) => number > 0);
    return parts.length === 0 ? "0 s" : parts.slice(0, 2).map(([number, unit]) => `${number} ${unit}`).join(" ");
}

/** A number of bytes, such as `12 kB`. */
export function size(bytes) {
    const units = ["B", "kB", "MB", "GB"];
    let number = bytes;
    let unit = 0;
    while (number >= 1000 && unit < units.length - 1) {
        number /= 1000;
        unit += 1;
    }
    return `${number < 10 && unit > 0 ? number.toFixed(1) : Math.round(number)} ${units[unit]}`;
}

/** What can be seen of a name: without characters that have no width or turn the direction; `null` where nothing is left. */
export function visible(name) {
    const seen = (name ?? "").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim();
    return /[^\s\p{M}\u115f\u1160\u3164\uffa0\u2800]/u.test(seen) ? seen : null;
}

/** The beginning of a text, with a sign that there was more. */
export function cut(text, most) {
    if (text.length <= most) {
        return text;
    }
    // Not in the middle of a character of two halves.
    const end = /[\ud800-\udbff]/.test(text[most - 1]) ? most - 1 : most;
    return `${text.slice(0, end)}…`;
}
