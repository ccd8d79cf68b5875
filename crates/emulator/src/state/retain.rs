//! What goes, so that there is room.

use hubchannel_api::model::{MessageId, ThreadId};

use super::{State, entries::Entry};

/// What is not there any more, for those who keep something about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gone {
    Message(MessageId),
    Thread(ThreadId),
}

impl State {
    /// Lets the oldest go of what there is too much of, and all that hangs on it. Nothing may be half done meanwhile.
    pub(crate) fn retain(&mut self) {
        let most = self.retention;
        while self.conversations.entries() > 1
            && (self.conversations.entries() > most.entries || self.messages.bytes() > most.entry_bytes)
        {
            if !self.drop_oldest_entry() {
                break;
            }
        }
        self.dropped.contacts += self.people.take_dropped();
        self.dropped.events += self.events.retain(most.entries);
        self.dropped.files += self.files.retain(most.files, most.file_bytes);
        self.dropped.tokens += self.tokens.retain(most.tokens);
    }

    /// What has gone since this was asked.
    pub(crate) fn take_gone(&mut self) -> Vec<Gone> {
        std::mem::take(&mut self.gone)
    }

    /// Drops the oldest entry of all conversations; `false` where there is none.
    fn drop_oldest_entry(&mut self) -> bool {
        let Some((entry, conversation)) = self.conversations.pop() else {
            return false;
        };
        match entry {
            Entry::Message(id) => {
                // Messages are in the same order as their entries.
                if let Some(message) = self.messages.pop() {
                    self.people
                        .release(message.portal_id, &message.message, &message.contacts);
                    let event = message.event.map(|number| self.events.remove(number));
                    self.dropped.events += u64::from(event == Some(true));
                }
                self.gone.push(Gone::Message(id));
                self.dropped.messages += 1;
            }
            Entry::Act { .. } => self.dropped.acts += 1,
        }
        if let Some(conversation) = conversation {
            if let Some(contact) = conversation.shown().associated_contact_id.as_ref() {
                self.people.release_contact(conversation.portal_id(), contact);
            }
            self.gone.push(Gone::Thread(conversation.id()));
            self.dropped.conversations += 1;
        }
        true
    }
}
