//! What every bridge needs before its first message: a channel, an account, and the end of a user's visit.
//!
//! All of it may be called again after a crash, and is: at every start of a bridge. HubSpot has no key that would make a
//! creation safe to repeat, so nothing here creates twice in one call, and nothing creates before it has looked. Between
//! two processes, or before and after a crash, a gap remains as long as HubSpot does not list what was just created; what
//! is doubled in it is told by the calls that come after.

mod account;
mod channel;
mod connection;
mod difference;
mod error;
mod find_or_create;
pub(crate) mod listing;
pub(crate) mod waits;

pub use self::{
    account::{AccountOutcome, EnsureChannelAccount, EnsuredChannelAccount},
    channel::{ChannelOutcome, EnsureChannel, EnsuredChannel, FindChannelBy},
    connection::{ConnectionOutcome, FindConnectedAccount, FinishConnection, FinishedConnection},
    error::EnsureError,
    waits::Waits,
};
