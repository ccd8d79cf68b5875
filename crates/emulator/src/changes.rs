//! What has changed, for those who watch.

use std::{collections::VecDeque, future::poll_fn, task::Poll};

use hubchannel_api::model::ThreadId;

use crate::{Emulator, webhooks::Bell};

/// How many changes are kept.
const KEPT: usize = 1024;

/// Something in an emulator that is new or different: what it is, not how it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Its place among all changes, from 1.
    pub sequence: u64,
    /// What kind of thing it is.
    pub kind: ChangeKind,
    /// The id or the number of the thing, where it has one.
    pub id: Option<String>,
    /// The conversation that it is in.
    pub conversation_id: Option<ThreadId>,
}

/// What kind of thing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// A message is new, or has another status.
    Message,
    /// A conversation is new, or has another status, assignee, contact or id of the bridge's.
    Conversation,
    /// A channel.
    Channel,
    /// A channel account.
    Account,
    /// An inbox.
    Inbox,
    /// An app.
    App,
    /// A portal has something for the first time, or an app is let into it or taken out.
    Portal,
    /// A user of a portal.
    Agent,
    /// A contact.
    Contact,
    /// A file.
    File,
    /// A request has come in, or was answered.
    Request,
    /// A webhook is queued, is being attempted, or an attempt has ended.
    Delivery,
    /// A rule by which requests go wrong.
    Fault,
    /// The clock was turned.
    Clock,
}

impl ChangeKind {
    /// The name, as the admin API has it.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Message => "message",
            ChangeKind::Conversation => "conversation",
            ChangeKind::Channel => "channel",
            ChangeKind::Account => "account",
            ChangeKind::Inbox => "inbox",
            ChangeKind::App => "app",
            ChangeKind::Portal => "portal",
            ChangeKind::Agent => "agent",
            ChangeKind::Contact => "contact",
            ChangeKind::File => "file",
            ChangeKind::Request => "request",
            ChangeKind::Delivery => "delivery",
            ChangeKind::Fault => "fault",
            ChangeKind::Clock => "clock",
        }
    }
}

/// The last changes, and those who wait for more.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// The sequence number of the last one.
    last: u64,
    kept: VecDeque<Change>,
    pub(crate) bell: Bell,
}

impl Changes {
    pub(crate) fn note(&mut self, kind: ChangeKind, id: impl ToString) {
        self.push(kind, Some(id.to_string()), None);
    }

    pub(crate) fn note_in(&mut self, kind: ChangeKind, id: Option<String>, conversation_id: Option<ThreadId>) {
        self.push(kind, id, conversation_id);
    }

    fn push(&mut self, kind: ChangeKind, id: Option<String>, conversation_id: Option<ThreadId>) {
        self.last += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Change {
            sequence: self.last,
            kind,
            id,
            conversation_id,
        });
    }

    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Says that everything may be different: all who watch have missed something.
    pub(crate) fn skip(&mut self) {
        self.last += 1;
        self.kept.clear();
    }

    /// What comes after this one; `None` where nothing does yet.
    fn after(&self, sequence: u64) -> Option<Heard> {
        if sequence == self.last {
            return None;
        }
        let first = self.kept.front().map_or(self.last, |change| change.sequence);
        let place = sequence.checked_add(1).and_then(|next| next.checked_sub(first));
        let change = place.and_then(|place| self.kept.get(usize::try_from(place).ok()?));
        Some(change.map_or(Heard::Missed { sequence: self.last }, |change| Heard::Change(change.clone())))
    }
}

/// What a [`ChangeFeed`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// The next change.
    Change(Change),
    /// There were changes that are not kept any more: look at everything again.
    Missed {
        /// The last change so far; the feed goes on behind it.
        sequence: u64,
    },
}

/// The changes of an emulator, one after the other.
///
/// ```
/// use hubchannel_api::{Client, PublishMessage, model::{DeliveryIdentifier, NewMessage, Participant}};
/// use hubchannel_emulator::{ChangeKind, Emulator, Heard};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hubchannel_api::Error> {
/// let emulator = Emulator::new();
/// let mut feed = emulator.changes();
/// emulator.freeze_clock();
/// let heard = feed.next().await;
/// assert!(matches!(heard, Heard::Change(change) if change.kind == ChangeKind::Clock));
/// # Ok(())
/// # }
/// ```
///
/// The last 1,024 changes are kept: who is slower than that is told that he has missed some, and no memory grows for him.
#[derive(Clone, Debug)]
pub struct ChangeFeed {
    emulator: Emulator,
    after: u64,
}

impl ChangeFeed {
    /// Waits for the next change. It may be dropped without losing one.
    pub async fn next(&mut self) -> Heard {
        let heard = poll_fn(|context| {
            let changes = &mut self.emulator.world().state.changes;
            match changes.after(self.after) {
                Some(heard) => Poll::Ready(heard),
                None => {
                    changes.bell.listen(context.waker());
                    Poll::Pending
                }
            }
        })
        .await;
        self.after = match &heard {
            Heard::Change(change) => change.sequence,
            Heard::Missed { sequence } => *sequence,
        };
        heard
    }
}

impl Emulator {
    /// The changes from now on.
    pub fn changes(&self) -> ChangeFeed {
        self.changes_after(self.last_change())
    }

    /// The changes behind the one with this sequence number.
    pub fn changes_after(&self, sequence: u64) -> ChangeFeed {
        ChangeFeed {
            emulator: self.clone(),
            after: sequence,
        }
    }

    /// The sequence number of the last change; 0 before the first.
    pub fn last_change(&self) -> u64 {
        self.world().state.changes.last()
    }

    /// Waits until something is found that is looked for at once and after every change.
    ///
    /// ```
    /// use hubchannel_emulator::Emulator;
    ///
    /// # async fn example(emulator: &Emulator) {
    /// let first = emulator.wait_until(|emulator| emulator.messages().into_iter().next()).await;
    /// # let _ = first;
    /// # }
    /// ```
    pub async fn wait_until<T>(&self, mut find: impl FnMut(&Emulator) -> Option<T>) -> T {
        loop {
            // What happens while one looks is a change that is heard behind it.
            let mut feed = self.changes();
            if let Some(found) = find(self) {
                return found;
            }
            feed.next().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_misses_what_is_skipped() {
        let mut changes = Changes::default();
        changes.note(ChangeKind::Request, 1);
        changes.skip();
        assert_eq!(changes.after(0), Some(Heard::Missed { sequence: 2 }));
        assert_eq!(changes.after(1), Some(Heard::Missed { sequence: 2 }));
        assert_eq!(changes.after(2), None);
        changes.note(ChangeKind::Request, 2);
        assert!(matches!(changes.after(2), Some(Heard::Change(change)) if change.sequence == 3));
    }

    #[test]
    fn who_is_too_slow_or_of_another_emulator_is_told() {
        let mut changes = Changes::default();
        assert_eq!(changes.after(0), None);
        assert_eq!(changes.after(7), Some(Heard::Missed { sequence: 0 }));
        for number in 0..KEPT + 10 {
            changes.note(ChangeKind::Request, number);
        }
        let last = changes.last();
        assert_eq!(changes.kept.len(), KEPT);
        assert_eq!(changes.after(last), None);
        assert_eq!(changes.after(9), Some(Heard::Missed { sequence: last }));
        assert!(matches!(changes.after(10), Some(Heard::Change(change)) if change.sequence == 11));
        assert_eq!(changes.after(last + 1), Some(Heard::Missed { sequence: last }));
        assert_eq!(changes.after(u64::MAX), Some(Heard::Missed { sequence: last }));
    }
}
