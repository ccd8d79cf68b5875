//! What there is, at a glance.

use hubchannel_api::model::{
    Channel, ChannelAccount, ChannelAccountId, ChannelId, ContactId, DeliveryIdentifier, InboxId, InboxType, Message,
    MessageDirection, MessageId, Secret, StatusType, ThreadId, ThreadStatus, Timestamp, Url,
};
use hubchannel_api::server::OPERATIONS;
use serde::{Serialize, Serializer, ser::Error as _};

use super::ClockReading;
use crate::{
    Agent, Contact, Emulator,
    retention::Dropped,
    seed::{AppSeed, TokenSeed},
    state::{Conversation, State},
};

/// How much of a message's text a summary shows, in characters.
const EXCERPT: usize = 200;

/// All that an emulator holds, without what stands in the conversations.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Overview {
    /// The sequence number of the last change that is in here.
    pub sequence: u64,
    /// What the clock shows.
    pub clock: ClockReading,
    /// The portals that have anything.
    pub portals: Vec<PortalView>,
    /// The apps.
    pub apps: Vec<AppView>,
    /// The channels that are not archived.
    pub channels: Vec<Channel>,
    /// The inboxes.
    pub inboxes: Vec<InboxView>,
    /// The channel accounts, archived ones too.
    pub accounts: Vec<AccountView>,
    /// Users of portals: those that were added, and in each portal the one who does what nobody else is named for.
    pub agents: Vec<AgentView>,
    /// The contacts.
    pub contacts: Vec<ContactView>,
    /// The conversations, that with the latest message first.
    pub conversations: Vec<ConversationSummary>,
    /// The names of all operations, as fault rules and the log of requests have them.
    pub operations: Vec<&'static str>,
    /// How many there are of what is not in here.
    pub counts: Counts,
    /// How much was dropped to make room.
    pub dropped: Dropped,
}

/// A portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PortalView {
    /// Its number.
    pub portal_id: u64,
}

/// An app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppView {
    /// Its number.
    pub app_id: u64,
    /// Its client id.
    pub client_id: String,
    /// Where it is told of conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_url: Option<Url>,
}

/// An inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InboxView {
    /// The portal that it is in.
    pub portal_id: u64,
    /// Its id.
    pub id: InboxId,
    /// Its name.
    pub name: String,
    /// Whether it is an inbox or a help desk.
    pub r#type: InboxType,
}

/// A channel account, as the API shows it, and its portal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountView {
    /// The portal that it is in.
    pub portal_id: u64,
    /// The account.
    pub account: ChannelAccount,
}

/// One object: the account's members and `portalId`.
impl Serialize for AccountView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serde_json::to_value(&self.account).map_err(S::Error::custom)?;
        if let Some(members) = object.as_object_mut() {
            members.insert("portalId".to_owned(), self.portal_id.into());
        }
        object.serialize(serializer)
    }
}

/// A user of a portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AgentView {
    /// The portal.
    pub portal_id: u64,
    /// The actor that he is: `A-` and the number.
    pub id: String,
    /// The user's number.
    pub user_id: u64,
    /// The name shown.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

