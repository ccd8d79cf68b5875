//! Ids, as HubSpot's look, made from a seed.

use std::time::{SystemTime, UNIX_EPOCH};

use hubchannel_api::model::{ChannelAccountId, ChannelId, EventId, FileId, FolderId, InboxId, MessageId, ThreadId};
use serde::{Deserialize, Serialize};

use crate::{random::mix, snapshot::SnapshotError};

/// Makes ids. Each kind has a sequence of its own, so that messages have the same ids however many requests fail in
/// between.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ids {
    seed: u64,
    messages: u64,
    requests: u64,
    channels: u64,
    inboxes: u64,
    accounts: u64,
    secrets: u64,
    files: u64,
    folders: u64,
    events: u64,
    threads: u64,
    integration_threads: u64,
    visitors: u64,
    entries: u64,
    conversation_events: u64,
    portals: u64,
    apps: u64,
    users: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Ids {
            seed,
            messages: 0,
            requests: 0,
            channels: 0,
            inboxes: 0,
            accounts: 0,
            secrets: 0,
            files: 0,
            folders: 0,
            events: 0,
            threads: 0,
            integration_threads: 0,
            visitors: 0,
            entries: 0,
            conversation_events: 0,
            portals: 0,
            apps: 0,
            users: 0,
        }
    }

    /// Fails where a sequence is further than any emulator has come.
    pub(super) fn check(&self) -> Result<(), SnapshotError> {
        // No sequence runs into another one or over its end from there.
        const END: u64 = 1 << 48;
        let counters = [
            ("messages", self.messages),
            ("requests", self.requests),
            ("channels", self.channels),
            ("inboxes", self.inboxes),
            ("accounts", self.accounts),
            ("secrets", self.secrets),
            ("files", self.files),
            ("folders", self.folders),
            ("events", self.events),
            ("threads", self.threads),
            ("integrationThreads", self.integration_threads),
            ("visitors", self.visitors),
            ("entries", self.entries),
            ("conversationEvents", self.conversation_events),
            ("portals", self.portals),
            ("apps", self.apps),
            ("users", self.users),
        ];
        match counters.iter().find(|(_, counter)| *counter >= END) {
            Some((name, _)) => {
                let message = format!("this many ids were never given; the most is {}", END - 1);
                Err(SnapshotError::at(format!("state.ids.{name}"), message))
            }
            None => Ok(()),
        }
    }

    /// Fails where there are more things than ids were given, so that some would be given twice.
    pub(super) fn check_given(&self, messages: usize, threads: usize, files: usize) -> Result<(), SnapshotError> {
        let things = [
            ("messages", self.messages, messages),
            ("threads", self.threads, threads),
            ("files", self.files, files),
        ];
        for (name, given, there) in things {
            if u64::try_from(there).is_ok_and(|there| there > given) {
                let message = format!("there are {there} of them, and so at least as many ids were given");
                return Err(SnapshotError::at(format!("state.ids.{name}"), message));
            }
        }
        Ok(())
    }

    /// 32 hexadecimal digits.
    pub(crate) fn message(&mut self) -> MessageId {
        let number = next(&mut self.messages);
        MessageId::from(format!("{:016x}{:016x}", self.mixed(2 * number), self.mixed(2 * number + 1)))
    }

    /// Digits, which fit into 32 bits for long.
    pub(crate) fn channel(&mut self) -> ChannelId {
        ChannelId::from((2_931_000 + next(&mut self.channels)).to_string())
    }

    /// Digits, which fit into 32 bits for long.
    pub(crate) fn inbox(&mut self) -> InboxId {
        InboxId::from((485_800_000 + next(&mut self.inboxes)).to_string())
    }

    /// Digits.
    pub(crate) fn account(&mut self) -> ChannelAccountId {
        ChannelAccountId::from((3_307_401_000 + next(&mut self.accounts)).to_string())
    }

    /// Digits.
    pub(crate) fn file(&mut self) -> FileId {
        FileId::from((194_210_000_000 + next(&mut self.files)).to_string())
    }

    /// Digits.
    pub(crate) fn folder(&mut self) -> FolderId {
        FolderId::from((194_200_000_000 + next(&mut self.folders)).to_string())
    }

    /// 32 hexadecimal digits, for what only its holder must know. They can be foretold from the seed: nothing behind them
    /// is worth guarding.
    pub(crate) fn secret(&mut self) -> String {
        const OWN: u64 = 1 << 62;
        let number = OWN | next(&mut self.secrets);
        format!("{:016x}{:016x}", self.mixed(2 * number), self.mixed(2 * number + 1))
    }

    /// An event that is reported.
    pub(crate) fn event(&mut self) -> EventId {
        const OWN: u64 = 1 << 60;
        let number = OWN | next(&mut self.events);
        EventId::from(format!("{:016x}{:016x}", self.mixed(2 * number), self.mixed(2 * number + 1)))
    }

    /// An event that is reported to subscriptions: a number.
    pub(crate) fn conversation_event(&mut self) -> EventId {
        EventId::from_number(3_914_000_000 + next(&mut self.conversation_events))
    }

    /// Digits.
    pub(crate) fn thread(&mut self) -> ThreadId {
        ThreadId::from((19_615_248_000 + next(&mut self.threads)).to_string())
    }

    /// What stands in for an `integrationThreadId` that the bridge has not given: digits.
    pub(crate) fn integration_thread(&mut self) -> String {
        (8_465_029_000 + next(&mut self.integration_threads)).to_string()
    }

    /// A visitor's number.
    pub(crate) fn visitor(&mut self) -> String {
        (1400 + next(&mut self.visitors)).to_string()
    }

    /// A portal's number, which is not taken.
    pub(crate) fn portal(&mut self, is_taken: impl Fn(u64) -> bool) -> u64 {
        untaken(&mut self.portals, 62_600, is_taken)
    }

    /// An app's number, which is not taken.
    pub(crate) fn app(&mut self, is_taken: impl Fn(u64) -> bool) -> u64 {
        untaken(&mut self.apps, 40_777_000, is_taken)
    }

    /// A user's number, which is not taken.
    pub(crate) fn user(&mut self, is_taken: impl Fn(u64) -> bool) -> u64 {
        untaken(&mut self.users, 7_000, is_taken)
    }

    /// What stands in a thread and is no message: 32 hexadecimal digits.
    pub(crate) fn entry(&mut self) -> MessageId {
        const OWN: u64 = 1 << 61;
        let number = OWN | next(&mut self.entries);
        MessageId::from(format!("{:016x}{:016x}", self.mixed(2 * number), self.mixed(2 * number + 1)))
    }

    /// A UUID of version 7.
    pub(crate) fn correlation(&mut self, now: SystemTime) -> String {
        let millis = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis()) & 0xffff_ffff_ffff;
        let number = next(&mut self.requests);
        let random = self.mixed(!number);
        format!(
            "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
            millis >> 16,
            millis & 0xffff,
            random >> 52,
            0x8000 | (number & 0x3fff),
            random & 0xffff_ffff_ffff,
        )
    }

    fn mixed(&self, number: u64) -> u64 {
        mix(self.seed, number)
    }
}

/// The next number behind this one that is not taken.
fn untaken(counter: &mut u64, base: u64, is_taken: impl Fn(u64) -> bool) -> u64 {
    loop {
        let id = base + next(counter);
        if !is_taken(id) {
            return id;
        }
    }
}

/// 1, 2, 3 and so on.
fn next(counter: &mut u64) -> u64 {
    *counter += 1;
    *counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_others() {
        let first = |seed| Ids::new(seed).message();
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
        assert_eq!(first(7).as_str().len(), 32);
    }

    #[test]
    fn correlation_ids_are_uuids_of_version_7() {
        let id = Ids::new(0).correlation(UNIX_EPOCH + std::time::Duration::from_millis(0x019d_b0fe_71a1));
        let groups: Vec<&str> = id.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(id.starts_with("019db0fe-71a1-7"), "{id}");
    }
}
