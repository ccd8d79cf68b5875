// The dialogue in which a visitor begins a conversation.

import { act } from "./api.js";
import { byId, fill, h, setText } from "./dom.js";
import { sendOnEnter } from "./composer.js";
import { cut } from "./format.js";
import { accountName } from "./people.js";

/** What the address box suggests, for each kind of address. */
const SUGGESTIONS = {
    CHANNEL_SPECIFIC_OPAQUE_ID: () => `chat:${Math.floor(Math.random() * 1e6)}`,
    HS_EMAIL_ADDRESS: () => "ada@example.com",
    HS_PHONE_NUMBER: () => "+4930123456",
};

export function startDialogue(store, { open }) {
    const dialog = byId("start");
    const form = byId("start-form");
    const problem = byId("start-problem");
    const { account, kind, address, visitor, first } = form.elements;
    let suggested = "";
    let sending = false;

    /** Offers those kinds of address that the account's channel takes. */
    const offerKinds = () => {
        const setup = store.get("setup");
        const channelId = setup?.accounts.find(({ id }) => id === account.value)?.channelId;
        const taken = setup?.channels.find(({ id }) => id === channelId)?.capabilities?.deliveryIdentifierTypes;
        for (const option of kind.options) {
            option.disabled = Array.isArray(taken) && !taken.includes(option.value);
        }
        if (kind.selectedOptions[0]?.disabled) {
            kind.value = [...kind.options].find((option) => !option.disabled)?.value ?? kind.value;
        }
        suggest();
    };

    const suggest = () => {
        if (address.value === suggested) {
            suggested = SUGGESTIONS[kind.value]();
            address.value = suggested;
        }
    };

    const show = () => {
        const accounts = (store.get("setup")?.accounts ?? []).filter((account) => !account.archived);
        fill(account, ...accounts.map((account) => h("option", { value: account.id }, cut(accountName(account), 80))));
        byId("start-account").hidden = accounts.length < 2;
        setText(problem, accounts.length === 0 ? "There is no channel account that a visitor could write to." : "");
        offerKinds();
        dialog.showModal();
        first.focus();
    };

    const submit = async () => {
        if (sending || !form.reportValidity()) {
            return;
        }
        sending = true;
        setText(problem, "");
        try {
            const sender = { value: address.value, type: kind.value, name: visitor.value || undefined };
            const body = { channelAccountId: account.value, sender, text: first.value };
            const { message } = await act("visitor-messages", body);
            dialog.close();
            first.value = "";
            suggest();
            open(message.conversationsThreadId);
        } catch (error) {
            setText(problem, error.message);
        }
        sending = false;
    };

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        submit();
    });
    account.addEventListener("change", offerKinds);
    kind.addEventListener("change", suggest);
    sendOnEnter(first, submit);
    byId("start-cancel").addEventListener("click", () => dialog.close());
    byId("new").addEventListener("click", show);
    return { show };
}
