// What a newcomer needs: where the emulator is, what to show it, and the request that begins the first conversation.

import { copyButton } from "./copy.js";
import { byId, fill, h } from "./dom.js";

export function guide(store) {
    const draw = () => {
        const setup = store.get("setup");
        if (setup) {
            fill(byId("facts"), ...facts(setup, store.get("credentials")).flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: "mono" }, value)]));
        }
    };
    store.watch(["setup", "credentials"], draw);
}

/** What stands where the list would be as long as there is no conversation. */
export function firstSteps(store) {
    return [
        h("h3", {}, "No conversation yet"),
        h("p", {}, "Press ", h("b", {}, "New"), " to write as a visitor, or let your bridge publish a message."),
        ...shell(store),
    ];
}

/** What stands where a conversation would be as long as none is open. */
export function nothingOpen(store) {
    if (store.get("conversations").length > 0) {
        return [
            h("h3", {}, "Choose a conversation"),
            h("p", {}, "Or move through them with ", h("kbd", {}, "j"), " and ", h("kbd", {}, "k"), "."),
        ];
    }
    return [
        h("h3", {}, "What happens here"),
        h(
            "p",
            {},
            "A visitor writes to your bridge, and the bridge publishes the message to the emulator. You answer as an agent; ",
            "the emulator signs the answer and delivers it to the channel’s ",
            h("code", {}, "webhookUrl"),
            "; the bridge reports how it fared, and its report appears under the answer.",
        ),
        ...shell(store),
        h(
            "p",
            {},
            ...["Calls and deliveries are under ", h("b", {}, "Traffic"), ", faults and the clock under "],
            ...[h("b", {}, "Controls"), ", more portals, channels and accounts under ", h("b", {}, "Set-up"), ", keys and "],
            ...["credentials under ", h("b", {}, "Help"), "."],
        ),
    ];
}

/** The request that begins the first conversation. */
function shell(store) {
    const command = curl(store.get("setup"), store.get("credentials"));
    if (command === null) {
        return [];
    }
    return [
        h("p", { class: "shell" }, "What a bridge does, from a shell:"),
        h("pre", { class: "sample shell", tabindex: "0" }, command),
        h("p", { class: "shell" }, copyButton(command)),
        h("p", { class: "shell" }, "The message appears here without reloading the page."),
    ];
}

function facts(setup, credentials) {
    const channel = setup.channels[0];
    const account = setup.accounts[0];
    const app = credentials?.apps[0];
    const token = credentials?.accessTokens[0];
    return [
        ["Address", location.origin],
        ["Portal", setup.portals[0]?.portalId],
        ["Channel", channel?.id],
        ["Webhook", channel && (channel.webhookUrl || "none: replies are delivered to nobody")],
        ["Account", account?.id],
        ["Access token", token?.token],
        ["App", app?.appId],
        ["Client id", app?.clientId],
        ["Client secret", app?.clientSecret],
        ["Developer key", app?.developerKey],
    ].filter(([, value]) => value !== undefined && value !== null);
}

function curl(setup, credentials) {
    const channel = setup?.channels[0];
    const account = setup?.accounts.find(({ channelId }) => channelId === channel?.id);
    const token = credentials?.accessTokens[0]?.token;
    if (!channel || !account || !token) {
        return null;
    }
    const body = {
        channelAccountId: account.id,
        messageDirection: "INCOMING",
        text: "Is the blue lamp in stock?",
        senders: [{ name: "Ada", deliveryIdentifier: { type: "CHANNEL_SPECIFIC_OPAQUE_ID", value: "chat:1" } }],
        integrationThreadId: "chat-1",
    };
    return [
        `curl ${location.origin}/conversations/v3/custom-channels/${channel.id}/messages \\`,
        `  -H 'Authorization: Bearer ${token}' \\`,
        "  -H 'Content-Type: application/json' \\",
        `  -d '${JSON.stringify(body, null, 2)}'`,
    ].join("\n");
}
