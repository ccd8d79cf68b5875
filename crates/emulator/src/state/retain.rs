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
        while self.has_too_many_entries() {
            if !self.drop_oldest_entry() {
                break;
            }
        }
        self.dropped.contacts += self.people.take_dropped();
        self.dropped.events += self.events.retain(most.entries);
        self.dropped.files += self.files.retain(most.files, most.file_bytes);
        self.dropped.tokens += self.tokens.retain(most.tokens);
    }

    /// The last message does not go for its size, nor for the change of status that it has caused itself.
    fn has_too_many_entries(&self) -> bool {
        let (entries, messages) = (self.conversations.entries(), self.messages.len());
        let is_message_and_act = entries == 2 && messages == 1 && self.conversations.begins_with_message();
        let too_many = entries > self.retention.entries.max(1) && !is_message_and_act;
        too_many || (self.messages.bytes() > self.retention.entry_bytes && messages > 1)
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
