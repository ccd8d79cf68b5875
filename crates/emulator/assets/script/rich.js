// Formatted text. The server has cleaned it; here it is taken apart once more and built anew from what is known, so that
// neither of the two is trusted alone. Strings are parsed into a document that runs and loads nothing.

const TAGS = new Set(
    "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strike strong sub sup u ul".split(" "),
);
const LINKS = new Set(["http:", "https:", "mailto:", "tel:"]);
const MOST_NODES = 5000;
const MOST_DEPTH = 40;

/** Makes a fragment of cleaned HTML. */
export function richText(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const fragment = document.createDocumentFragment();
    copy(parsed.body, fragment, { left: MOST_NODES }, 0);
    return fragment;
}

function copy(from, to, budget, depth) {
    for (const node of from.childNodes) {
        if (budget.left === 0 || depth > MOST_DEPTH) {
            return;
        }
        budget.left -= 1;
        if (node.nodeType === Node.TEXT_NODE) {
            to.append(node.data);
        } else if (node.nodeType === Node.ELEMENT_NODE) {
            element(node, to, budget, depth);
        }
    }
}

function element(node, to, budget, depth) {
    const tag = node.localName;
    if (node.namespaceURI !== "http://www.w3.org/1999/xhtml" || !TAGS.has(tag)) {
        return;
    }
    if (tag === "img") {
        to.append(image(node));
        return;
    }
    const made = document.createElement(tag);
    if (tag === "a") {
        link(made, node.getAttribute("href"));
    }
    copy(node, made, budget, depth + 1);
    to.append(made);
}

function link(made, href) {
    const url = href === null ? null : URL.parse(href);
    if (url && LINKS.has(url.protocol)) {
        made.href = url.href;
        made.target = "_blank";
        made.rel = "noopener noreferrer nofollow";
        made.title = url.href;
    }
}

/** An image from the emulator or from the text itself; of any other only its description, as nothing else is loaded. */
function image(node) {
    const source = node.getAttribute("src") ?? "";
    const description = node.getAttribute("alt") || "image";
    if (isOwn(source) || /^data:image\/(?:png|gif|jpeg|webp);base64,/i.test(source)) {
        const made = document.createElement("img");
        made.src = source;
        made.alt = description;
        made.loading = "lazy";
        return made;
    }
    const place = document.createElement("span");
    place.className = "absent";
    place.title = source;
    place.textContent = `[${description}: not loaded from elsewhere]`;
    return place;
}

/** Whether this is an address of the emulator's own. */
export function isOwn(address) {
    return URL.parse(address, location.href)?.origin === location.origin;
}