impl From<&Agent> for AgentView {
    fn from(agent: &Agent) -> Self {
        AgentView {
            portal_id: agent.portal_id,
            id: agent.actor_id().to_string(),
            user_id: agent.user_id,
            name: agent.name.clone(),
            email: agent.email.clone(),
        }
    }
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContactView {
    /// The portal.
    pub portal_id: u64,
    /// The contact's number.
    pub id: ContactId,
    /// The name shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl From<&Contact> for ContactView {
    fn from(contact: &Contact) -> Self {
        ContactView {
            portal_id: contact.portal_id,
            id: contact.id.clone(),
            name: contact.name.clone(),
            email: contact.email.clone(),
            phone: contact.phone.clone(),
        }
    }
}

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConversationSummary {
    /// HubSpot's id of it.
    pub id: ThreadId,
    /// The portal.
    pub portal_id: u64,
    /// The channel that it began on.
    pub channel_id: ChannelId,
    /// The channel account that it began on.
    pub channel_account_id: ChannelAccountId,
    /// The inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox_id: Option<InboxId>,
    /// The bridge's ids of it.
    pub integration_thread_ids: Vec<String>,
    /// Whether it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ThreadStatus>,
    /// Who is to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    /// The contact that it is with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// What the visitor is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor_name: Option<String>,
    /// Where the visitor is in the outside service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor_address: Option<DeliveryIdentifier>,
    /// How many messages it has.
    pub message_count: usize,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When its latest message was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<Timestamp>,
    /// The message that came last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<MessageSummary>,
}

/// A message in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageSummary {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
    /// Which way it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<MessageDirection>,
    /// The first 200 characters of its text.
    pub text: String,
    /// How many attachments it has.
    pub attachments: usize,
    /// How its delivery went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusType>,
}

impl From<&Message> for MessageSummary {
    fn from(message: &Message) -> Self {
        let status = message.status.as_ref();
        MessageSummary {
            id: message.id.as_ref().cloned(),
            direction: message.direction.as_ref().cloned(),
            text: message
                .text
                .as_ref()
                .map(|text| text.chars().take(EXCERPT).collect())
                .unwrap_or_default(),
            attachments: message.attachments.as_deref().map_or(0, <[_]>::len),
            status: status.and_then(|status| status.status_type.as_ref().cloned()),
        }
    }
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Counts {
    /// Messages.
    pub messages: usize,
    /// Requests that are kept.
    pub requests: usize,
    /// Webhook deliveries that are kept.
    pub deliveries: usize,
    /// Those of them that are neither done nor given up.
    pub pending_deliveries: usize,
    /// Fault rules.
    pub faults: usize,
    /// Files.
    pub files: usize,
}

/// What bridges are let in with. All of it is of the emulator's own making, or was given to it for tests.
///
/// `Debug` does not show it, JSON does.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Credentials {
    /// Those of apps.
    pub apps: Vec<AppCredentials>,
    /// Access tokens that are known, expired ones too.
    pub access_tokens: Vec<AccessTokenView>,
}

/// What an app shows HubSpot.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppCredentials {
    /// The app.
    pub app_id: u64,
    /// The API key of its developer.
    pub developer_key: Secret,
    /// Its client id.
    pub client_id: String,
    /// Its client secret, with which webhooks are signed too.
    pub client_secret: Secret,
}

impl From<&AppSeed> for AppCredentials {
    fn from(app: &AppSeed) -> Self {
        AppCredentials {
            app_id: app.id,
            developer_key: app.developer_key.clone(),
            client_id: app.client_id.clone(),
            client_secret: app.client_secret.clone(),
        }
    }
}

/// An access token of an app for a portal.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccessTokenView {
    /// The portal.
    pub portal_id: u64,
    /// The app.
    pub app_id: u64,
    /// The token.
    pub token: Secret,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// When it stops being good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl From<&TokenSeed> for AccessTokenView {
    fn from(token: &TokenSeed) -> Self {
        AccessTokenView {
            portal_id: token.portal_id,
            app_id: token.app_id,
            token: token.secret.clone(),
            scopes: token.scopes.clone(),
            expires_at: token.expires_at.map(Timestamp::from),
        }
    }
}

