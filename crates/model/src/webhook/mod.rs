//! What HubSpot reports by webhook.
//!
//! Two systems report to a bridge. A channel's own webhook brings agents' replies and changes of accounts, as
//! [`ChannelEvent`]s: its address is the channel's `webhookUrl`, and each delivery is one object. The app's webhook
//! subscriptions bring what happens to conversations, as [`SubscriptionEvent`]s: each delivery is a list.

mod account;
mod channel;
mod conversation;
mod events;

pub use self::{
    account::{AccountDeliveryIdentifier, ChannelAccountCreated, ChannelAccountPurged, ChannelAccountUpdated},
    channel::{ChannelEvent, OutgoingMessageCreated},
    conversation::{ConversationEvent, ConversationEventType, SubscriptionEvent},
    events::Events,
};

/// The body of one delivery of a channel's webhook.
pub type ChannelEvents = Events<ChannelEvent>;

/// The body of one delivery of an app's webhook subscriptions.
pub type ConversationEvents = Events<SubscriptionEvent>;
