// Making what a bridge needs: portals, apps, channels, channel accounts and contacts.

import { act } from "./api.js";
import { byId, fill, h, setAttribute, setText } from "./dom.js";
import { cut, plural, visible } from "./format.js";
import { Form } from "./form.js";

/** How many of each kind are listed. */
const LISTED = 50;

const portals = (setup) => setup.portals.map(({ portalId }) => [String(portalId), `portal ${portalId}`]);
const apps = (setup) => setup.apps.map(({ appId }) => [String(appId), `app ${appId}`]);
const named = ({ id, name }) => (visible(name) ? `${cut(visible(name), 60)} (${id})` : id);

/**
 * Each kind: where it is made, the fields of its form, what there is of it, and what is said of one that was made. A field
 * is named as the API's member; one with `options` is chosen from what there is, a `wide` one has a row of its own, and a `kept`
 * one is sent though nothing is in it, for the API to say that something has to be.
 */
const KINDS = [
    {
        title: "Portals",
        deed: "Create a portal",
        at: "portals",
        fields: [
            { name: "portalId", label: "Number", whole: true, placeholder: "a new one" },
            { name: "appId", label: "App installed in it", whole: true, options: apps, none: "none" },
        ],
        all: (setup) => setup.portals.map(({ portalId }) => [portalId, inboxesOf(setup, portalId)]),
        made: (portal) => ({
            title: `Portal ${portal.portalId} has inbox ${portal.inboxId}.`,
            secrets: [["Access token", portal.accessToken]],
        }),
    },
    {
        title: "Apps",
        deed: "Create an app",
        at: "apps",
        fields: [
            { name: "appId", label: "Number", whole: true, placeholder: "a new one" },
            { name: "subscriptionUrl", label: "Subscription URL", placeholder: "none", url: true },
        ],
        all: (setup) => setup.apps.map(({ appId, clientId, subscriptionUrl }) => [appId, [clientId, subscriptionUrl]]),
        made: (app) => ({
            title: `App ${app.appId} is there.`,
            secrets: [
                ["Client id", app.clientId],
                ["Client secret", app.clientSecret],
                ["Developer key", app.developerKey],
            ],
        }),
    },
    {
        title: "Channels",
        deed: "Register a channel",
        at: "channels",
        fields: [
            { name: "name", label: "Name", kept: true },
            { name: "appId", label: "App", whole: true, options: apps },
            { name: "webhookUrl", label: "Webhook URL", placeholder: "https://bridge.example.com/events", url: true, wide: true },
            {
                name: "channelAccountConnectionRedirectUrl",
                label: "Redirect URL for connecting accounts",
                placeholder: "none",
                url: true,
                wide: true,
            },
        ],
        all: (setup) =>
            setup.channels.map((channel) => [
                named(channel),
                [channel.webhookUrl ? `to ${channel.webhookUrl}` : "no webhook: nobody is told"],
            ]),
        made: ({ channel }) => ({ title: `Channel ${channel.id} is registered.` }),
    },
    {
        title: "Channel accounts",
        deed: "Connect an account",
        at: "accounts",
        fields: [
            {
                name: "channelId",
                label: "Channel",
                wide: true,
                options: (setup) => setup.channels.map((channel) => [channel.id, named(channel)]),
            },
            {
                name: "inboxId",
                label: "Inbox",
                wide: true,
                options: (setup) => setup.inboxes.map((inbox) => [inbox.id, `${named(inbox)}, portal ${inbox.portalId}`]),
            },
            { name: "name", label: "Name", placeholder: "the channel’s", wide: true },
            {
                name: "deliveryIdentifier.type",
                label: "Its own address is",
                options: () => [
                    ["CHANNEL_SPECIFIC_OPAQUE_ID", "an id of the channel’s"],
                    ["HS_EMAIL_ADDRESS", "an e-mail address"],
                    ["HS_PHONE_NUMBER", "a phone number"],
                ],
            },
            { name: "deliveryIdentifier.value", label: "Address", placeholder: "none" },
        ],
        all: (setup) =>
            setup.accounts
                .filter(({ archived }) => !archived)
                .map((account) => [
                    named(account),
                    [
                        `channel ${account.channelId}`,
                        `portal ${account.portalId}`,
                        account.deliveryIdentifier?.value,
                        account.active === false && "switched off",
                    ],
                ]),
        made: ({ account }) => ({ title: `Channel account ${account.id} is connected.` }),
    },
    {
        title: "Contacts",
        deed: "Create a contact",
        at: "contacts",
        fields: [
            { name: "name", label: "Name" },
            { name: "portalId", label: "Portal", whole: true, options: portals },
            { name: "email", label: "E-mail address" },
            { name: "phone", label: "Phone number", placeholder: "+4930123456" },
            { name: "id", label: "Id", placeholder: "a new one" },
        ],
        all: (setup) =>
            setup.contacts.map((contact) => [named(contact), [contact.email, contact.phone, `portal ${contact.portalId}`]]),
        made: ({ contact }) => ({ title: `Contact ${contact.id} is in portal ${contact.portalId}.` }),
    },
];

function inboxesOf(setup, portalId) {
    return setup.inboxes.filter((inbox) => inbox.portalId === portalId).map(named);
}

export function setup(store, { announce }) {
    const groups = KINDS.map((kind) => {
        const count = h("span", { class: "hint" });
        const list = h("ul", { class: "things", "aria-label": kind.title });
        const form = new Form(kind, { send: (body) => act(kind.at, body), announce });
        const element = h(
            "section",
            { class: "group", "data-kind": kind.at },
            h("h3", {}, kind.title, " ", count),
            list,
            h("details", {}, h("summary", {}, kind.deed), form.element),
            form.result,
        );
        return { kind, count, list, form, element };
    });
    fill(byId("kinds"), ...groups.map(({ element }) => element));

    store.watch(["setup"], () => {
        const now = store.get("setup");
        if (!now) {
            return;
        }
        for (const { kind, count, list, form } of groups) {
            const all = kind.all(now);
            setText(count, all.length > 1 ? String(all.length) : "");
            drawList(list, all);
            form.offer(now);
        }
    });

    return { focus: () => byId("kinds").querySelector("summary").focus() };
}

/** The newest ones; a list that says the same stays, so that what is selected in it stays selected. */
function drawList(list, all) {
    const shown = all.slice(-LISTED);
    const said = JSON.stringify([all.length, shown]);
    if (list.dataset.said === said) {
        return;
    }
    setAttribute(list, "data-said", said);
    const hidden = all.length - shown.length;
    fill(
        list,
        hidden > 0 && h("li", { class: "hint" }, `${plural(hidden, "older one")} not shown`),
        ...shown.map(([title, about]) =>
            h(
                "li",
                {},
                h("bdi", {}, String(title)),
                h("small", { dir: "auto" }, cut(about.filter(Boolean).map((part) => visible(part) ?? "").join(" · "), 300)),
            ),
        ),
    );
}
