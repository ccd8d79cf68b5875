//! Faults, as the emulator's handle offers them.

use super::{Fault, FaultId, FaultRule, StandingFault};
use crate::{Emulator, changes::ChangeKind};

impl Emulator {
    /// Lets the next request go wrong; after it those for which this was said later, one by one.
    ///
    /// The same as [adding](Emulator::add_fault) a rule for any request that strikes once.
    pub fn fail_next(&self, fault: Fault) {
        self.fail_times(fault, 1);
    }

    /// Says [`fail_next`](Emulator::fail_next) that many times.
    pub fn fail_times(&self, fault: Fault, times: usize) {
        self.add_fault(FaultRule::new(fault).times(u64::try_from(times).unwrap_or(u64::MAX)));
    }

    /// Lets requests go wrong by a rule. Those that were added before come first.
    ///
    /// ```
    /// use hubchannel_api::{Client, GetMessage, PublishMessage};
    /// use hubchannel_emulator::{Emulator, Fault, FaultRule};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::new();
    /// let rule = FaultRule::new(Fault::ExpireToken).operation::<GetMessage>();
    /// let id = emulator.add_fault(rule);
    ///
    /// let client = Client::new(emulator.transport().with_access_token(emulator.access_token()));
    /// let error = client.get_message(GetMessage::new(emulator.channel_id(), "5c1f")).await.err().ok_or("no error")?;
    /// let body = error.error_body().ok_or("no body")?;
    /// assert_eq!(body.category.as_ref().ok_or("no category")?.as_str(), "EXPIRED_AUTHENTICATION");
    /// let standing = emulator.faults();
    /// assert_eq!((standing[0].id, standing[0].struck), (id, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_fault(&self, rule: FaultRule) -> FaultId {
        self.change_world(|world, _| {
            let id = world.faults.add(rule);
            world.state.changes.note(ChangeKind::Fault, id);
            id
        })
    }

    /// Every rule that was added and not removed, in the order in which requests meet them, with what it has done. One
    /// that is used up is among them.
    pub fn faults(&self) -> Vec<StandingFault> {
        self.world().faults.standing().to_vec()
    }

    /// Removes a rule; `false` where there is none.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.change_world(|world, _| {
            let removed = world.faults.remove(id);
            if removed {
                world.state.changes.note(ChangeKind::Fault, id);
            }
            removed
        })
    }

    /// How many requests are still to go wrong, by those rules that strike so many [times](FaultRule::times) and no more.
    pub fn pending_faults(&self) -> usize {
        self.world().faults.pending()
    }

    /// Lets no further request go wrong: removes every rule.
    pub fn clear_faults(&self) {
        self.change_world(|world, _| {
            world.faults.clear();
            world.state.changes.note_in(ChangeKind::Fault, None, None);
        });
    }
}
