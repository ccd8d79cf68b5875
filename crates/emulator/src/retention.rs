//! How much an emulator keeps.

use std::io;

use serde::{Deserialize, Serialize};

/// How much an emulator keeps of what comes and goes: the oldest makes room for what is new.
///
/// ```
/// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
/// use hubchannel_emulator::{Emulator, Retention, Seed};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hubchannel_api::Error> {
/// let emulator = Emulator::with_seed(Seed::default().with_retention(Retention::default().set_entries(2)));
/// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
/// for text in ["one", "two", "three"] {
///     let visitor = Participant::new(DeliveryIdentifier::opaque("chat:987654321"));
///     let body = NewMessage::incoming(emulator.channel_account_id(), visitor, text).set_integration_thread_id("chat-42");
///     client.publish_message(PublishMessage::new(emulator.channel_id(), body)).await?;
/// }
/// assert_eq!(emulator.messages().len(), 2);
/// assert_eq!(emulator.overview().dropped.messages, 1);
/// # Ok(())
/// # }
/// ```
///
/// | what | number | bytes |
/// |---|---|---|
/// | messages, assignments and changes of status, together | `entries`: 100,000 | `entry_bytes`: 256 MiB of messages in JSON, their keys and thread ids |
/// | files | `files`: 10,000 | `file_bytes`: 256 MiB of what is in them |
/// | webhook deliveries that are over | `deliveries`: 10,000 | |
/// | webhook deliveries that are not over | `waiting_deliveries`: 100,000 | |
/// | webhook deliveries of both kinds | | `delivery_bytes`: 256 MiB of events, bodies and answers |
/// | codes, refresh tokens and access tokens that apps got by OAuth, of each | `tokens`: 10,000 | |
/// | requests in the log | `requests`: 10,000 | `request_bytes`: 64 MiB of heads, bodies and answers |
///
/// What goes goes whole. With a message go its idempotency key, so that a publish with it makes another message; its status;
/// its place in its thread and in pages; its event, and those of its deliveries that are over. With what stood in a thread
/// last goes the thread, whatever its status, and a message for it opens another one. With the last message of an address
/// goes what was known of who is there, and with the last mention of a contact that a message has made goes the contact.
/// Of refresh tokens that goes which was not used for longest.
/// With a file go its signed addresses, of which there are no more than there may be files. Events are kept as long as
/// `entries` lets them. Whatever has gone is answered for as what was never there, mostly with 404; a cursor into it goes on
/// with what is left. Ids are not given again.
///
/// A webhook that is still to be delivered stays when its message goes. Where more wait than may, the oldest is given up, and
/// its last attempt says so as long as it is kept; what is under way is never given up. The newest of each kind stays however large it is,
/// and a message is there with the change of status that it causes where just one entry is kept.
///
/// What is set up is never dropped: apps, channels, inboxes, channel accounts, staging tokens, users, tokens of a
/// [`Seed`](crate::Seed), contacts that were added. How much was dropped, [`Dropped`](crate::admin::Dropped) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retention {
    pub(crate) entries: usize,
    pub(crate) entry_bytes: usize,
    pub(crate) files: usize,
    pub(crate) file_bytes: usize,
    pub(crate) deliveries: usize,
    pub(crate) delivery_bytes: usize,
    pub(crate) waiting_deliveries: usize,
    pub(crate) tokens: usize,
    pub(crate) requests: usize,
    pub(crate) request_bytes: usize,
}

const MIB: usize = 1024 * 1024;

impl Default for Retention {
    fn default() -> Self {
        Retention {
            entries: 100_000,
            entry_bytes: 256 * MIB,
            files: 10_000,
            file_bytes: 256 * MIB,
            deliveries: 10_000,
            delivery_bytes: 256 * MIB,
            waiting_deliveries: 100_000,
            tokens: 10_000,
            requests: 10_000,
            request_bytes: 64 * MIB,
        }
    }
}

/// Declares a setter for each member.
macro_rules! setters {
    ($( $(#[$docs:meta])* $name:ident: $member:ident, )+) => {
        impl Retention {
            $(
                $(#[$docs])*
                #[must_use]
                pub fn $name(self, $member: usize) -> Self {
                    Retention { $member, ..self }
                }
            )+
        }
    };
}

setters! {
    /// Sets how many messages, assignments and changes of status are kept, together.
    set_entries: entries,
    /// Sets how many bytes the messages have that are kept, in JSON, with their idempotency keys and ids of threads.
    set_entry_bytes: entry_bytes,
    /// Sets how many files are kept, of all portals.
    set_files: files,
    /// Sets how many bytes are in the files that are kept.
    set_file_bytes: file_bytes,
    /// Sets how many webhook deliveries are kept that are delivered or given up, besides those that are not over.
    set_deliveries: deliveries,
    /// Sets how many bytes the deliveries have that are kept, in their events, and in the bodies and answers of their attempts.
    set_delivery_bytes: delivery_bytes,
    /// Sets how many deliveries may be neither done nor given up.
    set_waiting_deliveries: waiting_deliveries,
    /// Sets how many codes, how many refresh tokens, and how many access tokens, good and expired ones, are known that apps
    /// got by OAuth.
    set_tokens: tokens,
    /// Sets how many requests are in the log.
    set_requests: requests,
    /// Sets how many bytes the requests have that are in the log, in their heads, their bodies and those of their answers.
    set_request_bytes: request_bytes,
}

impl Retention {
    /// Keeps everything for ever.
    pub fn unlimited() -> Self {
        Retention {
            entries: usize::MAX,
            entry_bytes: usize::MAX,
            files: usize::MAX,
            file_bytes: usize::MAX,
            deliveries: usize::MAX,
            delivery_bytes: usize::MAX,
            waiting_deliveries: usize::MAX,
            tokens: usize::MAX,
            requests: usize::MAX,
            request_bytes: usize::MAX,
        }
    }
}

/// How much an emulator has dropped of what it was to hold, since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Dropped {
    /// Messages.
    pub messages: u64,
    /// Assignments and changes of status.
    pub acts: u64,
    /// Conversations.
    pub conversations: u64,
    /// Contacts that messages had made.
    pub contacts: u64,
    /// Events of channels.
    pub events: u64,
    /// Files.
    pub files: u64,
    /// Access tokens and refresh tokens.
    pub tokens: u64,
    /// Deliveries that were over.
    pub deliveries: u64,
    /// Deliveries that were given up because too many waited.
    pub waiting_deliveries: u64,
    /// Requests of the log.
    pub requests: u64,
}

impl Dropped {
    /// Each number with its name in JSON.
    pub(crate) fn by_name(&self) -> [(&'static str, u64); 10] {
        [
            ("messages", self.messages),
            ("acts", self.acts),
            ("conversations", self.conversations),
            ("contacts", self.contacts),
            ("events", self.events),
            ("files", self.files),
            ("tokens", self.tokens),
            ("deliveries", self.deliveries),
            ("waitingDeliveries", self.waiting_deliveries),
            ("requests", self.requests),
        ]
    }
}

/// How many bytes it has in JSON.
pub(crate) fn json_length(value: &impl Serialize) -> usize {
    struct Count(usize);

    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    // Where there is no more of it that is JSON, what was counted so far is what there is.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}
