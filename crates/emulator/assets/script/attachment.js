// What a message carries besides its text.

import { fileAddress } from "./api.js";
import { h } from "./dom.js";
import { cut, visible } from "./format.js";

/** The element for an attachment of any kind. */
export function attachmentElement(attachment) {
    switch (attachment.type) {
        case "FILE":
            return attachment.fileId ? file(attachment) : card("File", attachment.name);
        case "LOCATION":
            return card("Place", attachment.name ?? attachment.address, `${attachment.latitude}, ${attachment.longitude}`);
        case "CONTACT":
            return card("Contact", contactName(attachment), contactAddress(attachment));
        case "QUICK_REPLIES":
            return card("Answers to choose from", (attachment.quickReplies ?? []).map((reply) => reply.label ?? reply.value).join(" · "));
        case "MESSAGE_HEADER":
            return card("Heading", attachment.text);
        case "SOCIAL_MEDIA_METADATA":
            return card("Post", attachment.socialMetadata?.mediaTitle ?? attachment.socialMetadata?.mediaType);
        case "UNSUPPORTED_CONTENT":
            return card("Something that the outside service cannot hand over");
        default:
            return card(String(attachment.type ?? "Attachment"), JSON.stringify(attachment));
    }
}

function contactName({ contactProfile: profile }) {
    const name = profile?.name;
    return [name?.firstName, name?.lastName].filter(Boolean).join(" ") || profile?.org?.company;
}

function contactAddress({ contactProfile: profile }) {
    return profile?.emails?.[0]?.email ?? profile?.phones?.[0]?.phone;
}

function card(kind, ...lines) {
    const [title, under] = lines.map((line) => visible(typeof line === "string" ? line : null));
    return h(
        "div",
        { class: "file" },
        h("small", {}, kind),
        title && h("span", { dir: "auto" }, cut(title, 300)),
        under && h("small", { dir: "auto" }, cut(under, 300)),
    );
}

function file(attachment) {
    const name = visible(attachment.name) ?? `file ${attachment.fileId}`;
    const address = fileAddress(attachment.fileId);
    const link = h(
        "a",
        { class: "file", href: address, download: name, rel: "noopener" },
        h("span", { dir: "auto" }, cut(name, 120)),
        h("small", {}, attachment.fileUsageType ? attachment.fileUsageType.toLowerCase() : "file"),
    );
    const isImage = attachment.fileUsageType === "IMAGE" || /\.(?:png|jpe?g|gif|webp|svg)$/i.test(name);
    if (!isImage) {
        return link;
    }
    const picture = h("a", { class: "picture", href: address, download: name, rel: "noopener", title: name });
    const image = h("img", { src: address, alt: name, loading: "lazy", onerror: () => picture.replaceWith(link) });
    picture.append(image);
    return picture;
}
