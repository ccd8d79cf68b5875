// JSON for the eye.

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * JSON with one member a line; any other text as it is. Only the space between tokens changes, so that numbers keep all of
 * their digits and members that stand twice stay.
 */
export function pretty(text) {
    try {
        JSON.parse(text);
    } catch {
        return text;
    }
    const out = [];
    let depth = 0;
    const line = () => out.push("\n", "  ".repeat(depth));
    const tokens = text.match(TOKENS) ?? [];
    tokens.forEach((token, place) => {
        const next = tokens[place + 1];
        if (token === "{" || token === "[") {
            out.push(token);
            depth += 1;
            if (next !== "}" && next !== "]") {
                line();
            }
        } else if (token === "}" || token === "]") {
            depth -= 1;
            const before = tokens[place - 1];
            if (before !== "{" && before !== "[") {
                line();
            }
            out.push(token);
        } else if (token === ",") {
            out.push(token);
            line();
        } else {
            out.push(token === ":" ? ": " : token);
        }
    });
    return out.join("");
}
