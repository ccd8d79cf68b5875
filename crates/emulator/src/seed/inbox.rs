//! Inboxes to start with.

use hubchannel_api::model::{InboxId, InboxType};

/// An inbox of a portal, or its help desk.
///
/// ```
/// use hubchannel_emulator::{AccountSeed, Emulator, InboxSeed, Seed};
///
/// let seed = Seed::default()
///     .add_inbox(InboxSeed::new("900", 62515).set_name("Support").help_desk())
///     .add_account(AccountSeed::new("901", "2930388", 62515).set_inbox("900"));
/// let emulator = Emulator::with_seed(seed);
/// assert_eq!(emulator.inbox_id(), "485728346");
/// assert_eq!(emulator.channel_accounts()[1].inbox_id.as_ref().ok_or("none")?, "900");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct InboxSeed {
    pub(crate) id: InboxId,
    pub(crate) portal_id: u64,
    pub(crate) name: String,
    pub(crate) kind: InboxType,
}

impl InboxSeed {
    /// An inbox of this portal, called `Inbox`. The id is digits; no other inbox of any portal has it.
    pub fn new(id: impl Into<InboxId>, portal_id: u64) -> Self {
        InboxSeed {
            id: id.into(),
            portal_id,
            name: "Inbox".to_owned(),
            kind: InboxType::Inbox,
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn set_name(self, name: impl Into<String>) -> Self {
        InboxSeed {
            name: name.into(),
            ..self
        }
    }

    /// Makes it the help desk.
    #[must_use]
    pub fn help_desk(self) -> Self {
        InboxSeed {
            kind: InboxType::HelpDesk,
            ..self
        }
    }
}
