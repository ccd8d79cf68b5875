//! One conversation.

use std::net::IpAddr;

use http::Uri;
use hubchannel_api::model::{ChannelEvent, MessageId, Thread, ThreadEntry, ThreadId};
use serde::Serialize;

use super::{AdminError, ConversationSummary, html, log::state_name, overview::summary};
use crate::{
    Emulator, WebhookDelivery, WebhookEvent,
    emulator::World,
    state::{Gone, State, StoredFile},
};

/// A conversation and what stands in it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConversationView {
    /// In short.
    pub conversation: ConversationSummary,
    /// As the Conversations API shows it.
    pub thread: Thread,
    /// What stands in it, in its order.
    pub entries: Vec<EntryView>,
}

/// What stands in a conversation: a message, or that somebody was assigned, or that it was closed or opened.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EntryView {
    /// Its id.
    pub id: MessageId,
    /// What it is.
    pub kind: String,
    /// As the Conversations API shows it.
    pub entry: ThreadEntry,
    /// The message's formatted text as far as it is harmless: a few elements of formatting, links to the web, mail and
    /// telephones, and images that are in `data:` addresses or the emulator's own files, whose addresses are then
    /// those of the admin API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safe_html: Option<String>,
    /// The deliveries of an agent's reply to the bridge.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<DeliveryState>,
}

/// How far a delivery has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeliveryState {
    /// Its number.
    pub number: usize,
    /// `WAITING`, `UNDER_WAY`, `DELIVERED` or `GIVEN_UP`.
    pub state: &'static str,
}

impl Emulator {
    /// A conversation and what stands in it.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub fn conversation(&self, id: impl Into<ThreadId>) -> Result<ConversationView, AdminError> {
        let id = id.into();
        let world = self.world();
        let state = &world.state;
        let missing = || AdminError::not_found(format!("there is no conversation {id}; the overview lists them"));
        let conversation = state.conversation_by_id(&id).map_err(|_| missing())?;
        let entries = state.entries(conversation);
        Ok(ConversationView {
            conversation: summary(state, conversation),
            thread: conversation.shown().clone(),
            entries: entries
                .map(|(_, id, entry)| view(&world, id, entry.to_entry()))
                .collect(),
        })
    }
}

fn view(world: &World, id: &MessageId, entry: ThreadEntry) -> EntryView {
    let (kind, html) = match &entry {
        ThreadEntry::Message(message) => ("MESSAGE", message.rich_text.as_ref()),
        ThreadEntry::Assignment(_) => ("ASSIGNMENT", None),
        ThreadEntry::ThreadStatusChange(_) => ("THREAD_STATUS_CHANGE", None),
        _ => ("OTHER", None),
    };
    let html = html.filter(|html| !html.is_empty());
    EntryView {
        kind: kind.to_owned(),
        safe_html: html.map(|html| html::safe(html, |address| own_image(&world.state, address))),
        deliveries: if kind == "MESSAGE" {
            deliveries(world, id)
        } else {
            Vec::new()
        },
        id: id.clone(),
        entry,
    }
}

/// Where the page finds the file of the emulator's whose address this is, by whichever name of this machine.
fn own_image(state: &State, address: &str) -> Option<String> {
    let is_content = |file: &&StoredFile| content_path(file) == address;
    if let Some(file) = state.files.all().find(is_content) {
        return Some(content_path(file));
    }
    let uri = Uri::try_from(address).ok()?;
    let host = uri.host()?;
    let is_here = host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|ip: IpAddr| ip.is_loopback());
    let is_at = |file: &&StoredFile| {
        *state.files.address(file) == *address || (is_here && file.path() == uri.path() && uri.query().is_none())
    };
    state.files.all().find(is_at).map(content_path)
}

/// Where the admin API has what is in a file.
fn content_path(file: &StoredFile) -> String {
    format!("/_emulator/api/files/{}/content", file.shown.id.as_ref().map_or("", |id| id.as_str()))
}

fn deliveries(world: &World, id: &MessageId) -> Vec<DeliveryState> {
    let tells = |delivery: &&WebhookDelivery| {
        matches!(delivery.event, WebhookEvent::Channel(ChannelEvent::OutgoingMessageCreated(_)))
    };
    let message = Gone::Message(id.clone());
    let about = world.schedule.about(&message);
    let states = about.filter(tells).map(|delivery| DeliveryState {
        number: delivery.number,
        state: state_name(&delivery.state),
    });
    states.collect()
}