/// # At a glance
impl Emulator {
    /// All that the emulator holds, without what stands in the conversations.
    ///
    /// ```
    /// use hubchannel_emulator::Emulator;
    ///
    /// let overview = Emulator::new().overview();
    /// assert_eq!(overview.portals[0].portal_id, 62515);
    /// assert_eq!(overview.channels.len(), 1);
    /// assert!(overview.conversations.is_empty());
    /// ```
    pub fn overview(&self) -> Overview {
        let clock = self.clock_reading();
        let world = self.world();
        let state = &world.state;
        let mut conversations: Vec<ConversationSummary> = state.conversations().map(|of| summary(state, of)).collect();
        // The later one first, where both are of the same time.
        conversations.reverse();
        conversations.sort_by(|one, other| other.last_message_at.cmp(&one.last_message_at));
        Overview {
            sequence: state.changes.last(),
            clock,
            portals: state
                .portals()
                .into_iter()
                .map(|portal_id| PortalView { portal_id })
                .collect(),
            apps: state.apps.all().iter().map(app).collect(),
            channels: state.channels.all().cloned().collect(),
            inboxes: state
                .inboxes
                .all()
                .map(|(portal_id, of)| inbox(portal_id, of))
                .collect(),
            accounts: state
                .accounts
                .everywhere()
                .map(|(portal_id, of)| account(portal_id, of))
                .collect(),
            agents: state.agents().iter().map(AgentView::from).collect(),
            contacts: state.people.contacts().map(ContactView::from).collect(),
            conversations,
            operations: OPERATIONS.iter().map(|operation| operation.name).collect(),
            counts: Counts {
                messages: state.messages().len(),
                requests: world.received.all().len(),
                pending_deliveries: world.schedule.pending(),
                deliveries: world.schedule.len(),
                faults: world.faults.standing().len(),
                files: state.files.len(),
            },
            dropped: world.dropped(),
        }
    }

    /// What bridges are let in with.
    pub fn credentials(&self) -> Credentials {
        self.look(|state| Credentials {
            apps: state.apps.all().iter().map(AppCredentials::from).collect(),
            access_tokens: state.tokens.all().map(AccessTokenView::from).collect(),
        })
    }
}

fn app(app: &AppSeed) -> AppView {
    AppView {
        app_id: app.id,
        client_id: app.client_id.clone(),
        subscription_url: app.subscription_url.clone(),
    }
}

pub(super) fn inbox(portal_id: u64, inbox: &hubchannel_api::model::Inbox) -> InboxView {
    InboxView {
        portal_id,
        id: inbox.id.as_ref().cloned().unwrap_or_else(|| "".into()),
        name: inbox.name.as_ref().cloned().unwrap_or_default(),
        r#type: inbox.r#type.as_ref().cloned().unwrap_or(InboxType::Inbox),
    }
}

pub(super) fn account(portal_id: u64, account: &ChannelAccount) -> AccountView {
    AccountView {
        portal_id,
        account: account.clone(),
    }
}

/// A conversation in short.
pub(super) fn summary(state: &State, conversation: &Conversation) -> ConversationSummary {
    let shown = conversation.shown();
    let id = conversation.id();
    let last = conversation.messages().next_back();
    let last = last.and_then(|id| state.message_by_id(id));
    let visitor = state.outside(&id, false).into_iter().next();
    let portal_id = conversation.portal_id();
    let contact_id = shown.associated_contact_id.as_ref().cloned();
    let contact = contact_id
        .as_ref()
        .and_then(|id| state.people.contact(portal_id, id.as_str()));
    let contact_name = contact.and_then(|contact| contact.name.clone());
    ConversationSummary {
        portal_id,
        channel_id: conversation.channel_id(),
        channel_account_id: conversation.account_id(),
        inbox_id: shown.inbox_id.as_ref().cloned(),
        integration_thread_ids: conversation.own_ids().to_vec(),
        status: shown.status.as_ref().cloned(),
        assigned_to: shown.assigned_to.as_ref().map(ToString::to_string),
        contact_id,
        visitor_name: contact_name.or_else(|| visitor.as_ref().and_then(|visitor| visitor.name.as_ref().cloned())),
        visitor_address: visitor.and_then(|visitor| visitor.delivery_identifier.into_option()),
        message_count: conversation.messages().count(),
        created_at: shown.created_at.as_ref().cloned(),
        last_message_at: shown.latest_message_timestamp.as_ref().cloned(),
        last_message: last.map(MessageSummary::from),
        id,
    }
}
