// Who is who.

import { visible } from "./format.js";

/** A visitor's name or address, so that something can always be read. */
export function visitorName(conversation) {
    return visible(conversation?.visitorName) ?? visible(conversation?.visitorAddress?.value) ?? "Somebody without a name";
}

/** The agents of a portal. */
export function agentsOf(store, portalId) {
    return (store.get("setup")?.agents ?? []).filter((agent) => agent.portalId === portalId);
}

/** What an actor such as `A-2620022` is called. */
export function actorName(store, conversation, id) {
    if (id === undefined || id === null) {
        return "Nobody";
    }
    const agent = agentsOf(store, conversation?.portalId).find((agent) => agent.id === id);
    return visible(agent?.name) ?? id;
}

/** What a channel is called. */
export function channelName(store, conversation) {
    const channel = store.get("setup")?.channels.find((channel) => channel.id === conversation.channelId);
    return visible(channel?.name) ?? `channel ${conversation.channelId}`;
}

/** What a channel account is called. */
export function accountName(account) {
    return visible(account.name) ?? `account ${account.id}`;
}
