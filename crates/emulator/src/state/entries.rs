//! What stands in a conversation besides messages.

use hubchannel_api::model::{
    ActorId, AppId, Assignment, Client, ClientType, Field, MessageId, Sender, ThreadEntry, ThreadId, ThreadStatus,
    ThreadStatusChange, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::Ids;
use crate::people::actor_id;

/// One thing that stands in a conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Entry {
    Message(MessageId),
    Act { id: MessageId, shown: Box<ThreadEntry> },
}

/// Who does something to a conversation, and with what.
#[derive(Clone, Debug)]
pub(crate) struct Doer {
    pub(super) actor: ActorId,
    pub(super) client: Client,
}

impl Doer {
    pub(crate) fn agent(user_id: u64) -> Self {
        Doer::agent_by(actor_id(user_id))
    }

    /// The agent who has this id.
    pub(super) fn agent_by(actor: ActorId) -> Self {
        let client = Client::build(|client| client.client_type = ClientType::HubSpot.into());
        Doer { actor, client }
    }

    pub(crate) fn app(app_id: u64) -> Self {
        let client = Client::build(|client| {
            client.client_type = ClientType::Integration.into();
            client.integration_app_id = AppId::from_number(app_id).into();
        });
        Doer {
            actor: ActorId::from(format!("I-{app_id}")),
            client,
        }
    }

    pub(super) fn system() -> Self {
        Doer {
            actor: ActorId::from("S-hubspot"),
            client: Client::build(|client| client.client_type = ClientType::System.into()),
        }
    }
}

/// Fills the members that all entries have.
macro_rules! fill {
    ($entry:ident, $id:ident, $thread:ident, $doer:ident, $now:ident) => {
        $entry.id = $id.clone().into();
        $entry.conversations_thread_id = $thread.clone().into();
        $entry.created_at = $now.into();
        $entry.created_by = $doer.actor.clone().into();
        $entry.client = $doer.client.clone().into();
        $entry.senders = vec![Sender::build(|sender| sender.actor_id = $doer.actor.clone().into())].into();
        $entry.recipients = Vec::new().into();
        $entry.archived = false.into();
    };
}

impl Entry {
    pub(super) fn status_change(
        ids: &mut Ids,
        thread: &ThreadId,
        status: ThreadStatus,
        doer: &Doer,
        now: Timestamp,
    ) -> Self {
        let id = ids.entry();
        let shown = ThreadEntry::ThreadStatusChange(ThreadStatusChange::build(|entry| {
            fill!(entry, id, thread, doer, now);
            entry.new_status = status.into();
        }));
        Entry::Act {
            id,
            shown: Box::new(shown),
        }
    }

    pub(super) fn assignment(
        ids: &mut Ids,
        thread: &ThreadId,
        (from, to): (Field<ActorId>, Field<ActorId>),
        doer: &Doer,
        now: Timestamp,
    ) -> Self {
        let id = ids.entry();
        let shown = ThreadEntry::Assignment(Assignment::build(|entry| {
            fill!(entry, id, thread, doer, now);
            entry.assigned_from = from;
            entry.assigned_to = to;
        }));
        Entry::Act {
            id,
            shown: Box::new(shown),
        }
    }
}
